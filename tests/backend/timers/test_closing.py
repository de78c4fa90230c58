"""A solved case about which nobody writes any more is put away, and a word of anybody keeps it within reach."""

from datetime import timedelta

from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.tickets.history import history_of
from tests.backend.changes.shop import outcome
from tests.backend.changes.town import forward, heard, history, reported, settle
from tests.backend.conftest import NOW
from tests.backend.events.receiver import Receiver
from tests.backend.tickets.desk import act, case, say
from tests.backend.tickets.test_history import check_complete, due

SYSTEM_CLOSED = ("close", "system")


async def resolved(client: TestClient) -> str:
    """Alice's ticket, solved by an agent."""
    ticket_no = await reported(client)
    await act(client, ticket_no, "resolve", text="已补发")
    await settle(client)
    return ticket_no


async def stage(client: TestClient, ticket_no: str) -> str:
    return str((await case(client, ticket_no))["stage"])


async def test_after_seven_quiet_days_it_is_closed(client: TestClient, receiver: Receiver):
    ticket_no = await resolved(client)
    told = heard(receiver)
    forward(client, days=6, hours=23, minutes=59)
    await settle(client)
    assert await stage(client, ticket_no) == "resolved"
    forward(client, minutes=1)
    await settle(client)
    assert await stage(client, ticket_no) == "closed"
    assert heard(receiver) == told
    async with client.app[DATABASE].begin() as connection:
        last = (await history_of(connection, ticket_no))[-1]
    assert (last["action"], last["actor_kind"], last["actor_name"]) == ("close", "system", "system")
    assert (last["at"], last["reason"]) == (NOW + timedelta(days=7), f"quiet since {NOW.isoformat()}")
    await check_complete(client, ticket_no)
    assert "close" not in await due(client, ticket_no)


async def test_it_is_closed_once(client: TestClient):
    ticket_no = await resolved(client)
    for _ in range(3):
        forward(client, days=8)
        await settle(client)
    assert (await history(client, ticket_no)).count(SYSTEM_CLOSED) == 1


async def test_what_the_shop_solved_is_closed_too(client: TestClient):
    ticket_no = await reported(client)
    await outcome(client, "w1", "delivery.updated", "DELIVERED")
    await settle(client)
    forward(client, days=7)
    await settle(client)
    assert await stage(client, ticket_no) == "closed"


async def test_a_word_of_the_shop_starts_the_days_anew_and_a_note_does_not(client: TestClient):
    ticket_no = await resolved(client)
    forward(client, days=4)
    await act(client, ticket_no, "reply", text="顺便说一句")
    forward(client, days=2)
    await act(client, ticket_no, "note", text="look at this later")
    forward(client, days=4, hours=23)
    await settle(client)
    assert await stage(client, ticket_no) == "resolved"
    forward(client, hours=1)
    await settle(client)
    assert await stage(client, ticket_no) == "closed"


async def test_a_case_that_lives_again_is_not_closed(client: TestClient):
    ticket_no = await resolved(client)
    forward(client, days=6)
    assert (await say(client, ticket_no, text="还是没有"))[0] == 201
    assert "close" not in await due(client, ticket_no)
    forward(client, days=8)
    await settle(client)
    assert await stage(client, ticket_no) == "queued"
    await act(client, ticket_no, "resolve")
    forward(client, days=6)
    await settle(client)
    assert await stage(client, ticket_no) == "resolved"
    forward(client, days=1)
    await settle(client)
    assert await stage(client, ticket_no) == "closed"


async def test_words_that_cannot_open_it_again_keep_it(client: TestClient):
    """The order has another live case, so the old one stays solved, but it is not quiet."""
    ticket_no = await resolved(client)
    forward(client, days=3)
    again = await reported(client, "bob")
    assert again != ticket_no
    assert (await say(client, ticket_no, text="我又看了看"))[0] == 201
    forward(client, days=6)
    await settle(client)
    assert await stage(client, ticket_no) == "resolved"
    forward(client, days=1)
    await settle(client)
    assert await stage(client, ticket_no) == "closed"


async def test_an_agent_may_be_faster_or_have_reopened_it(client: TestClient):
    ticket_no = await resolved(client)
    await act(client, ticket_no, "close")
    forward(client, days=8)
    await settle(client)
    assert SYSTEM_CLOSED not in await history(client, ticket_no)
    await act(client, ticket_no, "reopen")
    forward(client, days=8)
    await settle(client)
    assert await stage(client, ticket_no) == "queued"
