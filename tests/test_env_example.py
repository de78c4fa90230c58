"""`.env.example` and the settings must agree: every setting is there, with its default."""

import re
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings

TEXT = (ROOT / ".env.example").read_text(encoding="utf-8")
LINES = re.findall(r"^# (DAOZHANG_\w+)=(.*)$", TEXT, re.MULTILINE)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DAOZHANG_{name.upper()}", raising=False)


def test_it_lists_every_setting_once_in_their_names():
    listed = [name for name, _ in LINES]
    assert sorted(listed) == sorted(f"DAOZHANG_{name.upper()}" for name in Settings.model_fields)


def test_every_setting_has_a_comment_in_its_paragraph():
    for paragraph in TEXT.split("\n# ---")[1:]:
        first = paragraph.split("\n\n", 1)[1].splitlines()[0]
        assert not first.startswith("# DAOZHANG_"), first


def test_uncommented_it_gives_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    env_file = tmp_path / ".env"
    env_file.write_text("\n".join(f"{name}={value}" for name, value in LINES), encoding="utf-8")
    found, expected = Settings(_env_file=env_file).model_dump(), Settings(_env_file=None).model_dump()
    found["var_dir"] = found["var_dir"].resolve()
    assert found == expected
