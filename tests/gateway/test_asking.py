"""What the tests through the worker do not see: cancelling, and the reading of trackers and answers."""

import asyncio
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.errors import BotUnavailableError
from bot.gateway.asking import Patience, ask_until_answered
from bot.gateway.conversations.model import BotAnswer, Turn, TurnState
from bot.gateway.rasa_client import RasaClient, answer_from, answer_in, events_before
from bot.gateway.tasks import end
from bot.texts import Reply, TextButton
from tests.fakes import FakeRasa


def user(message_id: str, text: str = "x") -> dict:
    return {"event": "user", "text": text, "metadata": {"message_id": message_id}}


def bot(text: str | None, **data: object) -> dict:
    return {"event": "bot", "text": text, "data": data}


START = [{"event": "action", "name": "action_session_start"}, {"event": "session_started"}]
LISTEN = {"event": "action", "name": "action_listen"}
EVENTS = [
    *START,
    user("m1"), {"event": "slot"}, bot("one"), bot(None, custom={"language": "en"}),
    user("m2"), bot("two", buttons=[{"title": "T", "payload": "/p"}], custom=None), {"event": "action"},
]  # fmt: skip


def test_a_picture_belongs_to_the_sentence_that_it_came_with():
    image = "/examples/wechat-bill.png"
    expected = BotAnswer((Reply("one", image=image), Reply("two")))
    assert answer_from([{"text": "one"}, {"image": image}, {"text": "two"}]) == expected
    spoken = [user("m1"), {**bot("one"), "data": {"image": image}}, bot("two")]
    assert answer_in(spoken, "m1") == expected
    assert answer_from([{"image": image}]).empty


def test_the_answer_in_a_tracker_ends_at_the_next_message():
    assert answer_in(EVENTS, "m1") == BotAnswer((Reply("one"),), language="en")
    assert answer_in(EVENTS, "m2") == BotAnswer((Reply("two", (TextButton("T", "/p"),)),))
    assert answer_in(EVENTS, "m3") is None


def test_a_message_without_an_answer_is_there_but_empty():
    found = answer_in([*EVENTS, user("m3")], "m3")
    assert found == BotAnswer() and found.empty


def test_a_message_of_an_earlier_session_is_not_there():
    again = [*EVENTS, user("m3"), *START, *EVENTS[2:]]
    assert answer_in(again, "m3") is None
    assert answer_in(again, "m2") == answer_in(EVENTS, "m2")
    assert answer_in([*again, user("m3"), bot("three")], "m3") == BotAnswer((Reply("three"),))


def test_a_message_from_elsewhere_does_not_matter():
    events = [{"event": "user", "text": "x", "metadata": None}, bot("zero"), user("m1"), bot("one")]
    assert answer_in(events, "m1") == BotAnswer((Reply("one"),))


def test_taking_a_message_back_repeats_the_session_before_it():
    taken_back = events_before([*EVENTS, user("m3"), LISTEN], "m3")
    assert taken_back == EVENTS
    assert events_before([*EVENTS, user("m3"), LISTEN, *EVENTS, user("m3"), bot("x")], "m3") == EVENTS
    assert events_before([*START, LISTEN, user("m1"), user("m2")], "m1") == [*START, LISTEN]


def test_a_message_that_never_came_is_not_taken_back():
    assert events_before(EVENTS, "m3") is None
    assert events_before([*EVENTS, user("m3"), *EVENTS], "m3") is None
    assert events_before([], "m1") is None


def test_repeated_events_get_times_of_their_own():
    timed = [{**each, "timestamp": 1.5, "id": "kept"} for each in EVENTS]
    assert events_before([*timed, user("m3")], "m3") == [*START, *({**each, "id": "kept"} for each in EVENTS[2:])]


def test_custom_payloads_are_read():
    draft = {"type": "OTHER", "idempotency_key": "k"}
    answer = answer_from(
        [{"text": " a "}, {"custom": {"handoff": {"reason": "policy"}}}, {"custom": {"ticket_draft": draft}}]
    )
    assert answer == BotAnswer((Reply("a"),), handoff="policy", tickets=(draft,), card={"reason": "policy"})


@pytest.mark.parametrize(
    "message",
    [
        {}, {"text": None}, {"text": "  "}, {"text": 5}, {"custom": "x"}, {"custom": {"language": "fr"}},
        {"custom": {"ticket_draft": {"type": "OTHER"}}}, {"custom": {"handoff": None}}, {"image": "http://x/y.png"},
    ],
)  # fmt: skip
def test_what_says_nothing_is_empty(message: dict):
    assert answer_from([message]).empty


def test_a_button_without_a_payload_is_left_out():
    buttons = [{"title": "A"}, "x", {"title": "B", "payload": "/b"}, {"payload": "/c"}]
    assert answer_from([{"text": "a", "buttons": buttons}]).replies[0].buttons == (TextButton("B", "/b"),)


async def test_a_wrong_token_is_as_good_as_no_bot(rasa: FakeRasa):
    async with aiohttp.ClientSession() as session:
        client = RasaClient(session, rasa.url, "wrong", 5)
        with pytest.raises(BotUnavailableError):
            await client.ask("c1.1", "a", {})
        assert not await client.is_up()
        assert await RasaClient(session, rasa.url, rasa.token, 5).is_up()
        assert not await RasaClient(session, "http://127.0.0.1:1", "", 5).is_up()


async def test_asking_can_be_ended_at_any_moment(rasa: FakeRasa):
    """A cancellation at the moment of a timeout can be taken for it; it must not go on asking for ever."""
    rasa.otherwise = "hang"

    async def go_on() -> bool:
        return True

    async with aiohttp.ClientSession() as session:
        client = RasaClient(session, rasa.url, rasa.token, 0.1)

        async def one(number: int) -> None:
            turn = Turn(f"m{number}", "c", "x", False, False, TurnState.RECEIVED, f"c{number}.1", datetime.now(UTC))
            task = asyncio.create_task(ask_until_answered(client, turn, {}, Patience(0.1, 1, 1, (0.01,)), go_on))
            await asyncio.sleep(0.1 + number * 0.0002)
            await end(task)

        await asyncio.gather(*(one(number) for number in range(60)))
