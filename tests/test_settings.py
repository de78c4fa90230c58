"""The secret that all keys are derived from."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

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


def test_the_group_of_the_staff_is_a_supergroup_or_none(monkeypatch: pytest.MonkeyPatch):
    for value, expected in (("", 0), ("0", 0), ("-1001234567890", -1001234567890)):
        monkeypatch.setenv("DAOZHANG_TELEGRAM_STAFF_CHAT", value)
        assert Settings(_env_file=None).telegram_staff_chat == expected
    monkeypatch.setenv("DAOZHANG_TELEGRAM_STAFF_CHAT", "7001000001")
    with pytest.raises(ValidationError):
        Settings(_env_file=None)
