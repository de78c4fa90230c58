"""The helpdesk writes first: once, whoever was killed meanwhile and whether the customer was looking or not."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from bot.qa.outside import Outside
from tests.system.moments import SECONDS, frozen, needs_proc, until, until_asked
from tests.system.people import Person, Town

Order = dict[str, Any]
Moment = Callable[[Town, Order], AbstractAsyncContextManager[None]]
DELIVERED = {"type": "delivery.updated", "state": "DELIVERED"}
OPENED, NEWS = "utter_ticket_opened", "utter_news_delivered"


@contextlib.asynccontextmanager
async def waiting(town: Town) -> AsyncIterator[tuple[Person, Order]]:
    """A customer with a ticket about an order that is stuck."""
    order = await town.make_order()
    async with town.customer() as person:
        await person.reach_report(order)
        await person.press("/affirm", OPENED)
        yield person, order


async def deliver(town: Town, order: Order) -> None:
    await town.house.outside.change_order(str(order["order_no"]), DELIVERED)


def told(town: Town, person: Person) -> list[str]:
    """The state of each piece of news for this customer."""
    query = "SELECT state FROM news WHERE customer_ref = ? ORDER BY sequence"
    return [each["state"] for each in town.rows("gateway", query, person.customer.conversation_id)]


async def hears_once(person: Person) -> None:
    """Exactly one message came, and nothing follows."""
    await person.hear_of(NEWS)
    town, customer = person.town, person.customer
    waiting = "SELECT 1 FROM events WHERE done_at IS NULL AND customer_ref = ?"
    await until(
        lambda: not town.rows("backend", waiting, customer.conversation_id), "the backend has nothing left to tell"
    )
    await until(lambda: "waiting" not in told(town, person), "the gateway has nothing left to tell")
    await town.check_log(customer)
    assert person.names_of_the_gateway().count(NEWS) == 1
    assert told(town, person).count("told") == 1


async def test_who_has_the_widget_open_hears_at_once(town: Town):
    async with waiting(town) as (person, order):
        await deliver(town, order)
        await hears_once(person)
        await person.press_only('/confirm_delivery{"field":"arrived","about":"{about}"}')
        await person.hear_of("utter_arrived_rate")


async def test_who_closed_the_widget_finds_it_unread_later(town: Town):
    async with waiting(town) as (person, order):
        await town.settle(person.customer)
        await person.customer.leave()
        await deliver(town, order)
        await until(lambda: told(town, person) == ["told"], "it is told")
        assert NEWS not in person.names_of_the_gateway()
        person.customer.come_back()
        await hears_once(person)
        conversation = person.customer.conversation
        assert conversation["last_seq"] - conversation["read_seq"] >= 1


async def test_neither_the_dialog_nor_the_actions_are_needed(town: Town):
    async with waiting(town) as (person, order):
        await town.kill("rasa", "actions")
        await deliver(town, order)
        await hears_once(person)


@contextlib.asynccontextmanager
async def published(town: Town, order: Order) -> AsyncIterator[None]:
    """The shop's change is applied; nobody has been told."""
    await deliver(town, order)
    yield


@contextlib.asynccontextmanager
async def before_the_post(town: Town, order: Order) -> AsyncIterator[None]:
    """The event lies before the gateway, which has not read it."""
    async with frozen(town.stack, "gateway"):
        await deliver(town, order)
        await until_asked(town.stack, "gateway")
        yield


@contextlib.asynccontextmanager
async def saved(town: Town, order: Order) -> AsyncIterator[None]:
    """The gateway has just got it."""
    known = len(town.rows("gateway", "SELECT 1 FROM news"))
    await deliver(town, order)
    await until(lambda: len(town.rows("gateway", "SELECT 1 FROM news")) > known, "the gateway has it")
    yield


MOMENTS: list[Moment] = [published, before_the_post, saved]


@needs_proc
@pytest.mark.parametrize("name", ["backend", "gateway"])
@pytest.mark.parametrize("moment", MOMENTS, ids=[each.__name__ for each in MOMENTS])  # type: ignore[attr-defined]
async def test_it_is_told_once_when_a_process_is_killed(town: Town, moment: Moment, name: str):
    async with waiting(town) as (person, order):
        async with moment(town, order):
            await town.kill(name)
        await town.restart(name)
        await hears_once(person)


@needs_proc
async def test_it_is_told_once_when_everything_is_killed(town: Town):
    async with waiting(town) as (person, order):
        async with before_the_post(town, order):
            await town.kill("gateway", "backend", "rasa", "actions")
        await town.restart("gateway", "backend", "rasa", "actions")
        await hears_once(person)


async def test_a_promise_that_is_broken_while_nobody_runs_is_owned_up_to_afterwards(town: Town):
    async with waiting(town) as (person, _):
        await town.settle(person.customer)
        await town.kill("backend", "gateway")
        Outside(town.house.session, town.stack.settings).move_clock("+25h")
        await town.restart("gateway", "backend")
        await person.hear_of("utter_news_promise_broken")
        await person.hear_of("utter_news_step3_until")
        await until(lambda: told(town, person) == ["told", "told"], "both are told")
        await town.check_log(person.customer)


async def test_a_resumed_case_reaches_the_other_device(town: Town):
    async with waiting(town) as (person, order), town.customer() as elsewhere:
        code = str(person.customer.answers[-1]["text"]).partition("「继续 ")[2][:9]
        await elsewhere.say(f"继续 {code}", "utter_resume_linked", "utter_ticket_status", "utter_ticket_wait")
        await deliver(town, order)
        await elsewhere.hear_of(NEWS)
        (text,) = [each["text"] for each in elsewhere.heard if str(order["order_no"])[-4:] in each["text"]]
        assert str(order["order_no"]) not in text and str(order["amount"]) not in text
        assert NEWS not in person.names_of_the_gateway()
        logs = "\n".join(path.read_text(errors="replace") for path in town.stack.log_dir.glob("*.log"))
        assert code not in logs and code.replace("-", "") not in logs
        await elsewhere.customer.wait(lambda: elsewhere.customer.all_sent, SECONDS, "all is sent")
