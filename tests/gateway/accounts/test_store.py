"""Accounts, sessions and tries on both databases, also when several copies of the gateway work at once."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.accounts.audit import Wanted, read_audit, write_audit
from bot.gateway.accounts.model import TRIES_OF_NAME, Account, Role
from bot.gateway.accounts.store import AccountStore
from bot.gateway.accounts.tables import desk_sessions, login_tries
from bot.gateway.canned.store import CannedStore
from bot.gateway.canned.tables import canned_replies
from tests.gateway.desks import NOW

BOB = Account(username="bob", name="Bob", role=Role.AGENT)
REPLY = {"shortcut": "hi", "title": "Hello", "language": "zh", "text": "您好", "team": None, "picture": None}


@pytest.fixture
async def store(engine: AsyncEngine) -> AccountStore:
    store = AccountStore(engine, demo=False)
    assert await store.add(BOB, "hash", NOW)
    return store


async def sessions(engine: AsyncEngine) -> list[str]:
    async with engine.begin() as connection:
        return sorted((await connection.execute(sa.select(desk_sessions.c.token_hash))).scalars())


async def test_a_name_is_taken_once_also_by_two_at_the_same_moment(store: AccountStore):
    sue = Account(username="sue", name="Sue", role=Role.ADMIN, team="refunds", capacity=9)
    assert sorted(await asyncio.gather(*(store.add(sue, "hash", NOW) for _ in range(3)))) == [False, False, True]
    assert await store.every() == [BOB, sue]
    assert await store.find("nobody") is None


async def test_of_many_tries_at_once_only_so_many_are_let_through(store: AccountStore):
    limits = [("name", TRIES_OF_NAME), ("address", 20)]
    waits = await asyncio.gather(*(store.begin_try(limits, NOW) for _ in range(12)))
    assert waits.count(None) == TRIES_OF_NAME
    assert {each for each in waits if each} == {901}
    later = NOW + timedelta(minutes=15)
    assert await store.begin_try(limits, later) is None


async def test_a_refused_try_counts_for_nobody(store: AccountStore):
    """Else who is locked out would lock their whole office out."""
    for _ in range(TRIES_OF_NAME + 3):
        await store.begin_try([("name", TRIES_OF_NAME), ("address", TRIES_OF_NAME + 1)], NOW)
    assert await store.begin_try([("other", TRIES_OF_NAME), ("address", TRIES_OF_NAME + 1)], NOW) is None
    assert await store.begin_try([("third", TRIES_OF_NAME), ("address", TRIES_OF_NAME + 1)], NOW) is not None


async def test_a_right_try_clears_the_name_but_only_itself_at_the_address(store: AccountStore):
    for minutes in range(3):
        await store.begin_try([("name", 3), ("address", 3)], NOW + timedelta(minutes=minutes))
    last = NOW + timedelta(minutes=2)
    await store.forgive(["name", "address"], last, every="name")
    assert await store.begin_try([("name", 1), ("address", 3)], last) is None
    assert await store.begin_try([("address", 3)], last) is not None


async def test_old_tries_are_swept(store: AccountStore, engine: AsyncEngine):
    await store.begin_try([("a", 5), ("b", 5)], NOW)
    await store.begin_try([("c", 5)], NOW + timedelta(minutes=15))
    async with engine.begin() as connection:
        assert list((await connection.execute(sa.select(login_tries.c.key))).scalars()) == ["c"]


async def test_a_code_is_used_once_by_several_at_once(store: AccountStore):
    assert sorted(await asyncio.gather(*(store.use_code("bob", 100) for _ in range(4)))) == [False, False, False, True]
    assert [await store.use_code("bob", step) for step in (99, 101)] == [False, True]


async def test_a_session_takes_the_place_of_the_browsers_old_one_and_over_ones_are_swept(
    store: AccountStore, engine: AsyncEngine
):
    await store.begin_session("one", "bob", NOW, None)
    await store.begin_session("two", "bob", NOW, "one")
    await store.begin_session("three", "bob", NOW, None)
    assert await sessions(engine) == ["three", "two"]
    await store.begin_session("four", "bob", NOW + timedelta(hours=12), None)
    assert await sessions(engine) == ["four"]


async def test_a_disabled_account_loses_its_sessions_and_gets_no_new_one(store: AccountStore, engine: AsyncEngine):
    await store.begin_session("one", "bob", NOW, None)
    assert await store.change("bob", NOW, disabled=True)
    assert await sessions(engine) == []
    assert await store.begin_session("two", "bob", NOW, None) is False
    assert await store.begin_session("two", "nobody", NOW, None) is False
    assert await store.account_of_session("one", NOW) is None


@pytest.mark.parametrize("change", [{"password_hash": "x"}, {"totp_nonce": "x"}, {"totp_nonce": None}])
async def test_a_new_way_to_sign_in_ends_all_sessions_but_the_own(
    store: AccountStore, engine: AsyncEngine, change: dict[str, str | None]
):
    for token in ("own", "other"):
        await store.begin_session(token, "bob", NOW, None)
    await store.change("bob", NOW, language="en")
    assert await sessions(engine) == ["other", "own"]
    await store.change("bob", NOW, keep="own", **change)
    assert await sessions(engine) == ["own"]
    await store.change("bob", NOW, **change)
    assert await sessions(engine) == []


async def test_a_rehash_does_not_undo_a_new_password(store: AccountStore):
    await store.rehash("bob", "another", "new")
    assert (await store.find("bob"))[1].password_hash == "hash"
    await store.rehash("bob", "hash", "new")
    assert (await store.find("bob"))[1].password_hash == "new"


async def test_the_log_finds_by_conversation_person_and_order(engine: AsyncEngine):
    async with engine.begin() as connection:
        for username, conversation_id, order_no in (("bob", "c1", "KM1"), ("sue", "c1", None), ("bob", None, "KM2")):
            await write_audit(
                connection, at=NOW, username=username, action="x", conversation_id=conversation_id, order_no=order_no
            )
    found = [
        [each["id"] for each in await read_audit(engine, Wanted(**wanted))]
        for wanted in (
            {},
            {"username": "bob"},
            {"conversation_id": "c1"},
            {"order_no": "KM2"},
            {"before": 3, "limit": 1},
        )
    ]
    assert found == [[3, 2, 1], [3, 1], [2, 1], [3], [2]]


async def test_two_who_want_one_shortcut_get_it_once(engine: AsyncEngine):
    canned = CannedStore(engine)
    made = await asyncio.gather(*(canned.add_reply(REPLY, "bob", NOW) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(each, dict) for each in made) == 1
    (row,) = await canned.replies("zh", None, every_team=False)
    await asyncio.gather(*(canned.count_use(row["canned_id"]) for _ in range(5)))
    async with engine.begin() as connection:
        assert await connection.scalar(sa.select(canned_replies.c.uses)) == 5
