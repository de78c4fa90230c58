"""Lists, marks and search on both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import InvalidError, NotFoundError
from bot.gateway.conversations.model import IncomingMessage, Outcome, Owner, Said
from bot.gateway.conversations.store import ConversationStore
from bot.gateway.desk.model import Draft, Person, claim_outcome, handoff_outcome, message_outcome
from bot.gateway.desk.presence import PresenceStore, count_online
from bot.gateway.desk.reception import Reception
from bot.gateway.desk.search import Search
from bot.gateway.desk.store import DeskStore, Wanted, set_tags
from tests.gateway.house import NOW, TEXTS

BOB = Person("bob", "Bob", "refunds")


@pytest.fixture
def store(engine: AsyncEngine) -> ConversationStore:
    store = ConversationStore(engine)
    store.receive_handoff = Reception(TEXTS.render).receive
    return store


async def make(store: ConversationStore, number: int, text: str = "", *, wait: bool = False) -> str:
    conversation_id = f"c{number}"
    moment = NOW + timedelta(minutes=number)
    columns = {"conversation_id": conversation_id, "customer_id": "alice", "channel": "widget", "token_hash": "h"}
    await store.create({**columns, "language": "zh"}, moment)
    if text:
        await store.save_incoming(conversation_id, IncomingMessage(text=text), lambda it: it.language, moment)
    if wait:
        await store.write(conversation_id, lambda it: handoff_outcome(it, "customer_request"), moment)
    return conversation_id


async def ids(desk: DeskStore, limit: int = 10, **wanted: str) -> list[str]:
    """All pages of a list."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = await desk.page(Wanted(username="bob", **wanted), limit, cursor)
        found += [each.conversation_id for each in page]
        if cursor is None:
            return found


async def test_each_conversation_is_in_one_list(store: ConversationStore, engine: AsyncEngine):
    desk = DeskStore(engine)
    await make(store, 1)
    await make(store, 2, "hi")
    await make(store, 3, "转人工", wait=True)
    await make(store, 4, "转人工", wait=True)
    await store.write("c4", lambda it: claim_outcome(it, BOB, NOW), NOW + timedelta(minutes=9))
    assert await ids(desk, view="bot") == ["c2"]
    assert await ids(desk, view="queue") == ["c3"]
    assert await ids(desk, view="mine") == ["c4"]
    assert await ids(desk, limit=1, view="all", sort="newest") == ["c4", "c3", "c2", "c1"]
    assert await ids(desk, limit=1, view="all", sort="oldest") == ["c1", "c2", "c3", "c4"]
    assert await ids(desk, view="all", team="refunds") == ["c4"]
    assert await desk.counts("bob") == {"queue": 1, "mine": 1, "bot": 1, "booked": 0}
    assert (await desk.facts("c1"))["earlier"][0].conversation_id == "c4"


async def test_what_is_urgent_comes_first_and_then_what_waits_longest(store: ConversationStore, engine: AsyncEngine):
    desk = DeskStore(engine)
    for number in range(1, 6):
        await make(store, number, "转人工", wait=True)
    await store.write("c4", lambda it: Outcome(changes={"priority": "high"}), NOW + timedelta(hours=1))
    assert await ids(desk, limit=2, view="queue", sort="urgency") == ["c4", "c1", "c2", "c3", "c5"]


async def test_a_reply_ends_the_wait_and_the_next_message_begins_another(store: ConversationStore):
    await make(store, 1, "转人工", wait=True)
    waiting = await store.conversation("c1")
    assert waiting.waiting_since == NOW + timedelta(minutes=1)
    assert waiting.due_at == NOW + timedelta(minutes=4)
    await store.write("c1", lambda it: claim_outcome(it, BOB, NOW), NOW)
    await store.write("c1", lambda it: message_outcome(it, BOB, Draft("1", "on it", note=True)), NOW)
    assert (await store.conversation("c1")).waiting_since is not None  # a note answers nobody
    await store.write("c1", lambda it: message_outcome(it, BOB, Draft("2", "hello")), NOW)
    answered = await store.conversation("c1")
    assert (answered.waiting_since, answered.due_at, answered.unread) == (None, None, 0)
    later = NOW + timedelta(hours=1)
    await store.save_incoming("c1", IncomingMessage(text="好"), lambda it: it.language, later)
    again = await store.conversation("c1")
    assert (again.waiting_since, again.due_at, again.unread) == (later, later + timedelta(minutes=5), 1)
    assert again.version > answered.version
    assert again.last_message is not None and again.last_message["text"] == "好"


async def test_search_finds_numbers_and_words(store: ConversationStore, engine: AsyncEngine):
    search = Search(engine)
    await make(store, 1, "订单 KM202405120001 点券没到账")
    await make(store, 2, "Refund please, my top-up is missing")
    await make(store, 3, "没有到账 KM202405120002")
    await make(store, 4, "尾号 4821，流水 4200001234202405120123456789")

    async def found(query: str) -> list[tuple[str, str]]:
        return [(each.conversation.conversation_id, each.field) for each in (await search.find(query))[0]]

    assert await found("KM202405120001") == [("c1", "order_no")]
    assert await found("km-2024 05120002") == [("c3", "order_no")]
    assert sorted(await found("KM20240512")) == [("c1", "order_no"), ("c3", "order_no")]
    assert await found("4821") == [("c4", "phone_tail")]
    assert await found("42000012342024") == [("c4", "transaction_no")]
    assert await found("没到账") == [("c1", "text")]
    assert await found("到账") == [("c3", "text"), ("c1", "text")]
    assert await found("券") == [("c1", "text")]  # one character: the beginning of a pair
    assert await found("REFUND top") == [("c2", "text")]
    assert await found("refund 到账") == []
    for odd in ("'", '"', "*", "a & !b | (c", "<->", ":*", "\\", "NOT", "没\x00到"):
        await search.find(odd)


async def test_the_beginning_of_a_number_finds_it_in_a_database_that_sorts_like_a_dictionary(
    store: ConversationStore, engine: AsyncEngine
):
    """Most PostgreSQL servers sort by a language, in which signs without a letter hardly count."""
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            change = 'ALTER TABLE conversation_numbers ALTER COLUMN number TYPE VARCHAR(64) COLLATE "en-x-icu"'
            await connection.execute(sa.text(change))
    for number, ticket in enumerate(("TK261124A1B2C3", "TK261125A1B2C3"), 1):
        await make(store, number)
        said = Said(f"已登记 {ticket}")
        await store.write(f"c{number}", lambda it, said=said: Outcome(said=(said,)), NOW)
    found, _ = await Search(engine).find("TK261124")
    assert [(each.conversation.conversation_id, each.field) for each in found] == [("c1", "ticket_no")]


async def test_pages_of_a_search_have_each_conversation_once(store: ConversationStore, engine: AsyncEngine):
    search = Search(engine)
    for number in range(1, 26):
        await make(store, number, "退款")
    first, cursor = await search.find("退款")
    assert cursor is not None
    second, end = await search.find("退款", cursor)
    seen = [each.conversation.conversation_id for each in (*first, *second)]
    assert (len(seen), len(set(seen)), end) == (25, 25, None)
    with pytest.raises(InvalidError):
        await search.find("退款", "nonsense")


async def test_what_the_bot_says_is_not_found_but_its_ticket_is(store: ConversationStore, engine: AsyncEngine):
    search = Search(engine)
    await make(store, 1)
    said = Said("已登记 TK261124A1B2C3，例如 KM202405129999")
    await store.write("c1", lambda it: Outcome(said=(said,)), NOW)
    assert [each.field for each in (await search.find("TK261124A1B2C3"))[0]] == ["ticket_no"]
    assert (await search.find("KM202405129999"))[0] == []
    assert (await search.find("已登记"))[0] == []


async def test_marks_are_each_agents_own(store: ConversationStore, engine: AsyncEngine):
    desk = DeskStore(engine)
    await make(store, 1)
    await desk.keep_draft("c1", "bob", "half", NOW)
    await desk.keep_read("c1", "bob", 5, NOW)
    await desk.keep_read("c1", "bob", 3, NOW)
    mark = await desk.mark_of("c1", "bob")
    assert (mark.draft, mark.read_position) == ("half", 5)
    assert (await desk.mark_of("c1", "carol")).draft == ""
    with pytest.raises(NotFoundError):
        await desk.keep_draft("nope", "bob", "x", NOW)


async def test_tags_filter(store: ConversationStore, engine: AsyncEngine):
    desk = DeskStore(engine)
    for number in (1, 2):
        await make(store, number, "hi")
    await store.write("c2", lambda it: None, NOW, settle=lambda connection: set_tags(connection, "c2", ["vip"]))
    assert await ids(desk, view="all", tag="vip") == ["c2"]


async def test_who_is_online_is_a_matter_of_the_last_minute(engine: AsyncEngine):
    presences = PresenceStore(engine)
    await presences.change("bob", name="Bob", seen_at=NOW)
    await presences.change("carol", name="Carol", seen_at=NOW, status="away")
    await presences.change("dan", name="Dan")
    assert await presences.all(NOW) == {"bob": "online", "carol": "away", "dan": "offline"}
    async with engine.begin() as connection:
        assert await count_online(connection, NOW) == 1
        assert await count_online(connection, NOW + timedelta(seconds=61)) == 0


async def test_silent_agents_are_found(store: ConversationStore, engine: AsyncEngine):
    await make(store, 1, "转人工", wait=True)
    await store.write("c1", lambda it: claim_outcome(it, BOB, NOW), NOW)
    assert (await store.conversation("c1")).owner is Owner.AGENT
    assert await DeskStore(engine).silent(NOW + timedelta(hours=1)) == ["c1"]
    assert await DeskStore(engine).silent(NOW) == []
