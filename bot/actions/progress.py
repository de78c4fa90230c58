"""How the ticket stands, and the ways beyond it once the promise is broken."""

from typing import Any

from bot.actions.base import DialogAction
from bot.actions.turn import Turn
from bot.actions.words import word
from bot.formats import clock

DONE = ("resolved", "closed")


async def newest_ticket(turn: Turn) -> dict[str, Any] | None:
    """The newest ticket of the proven order, else of this customer, with its step-3 state."""
    if turn.proof:
        tickets = await turn.backend.tickets(order_no=turn.slot("order_no"), proof=turn.proof)
    else:
        tickets = await turn.backend.tickets(customer_ref=turn.customer_ref)
    if not tickets:
        return None
    return await turn.backend.ticket(tickets[0]["ticket_no"], customer_ref=turn.customer_ref, proof=turn.proof)


def say_step3(turn: Turn, ticket: dict[str, Any]) -> None:
    """Complaint first, then the authorities, the platform's own circle last."""
    step3 = ticket["step3"]
    reason = "utter_step3_funds" if step3.get("why") == "funds_at_platform" else "utter_step3_overdue"
    turn.say(reason, ticket_no=ticket["ticket_no"])
    for part in ("complaint", "legal", "platform"):
        if step3.get(part):
            turn.say(f"utter_step3_{part}")


def due_at(ticket: dict[str, Any]) -> str:
    return clock(ticket["step3"].get("at") or ticket.get("reply_by"))


def say_ticket(turn: Turn, ticket: dict[str, Any] | None) -> None:
    """Status, promised time, and the next step."""
    if ticket is None:
        turn.say("utter_no_ticket")
        return
    turn.set(ticket_no=ticket["ticket_no"] if ticket["status"] not in DONE else None)
    turn.say(
        "utter_ticket_status",
        ticket_no=ticket["ticket_no"],
        status=word(f"status_{ticket['status']}", turn.language),
        created_at=clock(ticket["created_at"]),
        reply_by=clock(ticket["reply_by"]),
    )
    if ticket["status"] in DONE:
        turn.say("utter_ticket_closed")
    elif ticket["step3"]["offer"]:
        say_step3(turn, ticket)
    elif ticket.get("last_agent_reply_at"):
        turn.say("utter_ticket_answered", answered_at=clock(ticket["last_agent_reply_at"]))
    else:
        turn.say("utter_ticket_wait", due_at=due_at(ticket))


class ActionCheckTicket(DialogAction):
    """How the ticket stands, on request."""

    action_name = "action_check_ticket"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        say_ticket(turn, await newest_ticket(turn))
