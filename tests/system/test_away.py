"""A process is away for long: the customer hears an honest sentence, never silence, and nothing is lost."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.system.moments import frozen, needs_proc, until_asked
from tests.system.people import Person, Town

pytestmark = needs_proc
UNAVAILABLE = ["utter_bot_delayed", "utter_bot_unavailable", "utter_handoff_away"]


@pytest_asyncio.fixture
async def hasty(town: Town) -> AsyncIterator[Town]:
    """A gateway that waits seconds where the real one waits a minute and a half."""
    await town.restart("gateway", bot_timeout=3, bot_delayed_after=1, bot_unavailable_after=5)
    yield town
    await town.restart("gateway")


async def check_queued(person: Person) -> None:
    """The bot is away: the customer heard so, waits for a human, and is not forgotten by writing again."""
    await person.hear(len(UNAVAILABLE))
    assert person.names_of_the_gateway() == UNAVAILABLE
    await person.town.settle(person.customer)
    assert person.customer.conversation["owner"] == "queue"
    await person.customer.say("还在吗")
    await person.town.settle(person.customer)
    await person.town.check_log(person.customer)
    assert person.names_of_the_gateway() == UNAVAILABLE


async def test_without_the_actions_a_human_is_called(hasty: Town):
    order = await hasty.make_order()
    async with hasty.customer() as person:
        await hasty.kill("actions")
        await person.tell(order)
        await check_queued(person)


async def test_with_a_silent_rasa_a_human_is_called(hasty: Town):
    order = await hasty.make_order()
    async with hasty.customer() as person:
        async with frozen(hasty.stack, "rasa"):
            await person.tell(order)
            await check_queued(person)
        # Awake again, Rasa may finish what it was asked; nobody waits for that answer.
        await person.tracker()
        await hasty.check_log(person.customer)
        assert person.names_of_the_gateway() == UNAVAILABLE


async def test_without_rasa_a_human_is_called(hasty: Town):
    order = await hasty.make_order()
    async with hasty.customer() as person:
        await hasty.kill("rasa")
        await person.tell(order)
        await check_queued(person)


async def test_without_the_backend_a_report_is_kept_and_opened_once(town: Town):
    order = await town.make_order()
    async with town.customer() as person:
        await person.reach_report(order)
        await town.kill("backend")
        await person.press("/affirm", "utter_ticket_saved")
        assert person.customer.conversation["owner"] == "bot"
        await town.restart("gateway")  # it forgets nothing either
        await town.restart("backend")
        await person.answers("utter_ticket_saved", "utter_ticket_opened_late")
        await town.check_log(person.customer)
        (ticket,) = town.tickets_for(order)
        assert ticket["ticket_no"] in person.heard[-1]["text"]


async def test_a_backend_that_answers_too_late_opens_the_ticket_once(town: Town):
    """The request that nobody waited for is carried out, and so is the one of the outbox: they have one key."""
    order = await town.make_order()
    async with town.customer() as person:
        await person.reach_report(order)
        async with frozen(town.stack, "backend"):
            await person.press_only("/affirm")
            await until_asked(town.stack, "backend")
            await person.hear_of("utter_ticket_saved")
        await person.hear_of("utter_ticket_opened_late")
        await town.check_log(person.customer)
        (ticket,) = town.tickets_for(order)
        assert ticket["ticket_no"] in person.heard[-1]["text"]
        messages = town.rows("backend", "SELECT * FROM ticket_messages WHERE ticket_id = ?", ticket["id"])
        assert len(messages) == 1


async def test_an_order_that_cannot_be_looked_up_can_be_reported(town: Town):
    order = await town.make_order()
    async with town.customer() as person:
        await town.kill("backend")
        await person.tell(order)
        await person.answers("utter_lookup_failed")
        await person.press("/report_problem", "utter_ask_report_form_initiated_at")
        await person.say("刚刚", "utter_ask_report_form_product")
        await person.say("游戏点卡", "utter_ask_report_form_report_confirmed")
        await person.press("/affirm", "utter_ticket_saved")
        assert town.tickets_for(order) == []
        await town.restart("backend")
        await person.answers("utter_ticket_saved", "utter_ticket_opened_late")
        await town.check_log(person.customer)
        (ticket,) = town.tickets_for(order)
        assert (ticket["order_no"], ticket["type"]) == (None, "LOOKUP_FAILED")
