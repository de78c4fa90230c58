"""FakeBackend: the methods of BackendClient that the actions use, answering from plain attributes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import HelpdeskError, NotFoundError, OrderNotFoundError, TicketExistsError, VerifyLockedError

ORDER_NO = "KM202405120001"
NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


def make_order(**changes: Any) -> dict[str, Any]:
    """An order view as the backend answers it."""
    return {
        "order_no": ORDER_NO,
        "product": "某游戏 30 元点卡",
        "product_line": "game_card",
        "amount": "30.00",
        "currency": "CNY",
        "created_at": NOW.isoformat(),
        "paid_at": NOW.isoformat(),
        "target_masked": "100****01",
        "delivery_type": "DIRECT",
        "states": {
            "payment": {"value": "PAID", "source": "GATEWAY"},
            "order": {"value": "PENDING_PAYMENT", "source": "PLATFORM"},
            "delivery": {"value": "NONE", "source": "PLATFORM"},
            "account": {"value": "OK", "source": "PLATFORM"},
            "input": {"value": "UNKNOWN", "source": "PLATFORM"},
        },
        "window_minutes": 30,
        "pickup_url": None,
        "open_ticket_no": None,
        **changes,
    }


def make_diagnosis(**changes: Any) -> dict[str, Any]:
    """The answer of a diagnosis: paid, no notice, so report."""
    return {
        "diagnosis": "CALLBACK_MISSING",
        "rule": "R13",
        "cause": "C1",
        "next": "report",
        "ticket_type": "CALLBACK_MISSING",
        "demand": "VERIFY_FUNDS",
        "priority": "high",
        "recheck_minutes": [5, 10],
        "report_after": None,
        "reasons": [],
        "order": make_order(),
        **changes,
    }


def make_ticket(**changes: Any) -> dict[str, Any]:
    """A ticket within its promised time."""
    step3 = {"offer": False, "complaint": False, "platform": False, "legal": False, "why": None}
    return {
        "ticket_no": "TK261124A1B2C3",
        "order_no": ORDER_NO,
        "type": "CALLBACK_MISSING",
        "status": "open",
        "created_at": NOW.isoformat(),
        "reply_by": (NOW + timedelta(hours=24)).isoformat(),
        "last_agent_reply_at": None,
        "joined": False,
        "step3": {**step3, "at": (NOW + timedelta(hours=24)).isoformat()},
        **changes,
    }


def make_check(**changes: Any) -> dict[str, Any]:
    """The answer for a picture: a complete WeChat bill that nothing confirms; `reading` changes what was read."""
    names = ("channel", "status", "amount", "paid_at", "transaction_no", "merchant_no", "order_no", "payee", "method")
    read = {
        "channel": "wechat", "status": "PAID", "amount": "30.00", "paid_at": "2026-06-25T10:13:00+00:00",
        "transaction_no": "4200001234202606251234560527", "merchant_no": "1000107101202606250001",
    }  # fmt: skip
    return {
        "kind": "WECHAT_BILL",
        "verdict": "CLAIMED",
        "missing": [],
        "page": None,
        "conflicts": [],
        "duplicate": None,
        "checked": None,
        **changes,
        "reading": {**dict.fromkeys(names), **read, **changes.get("reading", {})},
    }


class FakeBackend:
    """One order with the phone tail 0001; set `error` to make every call fail."""

    def __init__(self) -> None:
        self.diagnosis_answer = make_diagnosis()
        self.payment_answer: dict[str, Any] = {"verdict": "MATCHED", "diagnosis": make_diagnosis()}
        self.ticket_answer: dict[str, Any] | None = None
        self.more_tickets: list[dict[str, Any]] = []
        # Who may see the ticket by name; None is everybody.
        self.owner: str | None = None
        # What every message to a ticket meets.
        self.refused: HelpdeskError | None = None
        self.error: HelpdeskError | None = None
        # What was read from each picture, by its evidence id; an error is raised.
        self.checks: dict[str, dict[str, Any] | HelpdeskError] = {}
        self.tries = 3
        # The digest of the address that the last try came from.
        self.asked_from: str | None = None
        self.calls: list[tuple[str, Any]] = []
        self.opened: dict[str, dict[str, Any]] = {}
        # The tickets that messages went into.
        self.written_to: list[str] = []

    def _note(self, name: str, what: Any) -> None:
        self.calls.append((name, what))
        if self.error:
            raise self.error

    async def verify(
        self, reference: str, factor: dict[str, str], customer_ref: str, address_key: str | None = None
    ) -> dict[str, Any]:
        self._note("verify", (reference, factor["value"]))
        self.asked_from = address_key
        if self.tries <= 0:
            raise VerifyLockedError(retry_after=1800)
        if (reference, factor["value"]) not in ((ORDER_NO, "0001"), (ORDER_NO, "user-alice")):
            self.tries -= 1
            raise OrderNotFoundError(tries_left=self.tries)
        return {"token": "proof-1", "expires_in": 1800, "order_no": ORDER_NO}

    async def diagnose(self, order_no: str, proof: str, claims: dict[str, Any]) -> dict[str, Any]:
        self._note("diagnose", claims)
        return self.diagnosis_answer

    async def verify_payment(
        self, order_no: str | None, claim: dict[str, Any], customer_ref: str, proof: str | None = None
    ) -> dict[str, Any]:
        self._note("verify_payment", claim)
        return self.payment_answer

    async def check_evidence(
        self, evidence_id: str, customer_ref: str, order_no: str | None = None, proof: str | None = None
    ) -> dict[str, Any]:
        self._note("check_evidence", (evidence_id, order_no))
        answer = self.checks.get(evidence_id)
        if isinstance(answer, HelpdeskError):
            raise answer
        if answer is None:
            raise NotFoundError
        return {**answer, "evidence_id": evidence_id}

    async def open_ticket(self, body: dict[str, Any], idempotency_key: str, proof: str | None = None) -> dict[str, Any]:
        self._note("open_ticket", body)
        if self.opened and idempotency_key not in self.opened:
            raise TicketExistsError(ticket_no="TK261124A1B2C3", reply_by=make_ticket()["reply_by"])
        return self.opened.setdefault(idempotency_key, make_ticket())

    async def tickets(self, **query: Any) -> list[dict[str, Any]]:
        self._note("tickets", query)
        if self.ticket_answer is None or not self._sees(query):
            return []
        return [self.ticket_answer, *self.more_tickets]

    async def ticket(self, ticket_no: str, **query: Any) -> dict[str, Any]:
        self._note("ticket", ticket_no)
        if not self.ticket_answer or not self._sees(query):
            raise NotFoundError
        return self.ticket_answer

    async def add_ticket_message(self, ticket_no: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        self._note("add_ticket_message", body)
        if self.refused:
            raise self.refused
        self.written_to.append(ticket_no)
        return {}

    async def rate_ticket(self, ticket_no: str, score: int, comment: str | None = None, **query: Any) -> dict[str, Any]:
        self._note("rate_ticket", (ticket_no, score, comment))
        return {"score": score, "comment": comment}

    def _sees(self, query: dict[str, Any]) -> bool:
        return self.owner in (None, query.get("customer_ref"))
