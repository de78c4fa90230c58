"""The main job on Telegram with the four real processes: a photo as proof, a ticket, an agent in the topic."""

import asyncio
from pathlib import Path

import pytest

from bot.clock import clock_of
from bot.db import make_engine
from bot.gateway.channels.telegram.linking import Links
from bot.qa.bench import CannotRunError, bench_settings, find_model, start_stack
from bot.qa.blanks import placeholders
from bot.qa.customer import CustomerError
from bot.qa.drawing import drawn
from bot.qa.model import Drawing
from bot.qa.telegram import TelegramCustomer
from bot.qa.telegram_book import Book
from tests.gateway.house import says
from tests.gateway.telegram import payloads as they
from tests.gateway.telegram.forum_api import STAFF, ForumApi
from tests.gateway.telegram.staffing import BOB, writes
from tests.system.moments import SECONDS, until
from tests.system.people import Town, open_town

AGENT = "demo"  # whom the demo has made


async def test_from_the_first_word_to_an_agent_in_the_topic_and_back(tmp_path: Path):
    """On a helpdesk of its own: where many wait, a topic takes its time, as a bot may write to a group seldom."""
    try:
        model = find_model()
    except CannotRunError as reason:
        pytest.skip(str(reason))
    async with ForumApi() as api:
        settings = bench_settings(tmp_path, api.url).model_copy(update={"telegram_staff_chat": STAFF})
        stack = await asyncio.to_thread(start_stack, settings, model)
        try:
            async with open_town(stack) as town:
                await _play(town, api)
        finally:
            await asyncio.to_thread(stack.stop)


async def _play(town: Town, api: ForumApi) -> None:
    order = await town.make_order()
    async with Book(town.stack.settings) as book:
        alice = await TelegramCustomer(town.house.session, book).arrive()
        try:
            await _report(town, alice, placeholders(order))
            await _call_a_person(town, api, alice)
        finally:
            await alice.leave()
    assert (api.wrong, alice.faults) == ([], [])
    (ticket,) = town.tickets_for(order)
    assert ticket["conversation_id"] == alice.conversation_id


async def _report(town: Town, alice: TelegramCustomer, order: dict[str, str]) -> None:
    await alice.say(f"付了款没到账 {order['order_no']} 尾号 {order['phone_tail']}")
    await _hears(alice, order["order_no"])
    await until(lambda: bool(alice.answers[-1]["buttons"]), "there is something to press")
    bill = await asyncio.to_thread(drawn, Drawing("wechat_bill"), order)
    await alice.show(bill)
    await _hears(alice, "对上了")
    await until(lambda: bool(alice.answers[-1]["buttons"]), "there is a button to go on")
    await alice.press(town.house.sentences.titles("/report_problem"))
    await _hears(alice, "请确认工单内容")
    await alice.press({"提交"})
    await _hears(alice, "TK")


async def _call_a_person(town: Town, api: ForumApi, alice: TelegramCustomer) -> None:
    await alice.say("转人工")
    await until(lambda: bool(_topic_of(town, alice)), "the conversation has a topic")
    thread = _topic_of(town, alice)
    await until(lambda: any("交接卡" in each for each in api.in_topic(thread)), "its card is there")
    engine = make_engine(town.stack.settings.gateway_database_url)
    code = await Links(engine).make_code(AGENT, clock_of(town.stack.settings)())
    await engine.dispose()
    api.put(they.text(f"/link {code}", who=BOB))
    await until(lambda: bool(api.texts(BOB)), "the agent is linked")
    # Telegram sends it again when it is not sure.
    api.put(writes(api, thread, "我在看您的订单，账单收到了"))
    await _hears(alice, "我在看您的订单")
    await alice.say("好的，等您")
    await until(
        lambda: any("好的，等您" in each for each in api.in_topic(thread)), "the topic shows the customer's words"
    )
    writes(api, thread, "/note 已催上游")
    writes(api, thread, "/bot")
    await until(lambda: alice.conversation["owner"] == "bot", "the bot has the conversation again")
    await alice.say("谢谢")
    await _hears(alice, says("utter_thanks"))
    shown = [each["text"] for each in alice.answers]
    assert sum("我在看您的订单" in each for each in shown) == 1
    assert "已催上游" not in str(shown)
    log = town.rows("gateway", "SELECT * FROM messages WHERE conversation_id = ?", alice.conversation_id)
    assert [each["origin"] for each in log if "我在看您的订单" in each["text"]] == ["topic"]


def _topic_of(town: Town, alice: TelegramCustomer) -> int:
    """The topic of the customer's conversation; 0 as long as there is none."""
    query = "SELECT thread_id FROM telegram_topics WHERE conversation_id = ?"
    return next((each["thread_id"] or 0 for each in town.rows("gateway", query, alice.conversation_id)), 0)


async def _hears(alice: TelegramCustomer, words: str) -> None:
    try:
        await alice.wait(lambda: any(words in each["text"] for each in alice.answers), SECONDS, f"{words!r} is read")
    except CustomerError as error:
        raise AssertionError(f"{error}; the screen: {[each['text'] for each in alice.messages.values()]}") from None
