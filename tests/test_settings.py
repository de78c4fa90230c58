"""The secret that all keys are derived from."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.settings import Settings


def make_settings(folder: Path) -> Settings:
    return Settings(_env_file=None, var_dir=folder, secret_key="")


def test_processes_that_start_together_find_the_same_secret(tmp_path: Path):
    folder = tmp_path / "var"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: make_settings(folder).derived_key("backend"), range(64)))
    assert len(keys) == 1
    assert [each.name for each in folder.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600


def test_a_crash_while_the_secret_is_written_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def crash(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("secrets.token_hex", crash)
    with pytest.raises(KeyboardInterrupt):
        make_settings(tmp_path).derived_key("backend")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_secret_is_never_used(tmp_path: Path):
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(ValueError, match="is empty"):
        make_settings(tmp_path).derived_key("backend")
