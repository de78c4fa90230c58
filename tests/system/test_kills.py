"""A process is killed with -9 in mid-turn and started again: one answer, nothing lost, nothing doubled, one ticket."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from bot.ops.processes import NAMES
from tests.system.moments import frozen, needs_proc, until, until_asked
from tests.system.people import Person, Town

Order = dict[str, Any]
Moment = Callable[[Town, Person, Order], AbstractAsyncContextManager[None]]
SUBMIT = "/affirm"

pytestmark = needs_proc


@contextlib.asynccontextmanager
async def before_saving(town: Town, person: Person, order: Order) -> AsyncIterator[None]:
    """The message is on its way to the gateway, which has not read it."""
    async with frozen(town.stack, "gateway"):
        await person.post(SUBMIT)
        await until_asked(town.stack, "gateway")
        yield


@contextlib.asynccontextmanager
async def acknowledged(town: Town, person: Person, order: Order) -> AsyncIterator[None]:
    """The message has just been saved."""
    await person.press_only(SUBMIT)
    yield


@contextlib.asynccontextmanager
async def before_the_dialog(town: Town, person: Person, order: Order) -> AsyncIterator[None]:
    """The gateway has asked Rasa, which has not read the question."""
    async with frozen(town.stack, "rasa"):
        await person.press_only(SUBMIT)
        await until_asked(town.stack, "rasa")
        yield


@contextlib.asynccontextmanager
async def before_the_action(town: Town, person: Person, order: Order) -> AsyncIterator[None]:
    """Rasa is in the turn and waits for an action."""
    async with frozen(town.stack, "actions"):
        await person.press_only(SUBMIT)
        await until_asked(town.stack, "actions")
        yield


@contextlib.asynccontextmanager
async def before_the_ticket(town: Town, person: Person, order: Order) -> AsyncIterator[None]:
    """The action has asked for the ticket, which is not open."""
    async with frozen(town.stack, "backend"):
        await person.press_only(SUBMIT)
        await until_asked(town.stack, "backend")
        yield


@contextlib.asynccontextmanager
async def after_the_ticket(town: Town, person: Person, order: Order) -> AsyncIterator[None]:
    """The ticket is open, and nobody but the backend knows."""
    async with contextlib.AsyncExitStack() as still:
        async with frozen(town.stack, "backend"):
            await person.press_only(SUBMIT)
            await until_asked(town.stack, "backend")
            await still.enter_async_context(frozen(town.stack, "actions"))
        await until(lambda: bool(town.tickets_for(order)), "the ticket is open")
        yield


@contextlib.asynccontextmanager
async def before_the_answer(town: Town, person: Person, order: Order) -> AsyncIterator[None]:
    """Rasa has answered, and the gateway has not read the answer."""
    async with contextlib.AsyncExitStack() as still:
        async with frozen(town.stack, "backend"):
            await person.press_only(SUBMIT)
            await until_asked(town.stack, "backend")
            await still.enter_async_context(frozen(town.stack, "gateway"))
        await until(person.is_answered_by_rasa, "Rasa has answered")
        yield


@contextlib.asynccontextmanager
async def after_the_answer(town: Town, person: Person, order: Order) -> AsyncIterator[None]:
    """The customer has just read the answer."""
    await person.press_only(SUBMIT)
    await person.hear(1)
    yield


KILLS: dict[str, tuple[Moment, ...]] = {
    "rasa": (before_the_dialog, after_the_ticket, before_the_answer),
    "actions": (acknowledged, before_the_action, before_the_ticket, after_the_ticket),
    "backend": (acknowledged, before_the_ticket, after_the_ticket, after_the_answer),
    "gateway": (before_saving, acknowledged, before_the_dialog, before_the_ticket, before_the_answer, after_the_answer),
}
OPENED, LATE = ["utter_ticket_opened"], ["utter_ticket_saved", "utter_ticket_opened_late"]


def check_report(town: Town, order: Order, names: list[str], answer: str) -> None:
    """The customer has the number of the one ticket; if that took long they were told to wait."""
    assert names in (OPENED, LATE, ["utter_bot_delayed", *OPENED], ["utter_bot_delayed", *LATE])
    (ticket,) = town.tickets_for(order)
    assert ticket["ticket_no"] in answer


@pytest.mark.parametrize(
    ("victim", "moment"),
    [pytest.param(name, moment, id=f"{name}-{moment.__name__}") for name in KILLS for moment in KILLS[name]],
)
async def test_a_report_survives_a_kill(victim: str, moment: Moment, town: Town):
    order = await town.make_order()
    async with town.customer() as person:
        await person.reach_report(order)
        async with moment(town, person, order):
            await town.kill(victim)
        await town.restart(victim)
        await town.check_log(person.customer)
        check_report(town, order, await person.names(), person.heard[-1]["text"])
        assert person.customer.conversation["owner"] == "bot"


async def test_a_lookup_survives_the_death_of_the_actions(town: Town):
    order = await town.make_order()
    async with town.customer() as person:
        async with frozen(town.stack, "backend"):
            await person.tell(order)
            await until_asked(town.stack, "backend")
            await town.kill("actions")
        await town.restart("actions")
        await town.check_log(person.customer)
        assert [name for name in await person.names() if name != "utter_bot_delayed"] == person.facts_of(order)


async def test_a_lookup_survives_the_death_of_the_backend(town: Town):
    """A try to prove the order is not repeated behind the customer's back; they hear so and try again themselves."""
    order = await town.make_order()
    async with town.customer() as person:
        async with frozen(town.stack, "backend"):
            await person.tell(order)
            await until_asked(town.stack, "backend")
            await town.kill("backend")
        await town.restart("backend")
        await person.answers("utter_lookup_failed")
        await person.press("/check_order_status", *person.facts_of(order))
        await town.check_log(person.customer)


async def test_the_death_of_all_four_in_mid_report_is_survived(town: Town):
    order, others = await town.make_order(), await town.make_order()
    async with town.customer() as person, town.customer() as other:
        await person.reach_report(order)
        async with before_the_ticket(town, person, order):
            await other.tell(others)
            await town.kill(*NAMES)
        await town.restart(*NAMES)
        await town.check_log(person.customer)
        check_report(town, order, await person.names(), person.heard[-1]["text"])
        await town.check_log(other.customer)
        assert [name for name in await other.names() if name != "utter_bot_delayed"] == other.facts_of(others)
        assert town.tickets_for(others) == []
