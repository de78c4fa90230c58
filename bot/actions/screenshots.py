"""Which screenshots a case still needs; where the record decides, none (pure)."""

from collections.abc import Sequence
from typing import Any

from bot.actions.words import word

BILL, ORDER_PAGE, ERROR_PAGE = "bill", "order_page", "error_page"
ALL = (BILL, ORDER_PAGE, ERROR_PAGE)
# What was sent counts for, by the kind that was read.
SHOWN = {"WECHAT_BILL": BILL, "ALIPAY_BILL": BILL, "ORDER_PAGE": ORDER_PAGE, "ERROR_PAGE": ERROR_PAGE}
# Diagnoses that a picture helps with; for all others the records tell more than any picture.
WANTED: dict[str, tuple[str, ...]] = {
    "ORDER_UNKNOWN": ALL,
    "PAYMENT_CLAIMED": ALL,
    "PAYMENT_UNKNOWN": (BILL,),
    "EVIDENCE_CONFLICT": (BILL,),
    "PAID_NO_ORDER": (BILL, ORDER_PAGE),
    "ORDER_NOT_FOUND": (BILL, ORDER_PAGE),
    "REFUNDED": (BILL,),
    "REFUNDING": (BILL,),
    "REFUNDED_NO_ORDER": (BILL,),
    "PAYMENT_FAILED": (ERROR_PAGE,),
    "PAYMENT_BLOCKED": (ERROR_PAGE,),
    "UNPAID_ACCOUNT_BLOCKED": (ERROR_PAGE,),
    "ACCOUNT_REVIEW": (ERROR_PAGE,),
    "DELIVERED_NOT_SEEN": (ORDER_PAGE,),
    "WRONG_TARGET": (ORDER_PAGE,),
    "WRONG_INPUT": (ORDER_PAGE,),
    "WRONG_TYPE": (ORDER_PAGE,),
}
MOVED = ("PAID", "PROCESSING", "HELD", "PARTIALLY_REFUNDED", "REFUNDED")


def record_decides(case: dict[str, Any]) -> bool:
    """Whether a record says what became of the money, so that no bill is needed."""
    payment = (((case.get("order") or {}).get("states") or {}).get("payment")) or {}
    known = payment.get("source") in ("GATEWAY", "PLATFORM") and payment.get("value") in MOVED
    return known and case.get("next") != "evidence"


def wanted_screenshots(case: dict[str, Any], readings: Sequence[dict[str, Any]]) -> list[str]:
    """The pages that are still missing."""
    diagnosis = case.get("diagnosis")
    wanted = WANTED.get(diagnosis, ()) if diagnosis else ALL
    if case.get("ticket_type") == "PAYMENT_VERIFY" and BILL not in wanted:
        wanted = (BILL, *wanted)
    shown = {SHOWN.get(each["kind"] or "") for each in readings if each["verdict"] not in ("DUPLICATE", "UNREADABLE")}
    return [each for each in wanted if each not in shown]


def screenshots_hint(case: dict[str, Any], readings: Sequence[dict[str, Any]], language: str) -> str:
    """What to say of screenshots before a ticket is sent."""
    wanted = wanted_screenshots(case, readings)
    if not wanted:
        return word("screenshots_enough", language)
    pages = ("、" if language == "zh" else ", ").join(word(f"screenshot_{each}", language) for each in wanted)
    return word("screenshots_wanted", language).format(pages=pages)
