"""The third step: the ways beyond the ticket, with what is known so far as one text to copy."""

from bot.actions.base import DialogAction
from bot.actions.cases import Case, case_of, is_live, newest_case
from bot.actions.diagnosis import demand_text
from bot.actions.turn import Turn
from bot.actions.words import UNKNOWN, word
from bot.formats import clock, money, time_from

# What the customer said in the report form.
_SAID = ("initiated_at", "product", "payment_state", "order_state", "payment_no")
# In this order: the payment provider first, the platform's own circle next, the authorities last.
WAYS = ("complaint", "platform", "legal")


def say_step3(turn: Turn, case: Case) -> None:
    """Why, the summary, and the ways that are open."""
    step3 = case["step3"]
    reason = "utter_step3_funds" if step3.get("why") == "funds_at_platform" else "utter_step3_overdue"
    promise = time_from(case.get("next_promise_at"))
    if promise and promise > turn.now:
        turn.say(f"{reason}_until", ticket_no=case["ticket_no"], due_at=clock(promise))
    else:
        turn.say(reason, ticket_no=case["ticket_no"])
    turn.say("utter_step3_summary", lines="\n".join(summary_of(turn, case)))
    for way in WAYS:
        if step3.get(way):
            turn.say(f"utter_step3_{way}")


def say_not_yet(turn: Turn, case: Case) -> None:
    """By when the shop speaks; while the customer has the next word there is nothing to complain of."""
    if case.get("waiting_for") == "customer":
        turn.say("utter_ticket_needs_you", ticket_no=case["ticket_no"])
    else:
        turn.say("utter_step3_not_yet", ticket_no=case["ticket_no"], due_at=due_at(case))


def summary_of(turn: Turn, case: Case) -> list[str]:
    """One line for each fact, what is not known left out.

    Who came by a resume code and has not proved the order gets no more of it than the ticket's number.
    """
    facts: dict[str, str | None] = {}
    if case.get("seen_as", turn.customer_ref) == turn.customer_ref:
        facts |= _order_facts(turn, case)
    created_at, reply_by = clock(case["created_at"]), clock(case.get("reply_by"))
    answered_at = clock(case.get("last_agent_reply_at"))
    facts["ticket"] = word("summary_ticket", turn.language).format(ticket_no=case["ticket_no"], created_at=created_at)
    answer = "summary_answered" if answered_at else "summary_unanswered"
    facts["promise"] = word(answer, turn.language).format(reply_by=reply_by, answered_at=answered_at)
    facts["demand"] = demand_text(turn, case)
    pictures = sum(int(each.get("pictures") or 0) for each in case.get("history") or ())
    facts["proofs"] = word("summary_pictures", turn.language).format(count=pictures) if pictures else None
    return [word(f"summary_line_{name}", turn.language).format(value=value) for name, value in facts.items() if value]


def _order_facts(turn: Turn, case: Case) -> dict[str, str | None]:
    """What the customer said and saw themselves; of the dialog only what belongs to this order."""
    order = turn.case.get("order") or {}
    if order.get("order_no") != case.get("order_no"):
        order = {}
    amount = case.get("amount") or order.get("amount")
    said = {name: turn.slot(name) for name in _SAID if turn.slot("ticket_no") == case["ticket_no"]}
    number = said.get("payment_no")
    return {
        "order": case.get("order_no"),
        "product": order.get("product") or said.get("product"),
        "amount": money(amount, order.get("currency")) if amount else None,
        "paid_at": clock(order.get("paid_at")) or said.get("initiated_at"),
        "payment": number if number and number not in (UNKNOWN, case.get("order_no")) else None,
        "payment_state": said.get("payment_state"),
        "order_state": said.get("order_state"),
    }


class ActionShowStep3(DialogAction):
    """The button below "you may complain now"."""

    action_name = "action_show_step3"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        number = turn.entities.get("about")
        case = await case_of(turn, str(number)) if number else await newest_case(turn)
        if case is None:
            turn.say("utter_no_ticket")
        elif is_live(case) and case["step3"]["offer"]:
            say_step3(turn, case)
        elif is_live(case):
            say_not_yet(turn, case)
        else:
            turn.say("utter_ticket_closed")


def due_at(case: Case) -> str:
    """When the customer hears of the case at the latest."""
    return clock(case.get("next_promise_at") or case["step3"].get("at") or case.get("reply_by"))
