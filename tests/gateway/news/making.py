"""Events as the backend posts them."""

import json
from typing import Any

from bot.gateway.news.model import News
from bot.settings import Settings
from bot.webhooks import signed_headers
from tests.gateway.gateways import Gateway
from tests.gateway.house import NOW

Json = dict[str, Any]
ORDER_NO, TICKET_NO = "KM202405120001", "TK261124A1B2C3"
LATER = "2026-11-25T04:30:00+00:00"
# One event of each type, with what the contract says it holds.
DATA: dict[str, Json] = {
    "order.payment_confirmed": {},
    "order.delivered": {"product": "某游戏 30 元点卡", "amount": "30.00"},
    "order.failed": {},
    "order.refunding": {},
    "order.refunded": {"amount": "30.00"},
    "ticket.reply": {"text": "已经催了上游，今晚到。"},
    "ticket.status_changed": {"from": "queued", "to": "in_progress"},
    "ticket.waiting_customer": {"text": "请发一下游戏区服。"},
    "ticket.promise_broken": {"promised_at": LATER, "reply_by": LATER, "priority": "high"},
    "ticket.step3_due": {"complaint": True, "platform": True, "legal": False, "reply_by": LATER},
    "refund.decided": {"decision": "approved", "expected_at": LATER, "reason": None, "amount": "30.00"},
    "incident.opened": {"incident_no": "IN1", "scope": "product", "name": "某游戏 30 元点卡"},
    "incident.closed": {"incident_no": "IN1", "scope": "product", "name": "某游戏 30 元点卡"},
}


def make_news(kind: str = "order.delivered", sequence: int = 1, **changes: Any) -> News:
    fields = {
        "event_id": f"e{sequence}",
        "occurred_at": NOW,
        "customer_ref": "c1",
        "order_no": ORDER_NO,
        "ticket_no": TICKET_NO,
        "data": DATA.get(kind, {}),
    }
    return News(**{**fields, "type": kind, "sequence": sequence, **changes})


def make_event(kind: str = "order.delivered", sequence: int = 1, **changes: Any) -> Json:
    """The body of the webhook."""
    news = make_news(kind, sequence, **changes)
    return {**vars(news), "data": dict(news.data), "occurred_at": news.occurred_at.isoformat()}


async def post_event(gateway: Gateway, event: Any, key: str | None = None) -> tuple[int, Json]:
    """Post it as the backend does; `key` is another one than theirs."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    headers = signed_headers(key or events_key(gateway.settings), "id", body)
    return await gateway.call("POST", "/hooks/backend", data=body, headers=headers)


def events_key(settings: Settings) -> str:
    return settings.derived_key("events")
