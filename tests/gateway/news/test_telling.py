"""News reaches its customer once, in order, in the conversation that they used last."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.gateway.conversations.model import IncomingMessage, Status
from bot.gateway.conversations.tables import messages
from bot.gateway.news.model import State
from bot.gateway.news.store import NewsStore, news_table
from bot.gateway.news.worker import Teller
from tests.fakes import FakeRasa
from tests.gateway.house import NOW, House, says
from tests.gateway.news.making import DATA, TICKET_NO, make_news


class NewsHouse(House):
    """A gateway's inside with the part that tells news."""

    @property
    def news(self) -> NewsStore:
        return NewsStore(self.engine)

    async def hear(self, *news: Any) -> None:
        """Save them all, then tell."""
        for each in news:
            await self.news.save(each, NOW)
        await Teller(self.news, self.switchboard).work()

    async def states(self) -> dict[str, str]:
        async with self.engine.begin() as connection:
            rows = await connection.execute(sa.select(news_table.c.event_id, news_table.c.state))
            return dict(rows.all())


@pytest.fixture
async def house(sqlite_url: str, rasa: FakeRasa) -> AsyncIterator[NewsHouse]:
    async with NewsHouse(sqlite_url, rasa) as house:
        await house.open()
        yield house


def reply(text: str, sequence: int, **changes: Any) -> Any:
    return make_news("ticket.reply", sequence, data={"text": text}, **changes)


def answered(text: str) -> str:
    return says("utter_news_reply", ticket_no=TICKET_NO, words=text, about="")


async def test_it_is_told_and_delivered_and_unread(house: NewsHouse):
    await house.hear(reply("好了", 1))
    (message,) = await house.store.messages_after("c1", 1, 10)
    assert (message.text, message.status) == (answered("好了"), Status.SENT)
    conversation = await house.store.conversation("c1")
    assert conversation.last_seq - conversation.read_seq == 2


async def test_open_windows_hear_of_it_at_once(house: NewsHouse):
    with house.hub.listen("c1") as client:
        await house.hear(reply("好了", 1))
        frame = await asyncio.wait_for(client.get(), 10)
    assert frame["message"]["text"] == answered("好了")


async def test_the_same_event_is_told_once(house: NewsHouse):
    await house.hear(reply("好了", 1), reply("好了", 1))
    await house.hear(reply("好了", 1))
    assert await house.texts() == [answered("好了")]


async def test_older_news_on_the_same_topic_is_never_told(house: NewsHouse):
    await house.hear(make_news("order.delivered", 7))
    await house.hear(make_news("order.payment_confirmed", 3))
    assert len(await house.texts()) == 1
    assert await house.states() == {"e7": "told", "e3": "stale"}


async def test_what_is_outdated_before_it_was_told_is_left_out(house: NewsHouse):
    await house.hear(make_news("order.payment_confirmed", 3), make_news("order.delivered", 7))
    assert await house.states() == {"e3": "stale", "e7": "told"}


async def test_a_change_that_is_not_told_makes_older_ones_stale(house: NewsHouse):
    reopened = make_news("ticket.status_changed", 9, data={"from": "resolved", "to": "queued"})
    await house.hear(reopened, make_news("ticket.status_changed", 8, data={"from": "in_progress", "to": "resolved"}))
    assert await house.states() == {"e9": "quiet", "e8": "stale"}


async def test_every_word_of_an_agent_arrives_in_any_order(house: NewsHouse):
    await house.hear(reply("二", 2))
    await house.hear(reply("一", 1))
    assert await house.texts() == [answered("二"), answered("一")]


async def test_other_orders_have_news_of_their_own(house: NewsHouse):
    await house.hear(make_news("order.delivered", 7))
    await house.hear(make_news("order.payment_confirmed", 3, order_no="KM202405120002"))
    assert len(await house.texts()) == 2


async def test_it_goes_to_the_conversation_that_the_customer_used_last(house: NewsHouse):
    for number in ("c2", "c3"):
        house.skipped += timedelta(minutes=1)
        await house.open(conversation_id=number, token_hash=number, customer_id="user:u1")
    house.skipped += timedelta(minutes=1)
    await house.send("在吗", conversation_id="c2")
    await house.hear(reply("一", 1, customer_ref="user:u1", conversation_id="c3"))
    assert answered("一") in await house.texts("c2")
    assert await house.texts("c3") == []


async def test_a_new_window_counts_as_used(house: NewsHouse):
    await house.open(conversation_id="c2", token_hash="2", customer_id="user:u1")
    await house.send("在吗", conversation_id="c2")
    house.skipped += timedelta(minutes=1)
    await house.open(conversation_id="c3", token_hash="3", customer_id="user:u1")
    await house.hear(reply("一", 1, customer_ref="user:u1"))
    assert await house.texts("c3") == [answered("一")]


async def test_without_a_conversation_of_the_customer_the_named_one_is_used(house: NewsHouse):
    await house.hear(reply("一", 1, customer_ref="somebody", conversation_id="c1"))
    assert await house.texts() == [answered("一")]


async def test_news_for_nobody_holds_nobody_up(house: NewsHouse):
    await house.hear(reply("一", 1, customer_ref="somebody"), reply("二", 2))
    assert await house.texts() == [answered("二")]
    assert await house.states() == {"e1": "unreachable", "e2": "told"}


async def test_what_cannot_be_put_into_words_holds_nobody_up(house: NewsHouse):
    await house.hear(make_news("ticket.promise_broken", 1, data={}), reply("二", 2))
    assert await house.states() == {"e1": "failed", "e2": "told"}


async def test_it_does_not_disturb_the_dialog(house: NewsHouse, rasa: FakeRasa):
    """The buttons of the question that was asked before still work, and so do those of the news, once."""
    rasa.answer = lambda body: [
        {"text": f"asked: {body['message']}", "buttons": [{"title": "好", "payload": "/affirm"}]}
    ]
    await house.send("没到账")
    await house.hear(make_news("order.failed", 1))
    _, question, news = await house.store.messages_after("c1", 1, 10)
    await house.send(button_id=question.buttons[0].button_id)
    assert (await house.texts())[-2:] == ["> 好", "asked: /affirm"]
    await house.send(button_id=news.buttons[0].button_id)
    assert (await house.texts())[-1] == "asked: /ticket_progress"
    await house.send(button_id=news.buttons[1].button_id)
    assert (await house.texts())[-1] == says("utter_button_stale")


async def test_an_agent_who_has_the_conversation_is_not_disturbed(house: NewsHouse):
    await house.switchboard.take_over("c1", "bob")
    await house.hear(make_news("order.delivered", 1))
    (message,) = await house.store.messages_after("c1", 1, 10)
    assert (message.sender.value, message.buttons) == ("system", ())
    assert (await house.store.conversation("c1")).owner.value == "agent"


async def test_it_is_told_in_the_language_of_the_conversation(house: NewsHouse):
    await house.open(conversation_id="c2", token_hash="2", customer_id="c2", language="en")
    await house.hear(reply("done", 1, customer_ref="c2"))
    assert await house.texts("c2") == [says("utter_news_reply", "en", ticket_no=TICKET_NO, words="done", about="")]


async def test_news_and_messages_at_the_same_time_keep_one_order(house: NewsHouse):
    for number in range(20):
        await house.news.save(reply(str(number), number), NOW)
    talk = [house.switchboard.receive("c1", IncomingMessage(text=f"t{number}")) for number in range(20)]
    await asyncio.gather(Teller(house.news, house.switchboard).work(), *talk)
    await house.workers.settle()
    found = await house.store.messages_after("c1", 0, 1000)
    assert [each.seq for each in found] == list(range(1, len(found) + 1))
    assert [text for text in await house.texts() if text.startswith("客服")] == [
        answered(str(number)) for number in range(20)
    ]


class Killed(BaseException):
    """The end of the process."""


@pytest.mark.parametrize("step", range(6))
async def test_a_kill_at_any_moment_leaves_it_told_once(database_url: str, rasa: FakeRasa, step: int):
    """Before or after the news is saved, told, or marked as sent."""
    calls = 0

    def dying(original: Any) -> Any:
        async def method(*args: Any, **options: Any) -> Any:
            nonlocal calls
            for moment in ("before", "after"):
                if calls == step:
                    calls += 1
                    raise Killed
                calls += 1
                if moment == "before":
                    result = await original(*args, **options)
            return result

        return method

    news = make_news("order.delivered", 1)
    async with NewsHouse(database_url, rasa) as house:
        await house.open()
        store = NewsStore(house.engine)
        store.save = dying(store.save)  # type: ignore[method-assign]
        house.store.write = dying(house.store.write)  # type: ignore[method-assign]
        house.store.mark_sent = dying(house.store.mark_sent)  # type: ignore[method-assign]
        with pytest.raises(Killed):
            await store.save(news, NOW)
            await Teller(store, house.switchboard).work()
    async with NewsHouse(database_url, rasa) as house:
        await house.workers.resume()
        await house.hear(news)  # the backend was not answered, or posts it once more
        (message,) = await house.store.messages_after("c1", 1, 10)
        assert message.status is Status.SENT
        assert await house.states() == {"e1": "told"}


async def test_two_gateways_on_one_database_tell_it_once(database_url: str, rasa: FakeRasa):
    async with NewsHouse(database_url, rasa) as one, NewsHouse(database_url, rasa) as two:
        await one.open()
        for number in range(10):
            await one.news.save(reply(str(number), number), NOW)
        await asyncio.gather(*(Teller(each.news, each.switchboard).work() for each in (one, two)))
        assert sorted(await one.texts()) == sorted(answered(str(number)) for number in range(10))


async def test_a_thousand_events_twice_and_in_any_order_are_told_once_each(house: NewsHouse):
    """250 customers with four changes of their order each: nobody hears one twice, or an older one after a newer."""
    chance = random.Random(5)
    kinds = ["order.payment_confirmed", "order.failed", "order.refunding", "order.delivered"]
    customers = [f"d{number}" for number in range(250)]
    for customer in customers:
        await house.open(conversation_id=customer, token_hash=customer, customer_id=customer)
    events = [
        make_news(kind, 4 * number + place, customer_ref=customer, order_no=f"KM2024051{number:05}", data=DATA[kind])
        for number, customer in enumerate(customers)
        for place, kind in enumerate(kinds)
    ]
    deliveries = [*events, *events]
    chance.shuffle(deliveries)
    for start in range(0, len(deliveries), 37):
        await house.hear(*deliveries[start : start + 37])
    states = await house.states()
    assert len(states) == 1000
    assert Counter(states.values()).keys() == {State.TOLD.value, State.STALE.value}
    for number, customer in enumerate(customers):
        told = [state for place in range(4) if (state := states[f"e{4 * number + place}"]) == "told"]
        texts = await house.texts(customer)
        assert len(texts) == len(told) == len(set(texts))
        assert states[f"e{4 * number + 3}"] == "told"
        assert "已经到账" in texts[-1]
    async with house.engine.begin() as connection:
        count = await connection.scalar(
            sa.select(sa.func.count()).select_from(messages).where(messages.c.reply_key.startswith("news:"))
        )
    assert count == Counter(states.values())["told"]


async def test_the_loop_wakes_up_for_news(house: NewsHouse):
    teller = Teller(house.news, house.switchboard)
    task = asyncio.create_task(teller.run())
    try:
        await asyncio.sleep(0)
        await house.news.save(replace(reply("好了", 1)), NOW)
        teller.wake()
        await house.until(answered("好了"))
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_the_bot_is_told_what_the_news_before_the_words_asks_for(house: NewsHouse, rasa: FakeRasa):
    await house.hear(make_news("order.delivered", 1))
    await house.send("随便说说")
    await house.hear(make_news("order.delivered", 2), make_news("ticket.waiting_customer", 3))
    await house.send("艾欧尼亚")
    await house.send("然后呢")
    assert [each["metadata"]["news"] for each in rasa.asked] == ["", TICKET_NO, None]


async def test_of_two_questions_words_answer_the_newer_and_a_button_its_own(house: NewsHouse, rasa: FakeRasa):
    await house.hear(make_news("order.delivered", 1))
    await house.hear(make_news("ticket.waiting_customer", 2, ticket_no="TK261125D4E5F6"))
    await house.send("到了")
    await house.hear(make_news("ticket.waiting_customer", 3, ticket_no="TK261125D4E5F6"))
    (delivered, *_) = await house.store.messages_after("c1", 1, 10)
    await house.send(button_id=delivered.buttons[0].button_id)
    asked = f'/confirm_delivery{{"field":"arrived","about":"{TICKET_NO}"}}'
    assert rasa.asked_texts() == ["到了", asked]
    assert rasa.asked[0]["metadata"]["news"] == "TK261125D4E5F6"


async def test_words_that_came_before_the_news_do_not_answer_it(house: NewsHouse, rasa: FakeRasa):
    """They waited for the bot, which asked while the news was told."""
    await house.switchboard.receive("c1", IncomingMessage(text="在吗"))
    await house.hear(make_news("ticket.waiting_customer", 1))
    await house.workers.settle()
    assert rasa.asked[-1]["metadata"]["news"] is None
