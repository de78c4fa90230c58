"""How the ticket stands, and the ways beyond it once the promise is broken."""

from typing import Any

from bot.actions.asides import answer_aside
from bot.actions.base import DialogAction
from bot.actions.diagnosis import say_next
from bot.actions.formats import clock
from bot.actions.soothing import COMPLAINTS_BEFORE_HUMAN, call_human_for_complaint, count_complaint
from bot.actions.turn import Turn
from bot.actions.words import word

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


class ActionEscalate(DialogAction):
    """A complaint: step 3 when its condition holds; else one human sentence, then action, and soon a human."""

    action_name = "action_escalate"

    async def answer(self, turn: Turn) -> None:
        if answer_aside(turn):
            return
        turn.leave_form()
        ticket = await newest_ticket(turn)
        is_open = ticket is not None and ticket["status"] not in DONE
        if ticket and is_open and ticket["step3"]["offer"]:
            say_step3(turn, ticket)
            return
        count = count_complaint(turn)
        if count >= COMPLAINTS_BEFORE_HUMAN:
            call_human_for_complaint(turn)
        elif ticket and is_open:
            response = "utter_step3_not_yet" if count == 1 else "utter_ticket_wait"
            turn.say(response, ticket_no=ticket["ticket_no"], due_at=due_at(ticket))
        elif turn.proof and turn.case.get("next"):
            if count == 1:
                turn.say("utter_sorry")
            say_next(turn, turn.case)
        else:
            turn.say("utter_complain" if count == 1 else "utter_complain_again")
            turn.set(offer="report")
