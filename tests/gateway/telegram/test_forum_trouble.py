"""What goes wrong with the staff's topics: nothing lost, nothing doubled silently, the group's limits kept."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.gateway.channels.telegram.forum_group import Budget
from bot.gateway.channels.telegram.forum_mirror import Mirror
from bot.gateway.channels.telegram.forum_words import say
from bot.gateway.channels.telegram.tables import copies, topics
from bot.gateway.conversations.tables import messages
from bot.gateway.keys import ENGINE
from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.desks import Browser
from tests.gateway.gateways import Gateway
from tests.gateway.telegram import payloads as they
from tests.gateway.telegram.conftest import make_gateway
from tests.gateway.telegram.forum_api import STAFF, ForumApi
from tests.gateway.telegram.staffing import ALICE, BOB, CAROL, escalate, link, taken, until, with_staff, writes
from tests.gateway.telegram.test_talking import conversation_of, log_of, settle
from tests.gateway.telegram.test_trouble import process

AGAIN = say("again", "zh")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_staff(settings)


def copied(api: ForumApi, words: str) -> list[str]:
    """What the staff got with these words."""
    return [each["text"] for each in api.sent if each["chat_id"] == STAFF and words in each["text"]]


async def all_copied(gateway: Gateway) -> bool:
    left = sa.select(sa.func.count()).select_from(copies).where(copies.c.state == "sending")
    async with gateway.app[ENGINE].connect() as connection:
        return not await connection.scalar(left)


async def test_a_deleted_topic_is_made_again_and_the_same_message_arrives(
    gateway: Gateway, api: ForumApi, rasa: FakeRasa
):
    first = await escalate(api, rasa)
    del api.topics[first]
    api.put(they.text("还在吗"))
    await api.until(lambda: bool(copied(api, "还在吗")))
    (second,) = api.topics
    assert second != first
    assert "交接卡" in api.in_topic(second)[0]
    assert len(api.pinned) == 2
    await link(gateway, api, "bob", BOB)
    writes(api, second, "在的")
    await api.until(lambda: api.texts(ALICE)[-1] == "在的")
    assert copied(api, "还在吗") == ["👤 A**\n还在吗"]
    # Nobody is reached through the topic that is gone.
    await taken(api, writes(api, first, "from nowhere"))
    await settle(gateway)
    assert "from nowhere" not in str(api.texts(ALICE))


async def test_a_topic_that_somebody_closed_is_opened_and_the_same_message_arrives(
    gateway: Gateway, api: ForumApi, rasa: FakeRasa
):
    thread = await escalate(api, rasa)
    api.topics[thread].closed = True
    api.put(they.text("还在吗"))
    await api.until(lambda: bool(copied(api, "还在吗")))
    assert not api.topics[thread].closed
    assert list(api.topics) == [thread]
    assert copied(api, "还在吗") == ["👤 A**\n还在吗"]


async def test_a_settled_topic_that_was_deleted_comes_back_only_when_it_is_needed(
    gateway: Gateway, api: ForumApi, rasa: FakeRasa
):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    update = they.in_topic(thread, who=BOB, text="/close")
    del api.topics[thread]
    api.put(update)
    await until(lambda: is_closed(gateway))
    assert api.topics == {}
    second = await escalate(api, rasa, "人工")
    assert any("Bob 标记为已解决" in each for each in api.in_topic(second))


async def is_closed(gateway: Gateway) -> bool:
    async with gateway.app[ENGINE].connect() as connection:
        return await connection.scalar(sa.select(topics.c.closed)) is True


@pytest.mark.parametrize("trouble", ["429", "500", "502"])
async def test_what_had_no_effect_is_copied_again_as_it_was(
    trouble: str, gateway: Gateway, api: ForumApi, rasa: FakeRasa
):
    await escalate(api, rasa)
    api.staff_plan = [trouble, trouble]
    api.put(they.text("还在吗"))
    await api.until(lambda: bool(copied(api, "还在吗")))
    assert copied(api, "还在吗") == ["👤 A**\n还在吗"]
    assert api.staff_plan == []


@pytest.mark.parametrize("trouble", ["lost", "cut", "lost 429"])
async def test_what_may_have_arrived_says_so(trouble: str, gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await escalate(api, rasa)
    api.staff_plan = trouble.split()
    api.put(they.text("还在吗"))
    await api.until(lambda: bool(copied(api, AGAIN)))
    assert copied(api, AGAIN) == [f"{AGAIN}\n👤 A**\n还在吗"]
    assert len(copied(api, "还在吗")) == (1 if trouble == "cut" else 2)


async def test_what_telegram_refuses_for_ever_does_not_hold_up_the_topic(
    gateway: Gateway, api: ForumApi, rasa: FakeRasa
):
    thread = await escalate(api, rasa)
    api.staff_plan = ["400"]
    api.put(they.text("一"))
    await until(lambda: passed(gateway))
    api.put(they.text("二"))
    await api.until(lambda: bool(copied(api, "\n二")))
    assert list(api.topics) == [thread]


async def test_a_topic_that_cannot_be_kept_does_not_hold_up_the_others(
    gateway: Gateway, api: ForumApi, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
):
    await escalate(api, rasa)
    broken, step = (await conversation_of(gateway)).conversation_id, Mirror._step

    async def fail_at_broken(self: Mirror, conversation_id: str) -> bool:
        if conversation_id == broken:
            raise ValueError
        return await step(self, conversation_id)

    monkeypatch.setattr(Mirror, "_step", fail_at_broken)
    api.put(they.text("还在吗"))
    await settle(gateway)
    second = await escalate(api, rasa, who=ALICE + 1)
    assert len(api.topics) == 2
    assert "还在吗" not in "\n".join(api.in_topic(second))


async def passed(gateway: Gateway) -> bool:
    """The newest message was looked at."""
    newest = sa.select(sa.func.max(messages.c.position)).scalar_subquery()
    async with gateway.app[ENGINE].connect() as connection:
        words = (await connection.scalars(sa.select(messages.c.text))).all()
        return "一" in words and await connection.scalar(sa.select(topics.c.position == newest)) is True


@pytest.mark.parametrize("begun", [False, True])
async def test_a_stop_between_saving_and_marking(
    begun: bool, settings: Settings, rasa: FakeRasa, api: ForumApi, backend: FakeBackendServer
):
    async with make_gateway(settings, rasa) as gateway:
        await escalate(api, rasa)
        api.put(they.text("还在吗"))
        await api.until(lambda: bool(copied(api, "还在吗")))
        await until(lambda: all_copied(gateway))
        async with gateway.app[ENGINE].begin() as connection:
            where = messages.c.text == "还在吗"
            message_id, position = (
                await connection.execute(sa.select(messages.c.message_id, messages.c.position).where(where))
            ).one()
            ours = copies.c.message_id == message_id
            change = sa.update(copies).where(ours).values(state="sending") if begun else sa.delete(copies).where(ours)
            await connection.execute(change)
            await connection.execute(sa.update(topics).values(position=position - 1))
    async with make_gateway(settings, rasa):
        await api.until(lambda: len(copied(api, "还在吗")) == 2)
        assert copied(api, "还在吗")[1].startswith(AGAIN) == begun


async def test_three_kills_lose_nothing(settings: Settings, rasa: FakeRasa, api: ForumApi, backend: FakeBackendServer):
    """kill -9 of a real process while a customer writes and the agents read along."""
    settings.telegram_timeout = 5.0
    async with make_gateway(settings, rasa) as gateway:
        await link(gateway, api, "bob", BOB)
        thread = await escalate(api, rasa)
    rasa.token = settings.derived_key("rasa")
    settings.rasa_port, settings.rasa_url = rasa.port, f"http://127.0.0.1:{rasa.port}"
    for number in range(3):
        async with process(settings, {"DAOZHANG_TELEGRAM_STAFF_CHAT": str(STAFF)}) as kill:
            api.put(*(they.text(f"第{number}{part}句") for part in "甲乙丙"))
            writes(api, thread, f"答{number}")
            await api.until(lambda number=number: bool(copied(api, f"第{number}")))
            kill()
    async with make_gateway(settings, rasa) as gateway:
        every = [f"第{number}{part}句" for number in range(3) for part in "甲乙丙"]
        await api.until(lambda: all(copied(api, each) for each in every))
        await api.until(lambda: all(any(f"答{n}" in each for each in api.texts(ALICE)) for n in range(3)))
        await settle(gateway)
        for each in every:
            assert len([found for found in copied(api, each) if not found.startswith(AGAIN)]) == 1
        said = [each[1] for each in await log_of(gateway)]
        assert [each for each in said if each.startswith("答")] == ["答0", "答1", "答2"]
        together = "\n".join(each for each in api.in_topic(thread) if not each.startswith(AGAIN))
        places = [together.index(each) for each in every]
        assert places == sorted(places)


async def test_desk_and_topic_at_once_give_one_owner_and_one_answer(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    await link(gateway, api, "carol", CAROL)
    browser = Browser(gateway)
    await browser.sign_in("carol")
    thread = await escalate(api, rasa)
    conversation_id = (await conversation_of(gateway)).conversation_id
    writes(api, thread, "Bob 来了")
    status, _ = await browser.call("POST", f"/conversations/{conversation_id}/claim", json={})
    await settle(gateway)
    owner = (await conversation_of(gateway)).agent
    assert owner == ("carol" if status == 200 else "bob")
    assert ("Bob 来了" in api.texts(ALICE)) == (owner == "bob")
    claims = [each for each in await log_of(gateway) if each[1] == "claimed"]
    assert len(claims) == 1


async def test_what_waits_is_joined_so_that_a_busy_customer_costs_few_messages(
    settings: Settings, rasa: FakeRasa, api: ForumApi, backend: FakeBackendServer
):
    async with make_gateway(settings, rasa) as gateway:
        await escalate(api, rasa)
    calls = len(api.calls["sendMessage"])
    api.staff_plan = ["429"]
    api.put(*(they.text(f"第{number}句") for number in range(25)))
    async with make_gateway(settings, rasa) as gateway:
        await api.until(lambda: bool(copied(api, "第24句")))
        await settle(gateway)
    assert len(api.calls["sendMessage"]) - calls < 12
    found = "\n".join(copied(api, "句"))
    assert [found.count(f"第{number}句") for number in range(25)] == [1] * 25


async def test_another_group_gets_the_topics_with_what_stood_in_the_first(
    settings: Settings, rasa: FakeRasa, api: ForumApi, backend: FakeBackendServer
):
    async with make_gateway(settings, rasa):
        await escalate(api, rasa)
    settings.telegram_staff_chat = STAFF - 1
    async with make_gateway(settings, rasa):
        api.put(they.text("还在吗"))
        await api.until(lambda: any("还在吗" in each for each in api.texts(STAFF - 1)))
        assert "passing you on" in "\n".join(api.texts(STAFF - 1))


async def test_the_budget_waits_for_its_window():
    budget = Budget(most=2, seconds=0.2)
    for _ in range(2):
        await budget.room()
        budget.count()
    waiting = asyncio.create_task(budget.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await waiting
    budget.count()


async def test_without_the_setting_nothing_of_it_runs(
    settings: Settings, rasa: FakeRasa, api: ForumApi, backend: FakeBackendServer
):
    settings.telegram_staff_chat = 0
    async with make_gateway(settings, rasa) as gateway:
        api.put(they.text("/link ABCDEFGHJK"))
        await api.until(lambda: api.texts(ALICE)[-1:] == ["echo: link ABCDEFGHJK"])
        api.put(they.in_topic(7, who=BOB, text="hi"))
        await settle(gateway)
        assert api.topics == {}
        assert [each["chat_id"] for each in api.sent] == [ALICE, ALICE]
