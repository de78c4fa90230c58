"""A ticket that the backend could not take is opened later, once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.errors import BackendUnavailableError, InvalidError, TicketExistsError
from bot.gateway.conversations.model import IncomingMessage, Kind, Owner
from bot.gateway.outbox import LONGEST_PAUSE
from bot.gateway.resume import store as resume_store
from bot.gateway.resume.model import code_from, is_code, written
from bot.texts import RESUME_MARK
from tests.fakes import FakeRasa
from tests.gateway.house import House, says

NONCE = next(each for n in range(99) if is_code(code_from("", each := f"{n:032x}")))
CODE = code_from("", NONCE)
DRAFT = {"type": "CALLBACK_MISSING", "order_no": "KM202405120001", "idempotency_key": "m1:ticket"}


@pytest.fixture(autouse=True)
def same_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume_store, "secrets", SameNonce)


class SameNonce:
    """Chance that is none."""

    @staticmethod
    def token_hex(count: int) -> str:
        return NONCE


@pytest.fixture
async def drafted(house: House, rasa: FakeRasa) -> AsyncIterator[House]:
    """A conversation whose report waits in the outbox."""
    rasa.answer = lambda _: [{"text": "saved"}, {"custom": {"ticket_draft": DRAFT}}]
    await house.open()
    await house.send("确认提交")
    rasa.answer = lambda _: [{"text": "ok"}]
    yield house


def late(ticket_no: str = "TK261124000001", language: str = "zh") -> str:
    text = says("utter_ticket_opened_late", language, ticket_no=ticket_no, resume_code=RESUME_MARK)
    return text.replace(RESUME_MARK, written(CODE))


async def test_a_draft_becomes_a_ticket_and_its_number_is_said(drafted: House):
    assert await drafted.outbox.work() is None
    assert drafted.tickets.opened == {"m1:ticket": {"type": "CALLBACK_MISSING", "order_no": "KM202405120001"}}
    assert await drafted.texts() == ["> 确认提交", "saved", late()]
    assert await drafted.outbox.work() is None
    assert len(drafted.tickets.calls) == 1


async def test_it_waits_longer_and_longer_for_the_backend(drafted: House):
    drafted.tickets.errors = [BackendUnavailableError() for _ in range(12)]
    pauses = []
    for _ in range(12):
        pause = await drafted.outbox.work()
        assert pause is not None
        pauses.append(round(pause.total_seconds()))
        drafted.skipped += pause
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) <= LONGEST_PAUSE.total_seconds()
    await drafted.outbox.work()
    assert (await drafted.texts())[-1] == late()


async def test_a_ticket_that_fails_for_an_unknown_reason_does_not_hold_up_the_others(house: House, rasa: FakeRasa):
    drafts = [{**DRAFT, "idempotency_key": key} for key in ("m1:ticket", "m2:ticket")]
    rasa.answer = lambda _: [{"text": "saved"}, *({"custom": {"ticket_draft": each}} for each in drafts)]
    await house.open()
    await house.send("确认提交")
    house.tickets.errors = [RuntimeError("a surprise")]
    assert await house.outbox.work()
    assert len(house.tickets.opened) == 1
    house.skipped += LONGEST_PAUSE
    assert await house.outbox.work() is None
    assert len(house.tickets.opened) == 2


async def test_nothing_is_tried_before_its_time(drafted: House):
    drafted.tickets.errors = [BackendUnavailableError()]
    await drafted.outbox.work()
    await drafted.outbox.work()
    assert len(drafted.tickets.calls) == 1


async def test_a_report_that_joined_an_open_ticket_gets_that_number(drafted: House):
    drafted.tickets.errors = [TicketExistsError(ticket_no="TK261124ABCDEF")]
    await drafted.outbox.work()
    assert (await drafted.texts())[-1] == late("TK261124ABCDEF")


async def test_a_refused_report_goes_to_a_human(drafted: House):
    drafted.tickets.errors = [InvalidError()]
    assert await drafted.outbox.work() is None
    conversation = await drafted.store.conversation("c1")
    assert (conversation.owner, conversation.handoff_reason) == (Owner.QUEUE, "other")
    assert (await drafted.texts())[-1] == says("utter_handoff_away", place=1)
    notes = [each.text for each in await drafted.store.all_messages("c1") if each.kind is Kind.NOTE]
    assert notes == ["ticket_refused: invalid"]


async def test_a_promised_number_is_said_whoever_owns_the_conversation(drafted: House):
    await drafted.switchboard.take_over("c1", "bob")
    await drafted.outbox.work()
    message = (await drafted.store.messages_after("c1", 0, 99))[-1]
    assert (message.text, message.sender.value) == (late(), "system")


async def test_a_number_that_was_said_is_not_said_again_after_a_crash(drafted: House):
    """The ticket is open, but the process died before the entry was settled: the same key gives the same ticket."""
    await drafted.tickets.open_ticket({}, "m1:ticket")
    await drafted.outbox.work()
    await drafted.outbox.work()
    assert (await drafted.texts()).count(late()) == 1


async def test_the_loop_wakes_up_for_a_new_draft(house: House, rasa: FakeRasa):
    house.switchboard.wake_outbox = house.outbox.wake
    task = asyncio.create_task(house.outbox.run())
    try:
        rasa.answer = lambda _: [{"text": "saved"}, {"custom": {"ticket_draft": DRAFT}}]
        await house.open()
        await house.send("确认提交")
        await house.until(late())
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_draft_survives_an_agent_who_took_over_meanwhile(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: [{"text": "saved"}, {"custom": {"ticket_draft": DRAFT}}]
    await house.open()
    rasa.go_on.clear()
    await house.switchboard.receive("c1", IncomingMessage(text="确认提交"))
    await rasa.arrived.wait()
    await house.switchboard.take_over("c1", "bob")
    rasa.go_on.set()
    await house.workers.settle()
    await house.outbox.work()
    assert list(house.tickets.opened) == ["m1:ticket"]
