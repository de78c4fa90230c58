"""Say a diagnosis: the order's facts once, what is wrong, and the next step with its buttons."""

from typing import Any

from bot.actions.turn import Turn
from bot.actions.words import word
from bot.formats import clock, money, time_from

# What "yes" accepts after each next step.
OFFERS = {
    "report": "report",
    "wait": "recheck",
    "evidence": "evidence",
    "human": "human",
    "recheck_number": "number",
    "self_check": None,
    "reorder": None,
    "close": None,
}
DEFAULT_WAIT_MINUTES = 5


def case_from(result: dict[str, Any], order: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the slot `case` keeps of a diagnosis answer of the backend."""
    names = ("diagnosis", "cause", "next", "ticket_type", "demand", "priority", "recheck_minutes", "report_after")
    return {**{name: result.get(name) for name in names}, "order": result.get("order") or order}


def demand_text(turn: Turn, case: dict[str, Any]) -> str:
    return word(f"demand_{case.get('demand') or 'verify_funds'}", turn.language)


def say_facts(turn: Turn, order: dict[str, Any]) -> None:
    """The facts of the order, said the first time and when the customer comes back to it."""
    is_known = (turn.case.get("order") or {}).get("order_no") == order.get("order_no") and not turn.case.get("recalled")
    if is_known or not order.get("product"):
        return
    facts = {
        "order_no": order["order_no"],
        "product": order["product"],
        "amount": money(order.get("amount"), order.get("currency")),
    }
    if order.get("target_masked"):
        turn.say("utter_order_facts", target=order["target_masked"], **facts)
    else:
        turn.say("utter_order_facts_card", **facts)


def say_diagnosis(turn: Turn, result: dict[str, Any], *, looked_up: bool = False) -> None:
    """Say it, keep it as the case and set the offer; `looked_up` when the customer asked for just that."""
    case = case_from(result)
    order = case["order"] or {}
    say_facts(turn, order)
    if looked_up and _is_unchanged(turn.case, case):
        turn.say("utter_checked_again")
    turn.say(
        f"utter_diagnosis_{case['diagnosis'].lower()}",
        target=order.get("target_masked") or "-",
        window=order.get("window_minutes") or turn.settings.delivery_window_minutes,
    )
    if order.get("pickup_url"):
        turn.say("utter_pickup_page", pickup_url=order["pickup_url"])
    turn.set(case=case)
    incident = result.get("incident")
    if incident:
        turn.set(offer=None)
        disturbed = disturbed_by(incident, turn.language)
        turn.say("utter_incident_known", disturbed=disturbed, since=clock(incident.get("since")))
    if order.get("open_ticket_no"):
        turn.set(ticket_no=order["open_ticket_no"], offer=None)
        turn.say("utter_open_ticket_known", ticket_no=order["open_ticket_no"])
    elif _fault_is_open(turn, order):
        turn.say("utter_wrong_info_kind")
    elif not incident:
        say_next(turn, case)


def say_refreshed(turn: Turn, result: dict[str, Any]) -> None:
    """After new evidence: the diagnosis if it is another one now, else only the next step."""
    case = case_from(result, turn.case.get("order"))
    open_ticket = (case["order"] or {}).get("open_ticket_no")
    if turn.case.get("recalled") or open_ticket or not _is_unchanged(turn.case, case):
        say_diagnosis(turn, result)
        return
    turn.set(case=case)
    say_next(turn, case)


def disturbed_by(incident: dict[str, Any], language: str) -> str:
    """What an incident disturbs; customers do not know the shop's suppliers by name."""
    is_named = incident.get("name") and incident.get("scope") != "supplier"
    return str(incident["name"]) if is_named else word("incident_supplier", language)


def _is_unchanged(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """The same diagnosis of the same order once more, so the customer should see that it was really looked at."""
    numbers = [(each.get("order") or {}).get("order_no") for each in (before, now)]
    return bool(numbers[0]) and numbers[0] == numbers[1] and before.get("diagnosis") == now["diagnosis"]


def _fault_is_open(turn: Turn, order: dict[str, Any]) -> bool:
    """The customer speaks of wrong details, but not of which, and the platform knows nothing of it."""
    known = ((order.get("states") or {}).get("input") or {}).get("value")
    return turn.slot("symptom") == "wrong_info" and not turn.slot("input_claim") and known in (None, "UNKNOWN", "OK")


def say_next(turn: Turn, case: dict[str, Any]) -> None:
    """The next step in words and buttons."""
    step = case["next"] if case["next"] in OFFERS else "human"
    turn.set(offer=OFFERS[step])
    due = time_from(case.get("report_after"))
    if step == "wait" and due and due > turn.now:
        turn.say("utter_next_wait_until", report_after=clock(due))
        return
    minutes = (case.get("recheck_minutes") or [DEFAULT_WAIT_MINUTES])[0]
    turn.say(
        f"utter_next_{step}",
        minutes=minutes,
        demand_text=demand_text(turn, case),
        reply_hours=turn.settings.reply_promise_hours,
    )
