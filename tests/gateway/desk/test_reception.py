"""What the customer is told at a handoff: once, and truly."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.gateway.conversations.model import Kind, Owner
from bot.gateway.desk.hours import Hours
from bot.gateway.desk.model import Person, claim_outcome, masked, raised
from bot.gateway.desk.presence import PresenceStore
from bot.gateway.desk.reception import Reception
from bot.gateway.desk.words import numbers_in, phrases_of, words_of
from tests.fakes import FakeRasa
from tests.gateway.house import NOW, TEXTS, House, says

# NOW is a Tuesday, 18:00 in China.
CARD = {
    "reason": "angry", "asked": "钱呢", "answered": [{"name": "order_no", "value": "KM202405120001", "x": 1}, "junk"],
    "checked": [{"name": "payment", "result": "PAID"}], "diagnosis": "QUEUE_BACKLOG", "order_no": "KM202405120001",
}  # fmt: skip


def closed(house: House) -> None:
    house.store.receive_handoff = Reception(TEXTS.render, Hours.parse("09:00-18:00", [1, 2, 3, 4, 5])).receive


async def test_outside_the_hours_a_case_is_booked_and_the_bot_goes_on(house: House, rasa: FakeRasa):
    closed(house)
    await house.open()
    await house.switchboard.request_handoff("c1", "customer_request")
    booked = says("utter_handoff_booked", promised_at="2026-11-25 10:00")
    assert await house.texts() == [booked]
    conversation = await house.store.conversation("c1")
    assert (conversation.owner, conversation.booked, conversation.place) == (Owner.BOT, True, "booked")
    assert conversation.due_at == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    assert conversation.handoff_reason == "customer_request"
    await house.send("那先查一下")
    assert (await house.texts())[-1] == "echo: 那先查一下"
    assert (await house.store.conversation("c1")).place == "booked"


async def test_a_booked_case_is_claimed_like_one_that_waits(house: House):
    closed(house)
    await house.open()
    await house.switchboard.request_handoff("c1", "customer_request")
    await house.switchboard.take_over("c1", "bob")
    conversation = await house.store.conversation("c1")
    assert (conversation.owner, conversation.booked) == (Owner.AGENT, False)
    names = [each.text for each in await house.store.all_messages("c1") if each.kind is Kind.ACTIVITY]
    assert names == ["booked", "claimed"]


async def test_the_place_counts_who_was_there_before_and_who_is_more_urgent(house: House):
    for number in range(1, 4):
        await house.open(conversation_id=f"c{number}")
        await house.switchboard.request_handoff(f"c{number}", "customer_request")
    assert (await house.texts("c3"))[-1] == says("utter_handoff_away", place=3)
    await house.open(conversation_id="c4")
    await house.switchboard.request_handoff("c4", "angry")
    assert (await house.texts("c4"))[-1] == says("utter_handoff_away", place=1)


async def test_the_expected_time_follows_the_last_waits(house: House):
    await PresenceStore(house.engine).change("bob", name="Bob", seen_at=NOW + timedelta(seconds=5))
    person = Person("bob", "Bob")
    await house.open(conversation_id="c0")
    await house.switchboard.request_handoff("c0", "customer_request")
    assert (await house.texts("c0"))[-1] == says("utter_handoff_online", place=1, minutes=5)
    later = NOW + timedelta(minutes=12)
    for number in range(6):
        await house.open(conversation_id=f"d{number}")
        await house.switchboard.request_handoff(f"d{number}", "customer_request")
        await house.switchboard.write(f"d{number}", lambda it: claim_outcome(it, person, later))
    await house.switchboard.write("c0", lambda it: claim_outcome(it, person, later))
    await house.open(conversation_id="c9")
    await house.switchboard.request_handoff("c9", "customer_request")
    assert (await house.texts("c9"))[-1] == says("utter_handoff_online", place=1, minutes=12)


async def test_the_card_of_the_dialog_is_kept(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: [{"text": "ok"}, {"custom": {"handoff": CARD}}]
    await house.open()
    await house.send("钱呢")
    conversation = await house.store.conversation("c1")
    assert conversation.handover is not None
    kept = {name: conversation.handover[name] for name in CARD}
    assert kept == {
        **CARD,
        "answered": [{"name": "order_no", "value": "KM202405120001"}, {"name": "", "value": ""}][:1],
    }
    assert (conversation.order_no, conversation.priority) == ("KM202405120001", "high")


@pytest.mark.parametrize("card", [{"answered": 1}, {"checked": {"a": 1}}, {"asked": None, "order_no": 5}])
async def test_a_broken_card_does_no_harm(house: House, rasa: FakeRasa, card: dict):
    rasa.answer = lambda _: [{"text": "ok"}, {"custom": {"handoff": {"reason": "angry", **card}}}]
    await house.open()
    await house.send("没到账")
    conversation = await house.store.conversation("c1")
    assert conversation.owner is Owner.QUEUE
    assert conversation.handover is not None and conversation.handover["asked"] == "没到账"


@pytest.mark.parametrize(
    ("hours", "days", "moment", "is_open", "opens"),
    [
        ("00:00-24:00", range(1, 8), "2026-11-24T10:00", True, "2026-11-24T16:00"),
        ("09:00-18:00", range(1, 6), "2026-11-24T00:59", False, "2026-11-24T01:00"),
        ("09:00-18:00", range(1, 6), "2026-11-24T01:00", True, "2026-11-25T01:00"),
        ("09:00-18:00", range(1, 6), "2026-11-24T10:00", False, "2026-11-25T01:00"),
        ("09:00-18:00", range(1, 6), "2026-11-28T03:00", False, "2026-11-30T01:00"),  # a Saturday
        ("22:00-06:00", [1], "2026-11-23T15:00", True, "2026-11-30T14:00"),
        ("22:00-06:00", [1], "2026-11-23T21:59", True, "2026-11-30T14:00"),  # Tuesday 05:59 belongs to Monday
        ("22:00-06:00", [1], "2026-11-23T22:00", False, "2026-11-30T14:00"),
    ],
)
def test_opening_hours(hours: str, days: list[int], moment: str, is_open: bool, opens: str):
    found, now = Hours.parse(hours, list(days)), datetime.fromisoformat(moment + "+00:00")
    assert found.is_open(now) is is_open
    assert found.opening_after(now) == datetime.fromisoformat(opens + "+00:00")


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        ("9-18", [1]),
        ("09:00-24:30", [1]),
        ("09:00-09:00", [1]),
        ("25:00-26:00", [1]),
        ("09:00-18:00", []),
        ("09:00-18:00", [0]),
    ],
)
def test_hours_that_are_none_are_refused(hours: str, days: list[int]):
    with pytest.raises(ValueError, match="opening hours"):
        Hours.parse(hours, days)


def test_words_of_both_languages():
    assert words_of("点券没到账 KM202405120001！Top-Up") == [
        "点券",
        "券没",
        "没到",
        "到账",
        "km202405120001",
        "top",
        "up",
    ]
    assert words_of("ＡＢＣ，充") == ["abc", "充"]
    assert phrases_of("没到账 refund！") == [["没到", "到账"], ["refund"]]
    assert phrases_of("！！ ") == []


def test_numbers_of_customers_and_of_the_bot():
    text = "KM202405120001 尾号 4821 tk261124a1b2c3"
    assert numbers_in(text, of_customer=True) == [
        ("ticket_no", "TK261124A1B2C3"), ("order_no", "KM202405120001"), ("phone_tail", "4821"),
    ]  # fmt: skip
    assert numbers_in(text, of_customer=False, of_bot=True) == [("ticket_no", "TK261124A1B2C3")]


def test_names_and_priorities():
    assert [masked(each) for each in ("张三丰", " Alice", "", None)] == ["张**", "A**", None, None]
    assert [raised(each, "angry") for each in ("low", "normal", "high", "urgent")] == ["high", "high", "high", "urgent"]
    assert raised("low", "customer_request") == "low"
