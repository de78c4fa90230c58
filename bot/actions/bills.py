"""What the customer says about a bill after it was read, and what is compared once the order is known."""

import re

from bot.actions.diagnosis import case_from, say_refreshed
from bot.actions.meanings import is_correction, normal_line
from bot.actions.payment_values import values_in
from bot.actions.payments import TRANSACTION_NO, VERDICTS, claim_from, field_names
from bot.actions.pictures import KNOWN_BY, Taken, check, judge, look_at_pictures, say_read, say_verdict
from bot.actions.readings import Entry, best_of, is_bill, line_of, slots_from
from bot.actions.turn import Turn

_CLOCK = re.compile(r"\d{1,2}\s?[:：点时]|\d\s?(?:am|pm)\b")
_DENIED_TIME = re.compile(r"不是|\bnot\b")


def newest_bill(turn: Turn) -> Entry | None:
    """The bill that was read last for the order at hand."""
    here = (None, turn.slot("verified_order"))
    bills = [each for each in turn.slot("readings") or [] if is_bill(each) and each["order_no"] in here]
    return bills[-1] if bills else None


def told_of_bill(turn: Turn) -> dict[str, str]:
    """The slots that a typed message puts right, or adds where the bill did not show them."""
    bill = newest_bill(turn) if turn.typed else None
    if bill is None:
        return {}
    lacking = {KNOWN_BY[each] for each in bill["missing"] or [] if each in KNOWN_BY}
    corrects = is_correction(turn.text)
    found = values_in(turn, None)
    if not TRANSACTION_NO.fullmatch(found.get("payment_no", "")):
        found.pop("payment_no", None)  # Another number is rather that of an order.
    line = normal_line(turn.text)
    if not _CLOCK.search(line) or _DENIED_TIME.search(line):
        found.pop("paid_at", None)
    known = slots_from(bill["reading"]) | bill.get("told", {})
    return {slot: value for slot, value in found.items() if slot in lacking or (corrects and value != known.get(slot))}


async def correct_bill(turn: Turn) -> bool:
    """The customer's word is taken as the claim and compared anew; False when the message corrects no bill."""
    corrected = told_of_bill(turn)
    bill = newest_bill(turn)
    if not corrected or bill is None:
        return False
    told = {**bill.get("told", {}), **corrected}
    rest = [each for each in turn.slot("readings") if each["evidence_id"] != bill["evidence_id"]]
    turn.set(**{**slots_from(bill["reading"]), **told}, claim_open=True, readings=[*rest, {**bill, "told": told}])
    names = {
        "channel": "payment_channel",
        "amount": "payment_amount",
        "paid_at": "paid_at",
        "transaction_no": "payment_no",
    }
    values = {name: told[slot] for name, slot in names.items() if slot in told}
    turn.say("utter_bill_corrected", reading=line_of({**bill, "reading": {**bill["reading"], **values}}, turn.language))
    return True


async def check_claim(turn: Turn) -> bool:
    """Compare what the customer says with the record of the proven order and say the verdict; False without a proof."""
    if not turn.proof:
        return False
    result = await turn.backend.verify_payment(
        turn.slot("order_no"), claim_from(turn), turn.customer_ref, proof=turn.proof
    )
    compared = [each | {"order_no": each["order_no"] or turn.slot("order_no")} for each in turn.slot("readings") or []]
    turn.set(claim_open=None, readings=compared)
    verdict = result["verdict"]
    fields = result.get("missing" if verdict == "INCOMPLETE" else "mismatches") or []
    turn.say(VERDICTS[verdict], fields=field_names(fields, turn.language))
    if verdict in ("INCOMPLETE", "CONFLICT"):
        turn.set(offer="evidence")
        if result.get("diagnosis"):
            turn.set(case=case_from(result["diagnosis"], turn.case.get("order")))
    elif result.get("diagnosis"):
        say_refreshed(turn, result["diagnosis"])
    return True


async def answer_correction(turn: Turn) -> bool:
    """Outside of a form: take a correction of a bill and go on with it; False when the message is none."""
    if not await correct_bill(turn):
        return False
    if not await check_claim(turn):
        turn.follow_up("order_form")
    return True


async def check_with_order(turn: Turn) -> Taken | None:
    """Once the order is proven: compare the pictures and claims that came before, and say what they are worth.

    None when there are none, or when nothing new is to be said.
    """
    if turn.slot("unread"):
        taken = await look_at_pictures(turn)
        say_read(turn, taken)
        say_verdict(turn, taken)
        return taken
    waiting = [each for each in turn.slot("readings") or [] if is_bill(each) and each["order_no"] is None]
    bill = best_of(waiting)
    if bill is None or turn.slot("claim_open"):
        return None
    taken = await judge(turn, [await check(turn, bill["evidence_id"])])
    if taken.verdict in ("MATCHED", "CLAIMED", "CONFLICT", "DUPLICATE"):
        say_verdict(turn, taken)
    return taken
