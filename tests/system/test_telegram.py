"""Telegram with the four real processes and trouble on the way: nothing lost, nothing doubled silently."""

from itertools import count
from typing import Any

import pytest

from bot.qa.bot_api import BotApi
from bot.qa.telegram import TelegramCustomer
from tests.gateway.house import says
from tests.gateway.telegram import payloads as they
from tests.system.moments import until
from tests.system.people import Town

AGAIN = says("utter_telegram_again")
HELLO = says("utter_greet")
PEOPLE = count(8_000_000_000)
# Neighbours are answered differently, so that one that came twice is known from two.
WORDS = ("你好", "谢谢", "一天最多能充多少", "转账安全吗")
CHATS, EACH, MIDDLE = 10, 20, 80


class Chat:
    """One customer's chat: what they sent, what their screen shows, and what the helpdesk has of both."""

    def __init__(self, town: Town, api: BotApi) -> None:
        self.town, self.api = town, api
        self.who = next(PEOPLE)

    def says(self, *texts: str) -> tuple[they.Json, ...]:
        """Updates that were not put yet."""
        return self.api.numbered(*(they.text(each, who=self.who) for each in texts))

    def say(self, *texts: str) -> None:
        self.api.put(*self.says(*texts))

    @property
    def screen(self) -> list[str]:
        return self.api.texts(self.who)

    def log(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one kind, oldest first."""
        query = (
            "SELECT m.* FROM messages m JOIN telegram_chats c ON c.conversation_id = m.conversation_id"
            " WHERE c.chat_id = ? AND m.kind = ? ORDER BY m.position"
        )
        return self.town.rows("gateway", query, self.who, kind)

    def is_quiet(self, received: int) -> bool:
        """Whether so many messages came, all is answered, and all answers were sent or have failed."""
        query = (
            "SELECT 1 FROM turns t JOIN telegram_chats c ON c.conversation_id = t.conversation_id"
            " WHERE c.chat_id = ? AND t.state <> 'answered'"
        )
        came = len(self.log("incoming")) == received
        pending = any(each["status"] == "pending" for each in self.log("outgoing"))
        return came and not pending and not self.town.rows("gateway", query, self.who)

    async def settle(self, received: int) -> None:
        await until(lambda: self.is_quiet(received), f"{received} messages are answered in chat {self.who}")

    def check(self, *sent: str) -> int:
        """Each message counted once and was answered once; how often the screen says that one may be a second."""
        received, said = self.log("incoming"), self.log("outgoing")
        assert [each["text"] for each in received] == list(sent)
        answered = [each["reply_to"] for each in said if each["reply_to"]]
        assert answered == [each["message_id"] for each in received]
        rest = list(self.screen)
        for text in (str(each["text"]) for each in said):
            again = f"{AGAIN}\n{text}"
            assert rest.pop(0) in (text, again)
            while rest and rest[0] == again:
                rest.pop(0)
        assert rest == []
        return sum(each.startswith(AGAIN) for each in self.screen)


@pytest.fixture
def chat(town: Town, bot_api: BotApi) -> Chat:
    return Chat(town, bot_api)


async def test_the_same_update_twice_and_two_at_once(chat: Chat, bot_api: BotApi):
    first, second, third = chat.says(*WORDS[:3])
    bot_api.put(first, first, second)
    bot_api.put(third)
    await chat.settle(3)
    assert chat.check(*WORDS[:3]) == 0
    assert chat.screen[0] == HELLO
    assert len(chat.screen) == 4


async def test_the_first_contact_through_a_link(town: Town):
    """From the order's page; and from a conversation on the web, with its code."""
    order = await town.make_order()
    alice = TelegramCustomer(town.house.session, town.house.book)
    try:
        await alice.arrive(start=str(order["order_no"]))
        await until(lambda: len(alice.answers) == 2, "welcome and question have come")
        assert [each["text"] for each in alice.answers] == [HELLO, says("utter_ask_order_form_phone_tail")]
        await alice.say(str(order["phone_tail"]))
        await until(lambda: len(alice.answers) == 5, "the order is explained")
        assert str(order["order_no"]) in alice.answers[2]["text"]
        assert alice.answers[2]["code"] == [order["order_no"]]
        assert alice.faults == []
    finally:
        await alice.leave()


async def test_nothing_is_lost_when_telegram_is_in_trouble(chat: Chat, town: Town, bot_api: BotApi):
    """What certainly had no effect is sent again as it was; where nobody can know, the customer is told."""
    await town.restart("gateway", telegram_timeout=3.0)
    try:
        bot_api.polls = ["500", "cut", "429"]
        bot_api.plan = ["429", "500", "502", ""]
        chat.say(WORDS[0])
        await chat.settle(1)
        assert chat.check(WORDS[0]) == 0
        for number, trouble in enumerate(("cut", "lost", "hang"), 1):
            bot_api.plan = [trouble]
            chat.say(WORDS[number])
            await chat.settle(number + 1)
            assert chat.check(*WORDS[: number + 1]) == number
        # Of these three one never arrived, and two arrived twice.
        assert len(chat.screen) == 1 + 4 + 2
        assert bot_api.plan == bot_api.polls == []
    finally:
        bot_api.plan, bot_api.polls = [], []
        await town.restart("gateway")


async def test_who_blocked_the_bot_misses_the_answer_which_the_desk_sees(chat: Chat, town: Town, bot_api: BotApi):
    other = Chat(town, bot_api)
    chat.say(WORDS[0])
    await chat.settle(1)
    bot_api.blocked.add(chat.who)
    chat.say(WORDS[1])
    other.say(WORDS[0])
    await other.settle(1)
    await chat.settle(2)
    assert other.check(WORDS[0]) == 0
    assert [each["status"] for each in chat.log("outgoing")] == ["sent", "sent", "failed"]
    assert ["unreachable" in each["activity"] for each in chat.log("activity")] == [True]
    bot_api.blocked.clear()
    chat.say(WORDS[2])
    await chat.settle(3)
    assert len(chat.screen) == 3
    assert chat.screen[-1] == chat.log("outgoing")[-1]["text"]


async def test_200_waiting_updates_and_a_kill_of_the_gateway(town: Town, bot_api: BotApi):
    """Ten chats, each in its order; only what was on its way at the kill may come twice, and then it says so."""
    chats = [Chat(town, bot_api) for _ in range(CHATS)]
    sent = [WORDS[number % len(WORDS)] for number in range(EACH)]
    before = len(bot_api.sent)
    bot_api.put(*(update for text in sent for each in chats for update in each.says(text)))
    await until(lambda: len(bot_api.sent) - before >= MIDDLE, f"{MIDDLE} messages were sent")
    await town.kill("gateway")
    at_the_kill = len(bot_api.sent) - before
    await town.restart("gateway")
    for each in chats:
        await each.settle(EACH)
    assert max(each.check(*sent) for each in chats) <= 1
    assert at_the_kill < CHATS * EACH
