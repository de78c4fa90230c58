"""Databases at the newest revision, on SQLite and on PostgreSQL, and a gateway's inside to test with."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import make_engine
from bot.migrate import upgrade
from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.gateways import Gateway
from tests.gateway.house import House
from tests.postgres import Cluster, postgres

__all__ = ["postgres"]


def migrate(url: str, folder: Path) -> None:
    upgrade(Settings(gateway_database_url=url, var_dir=folder, _env_file=None), "gateway")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite+aiosqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    name = postgres.make_database()
    migrate(postgres.url(name), tmp_path_factory.mktemp("postgres"))
    return name


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(sqlite_template, tmp_path / 'gateway.db')}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """One test on each kind of database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    with cluster.database(request.getfixturevalue("postgres_template")) as name:
        yield cluster.url(name)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def rasa() -> AsyncIterator[FakeRasa]:
    async with FakeRasa() as fake:
        yield fake


@pytest.fixture
async def house(sqlite_url: str, rasa: FakeRasa) -> AsyncIterator[House]:
    """Everything behind the HTTP interface, on SQLite."""
    async with House(sqlite_url, rasa) as house:
        yield house


SECRET = "for tests"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        var_dir=tmp_path,
        secret_key=SECRET,
        gateway_database_url=sqlite_url,
        identity_secret="shop",
        allowed_origins=["https://shop.example"],
        demo=False,
        messages_per_minute=1000,
        conversations_per_minute=1000,
    )


@pytest.fixture
async def backend(settings: Settings) -> AsyncIterator[FakeBackendServer]:
    async with FakeBackendServer(settings.derived_key("backend")) as fake:
        settings.backend_port, settings.backend_url = fake.port, f"http://127.0.0.1:{fake.port}"
        yield fake


@pytest.fixture
async def gateway(settings: Settings, rasa: FakeRasa, backend: FakeBackendServer) -> AsyncIterator[Gateway]:
    """The whole application."""
    rasa.token = settings.derived_key("rasa")
    settings.rasa_port, settings.rasa_url = rasa.port, f"http://127.0.0.1:{rasa.port}"
    async with Gateway(settings) as gateway:
        yield gateway
