"""Pictures: read at once, said what was read and what it is worth, and kept for the ticket."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from bot.actions.base import DialogAction
from bot.actions.diagnosis import say_next, say_refreshed
from bot.actions.payments import claim_from, field_names, keep_case
from bot.actions.readings import (
    BILLS,
    UNREAD,
    Entry,
    best_of,
    completed,
    entry_of,
    example_of,
    is_bill,
    lines_of,
    order_named_in,
    order_number_in,
    slots_from,
    unread_entry,
)
from bot.actions.screenshots import record_decides
from bot.actions.turn import Turn
from bot.actions.words import UNKNOWN, word
from bot.errors import EvidenceReaderBusyError, HelpdeskError, NotFoundError

log = logging.getLogger(__name__)

MOST_PICTURES = 12
# Seconds; a little less than the gateway waits for an answer of Rasa.
PATIENCE, PAUSE = 16.0, 0.5
USELESS_SAYS = {
    "DUPLICATE": "utter_picture_duplicate",
    "UNREADABLE": "utter_picture_unreadable",
    "NOT_A_BILL": "utter_picture_not_a_bill",
}
NOTED = "utter_picture_noted"
# Where the record says what became of the money, no better picture is asked for.
NOT_NEEDED = {"INCOMPLETE": "utter_picture_enough", "UNREADABLE": "utter_picture_enough", "NOT_A_BILL": NOTED}
# A field of a bill and the slot that holds it however the customer told it; a status is only on a picture.
KNOWN_BY = {"transaction_no": "payment_no", "amount": "payment_amount", "paid_at": "paid_at"}


@dataclass
class Taken:
    """The pictures of one message; `best` is the one to answer, `checked` what the backend says of the payment."""

    entries: list[Entry]
    best: Entry | None
    verdict: str | None = None
    fields: list[str] = field(default_factory=list)
    checked: dict[str, Any] | None = None
    other_order: str | None = None  # the order that a picture names when it was compared with another


def note_pictures(turn: Turn) -> list[str]:
    """Keep the pictures of this message in the slot `pictures`; their evidence ids."""
    new = [each for each in str(turn.entities.get("evidence_id") or "").split(",") if each]
    kept = [each for each in turn.slot("pictures") or [] if each not in new]
    if new:
        turn.set(pictures=[*kept, *new][-MOST_PICTURES:])
    return new


async def look_at_pictures(turn: Turn) -> Taken:
    """Read the pictures of this message, and those that could not be read before; fill in what they say."""
    waiting = [*(turn.slot("unread") or []), *note_pictures(turn)]
    ids = list(dict.fromkeys(waiting))[-MOST_PICTURES:]
    return await judge(turn, list(await asyncio.gather(*(check(turn, each) for each in ids))))


async def check(turn: Turn, evidence_id: str) -> tuple[Entry, dict[str, Any] | None]:
    """One picture, compared with the proven order if there is one, and what the backend says of its payment."""
    order_no = turn.slot("order_no") if turn.proof else None
    for number, proof in ((order_no, turn.proof), (None, None)):
        try:
            async with asyncio.timeout(PATIENCE):
                found = await _ask(turn, evidence_id, number, proof)
        except NotFoundError:  # The proof has just expired, or it is no picture of this customer.
            continue
        except (HelpdeskError, TimeoutError) as error:
            log.warning("a picture could not be read: %s", getattr(error, "code", "timeout"))
            return unread_entry(evidence_id), None
        return entry_of(found, number), found.get("checked")
    return unread_entry(evidence_id, "UNREADABLE"), None


async def _ask(turn: Turn, evidence_id: str, order_no: str | None, proof: str | None) -> dict[str, Any]:
    """The check of the backend; while others' pictures are read first, ask again."""
    while True:
        try:
            return dict(await turn.backend.check_evidence(evidence_id, turn.customer_ref, order_no, proof=proof))
        except EvidenceReaderBusyError:
            await asyncio.sleep(PAUSE)


async def judge(turn: Turn, found: list[tuple[Entry, dict[str, Any] | None]]) -> Taken:
    """What these pictures are worth together with what was read and typed before."""
    entries = [entry for entry, _ in found]
    best = best_of(entries)
    taken = Taken(entries, best)
    if best is None:
        return taken
    taken.verdict = best["verdict"]
    taken.other_order = _other_order(best)
    taken.checked = next(checked for entry, checked in found if entry is best)
    if taken.verdict == "CONFLICT" and best["order_no"] is None:
        taken.verdict = "CLAIMED"  # There is nothing yet that it could contradict; it is compared with the order later.
    taken.fields = list((best["conflicts"] if taken.verdict == "CONFLICT" else best["missing"]) or [])
    if is_bill(best):
        earlier = [each for each in turn.slot("readings") or [] if each["verdict"] == "INCOMPLETE"]
        halves = [*entries, *earlier] if taken.verdict == "INCOMPLETE" else []
        # A whole bill takes the place of what was claimed before.
        turn.set(**slots_from(completed(best, halves)), paid_claim=True, claim_open=None)
        taken.fields = [each for each in taken.fields if taken.verdict == "CONFLICT" or not _is_known(turn, each)]
        if taken.verdict == "INCOMPLETE" and not taken.fields:
            await _check_together(turn, taken)
    _remember(turn, taken)
    return taken


def _is_known(turn: Turn, name: str) -> bool:
    return name in KNOWN_BY and turn.slot(KNOWN_BY[name]) not in (None, UNKNOWN)


async def _check_together(turn: Turn, taken: Taken) -> None:
    """Two halves of a bill, or a picture and what was typed: together they are a whole claim."""
    taken.verdict = "CLAIMED"
    if not turn.proof:
        turn.set(claim_open=True)
        return
    try:
        result = await turn.backend.verify_payment(
            turn.slot("order_no"), claim_from(turn), turn.customer_ref, proof=turn.proof
        )
    except HelpdeskError:
        turn.set(claim_open=True)  # It is compared when the order is looked up next.
        return
    taken.verdict, taken.checked = result["verdict"], result
    taken.fields = list(result.get("missing" if taken.verdict == "INCOMPLETE" else "mismatches") or [])


def _remember(turn: Turn, taken: Taken) -> None:
    if taken.best and taken.other_order:
        turn.set(other_order=taken.other_order)
        taken.best |= {"order_no": None, "verdict": "CLAIMED"}  # It is still to be compared with its own order.
    new = {each["evidence_id"] for each in taken.entries}
    unread = [each["evidence_id"] for each in taken.entries if each["verdict"] == UNREAD]
    read = [each for each in taken.entries if each["verdict"] != UNREAD]
    kept = [each for each in turn.slot("readings") or [] if each["evidence_id"] not in new]
    turn.set(readings=[*kept, *read][-MOST_PICTURES:], unread=unread)


def _other_order(entry: Entry) -> str | None:
    """The order that this picture is about, if it was compared with another one; what stands on it is no secret."""
    named = order_named_in(entry["reading"]) if entry["kind"] in BILLS else entry["reading"].get("order_no")
    if entry["kind"] in BILLS and entry["verdict"] not in ("CONFLICT", "DUPLICATE"):
        return None
    return str(named) if named and entry["order_no"] and named != entry["order_no"] else None


def say_read(turn: Turn, taken: Taken) -> None:
    """What was read, so that the customer can contradict."""
    if reading := lines_of(taken.entries, turn.language):
        turn.say("utter_picture_read", reading=reading)


def say_verdict(turn: Turn, taken: Taken, *, note: bool = True) -> None:
    """What the pictures are worth, and exactly what else is needed; `note` to say that one was simply received."""
    response, values = _verdict_of(turn, taken)
    if response and (note or response != NOTED):
        turn.say(response, **values)
    if any(each["verdict"] == UNREAD for each in taken.entries):
        turn.say("utter_picture_unread", evidence_id=",".join(turn.slot("unread")))


def _verdict_of(turn: Turn, taken: Taken) -> tuple[str | None, dict[str, Any]]:
    """The sentence and what fills it."""
    best, verdict, order_no = taken.best, taken.verdict, turn.slot("order_no")
    if best is None or verdict == UNREAD:
        return None, {}
    if taken.other_order:
        return "utter_picture_other_order", {"order_no": order_no, "other_order": taken.other_order}
    if verdict == "MATCHED":
        return "utter_picture_matched", {"order_no": order_no}
    if verdict == "CLAIMED":
        return "utter_picture_claimed" if turn.proof else "utter_picture_complete", {}
    if verdict == "CONFLICT":
        return "utter_picture_conflict", {"fields": field_names(taken.fields, turn.language)}
    if verdict in NOT_NEEDED and turn.proof and record_decides(turn.case):
        return NOT_NEEDED[verdict], {}
    channel = turn.slot("payment_channel")
    if verdict == "INCOMPLETE":
        fields, page = field_names(taken.fields, turn.language), _page_name(turn, best.get("page"))
        example = example_of(best.get("page"), taken.fields, channel)
        return "utter_picture_incomplete", {"fields": fields, "page": page, "example": example}
    if verdict in USELESS_SAYS:
        return USELESS_SAYS[verdict], {"example": example_of(best.get("page"), [], channel)}
    if best["kind"] == "ORDER_PAGE" and not best["reading"].get("order_no") and not turn.proof:
        return "utter_picture_no_order_no", {"example": example_of("order_page", [], None)}
    return NOTED, {}


def _page_name(turn: Turn, page: str | None) -> str:
    return word(f"page_{page or 'bill'}", turn.language)


async def add_to_ticket(turn: Turn, taken: Taken) -> bool:
    """Add the pictures and what was read to the open ticket; they stay in the slot when it cannot be reached."""
    ticket_no = turn.slot("ticket_no")
    if not ticket_no or not turn.slot("pictures"):
        return False
    text = lines_of(taken.entries, turn.language).strip()
    body = {"author": "customer", "text": text, "evidence": turn.slot("pictures"), "customer_ref": turn.customer_ref}
    key = f"{turn.message_id}:picture"
    try:
        await turn.backend.add_ticket_message(ticket_no, body, idempotency_key=key, proof=turn.proof)
    except HelpdeskError as error:
        log.warning("a picture waits for the next report: %s", error.code)
        return False
    turn.set(pictures=[])
    return True


class ActionReadPicture(DialogAction):
    """A picture outside of a form: what was read, whether it fits, and the next step."""

    action_name = "action_read_picture"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        if turn.news:
            turn.set(ticket_no=turn.news)  # Whoever asked there gets it.
        taken = await look_at_pictures(turn)
        added = await add_to_ticket(turn, taken)
        say_read(turn, taken)
        say_verdict(turn, taken, note=not added)
        go_on(turn, taken, added)

    def on_error(self, turn: Turn, error: HelpdeskError) -> None:
        note_pictures(turn)
        turn.say("utter_picture_unread", evidence_id=str(turn.entities.get("evidence_id") or ""))


def calls_human(taken: Taken) -> bool:
    """A bill that contradicts the record is for a human; one of another order of the customer is none."""
    return taken.verdict == "CONFLICT" and not taken.other_order


def call_human(turn: Turn, taken: Taken) -> None:
    keep_case(turn, taken.checked or {})
    turn.handoff("conflict")
    turn.set(offer=None)


def go_on(turn: Turn, taken: Taken, added: bool) -> None:
    """The way on after a picture: a human, the ticket, the order's next step, or first of all the order."""
    if calls_human(taken):
        call_human(turn, taken)
    elif taken.other_order:
        turn.set(offer=None)  # Its sentence has the button to that order.
    elif added:
        keep_case(turn, taken.checked or {})
        turn.say("utter_picture_added", ticket_no=turn.slot("ticket_no"))
    elif taken.verdict == UNREAD:
        turn.set(offer="report")
    elif turn.proof:
        _go_on_with_order(turn, taken)
    else:
        if turn.slot("order_no") is None:
            turn.set(order_no=order_number_in(taken.entries))
        turn.follow_up("order_form")


def _go_on_with_order(turn: Turn, taken: Taken) -> None:
    diagnosis = (taken.checked or {}).get("diagnosis")
    if diagnosis and taken.verdict in ("MATCHED", "CLAIMED"):
        say_refreshed(turn, diagnosis)
        return
    keep_case(turn, taken.checked or {})
    if turn.case.get("next") == "evidence" and (taken.verdict == "INCOMPLETE" or taken.verdict in USELESS_SAYS):
        turn.set(offer="evidence")
        turn.say("utter_picture_again")
    elif turn.case.get("next"):
        say_next(turn, turn.case)
    else:
        turn.say("utter_what_next")
