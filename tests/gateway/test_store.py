"""The store keeps its promises on SQLite and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import InvalidError, NotFoundError
from bot.gateway.conversations.model import (
    Conversation,
    IncomingMessage,
    Kind,
    Outcome,
    Owner,
    Said,
    Sender,
    greeting,
)
from bot.gateway.conversations.store import ConversationStore
from bot.gateway.desk.model import HAND_BACK, Person, claim_outcome, hand_back_outcome
from bot.gateway.outbox import OutboxStore
from bot.texts import TextButton
from tests.gateway.house import TEXTS

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
async def store(engine: AsyncEngine) -> ConversationStore:
    return ConversationStore(engine)


async def make_conversation(store: ConversationStore, conversation_id: str = "c1") -> Conversation:
    columns = {"token_hash": "hash", "channel": "widget", "customer_id": "alice", "language": "zh"}
    return await store.create({"conversation_id": conversation_id, **columns}, NOW)


def keep(conversation: Conversation) -> str:
    return conversation.language


async def receive(store: ConversationStore, conversation_id: str = "c1", **fields: object):
    return await store.save_incoming(conversation_id, IncomingMessage(**fields), keep, NOW)


async def say(store: ConversationStore, *said: Said, **options: object):
    return await store.write("c1", lambda it: Outcome(said=said), NOW, **options)


async def test_a_conversation_opens_only_with_its_token(store: ConversationStore):
    await make_conversation(store)
    assert (await store.access("c1", "hash")).owner is Owner.BOT
    for conversation_id, token_hash in (("c1", "other"), ("c2", "hash")):
        with pytest.raises(NotFoundError):
            await store.access(conversation_id, token_hash)


async def test_a_repeated_client_id_is_the_same_message(store: ConversationStore):
    await make_conversation(store)
    first = await receive(store, text="a", client_id="1")
    again = await receive(store, text="another text", client_id="1")
    assert (again.message, again.written) == (first.message, None)
    assert (await store.conversation("c1")).last_seq == 1


async def test_a_client_id_counts_within_its_conversation(store: ConversationStore):
    await make_conversation(store)
    await make_conversation(store, "c2")
    assert (await receive(store, text="a", client_id="1")).written
    assert (await receive(store, "c2", text="a", client_id="1")).written


async def test_a_repeated_external_id_is_the_same_message(store: ConversationStore):
    await make_conversation(store)
    first = await receive(store, text="a", external_id="update-7")
    assert (await receive(store, text="a", external_id="update-7")).message == first.message


async def test_the_same_message_at_once_is_saved_once(store: ConversationStore):
    await make_conversation(store)
    saved = await asyncio.gather(*(receive(store, text="a", client_id="1", external_id="x") for _ in range(8)))
    assert len({each.message.message_id for each in saved}) == 1
    assert len([each for each in saved if each.written]) == 1


async def test_messages_at_once_get_numbers_without_a_gap(store: ConversationStore):
    await make_conversation(store)
    await asyncio.gather(*(receive(store, text=str(n), client_id=str(n)) for n in range(12)))
    assert [each.seq for each in await store.messages_after("c1", 0, 100)] == list(range(1, 13))
    assert [each.seq for each in await store.messages_after("c1", 5, 3)] == [6, 7, 8]


async def test_notes_and_activities_have_no_number_and_are_never_listed(store: ConversationStore):
    await make_conversation(store)
    await say(store, Said("a"), Said("note", kind=Kind.NOTE), Said("marker", kind=Kind.ACTIVITY), Said("b"))
    assert [(each.seq, each.text) for each in await store.messages_after("c1", 0, 100)] == [(1, "a"), (2, "b")]
    assert [each.text for each in await store.all_messages("c1")] == ["a", "note", "marker", "b"]
    assert (await store.conversation("c1")).last_seq == 2


async def test_a_turn_is_ended_once(store: ConversationStore):
    await make_conversation(store)
    message = (await receive(store, text="a")).message
    (turn, *_) = await store.waiting_turns("c1")
    assert turn and turn.turn_id == message.message_id
    assert await say(store, Said("answer"), answers=turn.turn_id)
    assert await say(store, Said("answer again"), answers=turn.turn_id) is None
    assert [each.text for each in await store.messages_after("c1", 0, 9)] == ["a", "answer"]
    assert await store.waiting_turns("c1") == []


async def test_a_turn_ended_at_once_by_two_is_answered_once(store: ConversationStore):
    await make_conversation(store)
    turn_id = (await receive(store, text="a")).message.message_id
    written = await asyncio.gather(*(say(store, Said(str(n)), answers=turn_id) for n in range(5)))
    assert len([each for each in written if each]) == 1


async def test_nothing_is_said_twice_under_one_key(store: ConversationStore):
    await make_conversation(store)
    assert await say(store, Said("delayed"), key="t1:delayed")
    assert await say(store, Said("delayed"), key="t1:delayed") is None


async def test_a_failed_transaction_leaves_nothing(store: ConversationStore):
    await make_conversation(store)
    turn_id = (await receive(store, text="a")).message.message_id

    def fail(conversation: Conversation) -> Outcome:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write("c1", fail, NOW, answers=turn_id)
    assert await store.unanswered() == ["c1"]


async def test_the_longest_waiting_conversation_is_taken_up_first(store: ConversationStore):
    for number, conversation_id in enumerate(["c2", "c1", "c3"]):
        await make_conversation(store, conversation_id)
        moment = NOW + timedelta(seconds=number)
        await store.save_incoming(conversation_id, IncomingMessage(text="a"), keep, moment)
    assert await store.unanswered() == ["c2", "c1", "c3"]


async def test_only_one_agent_can_take_over(store: ConversationStore):
    await make_conversation(store)
    attempts = [
        store.write("c1", lambda it, name=name: claim_outcome(it, Person(name, name), NOW), NOW)
        for name in ("bob", "carol", "dan")
    ]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["ClaimedError", "ClaimedError", "Written"]
    assert (await store.conversation("c1")).owner is Owner.AGENT
    markers = [each for each in await store.all_messages("c1") if each.kind is Kind.ACTIVITY]
    assert [each.text for each in markers] == ["taken_over"]


async def test_handing_back_begins_a_fresh_sender(store: ConversationStore):
    await make_conversation(store)
    await store.write("c1", lambda it: claim_outcome(it, Person("bob", "bob"), NOW), NOW)
    await store.write("c1", hand_back_outcome, NOW)
    conversation = await store.conversation("c1")
    assert (conversation.owner, conversation.agent, conversation.sender_id) == (Owner.BOT, None, "c1.2")


async def offer(store: ConversationStore, *titles: str, turn_id: str | None = None) -> list[str]:
    """The ids of buttons of a new step of the dialog."""
    said = Said("choose", tuple(TextButton(each, f"/{each}") for each in titles), dialog=True)
    written = await say(store, said, answers=turn_id)
    return [each.button_id for each in written.messages[0].buttons]


async def answered(store: ConversationStore, *titles: str, **fields: object) -> list[str]:
    message = (await receive(store, **fields)).message
    return await offer(store, *titles, turn_id=message.message_id)


async def stale(store: ConversationStore) -> bool:
    (turn, *_) = await store.waiting_turns("c1")
    assert turn
    await say(store, Said("x"), answers=turn.turn_id)
    return turn.stale


async def test_a_click_sends_the_payload_and_shows_the_title(store: ConversationStore):
    await make_conversation(store)
    (button_id,) = await offer(store, "greet")
    saved = await receive(store, button_id=button_id)
    (turn, *_) = await store.waiting_turns("c1")
    assert turn
    assert (saved.message.text, turn.ask, turn.stale) == ("greet", "/greet", False)


async def test_the_button_of_an_older_step_is_stale(store: ConversationStore):
    await make_conversation(store)
    (old,) = await offer(store, "old")
    (new,) = await answered(store, "new", text="hello")
    await receive(store, button_id=old)
    assert await stale(store)
    await receive(store, button_id=new)
    assert not await stale(store)


async def test_a_sentence_of_the_gateway_leaves_the_buttons_alive(store: ConversationStore):
    await make_conversation(store)
    (button,) = await offer(store, "a")
    await say(store, Said("one moment"))
    await receive(store, button_id=button)
    assert not await stale(store)


async def test_of_one_step_one_button_counts(store: ConversationStore):
    await make_conversation(store)
    one, two = await offer(store, "one", "two")
    await receive(store, button_id=one, client_id="1")
    await receive(store, button_id=one, client_id="1")
    await receive(store, button_id=two, client_id="2")
    assert [await stale(store), await stale(store)] == [False, True]


async def test_all_messages_of_one_answer_are_one_step(store: ConversationStore):
    await make_conversation(store)
    turn_id = (await receive(store, text="a")).message.message_id
    said = [Said(text, (TextButton(text, "/x"),), dialog=True) for text in ("first", "second")]
    written = await say(store, *said, answers=turn_id)
    await receive(store, button_id=written.messages[0].buttons[0].button_id)
    assert not await stale(store)


async def test_buttons_from_before_a_human_stretch_are_stale(store: ConversationStore):
    await make_conversation(store)
    (button,) = await offer(store, "a")
    await store.write("c1", lambda it: claim_outcome(it, Person("bob", "bob"), NOW), NOW)
    await store.write("c1", hand_back_outcome, NOW)
    await receive(store, button_id=button)
    back, click = await store.waiting_turns("c1")
    assert (back.ask, back.stale, click.stale) == (HAND_BACK, False, True)


async def test_a_button_or_picture_of_another_conversation_is_refused(store: ConversationStore):
    await make_conversation(store)
    await make_conversation(store, "c2")
    (button,) = await offer(store, "a")
    for fields in ({"button_id": button}, {"button_id": "0" * 32}, {"picture_id": "0" * 32}):
        with pytest.raises(InvalidError):
            await receive(store, "c2", **fields)
    assert (await store.conversation("c2")).last_seq == 0


async def test_reading_never_goes_back_nor_past_the_end(store: ConversationStore):
    await make_conversation(store)
    await say(store, Said("a"), Said("b"))
    assert [(await store.mark_read("c1", seq)).read_seq for seq in (1, 99, 1, 0)] == [1, 2, 2, 2]


async def test_an_unsent_message_is_pending_until_it_is_marked(store: ConversationStore):
    await make_conversation(store)
    written = await say(store, Said("a", sender=Sender.SYSTEM), Said("note", kind=Kind.NOTE))
    assert [each.text for each in await store.pending()] == ["a"]
    await store.mark_sent([each.message_id for each in written.messages])
    assert await store.pending() == []


async def test_the_same_draft_is_kept_once(store: ConversationStore):
    await make_conversation(store)
    draft = {"type": "OTHER", "idempotency_key": "m1:ticket"}
    for _ in range(2):
        await store.write("c1", lambda it: Outcome(tickets=(draft,)), NOW)
    (entry,) = await OutboxStore(store.engine).waiting()
    assert (entry.idempotency_key, entry.body) == ("m1:ticket", {"type": "OTHER"})


async def test_before_the_first_word_a_new_language_greets_anew(store: ConversationStore):
    await make_conversation(store)
    written = await store.choose_language("c1", "en", greeting("en", TEXTS.render), NOW)
    assert written.messages[0].text.startswith("Hello")
    assert (written.conversation.language, written.conversation.language_locked) == ("en", True)
    assert await store.waiting_turns("c1") == []


async def test_once_they_have_talked_the_bot_is_told_of_a_new_language(store: ConversationStore):
    await make_conversation(store)
    await receive(store, text="a")
    await stale(store)
    written = await store.choose_language("c1", "en", greeting("en", TEXTS.render), NOW)
    (turn, *_) = await store.waiting_turns("c1")
    assert turn
    assert (written.messages, turn.ask) == ((), '/switch_language{"language":"en"}')
    await stale(store)
    await store.choose_language("c1", "en", greeting("en", TEXTS.render), NOW)
    assert await store.waiting_turns("c1") == []
