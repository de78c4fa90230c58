"""What goes wrong on the way to Telegram and back: nothing lost, nothing doubled silently."""

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bot.gateway.channels.telegram.store import TelegramStore
from bot.gateway.channels.telegram.tables import chats, deliveries
from bot.gateway.conversations.model import Outcome, Said
from bot.gateway.conversations.rows import Writer
from bot.gateway.conversations.tables import messages
from bot.gateway.desk.keys import DESK
from bot.gateway.keys import ENGINE, STORE, SWITCHBOARD
from bot.qa.bot_api import TOKEN, BotApi
from bot.settings import ROOT, Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.gateways import Gateway
from tests.gateway.house import says
from tests.gateway.telegram import payloads as they
from tests.gateway.telegram.conftest import make_gateway
from tests.gateway.telegram.test_talking import ALICE, BOB, HELLO, conversation_of, log_of, settle

AGAIN = says("utter_telegram_again")


@pytest.mark.parametrize("trouble", ["429", "500", "502"])
async def test_what_had_no_effect_is_sent_again_as_it_was(trouble: str, gateway: Gateway, api: BotApi):
    api.plan = [trouble, "", trouble, trouble]
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    await settle(gateway)
    assert api.texts(ALICE) == [HELLO, "echo: hi"]
    assert len(api.calls["sendMessage"]) == 5


async def test_what_was_cut_off_is_sent_again_and_says_so(gateway: Gateway, api: BotApi):
    """Nobody can know whether it arrived."""
    api.plan = ["", "cut"]
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    assert api.texts(ALICE) == [HELLO, f"{AGAIN}\necho: hi"]


@pytest.mark.parametrize("trouble", ["lost", "hang"])
async def test_what_arrived_without_an_answer_is_not_doubled_silently(
    trouble: str, settings: Settings, rasa: FakeRasa, api: BotApi
):
    settings.telegram_timeout = 1.0
    async with make_gateway(settings, rasa) as gateway:
        api.plan = ["", trouble]
        api.put(they.text("hi"))
        await api.until(lambda: len(api.sent) == 3)
        await settle(gateway)
        api.put(they.text("more"))
        await api.until(lambda: len(api.sent) == 4)
        assert api.texts(ALICE) == [HELLO, "echo: hi", f"{AGAIN}\necho: hi", "echo: more"]


@pytest.mark.parametrize("trouble", ["500", "429"])
async def test_doubt_stays_when_the_next_try_certainly_fails(trouble: str, gateway: Gateway, api: BotApi):
    api.plan = ["", "lost", trouble]
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 3)
    assert api.texts(ALICE)[1:] == ["echo: hi", f"{AGAIN}\necho: hi"]


async def test_one_part_in_trouble_does_not_double_the_others(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    rasa.answer = lambda body: [{"text": "a" * 3900 + "\n" + "b" * 3900}]
    api.plan = ["", "", "500"]
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 3)
    assert [each[0] for each in api.texts(ALICE)[1:]] == ["a", "b"]


async def test_who_blocked_the_bot_is_shown_as_unreachable_and_the_others_get_theirs(gateway: Gateway, api: BotApi):
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    api.blocked.add(ALICE)
    conversation_id = (await conversation_of(gateway)).conversation_id
    for words in ("news one", "news two"):
        await gateway.app[SWITCHBOARD].write(conversation_id, lambda _, it=words: Outcome(said=(Said(it),)))
    api.put(they.text("hi", who=BOB))
    await api.until(lambda: len(api.texts(BOB)) == 2)
    await settle(gateway)
    log = await log_of(gateway)
    assert ("outgoing", "news one", "failed") in log
    assert ("outgoing", "news two", "failed") in log
    assert [each[1] for each in log if each[0] == "activity"] == ["unreachable"]
    # They come back; the agent tries once more.
    api.blocked.clear()
    api.put(they.member("member", "kicked"))
    await until_said(gateway, "reachable")
    failed = next(each for each in await gateway.app[STORE].all_messages(conversation_id) if each.text == "news one")
    await gateway.app[DESK].retry(conversation_id, failed.message_id)
    await gateway.app[SWITCHBOARD].deliver_pending(conversation_id)
    await api.until(lambda: api.texts(ALICE)[-1] == "news one")


async def until_said(gateway: Gateway, what: str) -> None:
    async with asyncio.timeout(30):
        while what not in [each[1] for each in await log_of(gateway)]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_who_blocks_the_bot_is_known_before_anything_is_sent(gateway: Gateway, api: BotApi):
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    api.put(they.member("kicked"))
    await until_said(gateway, "unreachable")
    api.put(they.text("I am back"))
    await api.until(lambda: api.texts(ALICE)[-1] == "echo: I am back")
    async with gateway.app[ENGINE].connect() as connection:
        assert await connection.scalar(sa.select(chats.c.blocked_at)) is None


async def test_what_the_desk_sees_of_a_block_is_one_transaction_with_it(
    gateway: Gateway, api: BotApi, monkeypatch: pytest.MonkeyPatch
):
    """A failure, or a death, before the line is written leaves nothing half known."""
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    await settle(gateway)
    writes, troubles = Writer.say, [OSError("the disk is away")]

    async def say_or_fail(self: Writer, said: Said, *given: Any) -> str:
        if said.text == "unreachable" and troubles:
            raise troubles.pop()
        return await writes(self, said, *given)

    monkeypatch.setattr(Writer, "say", say_or_fail)
    api.put(they.member("kicked"))
    await until_said(gateway, "unreachable")
    assert troubles == []


async def test_what_telegram_refuses_for_ever_fails_and_the_next_is_sent(gateway: Gateway, api: BotApi):
    api.plan = ["", "400"]
    api.put(they.text("one"))
    await api.until(lambda: len(api.calls["sendMessage"]) == 2)
    await until_said(gateway, "undelivered")
    api.put(they.text("two"))
    await api.until(lambda: len(api.sent) == 2)
    assert api.texts(ALICE) == [HELLO, "echo: two"]


@pytest.mark.parametrize("trouble", ["cut", "500", "409", "429"])
async def test_polling_goes_on_after_trouble(trouble: str, settings: Settings, rasa: FakeRasa, api: BotApi):
    api.polls = [trouble, trouble]
    api.put(they.text("hi"))
    async with make_gateway(settings, rasa):
        await api.until(lambda: len(api.sent) == 2)
        assert api.texts(ALICE) == [HELLO, "echo: hi"]


async def test_an_update_that_cannot_be_saved_is_not_confirmed(gateway: Gateway, api: BotApi):
    await api.until(lambda: len(api.calls["getUpdates"]) == 1)
    engine = gateway.app[STORE].engine
    async with engine.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE telegram_updates RENAME TO away"))
    update = they.text("hi")
    api.put(update)
    await api.until(lambda: len(api.calls["getUpdates"]) >= 3)
    assert all(int(each.get("offset", 0)) <= update["update_id"] for each in api.calls["getUpdates"])
    async with engine.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE away RENAME TO telegram_updates"))
    await api.until(lambda: len(api.sent) == 2)
    assert api.texts(ALICE) == [HELLO, "echo: hi"]


async def test_an_update_that_was_saved_without_anybody_knowing_is_worked_on(
    gateway: Gateway, api: BotApi, monkeypatch: pytest.MonkeyPatch
):
    """The connection to the database broke at the end of the commit; the update comes once more."""
    save, troubles = TelegramStore.save, [OSError("the connection broke")]

    async def save_and_fail(self: TelegramStore, *given: Any) -> bool:
        is_new = await save(self, *given)
        if troubles:
            raise troubles.pop()
        return is_new

    monkeypatch.setattr(TelegramStore, "save", save_and_fail)
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    assert api.texts(ALICE) == [HELLO, "echo: hi"]


@pytest.mark.parametrize("begun", [False, True])
async def test_a_kill_between_saving_and_sending(begun: bool, settings: Settings, rasa: FakeRasa, api: BotApi):
    """Before the call it is sent as it is; with the call begun it says that it may be a second time."""
    async with make_gateway(settings, rasa) as gateway:
        api.put(they.text("hi"))
        await api.until(lambda: len(api.sent) == 2)
        await settle(gateway)
        engine = gateway.app[ENGINE]
        async with engine.begin() as connection:
            await connection.execute(sa.update(messages).where(messages.c.text == "echo: hi").values(status="pending"))
            answer = sa.select(messages.c.message_id).where(messages.c.text == "echo: hi").scalar_subquery()
            where = deliveries.c.message_id == answer
            change = (
                sa.update(deliveries).where(where).values(state="sending")
                if begun
                else sa.delete(deliveries).where(where)
            )
            await connection.execute(change)
    async with make_gateway(settings, rasa):
        await api.until(lambda: len(api.sent) == 3)
        assert api.texts(ALICE)[2] == (f"{AGAIN}\necho: hi" if begun else "echo: hi")


async def test_200_updates_over_two_stops_are_all_answered_once(settings: Settings, rasa: FakeRasa, api: BotApi):
    queue(api)
    for least in (20, 120):
        async with make_gateway(settings, rasa):
            await api.until(lambda least=least: len(api.sent) >= least)
    async with make_gateway(settings, rasa) as gateway:
        await api.until(lambda: len(answers(api)) == 200)
        await settle(gateway)
    assert Counter(answers(api)) == Counter(f"echo: {number}" for number in range(200))


async def test_200_updates_over_two_kills_are_all_answered_once(
    settings: Settings, rasa: FakeRasa, api: BotApi, backend: FakeBackendServer
):
    """kill -9 of a real process. Only an answer that was on its way may come twice, and then it says so."""
    rasa.token = settings.derived_key("rasa")
    settings.rasa_port, settings.rasa_url = rasa.port, f"http://127.0.0.1:{rasa.port}"
    queue(api)
    api.plan = ["429", "500", "cut"]
    for least in (20, 120):
        async with process(settings) as kill:
            await api.until(lambda least=least: len(api.sent) >= least)
            kill()
    written = (settings.var_dir / LOG).read_text(encoding="utf-8")
    assert "Telegram did not take a message" in written
    assert TOKEN.partition(":")[2] not in written
    async with make_gateway(settings, rasa) as gateway:
        await api.until(lambda: len({each.removeprefix(f"{AGAIN}\n") for each in answers(api)}) == 200)
        await settle(gateway)
    plain = Counter(each for each in answers(api) if not each.startswith(AGAIN))
    assert max(plain.values()) == 1
    assert {each.removeprefix(f"{AGAIN}\n") for each in answers(api)} == {f"echo: {n}" for n in range(200)}
    assert len(answers(api)) - len(plain) <= 2 * CUSTOMERS + 1
    assert len({each["message"] for each in rasa.asked}) == 200
    for who in range(CUSTOMERS):
        asked = [f"echo: {number}" for number in range(who, 200, CUSTOMERS)]
        found = [each.removeprefix(f"{AGAIN}\n") for each in api.texts(ALICE + who) if "echo" in each]
        assert list(dict.fromkeys(found)) == asked


CUSTOMERS = 10
LOG = "gateway.log"


def queue(api: BotApi) -> None:
    """200 messages of ten customers, as after a night."""
    api.put(*(they.text(str(number), who=ALICE + number % CUSTOMERS) for number in range(200)))


def answers(api: BotApi) -> list[str]:
    return [each["text"] for each in api.sent if "echo" in each["text"]]


@asynccontextmanager
async def process(settings: Settings, more: Mapping[str, str] | None = None) -> AsyncIterator[Callable[[], None]]:
    """A gateway of its own with `more` settings, and what kills it."""
    values = {
        "DAOZHANG_VAR_DIR": str(settings.var_dir),
        "DAOZHANG_SECRET_KEY": settings.secret_key.get_secret_value(),
        "DAOZHANG_GATEWAY_DATABASE_URL": settings.gateway_database_url,
        "DAOZHANG_GATEWAY_PORT": str(_free_port()),
        "DAOZHANG_RASA_PORT": str(settings.rasa_port),
        "DAOZHANG_BACKEND_PORT": str(settings.backend_port),
        "DAOZHANG_TELEGRAM_TOKEN": settings.telegram_token.get_secret_value(),
        "DAOZHANG_TELEGRAM_API_URL": settings.telegram_api_url,
        "DAOZHANG_MESSAGES_PER_MINUTE": "1000",
        "DAOZHANG_DEMO": "false",
        "DAOZHANG_LOG_LEVEL": "DEBUG",
        **(more or {}),
    }
    command = (sys.executable, "-m", "bot", "gateway")
    with (settings.var_dir / LOG).open("ab") as log:
        running = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env={**os.environ, **values}, stdout=log, stderr=log
        )
    try:
        yield lambda: running.send_signal(signal.SIGKILL)
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
