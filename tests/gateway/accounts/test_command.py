"""`python -m bot accounts`, and the agent of the demo."""

import asyncio
import io
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.__main__ import main
from bot.db import make_engine
from bot.gateway.accounts.demo import FILE, make_demo_agent
from bot.gateway.accounts.model import Role
from bot.gateway.accounts.passwords import Passwords
from bot.gateway.accounts.store import AccountStore
from bot.gateway.channels.telegram.linking import Links
from bot.ops.announcement import announcement
from bot.settings import Settings
from tests.gateway.desks import NOW, PASSWORD


@pytest.fixture
def environment(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAOZHANG_GATEWAY_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DAOZHANG_VAR_DIR", str(tmp_path))
    return Settings()


def run(monkeypatch: pytest.MonkeyPatch, *argv: str, typed: str = f"{PASSWORD}\n") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return main(["accounts", *argv])


def with_store(settings: Settings, work: object) -> object:
    async def inside() -> object:
        engine = make_engine(settings.gateway_database_url)
        try:
            return await work(AccountStore(engine, demo=settings.demo), engine)
        finally:
            await engine.dispose()

    return asyncio.run(inside())


def test_an_account_from_its_first_to_its_last_day(
    environment: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    add = ("add", "Bob", "--name", "Bob 老王", "--role", "supervisor", "--team", "refunds", "--password-stdin")
    assert run(monkeypatch, *add) == 0
    assert run(monkeypatch, *add) == 1
    assert "there is an account bob already" in capsys.readouterr().err
    for argv in (("role", "bob", "admin"), ("team", "bob"), ("disable", "bob"), ("totp-off", "bob")):
        assert run(monkeypatch, *argv) == 0
    assert run(monkeypatch, "password", "bob", "--password-stdin", typed="another long one\n") == 0
    capsys.readouterr()
    assert run(monkeypatch, "list") == 0
    assert capsys.readouterr().out == "bob  admin  Bob 老王  -  disabled\n"
    assert run(monkeypatch, "enable", "bob") == 0

    async def look(store: AccountStore, _: object) -> bool:
        account, row = await store.find("bob")
        assert (account.role, account.team, account.disabled) == (Role.ADMIN, None, False)
        return await Passwords().holds("another long one", row.password_hash)

    assert with_store(environment, look) is True
    capsys.readouterr()
    assert run(monkeypatch, "audit", "--json", "--limit", "3") == 0
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["action"] for each in entries] == ["account.enable", "account.password", "account.totp_off"]
    assert all(each["username"].startswith("cli:") for each in entries)
    assert run(monkeypatch, "audit", "--user", "bob") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("argv", "typed", "words"),
    [
        (("add", "bob", "--name", "Bob", "--password-stdin"), "short\n", "the password is too short"),
        (("add", "b", "--name", "Bob", "--password-stdin"), f"{PASSWORD}\n", "cannot be a username"),
        (("add", "bob", "--name", " ", "--password-stdin"), f"{PASSWORD}\n", "a name has 1 to 80 signs"),
        (("disable", "nobody"), "", "there is no account nobody"),
        (("password", "nobody", "--password-stdin"), f"{PASSWORD}\n", "there is no account nobody"),
    ],
)
def test_it_refuses_with_a_reason(
    environment: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: tuple[str, ...],
    typed: str,
    words: str,
):
    assert run(monkeypatch, *argv, typed=typed) == 1
    assert words in capsys.readouterr().err


def test_it_asks_twice_for_a_password(
    environment: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    answers = iter([PASSWORD, "something else"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    assert run(monkeypatch, "add", "bob", "--name", "Bob") == 1
    assert "the two passwords differ" in capsys.readouterr().err
    monkeypatch.setattr("getpass.getpass", lambda _: PASSWORD)
    assert run(monkeypatch, "add", "bob", "--name", "Bob") == 0


def make(settings: Settings) -> bool:
    async def work(_: AccountStore, engine: object) -> bool:
        return await make_demo_agent(settings, engine, Passwords(), NOW)

    return with_store(settings, work)


def test_the_demo_makes_one_agent_whose_password_only_we_can_read(environment: Settings):
    path = environment.var_dir / FILE
    assert "demo-agent" not in announcement(environment, [])
    assert make(environment) is True
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    words = dict(line.split(": ") for line in path.read_text().splitlines())
    assert words["username"] == "demo"

    async def look(store: AccountStore, _: object) -> bool:
        account, row = await store.find("demo")
        assert account.demo and account.role is Role.ADMIN
        return await Passwords().holds(words["password"], row.password_hash)

    assert with_store(environment, look) is True
    said = announcement(environment, [])
    assert str(path) in said and "/desk" in said and words["password"] not in said
    assert make(environment) is False
    assert dict(line.split(": ") for line in path.read_text().splitlines()) == words


def test_outside_the_demo_and_beside_other_accounts_it_makes_nobody(
    environment: Settings, monkeypatch: pytest.MonkeyPatch
):
    real = environment.model_copy(update={"demo": False})
    assert make(real) is False
    run(monkeypatch, "add", "bob", "--name", "Bob", "--password-stdin")
    assert make(environment) is False
    assert not (environment.var_dir / FILE).exists()


def test_a_code_to_link_a_telegram_account(
    environment: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert run(monkeypatch, "link", "bob") == 1
    assert run(monkeypatch, "add", "bob", "--name", "Bob", "--password-stdin") == 0
    assert run(monkeypatch, "unlink", "bob") == 1
    capsys.readouterr()
    assert run(monkeypatch, "link", "bob") == 0
    first = capsys.readouterr().out.split("/link ")[1].strip()
    assert run(monkeypatch, "link", "bob") == 0
    second = capsys.readouterr().out.split("/link ")[1].strip()
    now = datetime.now(UTC)

    async def use(_: AccountStore, engine: AsyncEngine) -> list[str | None]:
        links = Links(engine)
        late = now + timedelta(minutes=16)
        # Of two codes the newer counts, for fifteen minutes, once; capitals do not matter.
        tries = [(1, first, now), (1, second, late), (2, second.lower(), now), (3, second, now)]
        return [await links.use(*each) for each in tries] + [await links.username_of(each) for each in (1, 2, 3)]

    assert with_store(environment, use) == [None, None, "bob", None, None, "bob", None]
    assert run(monkeypatch, "unlink", "bob") == 0
    assert run(monkeypatch, "disable", "bob") == 0
    assert run(monkeypatch, "link", "bob") == 1
