"""What the dialog's trackers tell of a conversation: what was said, which order it was about, what was seen (pure)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.formats import clock
from bot.numbers import normalize_number
from bot.recording.model import Event
from bot.recording.naming import Said, turn_events

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Knowledge:
    """The trackers of all stretches that the bot owned, oldest first."""

    trackers: Sequence[Sequence[Event]]

    def said_to(self, turn_ids: Sequence[str]) -> tuple[Said, ...]:
        """What Rasa said in these turns."""
        found = (turn_events(events, turn_id) for turn_id in turn_ids for events in self.trackers)
        return tuple(said for turn in found if turn for said in turn.said)

    @cached_property
    def first_case(self) -> Mapping[str, Any]:
        """The first diagnosis; empty when nothing was ever looked up."""
        return next((value for name, value in self._changes() if name == "case" and _is_case(value)), {})

    @cached_property
    def last_diagnosis(self) -> str | None:
        """The one that the present stretch knows."""
        case: Any = None
        for event in self.trackers[-1] if self.trackers else ():
            if event.get("event") == "slot" and event.get("name") == "case":
                case = event.get("value")
        return str(case["diagnosis"]) if _is_case(case) else None

    @cached_property
    def readings(self) -> dict[str, Entry]:
        """What was read from each picture, by its id, as it was judged at last."""
        found: dict[str, Entry] = {}
        for name, value in self._changes():
            for each in value or () if name == "readings" else ():
                found[str(each["evidence_id"])] = each
        return found

    def values(self) -> dict[str, str]:
        """What the blanks of a script stand for."""
        order = self.first_case.get("order") or {}
        number = str(order.get("order_no") or self._first("verified_order") or "")
        if not number and self.first_case:
            number = normalize_number(str(self._first("order_no") or ""))
        found = {
            "order_no": number,
            "phone_tail": self._proven_tail(),
            "product": str(order.get("product") or ""),
            "amount": str(order.get("amount") or ""),
            "paid_at": clock(order.get("paid_at")),
            "transaction_no": self._transaction_no(order),
        }
        return {name: value for name, value in found.items() if value} if self.first_case else {}

    def _proven_tail(self) -> str:
        tail = ""
        for name, value in self._changes():
            if name == "phone_tail" and value:
                tail = re.sub(r"\D", "", str(value))[-4:]
            elif name == "proof" and value:
                return tail
        return ""

    def _transaction_no(self, order: Mapping[str, Any]) -> str:
        """The first payment number that was told, unless the record of the order shows another one."""
        told = [normalize_number(str(value)) for name, value in self._changes() if name == "payment_no" and value]
        told = [each for each in told if each != str(order.get("order_no") or "") and each.isalnum() and len(each) > 12]
        shown = str((order.get("payment") or {}).get("transaction_no_masked") or "")
        if shown:
            pattern = ".*".join(map(re.escape, re.split(r"\*+", shown)))
            told = [each for each in told if re.fullmatch(pattern, each)]
        return told[0] if told else ""

    def _first(self, slot: str) -> Any:
        return next((value for name, value in self._changes() if name == slot and value), None)

    def _changes(self) -> Iterator[tuple[str, Any]]:
        for events in self.trackers:
            for event in events:
                if event.get("event") == "slot":
                    yield str(event.get("name")), event.get("value")


def _is_case(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value.get("diagnosis"))


PAGES = {
    "WECHAT_BILL": "wechat_bill",
    "ALIPAY_BILL": "alipay_bill",
    "ORDER_PAGE": "order_page",
    "ERROR_PAGE": "error_page",
}
STATUSES = {"REFUNDED": "refunded", "REFUNDING": "refunded", "CLOSED": "closed", "PENDING": "pending"}
HIDEABLE = ("transaction_no", "merchant_no", "amount", "paid_at", "status")


def drawing_of(entry: Entry, values: Mapping[str, str]) -> dict[str, Any]:
    """A drawn page that shows what this picture showed: its kind, what is missing, what contradicts the record."""
    verdict, read = entry.get("verdict"), entry.get("reading") or {}
    if verdict == "UNREADABLE":
        return {"page": "wechat_bill", "damage": "covered"}
    page = PAGES.get(str(entry.get("kind")), "chat")
    drawn: dict[str, Any] = {"page": page}
    if not page.endswith("_bill"):
        return drawn
    missing = [name for name in HIDEABLE if name in (entry.get("missing") or ())]
    if missing:
        # Where the number of the payment cannot be seen, the shop's own number is not seen either.
        hidden = ["merchant_no"] if "transaction_no" in missing and not read.get("merchant_no") else []
        drawn["without"] = missing + hidden
    status = STATUSES.get(str(read.get("status")))
    if status and (page == "alipay_bill" or status == "refunded"):
        drawn["status"] = status
    conflicts = entry.get("conflicts") or ()
    if "amount" in conflicts and read.get("amount"):
        drawn["amount"] = f"{float(read['amount']):.2f}"
    number = str(read.get("transaction_no") or "")
    foreign = verdict in ("CLAIMED", "DUPLICATE") and (entry.get("order_no") or number != values.get("transaction_no"))
    if number and (foreign or "transaction_no" in conflicts):
        drawn["number"] = "other"
    return drawn
