"""The backend on a free port, over SQLite and over PostgreSQL, and factories of what its tables hold."""

import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.backend.app import make_app
from bot.backend.http import CLOCK
from bot.migrate import upgrade
from bot.settings import Settings
from tests.postgres import Cluster, postgres  # noqa: F401  (a fixture)

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


class Clock:
    """The application's time; tests set or add to `now`."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def make_settings(folder: Path, **changes: Any) -> Settings:
    """Settings of a test: nothing from the environment's `.env`, no waiting, no reading of pictures."""
    usual = {"secret_key": "test", "verify_floor": 0, "demo": False, "evidence_reading": False}
    values = {"var_dir": folder, **usual, **changes}
    return Settings(_env_file=None, **values)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy."""
    folder = tmp_path_factory.mktemp("template")
    upgrade(make_settings(folder), "backend")
    return folder / "backend.db"


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:  # noqa: F811
    """A migrated database to copy; its name."""
    name = postgres.make_database()
    settings = make_settings(tmp_path_factory.mktemp("postgres"), backend_database_url=postgres.url(name))
    upgrade(settings, "backend")
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "backend.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'backend.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    with cluster.database(request.getfixturevalue("postgres_template")) as name:
        yield cluster.url(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Override with `make_settings` in a test module that needs others."""
    return make_settings(tmp_path, backend_database_url=database_url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def backend_client(settings: Settings, clock: Clock) -> AsyncIterator[TestClient]:
    """An HTTP client that carries the service token; the application is `backend_client.app`."""
    app = make_app(settings, workers=False)
    app[CLOCK] = clock
    headers = {"Authorization": f"Bearer {settings.derived_key('backend')}"}
    async with TestClient(TestServer(app), headers=headers) as client:
        yield client
