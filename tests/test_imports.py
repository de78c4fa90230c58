"""Who may import whom."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT

FILES = sorted((ROOT / "bot").rglob("*.py"))

# What a part may import of the package, besides itself. `bot.*` modules directly below `bot/` are shared.
MAY_IMPORT = {
    "backend": set(),
    "actions": {"bot.backend.client"},
    "gateway": {"bot.backend.client", "bot.recording"},
    "ops": set(),
    # A conversation as a test: for the desk and for the command line.
    "recording": set(),
    # The conversation tests write the orders that they need, the way the demo does.
    "qa": {
        "bot.ops",
        # What each action may end with, for the coverage.
        "bot.actions.outcomes",
        "bot.recording",
        "bot.gateway.recording",
        "bot.backend.client",
        "bot.backend.seed",
        "bot.backend.orders.demo",
        "bot.backend.orders.model",
        "bot.backend.ownership.model",
        "bot.backend.ownership.store",
        # They play the shop, which signs who its customer is.
        "bot.gateway.identity",
        # The benchmark of the desk measures its queries.
        "bot.gateway.conversations",
        "bot.gateway.desk",
        # A run that is ended early cuts no statement either.
        "bot.gateway.tasks",
        # A tester on Telegram finds their conversation by the chat.
        "bot.gateway.channels.telegram.tables",
    },
}
# These run before any environment exists.
BARE = {"bot.ops.bootstrap", "bot.ops.ports", "bot.ops.stamps", "bot.ops.steps"}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that is imported anywhere in the file, `a.b` for `from a import b` too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module
            if node.module == "bot" or node.module.startswith("bot."):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def names(paths: list[Path]) -> list[str]:
    return [module_of(path) for path in paths]


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_rasa_and_its_components_are_never_imported(path: Path):
    assert [name for name in imports_of(path) if within(name, "rasa") or within(name, "rasa_ext")] == []


PARTS = [path for path in FILES if path.relative_to(ROOT).parts[1] in MAY_IMPORT]


@pytest.mark.parametrize("path", PARTS, ids=names(PARTS))
def test_a_part_imports_only_itself_and_what_is_shared(path: Path):
    part = path.relative_to(ROOT).parts[1]
    allowed = {f"bot.{part}", *MAY_IMPORT[part]}
    foreign = [name for name in imports_of(path) if name.count(".") >= 1 and within(name, "bot")]
    foreign = [name for name in foreign if any(within(name, f"bot.{other}") for other in MAY_IMPORT)]
    # `from bot.backend import client` names the package first; what counts is what is taken from it.
    wrong = [name for name in foreign if not any(within(name, each) or within(each, name) for each in allowed)]
    assert wrong == []


SHARED = [path for path in FILES if path.parent == ROOT / "bot" and path.name not in ("__init__.py", "__main__.py")]


@pytest.mark.parametrize("path", SHARED, ids=names(SHARED))
def test_what_is_shared_imports_no_part(path: Path):
    assert [name for name in imports_of(path) if any(within(name, f"bot.{part}") for part in MAY_IMPORT)] == []


MODELS = [path for path in FILES if path.name == "model.py"]
IO = {"store", "api", "app", "client", "http", "db", "migrate", "seed", "settings", "database"}


@pytest.mark.parametrize("path", MODELS, ids=names(MODELS))
def test_rules_import_no_library_and_no_input_or_output(path: Path):
    ours = [name for name in imports_of(path) if within(name, "bot")]
    outside = [name for name in imports_of(path) if name.split(".")[0] not in {*sys.stdlib_module_names, "bot"}]
    assert outside == []
    assert [name for name in ours if IO.intersection(name.split("."))] == []


@pytest.mark.parametrize("name", sorted(BARE))
def test_the_first_steps_need_only_the_standard_library(name: str):
    path = ROOT / Path(*name.split(".")).with_suffix(".py")
    outside = [each for each in imports_of(path) if each.split(".")[0] not in sys.stdlib_module_names]
    assert [each for each in outside if not any(within(each, bare) for bare in BARE)] == []
    for folder in ("bot", "bot/ops"):
        assert list(imports_of(ROOT / folder / "__init__.py")) == []


def test_it_sees_an_import_inside_a_function(tmp_path: Path):
    path = tmp_path / "late.py"
    path.write_text("def f():\n    from rasa.core import agent\n", encoding="utf-8")
    assert list(imports_of(path)) == ["rasa.core"]
