"""What was read from a customer's pictures: which one counts, how it is told, and what it fills in (pure)."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.actions.words import has_word, word
from bot.formats import clock, time_from
from bot.numbers import find_reference

# One entry of the slot `readings`: the answer of the check without what the backend said of the payment. `order_no` is
# the order that the picture was compared with; None when none was proven then.
Entry = dict[str, Any]

BILLS = ("WECHAT_BILL", "ALIPAY_BILL")
# Nobody could read it yet; this is no verdict of the backend.
UNREAD = "UNREAD"
# Of several pictures the first of these is answered.
ORDER = ("MATCHED", "CONFLICT", "CLAIMED", "INCOMPLETE", "DUPLICATE", "UNREADABLE", "NOT_A_BILL", None, UNREAD)
# A picture with one of these says nothing about this payment.
USELESS = ("DUPLICATE", "UNREADABLE", "NOT_A_BILL", UNREAD)
SLOTS = {"channel": "payment_channel", "amount": "payment_amount", "paid_at": "paid_at"}
# Who was paid and from which card is nothing that the dialog needs to remember.
FIELDS = ("channel", "status", "amount", "paid_at", "transaction_no", "merchant_no", "order_no")
ORDER_WORDS = {"PENDING": "order_pending_payment", "PAID": "payment_paid", "CLOSED": "payment_closed"}
# What a status is about: an error page tells of a payment.
PREFIXES = {"ORDER_PAGE": "order", "ERROR_PAGE": "payment"}
BILL_WORDS = {"PENDING": "payment_unpaid", "REFUNDING": "order_refunding"}


def entry_of(check: dict[str, Any], order_no: str | None) -> Entry:
    names = ("evidence_id", "kind", "verdict", "missing", "page", "conflicts")
    read = {name: check["reading"].get(name) for name in FIELDS}
    return {**{name: check.get(name) for name in names}, "reading": read, "order_no": order_no}


def unread_entry(evidence_id: str, verdict: str = UNREAD) -> Entry:
    """For a picture that could not be read."""
    return entry_of(
        {"evidence_id": evidence_id, "verdict": verdict, "reading": {}, "missing": [], "conflicts": []}, None
    )


def is_bill(entry: Entry) -> bool:
    return entry["kind"] in BILLS and entry["verdict"] not in USELESS


def best_of(entries: Iterable[Entry]) -> Entry | None:
    """The picture that the answer is about; of equals the last."""
    return min(reversed(list(entries)), key=lambda each: ORDER.index(each["verdict"]), default=None)


def completed(best: Entry, others: Iterable[Entry]) -> dict[str, Any]:
    """What is read on this bill, with the other half of it from other pictures that contradict nothing of it."""
    read = dict(best["reading"])
    for other in others:
        found = other["reading"]
        if is_bill(other) and all(
            read.get(name) in (None, value) for name, value in found.items() if value is not None
        ):
            read |= {name: value for name, value in found.items() if value is not None}
    return read


def slots_from(read: dict[str, Any]) -> dict[str, str]:
    """The slots of payment_form that this fills."""
    found = {slot: read.get(name) for name, slot in SLOTS.items()}
    moment = time_from(found["paid_at"])
    found["paid_at"] = moment.isoformat() if moment else None
    found["payment_no"] = read.get("transaction_no") or read.get("merchant_no")
    return {slot: str(value) for slot, value in found.items() if value is not None}


def order_number_in(entries: Sequence[Entry]) -> str | None:
    """The number to look the order up by: an order page's, else what a bill calls it, else the payment's own."""
    pages = [each["reading"].get("order_no") for each in entries if each["kind"] in ("ORDER_PAGE", "ERROR_PAGE")]
    bills = [each["reading"] for each in reversed(entries) if is_bill(each)]
    named = [order_named_in(each) for each in bills]
    payments = [each.get("transaction_no") or each.get("merchant_no") for each in bills]
    return next((str(each) for each in (*pages, *named, *payments) if each), None)


def order_named_in(read: dict[str, Any]) -> str | None:
    """The order that a bill names; behind a payment hub its merchant number is no order number."""
    merchant_no = str(read.get("merchant_no") or "")
    reference = find_reference(merchant_no)
    is_order = reference is not None and reference.kind == "order" and reference.value == merchant_no
    return read.get("order_no") or (merchant_no if is_order else None)


def line_of(entry: Entry, language: str) -> str:
    """What was read in one line, such as `微信支付 30.00 元 · 2026-06-25 18:13 · 交易单号 4200…0527`; may be empty."""
    read, kind = entry["reading"], entry["kind"]
    if entry["verdict"] == "UNREADABLE":
        return ""
    if kind in BILLS:
        channel = word(f"channel_{read.get('channel') or kind.split('_')[0]}", language)
        first = " ".join(filter(None, (channel, _sum(read, language))))
        number = next((name for name in ("transaction_no", "merchant_no") if read.get(name)), None)
        parts = [first, _status(read, BILL_WORDS, "payment", language), clock(read.get("paid_at"))]
        parts.append(f"{word(f'field_{number}', language)} {shortened(read[number])}" if number else "")
    elif kind in ("ORDER_PAGE", "ERROR_PAGE"):
        number = f"{word('field_order_no', language)} {read['order_no']}" if read.get("order_no") else ""
        parts = [word(f"kind_{kind}", language), number, _status(read, ORDER_WORDS, PREFIXES[kind], language)]
        parts.append(_sum(read, language))
    else:
        return ""
    return " · ".join(filter(None, parts))


def lines_of(entries: Sequence[Entry], language: str) -> str:
    """The same for several pictures, each on a line of its own."""
    lines = list(dict.fromkeys(filter(None, (line_of(each, language) for each in entries))))
    return lines[0] if len(lines) == 1 else "".join(f"\n{n}. {each}" for n, each in enumerate(lines, 1))


def shortened(number: str) -> str:
    """`4200…0527`: enough to know it again."""
    return number if len(number) <= 12 else f"{number[:4]}…{number[-4:]}"


def example_of(page: str | None, missing: Sequence[str], channel: str | None) -> str:
    """The path of the drawn page, with the one field in a frame if one is missing."""
    if page == "order_page":
        return "/examples/order-page.png"
    alipay = page == "alipay_bill" or (page != "wechat_bill" and channel == "alipay")
    field = f"-{missing[0].replace('_', '-')}" if len(missing) == 1 else ""
    return f"/examples/{'alipay' if alipay else 'wechat'}-bill{field}.png"


def _sum(read: dict[str, Any], language: str) -> str:
    return word("sum", language).format(amount=read["amount"]) if read.get("amount") else ""


def _status(read: dict[str, Any], words: dict[str, str], prefix: str, language: str) -> str:
    """The state that the page names; that a bill was paid goes without saying."""
    status = read.get("status")
    if status is None or (status == "PAID" and words is BILL_WORDS):
        return ""
    names = (words.get(status, f"{prefix}_{status}"), f"order_{status}", f"payment_{status}")
    return next((word(each, language) for each in names if has_word(each)), "")
