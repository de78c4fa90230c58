"""Where the case is: at which stage, who has it, what was said last, what is promised, what it waits for."""

from bot.actions.base import DialogAction
from bot.actions.cases import Case, case_of, cases_of, is_live, newest_case, number_in
from bot.actions.step3 import due_at, say_step3
from bot.actions.turn import Turn
from bot.actions.words import has_word, word
from bot.formats import clock, money

MOST_OTHERS = 4


def say_ticket(turn: Turn, case: Case | None) -> None:
    """Everything about one case, then the next step."""
    if case is None:
        turn.say("utter_no_ticket")
        return
    turn.set(ticket_no=case["ticket_no"] if is_live(case) else None)
    turn.say(
        "utter_ticket_status",
        ticket_no=case["ticket_no"],
        status=word(f"status_{case['status']}", turn.language),
        created_at=clock(case["created_at"]),
        holder=holder_of(case, turn.language),
    )
    if last := last_words(case):
        turn.say("utter_ticket_last_reply", words=last["text"], answered_at=clock(last["at"]))
    if case.get("refund"):
        say_refund(turn, case)
    say_next_step(turn, case)


def say_next_step(turn: Turn, case: Case) -> None:
    """What the customer can do or wait for."""
    number = case["ticket_no"]
    if case["status"] == "resolved":
        turn.say("utter_ticket_resolved", ticket_no=number)
    elif not is_live(case):
        turn.say("utter_ticket_closed")
    elif case.get("waiting_for") == "customer":
        turn.say("utter_ticket_needs_you", ticket_no=number)
    elif case["step3"]["offer"]:
        say_step3(turn, case)
    elif case.get("last_agent_reply_at"):
        turn.say("utter_ticket_answered", ticket_no=number, due_at=due_at(case))
    else:
        turn.say("utter_ticket_wait", due_at=due_at(case))


def say_refund(turn: Turn, case: Case) -> None:
    """The newest decision about a refund."""
    refund = case["refund"]
    amount = " " + money(refund["amount"]) if refund.get("amount") and _is_own(turn, case) else ""
    if refund["decision"] == "approved":
        expected_at = clock(refund.get("expected_at"))
        name = "utter_ticket_refund_approved_until" if expected_at else "utter_ticket_refund_approved"
        turn.say(name, amount=amount, expected_at=expected_at)
    else:
        turn.say("utter_ticket_refund_rejected", reason=refund.get("reason") or word("unknown", turn.language))


def holder_of(case: Case, language: str) -> str:
    """Who has the next word, and what it waits for."""
    holder = case.get("holder") or {"kind": "queue" if is_live(case) else "nobody"}
    name = f"holder_{holder['kind']}"
    if holder.get("name"):
        return word(f"{name}_named", language).format(who=holder["name"])
    return word(name if has_word(name) else "holder_queue", language)


def last_words(case: Case) -> dict[str, str] | None:
    """What a person of the shop wrote last, if the customer has not answered since."""
    said = [each for each in case.get("history") or () if each.get("text") and each["by"] in ("agent", "customer")]
    return said[-1] if said and said[-1]["by"] == "agent" else None


def _is_own(turn: Turn, case: Case) -> bool:
    """Whether the customer need not have proved more to see sums."""
    return bool(case.get("seen_as", turn.customer_ref) == turn.customer_ref)


class ActionCheckTicket(DialogAction):
    """How the ticket stands, on request; the one that is named, else the one that is worked on."""

    action_name = "action_check_ticket"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        named = number_in(turn.text) if turn.typed else turn.entities.get("about")
        case = await case_of(turn, str(named)) if named else None
        case = case or await newest_case(turn)
        say_ticket(turn, case)
        if case and not named:
            others = [each["ticket_no"] for each in await cases_of(turn) if is_live(each)]
            others = [each for each in others if each != case["ticket_no"]][:MOST_OTHERS]
            if others:
                turn.say("utter_ticket_others", others="\n".join(others), first=others[0])
