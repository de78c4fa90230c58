"""The tickets that this customer may see: their own, those of the proven order, and those they resumed by a code."""

import re
from typing import Any

from bot.actions.turn import Turn
from bot.errors import NotFoundError

Case = dict[str, Any]
DONE = ("resolved", "closed")
_NUMBER = re.compile(r"TK\d{6}[0-9A-F]{6}", re.IGNORECASE)


def is_live(case: Case) -> bool:
    """Whether somebody still works on it."""
    return case["status"] not in DONE


async def cases_of(turn: Turn) -> list[Case]:
    """All of them: those that are worked on first, then the newest first."""
    found: dict[str, Case] = {}
    if turn.proof:
        try:
            for each in await turn.backend.tickets(order_no=turn.slot("order_no"), proof=turn.proof):
                found[each["ticket_no"]] = each
        except NotFoundError:
            pass  # The proof ran out on its way.
    for ref in turn.customer_refs:
        for each in await turn.backend.tickets(customer_ref=ref):
            found.setdefault(each["ticket_no"], each)
    return sorted(found.values(), key=lambda each: (is_live(each), each["created_at"]), reverse=True)


async def case_of(turn: Turn, ticket_no: str) -> Case | None:
    """One ticket with its history, as `seen_as` one of this customer's names; None when it is not theirs."""
    for ref in turn.customer_refs:
        try:
            case = await turn.backend.ticket(ticket_no, customer_ref=ref, proof=turn.proof)
        except NotFoundError:
            continue
        return {**case, "seen_as": ref}
    return None


async def newest_case(turn: Turn) -> Case | None:
    """The ticket that "my ticket" means, with its history: of the proven order before others."""
    cases = await cases_of(turn)
    if not cases:
        return None
    proven = turn.slot("order_no") if turn.proof else None
    meant = next((each for each in cases if proven and each.get("order_no") == proven), cases[0])
    return await case_of(turn, meant["ticket_no"]) or meant


def number_in(text: str) -> str | None:
    """The ticket number in a text."""
    match = _NUMBER.search(text)
    return match[0].upper() if match else None
