"""From a customer's message to the answers, against a Rasa that fails in every way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.errors import ClaimedError, EvidenceReaderBusyError, EvidenceReaderDownError
from bot.gateway.conversations.model import QUEUE_TOLD_FOR, IncomingMessage, Kind, Owner
from bot.gateway.reading import PicturesReady
from tests.fakes import FakeRasa
from tests.gateway.house import QUICK, House, says

IMPATIENT = replace(QUICK, timeout=0.2, delayed_after=0.05, unavailable_after=0.4)
HANDOFF = [{"text": "passing you on"}, {"custom": {"handoff": {"reason": "customer_request"}}}]


@pytest.fixture
async def impatient(sqlite_url: str, rasa: FakeRasa) -> AsyncIterator[House]:
    async with House(sqlite_url, rasa, IMPATIENT) as house:
        yield house


def unavailable(language: str = "zh") -> list[str]:
    return [says("utter_bot_unavailable", language), says("utter_handoff_away", language, place=1)]


async def owner(house: House) -> Owner:
    return (await house.store.conversation("c1")).owner


async def test_a_message_is_asked_with_everything_the_actions_need(house: House, rasa: FakeRasa):
    await house.open(customer_id="user:alice", identity="alice")
    message = await house.send("充值没到账")
    assert rasa.asked == [
        {
            "sender": "c1.1",
            "message": "充值没到账",
            "metadata": {
                "message_id": message.message_id,
                "conversation_id": "c1",
                "customer_id": "user:alice",
                "language": "zh",
                "channel": "widget",
                "identity": "alice",
                "address_key": None,
                "resumed": [],
                "news": None,
            },
        }
    ]
    assert await house.texts() == ["> 充值没到账", "echo: 充值没到账"]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("/restart", "restart"), (" // /greet{}", "greet{}"), ("/", "?"), ("a/b", "a/b"), ("/\u3000/\xa0/greet", "greet")],
)
async def test_typed_text_never_carries_an_intent(typed: str, asked: str, house: House, rasa: FakeRasa):
    await house.open()
    await house.send(typed)
    assert rasa.asked_texts() == [asked]


async def test_the_answers_of_one_turn_come_in_order_with_their_buttons(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: [
        {"text": "one"},
        {"text": "two", "buttons": [{"title": "Go", "payload": '/inform{"field":"x"}'}]},
    ]
    await house.open()
    await house.send("hi")
    messages = await house.store.messages_after("c1", 2, 9)
    assert [(each.text, [button.title for button in each.buttons]) for each in messages] == [
        ("one", []),
        ("two", ["Go"]),
    ]
    await house.send(button_id=messages[1].buttons[0].button_id)
    assert rasa.asked_texts() == ["hi", '/inform{"field":"x"}']
    assert "inform" not in str([each.public() for each in await house.store.messages_after("c1", 0, 99)])


async def test_a_picture_of_the_bot_comes_with_its_words(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: [{"text": "like this"}, {"image": "/examples/wechat-bill.png"}]
    await house.open()
    await house.send("hi")
    (answer,) = await house.store.messages_after("c1", 2, 9)
    assert (answer.text, answer.public()["image"]) == ("like this", "/examples/wechat-bill.png")


async def test_a_stale_button_is_answered_without_the_bot(house: House, rasa: FakeRasa):
    await house.open()
    greeting = (await house.store.messages_after("c1", 0, 1))[0]
    await house.send("hi")
    await house.send(button_id=greeting.buttons[0].button_id)
    assert (await house.texts())[-1] == says("utter_button_stale")
    assert rasa.asked_texts() == ["hi"]


async def test_a_greeting_button_works_at_first(house: House, rasa: FakeRasa):
    await house.open()
    greeting = (await house.store.messages_after("c1", 0, 1))[0]
    await house.send(button_id=greeting.buttons[0].button_id)
    assert rasa.asked_texts() == ["/payment_failed"]


async def test_order_is_kept_within_a_conversation(house: House, rasa: FakeRasa):
    await house.open()
    rasa.go_on.clear()
    for text in ("a", "b", "c"):
        await house.switchboard.receive("c1", IncomingMessage(text=text))
    await rasa.arrived.wait()
    assert rasa.asked_texts() == ["a"]
    rasa.go_on.set()
    await house.workers.settle()
    assert await house.texts() == ["> a", "> b", "> c", "echo: a", "echo: b", "echo: c"]


async def test_conversations_do_not_wait_for_each_other(house: House, rasa: FakeRasa):
    await house.open()
    await house.open(conversation_id="c2", customer_id="c2")
    rasa.plan = ["hang"]
    await house.switchboard.receive("c1", IncomingMessage(text="a"))
    await rasa.arrived.wait()
    await house.switchboard.receive("c2", IncomingMessage(text="b"))
    await house.until("echo: b", "c2")
    assert await house.texts() == ["> a"]


async def test_a_handoff_moves_to_the_queue_and_says_how_it_stands(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: HANDOFF
    await house.open()
    await house.send("human please")
    assert await house.texts() == ["> human please", "passing you on", says("utter_handoff_away", "en", place=1)]
    conversation = await house.store.conversation("c1")
    assert (conversation.owner, conversation.handoff_reason) == (Owner.QUEUE, "customer_request")


async def test_a_handoff_without_a_word_is_put_into_words(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: HANDOFF[1:]
    await house.open()
    await house.send("human please")
    assert await house.texts(after=2) == [says("utter_handoff_away", "en", place=1)]


async def test_who_writes_to_the_queue_is_told_once_and_again_after_a_while(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: HANDOFF
    await house.open()
    await house.send("转人工吧")
    queued = says("utter_handoff_queued")
    before = len(await house.texts())
    for text in ("喂", "在吗"):
        await house.send(text)
    house.skipped += QUEUE_TOLD_FOR
    await house.send("还在吗")
    assert (await house.texts())[before:] == ["> 喂", "> 在吗", "> 还在吗", queued]
    assert rasa.asked_texts() == ["转人工吧"]


async def send_pictures(house: House, *names: str, last: bool = True) -> None:
    """Pictures in one go; without the `last` one another is still promised."""
    for name in names:
        picture_id = await house.add_picture(name)
        more = name is not names[-1] or not last
        await house.switchboard.receive("c1", IncomingMessage(picture_id=picture_id, more=more))


async def test_pictures_in_one_go_are_asked_about_together(house: House, rasa: FakeRasa):
    await house.open()
    await send_pictures(house, "e1", "e2", "e3")
    await house.switchboard.receive("c1", IncomingMessage(text="三张都在这"))
    await house.workers.settle()
    assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e1,e2,e3"}', "三张都在这"]
    assert await house.store.unanswered() == []


async def test_a_promised_picture_that_never_comes_holds_nothing_up_for_long(sqlite_url: str, rasa: FakeRasa):
    async with House(sqlite_url, rasa, replace(QUICK, next_picture=0.2)) as house:
        await house.open()
        await send_pictures(house, "e1", last=False)
        await house.workers.settle()
        assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e1"}']
        await send_pictures(house, "e2")
        await house.workers.settle()
        assert rasa.asked_texts()[1:] == ['/send_picture{"evidence_id":"e2"}']


async def test_pictures_that_were_asked_about_before_a_crash_are_answered_once(house: House, rasa: FakeRasa):
    await house.open()
    rasa.plan = ["die_after_save"]
    await send_pictures(house, "e1", "e2")
    await rasa.arrived.wait()
    await house.workers.stop()
    rasa.plan = []
    await send_pictures(house, "e3")
    await house.workers.settle()
    assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e1,e2"}', '/send_picture{"evidence_id":"e3"}']
    answers = [each for each in await house.texts() if each.startswith("echo")]
    assert answers == ['echo: /send_picture{"evidence_id":"e1,e2"}', 'echo: /send_picture{"evidence_id":"e3"}']


class SlowReader:
    """Reads each picture at the third time it is asked; `broken` ones never."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def check_evidence(self, evidence_id: str, customer_ref: str) -> dict[str, str]:
        self.asked.append(evidence_id)
        if evidence_id == "broken":
            raise EvidenceReaderDownError
        if evidence_id == "stuck" or self.asked.count(evidence_id) < 3:
            raise EvidenceReaderBusyError
        return {}


async def test_rasa_is_asked_once_the_pictures_are_read(sqlite_url: str, rasa: FakeRasa):
    house, reader = House(sqlite_url, rasa), SlowReader()
    house.pictures = PicturesReady(reader, patience=5.0, pause=0.01)
    async with house:
        await house.open()
        await send_pictures(house, "e1", "broken", "e2")
        await house.workers.settle()
        assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e1,broken,e2"}']
        assert [reader.asked.count(each) for each in ("e1", "broken", "e2")] == [3, 1, 3]


async def test_a_picture_that_is_never_read_is_answered_all_the_same(sqlite_url: str, rasa: FakeRasa):
    house = House(sqlite_url, rasa)
    house.pictures = PicturesReady(SlowReader(), patience=0.1, pause=0.01)
    async with house:
        await house.open()
        await send_pictures(house, "stuck")
        await house.workers.settle()
        assert (await house.texts())[1:] == ['echo: /send_picture{"evidence_id":"stuck"}']


async def test_a_picture_that_takes_long_is_said_to_be_read(sqlite_url: str, rasa: FakeRasa):
    patience = replace(QUICK, picture_delayed_after=0.05)
    async with House(sqlite_url, rasa, patience) as house:
        await house.open()
        rasa.go_on.clear()
        await send_pictures(house, "e1")
        await house.until(says("utter_picture_reading"))
        rasa.go_on.set()
        await house.workers.settle()
        assert (await house.texts())[1:] == [says("utter_picture_reading"), 'echo: /send_picture{"evidence_id":"e1"}']


async def test_an_agent_answers_so_nobody_else_does(house: House, rasa: FakeRasa):
    await house.open()
    assert await house.switchboard.take_over("c1", "bob")
    await house.send("hello there bob")
    assert await house.texts() == ["> hello there bob"]
    assert rasa.asked == []


async def test_pictures_for_an_agent_leave_no_sign_that_the_bot_types(house: House, rasa: FakeRasa):
    await house.open()
    assert await house.switchboard.take_over("c1", "bob")
    await send_pictures(house, "e1", last=False)
    await asyncio.sleep(0.1)  # the worker waits for the next one by now
    await send_pictures(house, "e2")
    await house.workers.settle()
    assert rasa.asked == []
    assert not house.hub.is_typing("c1")


async def test_a_reply_in_the_making_becomes_a_note_when_an_agent_takes_over(house: House, rasa: FakeRasa):
    await house.open()
    rasa.go_on.clear()
    await house.switchboard.receive("c1", IncomingMessage(text="a"))
    await rasa.arrived.wait()
    assert await house.switchboard.take_over("c1", "bob")
    assert not house.hub.is_typing("c1")
    rasa.go_on.set()
    await house.workers.settle()
    assert await house.texts() == ["> a"]
    notes = [each.text for each in await house.store.all_messages("c1") if each.kind is Kind.NOTE]
    assert notes == ["echo: a"]
    assert await owner(house) is Owner.AGENT


async def test_a_reply_to_an_earlier_stretch_becomes_a_note_too(house: House, rasa: FakeRasa):
    await house.open()
    rasa.go_on.clear()
    await house.switchboard.receive("c1", IncomingMessage(text="a"))
    await rasa.arrived.wait()
    await house.switchboard.take_over("c1", "bob")
    await house.switchboard.hand_back("c1")
    rasa.go_on.set()
    await house.workers.settle()
    await house.send("b")
    assert [body["sender"] for body in rasa.asked] == ["c1.1", "c1.2", "c1.2"]
    assert await house.texts() == ["> a", "echo: /hand_back{}", "> b", "echo: b"]


async def test_a_handoff_by_a_bot_that_lost_the_conversation_changes_nothing(house: House, rasa: FakeRasa):
    await house.open()
    rasa.answer = lambda _: HANDOFF
    rasa.go_on.clear()
    await house.switchboard.receive("c1", IncomingMessage(text="a"))
    await rasa.arrived.wait()
    await house.switchboard.take_over("c1", "bob")
    rasa.go_on.set()
    await house.workers.settle()
    assert await owner(house) is Owner.AGENT


async def test_a_requested_handoff_is_said_once(house: House):
    await house.open()
    assert await house.switchboard.request_handoff("c1", "policy")
    assert not await house.switchboard.request_handoff("c1", "policy")
    assert await house.texts() == [says("utter_handoff_away", place=1)]
    assert await house.switchboard.take_over("c1", "bob")
    with pytest.raises(ClaimedError):
        await house.switchboard.take_over("c1", "carol")


@pytest.mark.parametrize("trouble", ["fail", "die", "die_after_save"])
async def test_a_failure_is_retried_and_answered_once(trouble: str, house: House, rasa: FakeRasa):
    rasa.plan = [trouble, trouble]
    await house.open()
    await house.send("a")
    assert await house.texts() == ["> a", "echo: a"]
    assert rasa.turns("c1.1") == ["a"]


async def test_what_rasa_had_saved_is_not_asked_again(house: House, rasa: FakeRasa):
    rasa.plan = ["die_after_save"]
    rasa.answer = lambda _: [
        {"text": "see", "buttons": [{"title": "B", "payload": "/b"}]},
        {"custom": {"handoff": {"reason": "x"}}},
    ]
    await house.open()
    await house.send("a")
    assert rasa.asked_texts() == ["a"]
    assert [each.title for each in (await house.store.messages_after("c1", 2, 1))[0].buttons] == ["B"]
    assert await owner(house) is Owner.QUEUE


@pytest.mark.parametrize("trouble", ["empty", "lost"])
async def test_an_empty_answer_is_asked_for_again(trouble: str, house: House, rasa: FakeRasa):
    await house.open()
    await house.send("first")
    rasa.plan = [trouble, trouble]
    await house.send("a")
    assert (await house.texts())[2:] == ["> a", "echo: a"]
    assert rasa.turns("c1.1") == ["first", "a"]


async def test_three_empty_answers_are_no_answer(house: House, rasa: FakeRasa):
    rasa.otherwise = "empty"
    await house.open()
    await house.send("a")
    assert await house.texts() == ["> a", *unavailable()]
    assert rasa.asked_texts() == ["a", "a", "a"]
    assert await owner(house) is Owner.QUEUE


async def test_a_slow_answer_is_announced_once_and_still_comes(impatient: House, rasa: FakeRasa):
    await impatient.open()
    rasa.go_on.clear()
    await impatient.switchboard.receive("c1", IncomingMessage(text="a"))
    await impatient.until(says("utter_bot_delayed"))
    rasa.go_on.set()
    await impatient.workers.settle()
    texts = await impatient.texts()
    assert texts[:2] == ["> a", says("utter_bot_delayed")]
    assert texts[2:] in (["echo: a"], unavailable())  # a very slow machine may run out of patience


@pytest.mark.parametrize("trouble", ["hang", "fail", "die"])
async def test_no_answer_at_all_ends_in_the_queue(trouble: str, impatient: House, rasa: FakeRasa):
    rasa.otherwise = trouble
    await impatient.open("en")
    await impatient.send("my order is late")
    assert await impatient.texts() == ["> my order is late", says("utter_bot_delayed", "en"), *unavailable("en")]
    conversation = await impatient.store.conversation("c1")
    assert (conversation.owner, conversation.handoff_reason) == (Owner.QUEUE, "bot_unavailable")
    assert not impatient.hub.is_typing("c1")


async def test_who_waits_for_a_place_hears_as_much_as_the_others(
    impatient: House, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(impatient.workers, "_places", asyncio.Semaphore(0))  # all are taken, by who gets no answer
    await impatient.open()
    await impatient.send("a")
    assert await impatient.texts() == ["> a", says("utter_bot_delayed"), *unavailable()]
    assert rasa.asked == []


async def test_messages_behind_a_failed_one_are_covered_by_its_sentence(impatient: House, rasa: FakeRasa):
    rasa.otherwise = "hang"
    await impatient.open()
    for text in ("a", "b"):
        await impatient.switchboard.receive("c1", IncomingMessage(text=text))
    await impatient.workers.settle()
    assert await impatient.texts() == ["> a", "> b", says("utter_bot_delayed"), *unavailable()]
    await impatient.send("c")
    assert (await impatient.texts())[-1] == "> c"


async def test_nobody_retries_for_a_customer_whom_an_agent_has(impatient: House, rasa: FakeRasa):
    rasa.otherwise = "fail"
    await impatient.open()
    await impatient.switchboard.receive("c1", IncomingMessage(text="a"))
    await rasa.arrived.wait()
    await impatient.switchboard.take_over("c1", "bob")
    await impatient.workers.settle()
    assert await impatient.texts() == ["> a"]
    assert await owner(impatient) is Owner.AGENT


async def test_a_hidden_secret_is_said_before_the_answer(house: House, rasa: FakeRasa):
    await house.open()
    await house.send("密码 ***", redacted=True)
    assert await house.texts() == ["> 密码 ***", says("utter_secret_redacted"), "echo: 密码 ***"]
    await house.switchboard.take_over("c1", "bob")
    await house.send("密码 ***", redacted=True)
    assert (await house.texts())[-1] == says("utter_secret_redacted")


async def test_the_language_follows_the_customer(house: House, rasa: FakeRasa):
    await house.open()
    for text in ("my order has not arrived", "ok", "我的订单没有到账"):
        await house.send(text)
    assert [body["metadata"]["language"] for body in rasa.asked] == ["en", "en", "zh"]


async def test_a_chosen_language_stays(house: House, rasa: FakeRasa):
    await house.open()
    await house.send("你好吗")
    await house.switchboard.choose_language("c1", "en")
    await house.workers.settle()
    await house.send("我的订单没有到账")
    assert rasa.asked_texts()[1] == '/switch_language{"language":"en"}'
    assert (await house.store.conversation("c1")).language == "en"


async def test_the_bot_can_choose_the_language(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: [{"text": "All right"}, {"custom": {"language": "en"}}]
    await house.open()
    await house.send("说英文")
    conversation = await house.store.conversation("c1")
    assert (conversation.language, conversation.language_locked) == ("en", True)


async def test_a_picture_is_told_by_its_evidence_id(house: House, rasa: FakeRasa):
    await house.open()
    picture_id = await house.add_picture("e7")
    message = await house.send(picture_id=picture_id)
    assert (message.text, message.picture_id) == ("", picture_id)
    assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e7"}']


async def test_a_picture_outlives_a_bot_that_is_down(impatient: House, rasa: FakeRasa):
    rasa.otherwise = "hang"
    await impatient.open()
    picture_id = await impatient.add_picture("e7")
    await impatient.send(picture_id=picture_id)
    assert (await impatient.store.messages_after("c1", 1, 1))[0].picture_id == picture_id
    assert (await impatient.texts())[-2:] == unavailable()


async def test_a_turn_that_cannot_be_worked_on_goes_to_a_human(
    house: House, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
):
    await house.open()

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(house.store, "mark_asked", fail)
    await house.send("a")
    assert await house.texts() == ["> a", *unavailable()]


async def test_typing_is_shown_while_the_bot_thinks(house: House, rasa: FakeRasa):
    await house.open()
    with house.hub.listen("c1") as client:
        await house.send("a")
        house.hub.close()
        frames = []
        while frame := await client.get():
            frames.append(frame["message"]["text"] if frame["type"] == "message_created" else frame["typing"])
    assert frames == ["a", True, False, "echo: a"]


async def test_what_was_saved_is_taken_up_at_the_next_start(sqlite_url: str, rasa: FakeRasa):
    async with House(sqlite_url, rasa) as house:
        await house.open()
        rasa.plan = ["hang"]
        await house.switchboard.receive("c1", IncomingMessage(text="a"))
        await rasa.arrived.wait()
    async with House(sqlite_url, rasa) as house:
        await house.workers.resume()
        await house.workers.settle()
        assert await house.texts() == ["> a", "echo: a"]
