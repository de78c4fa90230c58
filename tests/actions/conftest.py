"""Every test gets a backend that answers from memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.actions.turn import Connection
from bot.settings import Settings
from tests.actions.fake_backend import FakeBackend


@pytest.fixture(autouse=True)
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBackend]:
    fake = FakeBackend()
    monkeypatch.setattr(Connection, "settings", Settings(var_dir=tmp_path, _env_file=None))
    monkeypatch.setattr(Connection, "client", fake)
    yield fake
