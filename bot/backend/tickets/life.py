"""The life of a ticket: which action is possible at which stage, and what it leads to. Pure rules."""

from enum import StrEnum

from bot.backend.tickets.model import Status, Ticket, Waiting
from bot.errors import ActionRefusedError


class Stage(StrEnum):
    """Where a ticket is. A merged one lives on in its survivor and never changes again."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_UPSTREAM = "waiting_upstream"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"


LIVE_STAGES = (Stage.QUEUED, Stage.IN_PROGRESS, Stage.WAITING_CUSTOMER, Stage.WAITING_UPSTREAM)

STATUS_OF = {
    Stage.QUEUED: Status.OPEN,
    Stage.IN_PROGRESS: Status.PENDING,
    Stage.WAITING_CUSTOMER: Status.PENDING,
    Stage.WAITING_UPSTREAM: Status.PENDING,
    Stage.RESOLVED: Status.RESOLVED,
    Stage.CLOSED: Status.CLOSED,
    Stage.MERGED: Status.CLOSED,
}
WAITING_OF = {Stage.WAITING_CUSTOMER: Waiting.CUSTOMER, Stage.WAITING_UPSTREAM: Waiting.UPSTREAM}
_WAITING_STAGE = {waiting: stage for stage, waiting in WAITING_OF.items()}
_STAGE_OF = {
    Status.OPEN: Stage.QUEUED,
    Status.PENDING: Stage.IN_PROGRESS,
    Status.RESOLVED: Stage.RESOLVED,
    Status.CLOSED: Stage.CLOSED,
}


class Action(StrEnum):
    """What can be done to a ticket; `OPEN` is its beginning and has no row in the table."""

    OPEN = "open"
    REPORT = "report"
    CUSTOMER_MESSAGE = "customer_message"
    REPLY = "reply"
    NOTE = "note"
    SYSTEM_MESSAGE = "system_message"
    ASSIGN = "assign"
    RELEASE = "release"
    WAIT_CUSTOMER = "wait_customer"
    WAIT_UPSTREAM = "wait_upstream"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"
    ABSORB = "absorb"
    CHANGE = "change"
    REQUERY = "requery"
    REPUSH = "repush"
    DELIVERED = "delivered"
    CORRECT_INPUT = "correct_input"
    REFUNDED = "refunded"
    REFUND_APPROVED = "refund_approved"
    REFUND_REJECTED = "refund_rejected"
    PROMISE_BROKEN = "promise_broken"
    RATE = "rate"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_DENIED = "approval_denied"


class Refusal(StrEnum):
    """Why an action is not possible now."""

    ALREADY = "already"  # it is so already
    FINISHED = "finished"  # the case is resolved or closed: reopen it, or report again
    CLOSED = "closed"  # the case is closed: reopen it
    NOT_FINISHED = "not_finished"  # only a resolved or closed case can be reopened
    NOT_WAITING = "not_waiting"  # nothing is waited for
    NO_PROMISE = "no_promise"  # the customer has the next word
    MERGED = "merged"  # another ticket has taken this one's place


_Q, _P, _C, _U, _R, _K, _M = Stage
_done, _shut, _gone, _same = Refusal.FINISHED, Refusal.CLOSED, Refusal.MERGED, Refusal.ALREADY
_early, _idle = Refusal.NOT_FINISHED, Refusal.NOT_WAITING

Outcome = Stage | Refusal
# Each row: what the action makes of a ticket that is queued, in progress, waiting for the customer, waiting for
# upstream, resolved, closed, merged.
_ROWS: dict[Action, tuple[Outcome, ...]] = {
    Action.REPORT: (_Q, _P, _P, _U, _done, _done, _gone),
    Action.CUSTOMER_MESSAGE: (_Q, _P, _P, _U, _Q, _shut, _gone),
    Action.REPLY: (_P, _P, _C, _U, _R, _K, _gone),
    Action.NOTE: (_Q, _P, _C, _U, _R, _K, _gone),
    Action.SYSTEM_MESSAGE: (_Q, _P, _C, _U, _R, _K, _gone),
    Action.ASSIGN: (_P, _P, _C, _U, _done, _done, _gone),
    Action.RELEASE: (_Q, _Q, _C, _U, _done, _done, _gone),
    Action.WAIT_CUSTOMER: (_C, _C, _C, _C, _done, _done, _gone),
    Action.WAIT_UPSTREAM: (_U, _U, _U, _U, _done, _done, _gone),
    Action.RESUME: (_idle, _idle, _P, _P, _done, _done, _gone),
    Action.RESOLVE: (_R, _R, _R, _R, _same, _shut, _gone),
    Action.CLOSE: (_K, _K, _K, _K, _K, _same, _gone),
    Action.REOPEN: (_early, _early, _early, _early, _Q, _Q, _gone),
    Action.MERGE: (_M, _M, _M, _M, _M, _M, _gone),
    Action.ABSORB: (_Q, _P, _C, _U, _done, _done, _gone),
    Action.CHANGE: (_Q, _P, _C, _U, _R, _K, _gone),
    Action.REQUERY: (_Q, _P, _C, _U, _R, _shut, _gone),
    Action.REPUSH: (_U, _U, _U, _U, _done, _done, _gone),
    Action.DELIVERED: (_R, _R, _R, _R, _R, _shut, _gone),
    Action.CORRECT_INPUT: (_Q, _P, _C, _U, _done, _done, _gone),
    Action.REFUNDED: (_R, _R, _R, _R, _R, _shut, _gone),
    Action.REFUND_APPROVED: (_U, _U, _U, _U, _done, _done, _gone),
    Action.REFUND_REJECTED: (_P, _P, _P, _P, _done, _done, _gone),
    Action.PROMISE_BROKEN: (_Q, _P, Refusal.NO_PROMISE, _U, _done, _done, _gone),
    Action.RATE: (_Q, _P, _C, _U, _R, _K, _gone),
    Action.APPROVAL_ASKED: (_Q, _P, _C, _U, _R, _K, _gone),
    Action.APPROVAL_DENIED: (_Q, _P, _C, _U, _R, _K, _gone),
}
TABLE: dict[tuple[Stage, Action], Outcome] = {
    (stage, action): outcome for action, row in _ROWS.items() for stage, outcome in zip(Stage, row, strict=True)
}


def stage_of(ticket: Ticket) -> Stage:
    """The stage that a ticket is at."""
    if ticket.merged_into:
        return Stage.MERGED
    if ticket.status is Status.PENDING and ticket.waiting_for:
        return _WAITING_STAGE[ticket.waiting_for]
    return _STAGE_OF[ticket.status]


def next_stage(stage: Stage, action: Action) -> Stage:
    """The stage after the action; raises ActionRefusedError with the reason."""
    outcome = TABLE[stage, action]
    if isinstance(outcome, Refusal):
        message = f"{action} is not possible while {stage}: {outcome}"
        raise ActionRefusedError(message, action=action.value, stage=stage.value, reason=outcome.value)
    return outcome


def steps_to(stage: Stage, status: Status) -> tuple[Action, ...]:
    """The actions that bring a ticket from this stage to a status, for callers that only know the status."""
    if STATUS_OF[stage] is status:
        return ()
    if status is Status.RESOLVED:
        return (Action.RESOLVE,)
    if status is Status.CLOSED:
        return (Action.CLOSE,)
    reopen = () if stage in LIVE_STAGES else (Action.REOPEN,)
    if status is Status.PENDING:
        return (*reopen, Action.ASSIGN)
    if stage in WAITING_OF:
        return (Action.RESUME, Action.RELEASE)
    return reopen or (Action.RELEASE,)
