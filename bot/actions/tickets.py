"""Open the ticket that the customer confirmed; when the backend is down, hand it to the gateway's outbox."""

from decimal import Decimal
from typing import Any

from bot.actions.ending import FormConclusion
from bot.actions.readings import line_of
from bot.actions.report_form import STATEMENT
from bot.actions.turn import Turn
from bot.actions.words import word
from bot.errors import BackendUnavailableError, NotAuthorizedError, NotFoundError, TicketExistsError
from bot.formats import clock
from bot.texts import RESUME_MARK

# The type of a ticket without a diagnosis, by what the customer complains of.
TYPES = {
    "not_received": "PAYMENT_VERIFY",
    "processing": "PAYMENT_VERIFY",
    "duplicate_charge": "DUPLICATE_PAYMENT",
    "account_restricted": "ACCOUNT_REVIEW",
    "wrong_info": "FIX_INPUT",
    "missing_card": "CARD_MISSING",
    "refund": "REFUND_NOT_SEEN",
}
DEMANDS = {"DUPLICATE_PAYMENT": "REFUND_DUPLICATE", "ACCOUNT_REVIEW": "ACCOUNT_REVIEW", "FIX_INPUT": "FIX_INPUT"}
MOST_WORDS = 5
LONGEST_CONTENT = 2000


class ActionOpenTicket(FormConclusion):
    """201: its number; 409: the open one took the report; backend down: saved for later."""

    action_name = "action_open_ticket"

    async def conclude(self, turn: Turn) -> None:
        if not turn.slot("report_confirmed"):
            turn.say("utter_report_cancelled")
            return
        body = ticket_from(turn)
        key = f"{turn.message_id}:ticket"
        try:
            ticket = await _open(turn, body, key)
            response = "utter_ticket_joined" if ticket.get("joined") else "utter_ticket_opened"
        except TicketExistsError as error:
            ticket, response = error.details, "utter_ticket_joined"
        except BackendUnavailableError:
            turn.say("utter_ticket_saved")
            turn.send(ticket_draft={**body, "idempotency_key": key})
            turn.set(pictures=[])
            return
        turn.say(
            response,
            ticket_no=ticket["ticket_no"],
            created_at=clock(ticket.get("created_at")),
            reply_by=clock(ticket.get("reply_by")),
            resume_code=RESUME_MARK,
        )
        turn.set(ticket_no=ticket["ticket_no"], pictures=[])
        if response == "utter_ticket_opened" and is_large(turn):
            turn.say("utter_amount_human")
            turn.handoff("amount")


def is_large(turn: Turn) -> bool:
    """Whether the sum is one that people follow up themselves."""
    limit = turn.settings.handoff_amount
    amount = (turn.case.get("order") or {}).get("amount")
    return bool(limit and amount) and Decimal(str(amount)) >= limit


async def _open(turn: Turn, body: dict[str, Any], key: str) -> dict[str, Any]:
    """With the proof while it holds; an expired proof leaves the order number as the customer's claim."""
    try:
        return await turn.backend.open_ticket(body, idempotency_key=key, proof=turn.proof)
    except (NotFoundError, NotAuthorizedError):
        if turn.proof is None:
            raise
        return await turn.backend.open_ticket(body, idempotency_key=f"{key}:claimed")


def ticket_from(turn: Turn) -> dict[str, Any]:
    """The body of `POST /v1/tickets`."""
    case = turn.case
    ticket_type = case.get("ticket_type") or TYPES.get(turn.slot("symptom") or "", "OTHER")
    order_no = turn.slot("order_no") or turn.slot("payment_no")
    return {
        "order_no": order_no if order_no != "unknown" else None,
        "type": ticket_type,
        "priority": case.get("priority") or "normal",
        "title": " ".join(filter(None, (ticket_type, order_no))),
        "content": "\n".join(filter(None, (customer_words(turn), read_words(turn))))[:LONGEST_CONTENT],
        **{name: (turn.slot(name) or "")[:300] for name in STATEMENT},
        "demand": case.get("demand") or DEMANDS.get(ticket_type, "VERIFY_FUNDS"),
        "evidence": turn.slot("pictures") or [],
        "conversation_id": turn.conversation_id,
        "customer_ref": turn.customer_ref,
        "language": turn.language,
    }


def customer_words(turn: Turn) -> str:
    """What the customer typed lately, oldest first."""
    texts = [event.get("text") or "" for event in turn.tracker.events if event["event"] == "user"]
    typed = [text for text in texts if text and not text.startswith("/")]
    return "\n".join(typed[-MOST_WORDS:])[:LONGEST_CONTENT]


def read_words(turn: Turn) -> str:
    """What was read from the pictures of this report; a claim, as everything that a customer sends."""
    kept = turn.slot("pictures") or []
    entries = [each for each in turn.slot("readings") or [] if each["evidence_id"] in kept]
    lines = [line for each in entries if (line := line_of(each, turn.language))]
    label = word("picture_shows", turn.language)
    return "\n".join(f"[{label}] {line}" for line in lines)
