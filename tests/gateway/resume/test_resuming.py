"""Going on with one's tickets on another device, through the whole gateway."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.gateway.conversations.model import resume_ask
from bot.gateway.keys import ENGINE, SWITCHBOARD
from bot.gateway.limiter import RESUME_TRIES
from bot.gateway.resume.model import HIDDEN, VALID_FOR, Result, code_from, is_code, written
from bot.settings import Settings
from bot.texts import RESUME_MARK
from tests.fakes import FakeRasa
from tests.gateway.gateways import Customer, Gateway
from tests.gateway.house import says
from tests.gateway.news.making import make_event, post_event

WRONG = next(written(code) for n in range(99) if is_code(code := code_from("another key", str(n))))
OPENED = f"工单已提交，发「继续 {RESUME_MARK}」"


async def code_of(customer: Customer, rasa: FakeRasa) -> str:
    """The code that a customer is given with a ticket."""
    rasa.answer = lambda _: [{"text": OPENED}]
    before = len(await customer.messages())
    await customer.send(f"ticket-{before}", text="提交")
    texts = await customer.until(before + 2)
    rasa.answer = lambda body: [{"text": f"echo: {body['message']}"}]
    match = re.search(r"「继续 ([0-9A-Z]{4}-[0-9A-Z]{4})」", texts[-1])
    assert match, texts
    return match[1]


async def everything(gateway: Gateway) -> str:
    """All that the gateway's database holds."""
    async with gateway.app[ENGINE].begin() as connection:
        names = await connection.run_sync(lambda it: sa.inspect(it).get_table_names())
        rows = [(await connection.execute(sa.text(f"SELECT * FROM {name}"))).all() for name in names]
    return str(rows)


async def resume(customer: Customer, code: str, client_id: str = "r") -> str:
    """What the bot was asked after "继续 …"."""
    before = len(await customer.messages())
    await customer.send(client_id, text=f"继续 {code}")
    texts = await customer.until(before + 2)
    assert texts[-2] == f"继续 {HIDDEN}"
    return texts[-1].removeprefix("echo: ")


async def test_the_code_is_shown_and_stored_nowhere(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    code = await code_of(alice, rasa)
    assert await code_of(alice, rasa) == code
    bob = await gateway.customer()
    assert await resume(bob, code) == resume_ask(Result.LINKED)
    stored = await everything(gateway)
    for spelling in (code, code.replace("-", ""), code.lower()):
        assert spelling not in stored
        assert spelling not in json.dumps([rasa.asked, rasa.trackers], ensure_ascii=False)


async def test_a_socket_shows_the_code_too(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    socket = await alice.connect(after=1)
    code = await code_of(alice, rasa)
    assert any(code in text for text in await socket.texts(2))


async def test_each_customer_has_a_code_of_their_own(gateway: Gateway, rasa: FakeRasa):
    alice, bob = await gateway.customer(), await gateway.customer()
    assert await code_of(alice, rasa) != await code_of(bob, rasa)


async def test_the_bot_learns_whose_tickets_are_meant(gateway: Gateway, rasa: FakeRasa):
    alice, bob = await gateway.customer(), await gateway.customer()
    code = await code_of(alice, rasa)
    await resume(bob, code)
    assert rasa.asked[-1]["metadata"]["resumed"] == [alice.conversation_id]
    assert rasa.asked[-1]["metadata"]["customer_id"] == bob.conversation_id
    await bob.send("next", text="查进度")
    await bob.until(4)
    assert rasa.asked[-1]["metadata"]["resumed"] == [alice.conversation_id]


async def test_what_was_resumed_goes_along_to_a_third_device(gateway: Gateway, rasa: FakeRasa):
    alice, bob, phone = await gateway.customer(), await gateway.customer(), await gateway.customer()
    await resume(bob, await code_of(alice, rasa))
    await resume(phone, await code_of(bob, rasa))
    assert set(rasa.asked[-1]["metadata"]["resumed"]) == {alice.conversation_id, bob.conversation_id}


async def test_the_news_of_the_old_conversation_comes_to_the_new_one(gateway: Gateway, rasa: FakeRasa):
    alice, bob = await gateway.customer(), await gateway.customer()
    await resume(bob, await code_of(alice, rasa))
    await post_event(gateway, make_event("order.delivered", customer_ref=alice.conversation_id))
    text = (await bob.until(3))[-1]
    assert "尾号 0001 的订单" in text and "30.00" not in text and "KM2024" not in text
    assert len(await alice.messages()) == 2


async def test_the_same_is_not_told_twice_when_both_names_hear_of_it(gateway: Gateway, rasa: FakeRasa):
    alice, bob = await gateway.customer(), await gateway.customer()
    await resume(bob, await code_of(alice, rasa))
    await post_event(gateway, make_event("order.delivered", 1, customer_ref=bob.conversation_id))
    await bob.until(3)
    await post_event(gateway, make_event("order.delivered", 2, customer_ref=alice.conversation_id))
    await post_event(gateway, make_event("ticket.reply", 3, customer_ref=bob.conversation_id))
    texts = await bob.until(4)
    assert len(texts) == 4 and "客服回复" in texts[-1]


async def test_the_own_code_changes_nothing(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    assert await resume(alice, await code_of(alice, rasa)) == resume_ask(Result.SAME)


async def test_a_slip_is_told_apart_from_a_wrong_code(gateway: Gateway):
    alice = await gateway.customer()
    assert await resume(alice, "ABCD-EFGH") == resume_ask(Result.TYPO)
    assert await resume(alice, WRONG, "r2") == resume_ask(Result.UNKNOWN)


async def test_a_code_ends_after_thirty_days(gateway: Gateway, rasa: FakeRasa):
    alice, bob = await gateway.customer(), await gateway.customer()
    code = await code_of(alice, rasa)
    switchboard = gateway.app[SWITCHBOARD]
    now = switchboard.now()
    switchboard.now = lambda: now + VALID_FOR - timedelta(minutes=1)
    assert await resume(bob, code) == resume_ask(Result.LINKED)
    switchboard.now = lambda: now + VALID_FOR + timedelta(minutes=1)
    carol = await gateway.customer()
    assert await resume(carol, code) == resume_ask(Result.UNKNOWN)
    # Who had resumed before stays.
    await bob.send("next", text="查进度")
    await bob.until(4)
    assert rasa.asked[-1]["metadata"]["resumed"] == [alice.conversation_id]


async def test_a_new_ticket_gets_a_new_code_before_the_old_one_ends(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    code = await code_of(alice, rasa)
    switchboard = gateway.app[SWITCHBOARD]
    now = switchboard.now()
    switchboard.now = lambda: now + VALID_FOR * 0.6
    rasa.answer = lambda _: [{"text": OPENED}]
    await alice.send("later", text="再提交")
    assert code not in (await alice.until(4))[-1]


async def test_tries_are_limited_also_with_the_right_code(gateway: Gateway, rasa: FakeRasa):
    alice, bob = await gateway.customer(), await gateway.customer()
    code = await code_of(alice, rasa)
    for number in range(RESUME_TRIES):
        assert await resume(bob, WRONG, f"r{number}") == resume_ask(Result.UNKNOWN)
    assert await resume(bob, code, "last") == resume_ask(Result.LIMITED)
    await bob.send("next", text="查进度")
    assert rasa.asked[-1]["metadata"]["resumed"] == []


@pytest.fixture
def few_tries(settings: Settings) -> None:
    settings.resume_tries_of_address = 2


async def test_tries_of_one_address_are_limited_over_all_its_conversations(few_tries: None, gateway: Gateway):
    for result in (Result.UNKNOWN, Result.UNKNOWN, Result.LIMITED):
        assert await resume(await gateway.customer(), WRONG) == resume_ask(result)


async def test_sending_it_again_is_the_same_message_and_no_second_try(gateway: Gateway, rasa: FakeRasa):
    alice, bob = await gateway.customer(), await gateway.customer()
    code = await code_of(alice, rasa)
    await resume(bob, code)
    for _ in range(RESUME_TRIES):
        status, body = await bob.send("r", text=f"继续 {code}")
        assert (status, body["message"]["text"]) == (200, f"继续 {HIDDEN}")


@pytest.mark.parametrize(("make_code", "name"), [(None, "utter_resume_linked"), ("ABCD-EFGH", "utter_resume_typo")])
async def test_it_works_while_an_agent_has_the_conversation(
    gateway: Gateway, rasa: FakeRasa, make_code: str | None, name: str
):
    alice, bob = await gateway.customer(), await gateway.customer()
    code = make_code or await code_of(alice, rasa)
    await gateway.app[SWITCHBOARD].take_over(bob.conversation_id, "agent")
    await bob.send("r", text=f"继续 {code}")
    assert (await bob.until(2))[-1] == says(name)


async def test_agents_do_not_see_the_code(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    code = await code_of(alice, rasa)
    found: list[Any] = await gateway.app[SWITCHBOARD].store.all_messages(alice.conversation_id)
    assert any(HIDDEN in each.text for each in found) and not any(code in each.text for each in found)
