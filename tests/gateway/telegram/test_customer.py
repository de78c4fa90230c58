"""The customer of the conversation tests sees what the bot sent, and finds what no bot may do."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import sqlalchemy as sa

from bot.gateway.channels.telegram.tables import deliveries
from bot.gateway.keys import ENGINE
from bot.qa.bot_api import TOKEN, BotApi
from bot.qa.customer import CustomerError
from bot.qa.telegram import TelegramCustomer
from bot.qa.telegram_book import Book
from bot.settings import Settings
from tests.fakes import FakeRasa
from tests.gateway.gateways import Gateway
from tests.gateway.house import says
from tests.gateway.test_pictures import PNG


@pytest.fixture
async def alice(gateway: Gateway, settings: Settings) -> AsyncIterator[TelegramCustomer]:
    async with aiohttp.ClientSession() as session, Book(settings) as book:
        customer = await TelegramCustomer(session, book).arrive(language="zh")
        await customer.wait(lambda: len(customer.answers) == 1, 30, "the welcome has come")
        yield customer
        await customer.leave()


async def say_as_the_bot(api: BotApi, chat_id: int, text: str) -> None:
    async with aiohttp.ClientSession() as session:
        await session.post(f"{api.url}/bot{TOKEN}/sendMessage", data={"chat_id": str(chat_id), "text": text})


async def test_what_was_said_and_shown_is_what_the_gateway_has(alice: TelegramCustomer, rasa: FakeRasa):
    rasa.answer = lambda body: [{"text": "好吗？", "buttons": [{"title": "好", "payload": "/affirm"}]}]
    said = await alice.say("你好")
    await alice.wait(lambda: len(alice.answers) == 2, 30, "an answer has come")
    assert said["turns"] == [said["message_id"]] == [rasa.asked[0]["metadata"]["message_id"]]
    assert [each["text"] for each in alice.answers] == [says("utter_greet"), "好吗？"]
    await alice.press({"好"})
    await alice.wait(lambda: len(alice.answers) == 3, 30, "an answer has come")
    shown = await alice.show(PNG, PNG, caption="两张")
    await alice.wait(lambda: len(alice.answers) == 5, 30, "both answers have come")
    assert [each["message"] for each in rasa.asked[1:]] == [
        "/affirm", '/send_picture{"evidence_id":"e1,e2"}', "两张",
    ]  # fmt: skip
    assert shown["turns"] == [each["metadata"]["message_id"] for each in rasa.asked[2:]]
    assert (alice.conversation["owner"], alice.conversation["language"], alice.faults) == ("bot", "zh", [])
    with pytest.raises(CustomerError, match="no button"):
        await alice.press({"没有这个"})


async def test_a_message_that_comes_twice_without_a_word_is_a_fault(
    alice: TelegramCustomer, api: BotApi, gateway: Gateway
):
    await say_as_the_bot(api, alice.chat_id, says("utter_greet"))
    # As if the gateway had sent its welcome again and marked it.
    async with gateway.app[ENGINE].begin() as connection:
        await connection.execute(sa.update(deliveries).values(message_no=api.sent[-1]["message_id"]))
    await alice.wait(lambda: bool(alice.faults), 30, "it is noticed")
    assert alice.faults == [f"it came twice, or too late: {says('utter_greet')}"]


async def test_what_the_bot_api_refuses_is_a_fault(alice: TelegramCustomer, api: BotApi):
    await say_as_the_bot(api, alice.chat_id, "字" * 5000)
    await alice.wait(lambda: bool(alice.faults), 30, "it is noticed")
    assert alice.faults[0].startswith("Bot API: ")
    api.wrong.clear()


async def test_without_a_bot_nobody_arrives(settings: Settings):
    settings.telegram_token = type(settings.secret_key)("")
    async with aiohttp.ClientSession() as session, Book(settings) as book:
        with pytest.raises(CustomerError, match="no bot on Telegram"):
            await TelegramCustomer(session, book).arrive()
