"""How an agent or a program does something to a case: once for each key, by a second person where much is at stake."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from aiohttp import web
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import now_of
from bot.backend.payments.bodies import LAST_DAY
from bot.backend.tickets import approvals, operations
from bot.backend.tickets.answers import answer_of, save_answer
from bot.backend.tickets.approvals import Approval, ApprovalState, approval_of, check_approver, needs_second
from bot.backend.tickets.changing import Done, do_action
from bot.backend.tickets.desk_bodies import DecisionBody, RefundBody
from bot.backend.tickets.life import Action, next_stage, stage_of
from bot.backend.tickets.model import (
    Actor,
    ActorKind,
    Decision,
    Ticket,
    digest_of,
    gives_all_back,
    promises_original_way,
)
from bot.backend.tickets.moves import Move, refund_facts
from bot.backend.tickets.operations import Operation, operation_no_of
from bot.backend.tickets.store import lock_case, ticket_from
from bot.errors import ActionRefusedError, InvalidError, NotFoundError, error_from
from bot.settings import Settings

Answer = tuple[int, dict[str, Any]]
Work = Callable[[AsyncConnection], Awaitable[Answer]]
# The answer is not known yet: the operation that is named has to be finished first.
GOES_ON = 102
ACCEPTED = 202


@dataclass(frozen=True)
class Call:
    """One request of an agent or a program."""

    app: web.Application
    actor: Actor
    now: datetime
    key: str
    request: str

    @property
    def settings(self) -> Settings:
        return self.app[SETTINGS]

    @property
    def promise(self) -> timedelta:
        """Within what time an answer is promised."""
        return timedelta(hours=self.settings.reply_promise_hours)

    def move(self, action: Action, **details: Any) -> Move:
        return Move(action=action, actor=self.actor, now=self.now, promise=self.promise, **details)


def call_from(request: web.Request, body: Any, key: str, *what: str) -> Call:
    """The call of a request; `what` it is about."""
    actor: Actor = body.actor.actor()
    whole = digest_of(["desk", *what, actor.kind, actor.name, key])
    return Call(request.app, actor, now_of(request), whole, digest_of(body.model_dump(mode="json")))


async def once(call: Call, work: Work) -> Answer:
    """The work and its answer, or the answer that the same call got before; also of what goes on at the shop.

    Work that raises has not happened, and the same call may be tried again.
    """
    async with call.app[DATABASE].begin() as connection:
        known = await answer_of(connection, call.key, call.request, call.now)
        if known is None:
            known = await work(connection)
            await save_answer(connection, call.key, *known)
    status, answer = known
    if status == GOES_ON:
        status, answer = await operations.finish(call.app, answer["operation_no"], call.now, call.promise)
    if status >= 400:
        raise error_from({"error": answer}, status)
    return status, answer


async def case_in(connection: AsyncConnection, ticket_no: str) -> Row[Any]:
    """The case under this number, locked; raises NotFoundError."""
    row = await lock_case(connection, ticket_no)
    if row is None:
        raise NotFoundError
    return row


def check_still_owed(ticket: Ticket, action: Action) -> None:
    """Nobody gets the goods and the money; raises ActionRefusedError. The refund has to be rejected first."""
    if action is not Action.REQUERY and gives_all_back(ticket):
        raise ActionRefusedError("The refund is approved.", action=action.value, reason="refund_approved")


async def check_nothing_runs(connection: AsyncConnection, refunded: Ticket) -> None:
    """The other way round: what was begun at the shop has to end first, as it may be done at any moment."""
    if gives_all_back(refunded) and await operations.may_deliver(connection, refunded.ticket_no):
        message = "The shop has not answered yet whether it delivers."
        raise ActionRefusedError(message, action=Action.REFUND_APPROVED.value, reason="operation_running")


async def operate(
    connection: AsyncConnection, call: Call, ticket_no: str, action: Action, reason: str, target: str = ""
) -> Answer:
    """Begin something about the order, or ask for a second person. Only people say where to deliver to."""
    if target and call.actor.kind is not ActorKind.AGENT:
        raise ActionRefusedError("This needs a person.", action=action.value, reason="needs_agent")
    row = await case_in(connection, ticket_no)
    ticket = ticket_from(row)
    next_stage(stage_of(ticket), action)
    if ticket.order_no is None:
        raise ActionRefusedError("The customer has not proved the order.", reason="no_order")
    check_still_owed(ticket, action)
    if needs_second(action, ticket.amount, call.settings.second_approval_above):
        details = {"reason": reason} | ({"target": target} if target else {})
        return await ask_second(connection, call, row, action, details, ticket.amount)
    operation = Operation(
        operation_no=operation_no_of(call.key), action=action, actor=call.actor, reason=reason, target=target
    )
    await operations.start(connection, row.id, operation, call.now)
    return GOES_ON, {"operation_no": operation.operation_no}


async def decide_refund(connection: AsyncConnection, call: Call, ticket_no: str, body: RefundBody) -> Answer:
    """Write the decision down, or ask for a second person; no money moves here."""
    row = await case_in(connection, ticket_no)
    ticket = ticket_from(row)
    next_stage(stage_of(ticket), body.action)
    check_future(call.now, expected_at=body.expected_at)
    if promises_original_way(body.reason):
        raise InvalidError("Nobody can promise that money goes back the way it came.", fields=["reason"])
    amount = body.amount if body.amount is not None else ticket.amount
    _check_amount(amount, ticket.amount)
    details = {
        "decision": body.decision.value,
        "amount": str(amount) if amount is not None else None,
        "expected_at": body.expected_at.isoformat() if body.expected_at else None,
        "reason": body.reason,
    }
    if needs_second(body.action, amount, call.settings.second_approval_above):
        return await ask_second(connection, call, row, body.action, details, amount)
    return done_answer(await write_refund(connection, call, row, details), body.action)


def _check_amount(amount: Decimal | None, paid: Decimal | None) -> None:
    """Raise ActionRefusedError for nothing and for more than was paid."""
    if amount == 0:
        raise ActionRefusedError("That is no money.", reason="no_money")
    if amount is not None and paid is not None and amount > paid:
        raise ActionRefusedError("More than was paid.", reason="more_than_paid")


async def write_refund(
    connection: AsyncConnection, call: Call, row: Row[Any], details: dict[str, Any], reason: str = ""
) -> Done:
    decision = Decision(details["decision"])
    action = Action.REFUND_APPROVED if decision is Decision.APPROVED else Action.REFUND_REJECTED
    amount = Decimal(details["amount"]).quantize(Decimal("0.01")) if details["amount"] else None
    expected_at = datetime.fromisoformat(details["expected_at"]) if details["expected_at"] else None
    facts = refund_facts(decision, amount, expected_at, details["reason"] or None)
    await check_nothing_runs(connection, replace(ticket_from(row), **facts))
    return await do_action(connection, row, call.move(action, promise_at=expected_at, facts=facts), reason=reason)


async def ask_second(
    connection: AsyncConnection, call: Call, row: Row[Any], action: Action, details: dict[str, Any],
    amount: Decimal | None,
) -> Answer:  # fmt: skip
    """Let it wait for a second person, but not beyond the time that the customer would be told."""
    expires_at = call.now + timedelta(hours=call.settings.approval_hours)
    if details.get("expected_at"):
        expires_at = min(expires_at, datetime.fromisoformat(details["expected_at"]))
    approval_no = await approvals.ask(connection, row.id, action, details, amount, call.actor, call.now, expires_at)
    await do_action(connection, row, call.move(Action.APPROVAL_ASKED), reason=f"{approval_no} {action}")
    return ACCEPTED, {
        "ticket_no": row.ticket_no, "action": action.value, "state": "approval_needed", "approval_no": approval_no,
        "expires_at": expires_at.astimezone(UTC).isoformat(),
    }  # fmt: skip


async def decide(connection: AsyncConnection, call: Call, approval_no: str, body: DecisionBody) -> Answer:
    """The second person's word; with a yes it is done at once."""
    found = await approval_of(connection, approval_no)
    if found is None:
        raise NotFoundError
    row = await case_in(connection, found.ticket_no)
    approval = await approval_of(connection, approval_no) or found
    check_approver(approval, call.actor, call.now)
    if body.decision == "rejected":
        await approvals.settle(connection, approval_no, ApprovalState.REJECTED, call.actor.name, call.now)
        reason = " ".join(filter(None, (approval_no, body.reason)))
        await do_action(connection, row, call.move(Action.APPROVAL_DENIED), reason=reason)
        return 200, _decided(approval, ApprovalState.REJECTED)
    next_stage(stage_of(ticket_from(row)), approval.action)
    await approvals.settle(connection, approval_no, ApprovalState.APPROVED, call.actor.name, call.now)
    asked_by = approval.asked_by.name
    if approval.action is Action.REFUND_APPROVED:
        reason = f"{approval_no} asked for by {asked_by}"
        done = await write_refund(connection, call, row, dict(approval.details), reason)
        return done_answer(done, approval.action)
    check_still_owed(ticket_from(row), approval.action)
    operation = Operation(
        operation_no=operation_no_of(approval_no), action=approval.action, actor=call.actor,
        reason=approval.details.get("reason", ""), asked_by=asked_by, target=approval.details.get("target", ""),
    )  # fmt: skip
    await operations.start(connection, row.id, operation, call.now)
    return GOES_ON, {"operation_no": operation.operation_no}


def done_answer(done: Done, action: Action) -> Answer:
    """What was done and how the case stands now."""
    return 200, {"action": action.value, "state": "done", **standing(done.ticket), "message_id": done.message_id}


def standing(ticket: Ticket) -> dict[str, Any]:
    """How a case stands, in short."""
    return {
        "ticket_no": ticket.ticket_no,
        "status": ticket.status.value,
        "stage": stage_of(ticket).value,
        "priority": ticket.priority.value,
        "assignee": ticket.assignee,
        "next_promise_at": ticket.next_promise_at.isoformat() if ticket.next_promise_at else None,
    }


def check_future(now: datetime, **times: datetime | None) -> None:
    """Nobody promises the past, nor what no calendar holds; raises InvalidError with the names."""
    wrong = [name for name, moment in times.items() if moment and not now < moment <= LAST_DAY]
    if wrong:
        raise InvalidError(fields=wrong)


def _decided(approval: Approval, state: ApprovalState) -> dict[str, Any]:
    return {
        "ticket_no": approval.ticket_no, "action": approval.action.value, "state": state.value,
        "approval_no": approval.approval_no,
    }  # fmt: skip
