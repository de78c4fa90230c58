"""Reading scripts from YAML files, keeping the line of every value."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from bot.qa.checking import check_scripts, check_shared
from bot.qa.model import Fault, Located, Script, ScriptInvalidError, Vocabulary
from bot.qa.varying import NOTHING_SHARED, Shared
from bot.settings import ROOT

# What the scripts of its folder share; it holds none itself.
SHARED_FILE = "_shared.yml"
FOLDER = ROOT / "tests" / "conversations"
# The list of what no script can reach lies among them.
EXCEPTIONS = FOLDER / "coverage.yml"


def load_vocabulary(root: Path = ROOT) -> Vocabulary:
    """The names that domain.yml has."""
    domain: dict[str, Any] = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    responses = frozenset(domain["responses"])
    prefix = "utter_diagnosis_"
    diagnoses = frozenset(name.removeprefix(prefix).upper() for name in responses if name.startswith(prefix))
    # Rasa adds the slot of the field that a form asks for.
    return Vocabulary(responses, diagnoses, frozenset(domain["slots"]) | {"requested_slot"})


def find_scripts(chosen: Iterable[str], vocabulary: Vocabulary) -> list[Script]:
    """The scripts at these places: a file, a folder, or `file::name` (with all variations, or one: `file::name [en]`).

    None given means all of tests/conversations.

    Raises ScriptInvalidError with the faults of every file, or when there is nothing to play.
    """
    scripts: list[Script] = []
    faults: list[Fault] = []
    for place in list(chosen) or [str(FOLDER)]:
        path, _, name = place.partition("::")
        found: list[Script] = []
        try:
            found = [each for file in files_in(Path(path)) for each in read_scripts(file, vocabulary)]
        except ScriptInvalidError as error:
            faults += error.faults
            continue
        wanted = [each for each in found if name in ("", each.name, each.title)]
        if not wanted:
            faults.append(Fault(path, 1, f"no script has the name {name!r}" if name else "no script here"))
        scripts += [each for each in wanted if each not in scripts]
    if faults:
        raise ScriptInvalidError(list(dict.fromkeys(faults)))
    return scripts


def files_in(path: Path) -> list[Path]:
    """The script files of a folder, in order, or the file itself."""
    others = (SHARED_FILE, EXCEPTIONS.name)
    return sorted(each for each in path.rglob("*.yml") if each.name not in others) if path.is_dir() else [path]


def read_scripts(path: Path, vocabulary: Vocabulary) -> list[Script]:
    """The scripts of one file, which holds one YAML document per script."""
    return check_scripts(_documents(path), _shown(path), vocabulary, read_shared(path.parent, vocabulary))


def read_shared(folder: Path, vocabulary: Vocabulary) -> Shared:
    """What the scripts of a folder share; nothing without a `_shared.yml`."""
    path = folder / SHARED_FILE
    documents = _documents(path) if path.exists() else []
    if len(documents) > 1:
        raise ScriptInvalidError([Fault(_shown(path), documents[1].line, "a folder shares one document")])
    return check_shared(documents[0], _shown(path), vocabulary) if documents else NOTHING_SHARED


def _documents(path: Path) -> list[Located]:
    file = _shown(path)
    try:
        nodes = list(yaml.compose_all(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))
    except OSError as error:
        raise ScriptInvalidError([Fault(file, 1, f"cannot be read: {error.strerror}")]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or "is not UTF-8"
        raise ScriptInvalidError([Fault(file, mark.line + 1 if mark else 1, f"YAML: {message}")]) from error
    faults: list[Fault] = []
    documents = [_located(node, file, faults) for node in nodes if node is not None]
    if faults:
        raise ScriptInvalidError(faults)
    return documents


def _shown(path: Path) -> str:
    """The path from the root of the project, where it lies in there."""
    resolved = path.resolve()
    return str(resolved.relative_to(ROOT)) if resolved.is_relative_to(ROOT) else str(path)


def _located(node: yaml.Node, file: str, faults: list[Fault]) -> Located:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Located] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                faults.append(Fault(file, key.start_mark.line + 1, f"the key {name!r} stands here twice"))
            located = _located(value, file, faults)
            # A fault is looked for where its key stands, even when the value begins on the next line.
            found[name] = Located(located.value, key.start_mark.line + 1)
        return Located(found, line)
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(each, file, faults) for each in node.value], line)
    return Located(yaml.SafeLoader("").construct_object(node), line)
