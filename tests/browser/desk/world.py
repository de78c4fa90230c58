"""What the fake desk knows: agents, conversations, messages, canned replies."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

Json = dict[str, Any]
PASSWORD = "correct horse battery"
ORDER_NO = "KM202405120001"


def ago(minutes: float) -> str:
    """A time of the past."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


@dataclass
class Agent:
    """Somebody who works at the desk."""

    username: str
    name: str
    role: str = "agent"
    team: str | None = "支付"
    language: str = "zh"
    totp: bool = False
    presence: str = "online"
    settings: Json = field(default_factory=lambda: {"sound": False, "notifications": False})

    def me(self, csrf: str) -> Json:
        return {
            "username": self.username, "name": self.name, "role": self.role, "team": self.team,
            "language": self.language, "csrf": csrf, "totp": self.totp, "capacity": 8, "demo": True,
            "settings": self.settings,
        }  # fmt: skip


AGENT = web.RequestKey("AGENT", Agent)


@dataclass
class Thread:
    """One conversation, with the answer of the desk's API about it."""

    row: Json
    messages: list[Json] = field(default_factory=list)
    handover: Json | None = None
    drafts: dict[str, str] = field(default_factory=dict)
    read: int = 0
    watchers: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return str(self.row["conversation_id"])

    def add(self, sender: str, text: str, minutes: float = 0, **given: Any) -> Json:
        """One more message at the end."""
        kind = "incoming" if sender == "customer" else "outgoing"
        message = {
            "message_id": secrets.token_hex(8), "position": len(self.messages) + 1, "seq": len(self.messages) + 1,
            "kind": kind, "sender": sender, "author": None, "author_name": None, "text": text, "buttons": [],
            "picture": None, "image": None, "activity": None, "read": False, "client_id": None,
            "status": "received" if sender == "customer" else "sent", "created_at": ago(minutes), **given,
        }  # fmt: skip
        self.messages.append(message)
        said = {name: message[name] for name in ("sender", "kind", "created_at")}
        if message["kind"] != "activity":
            self.row["last_message"] = {**said, "text": text[:120]}
        self.row["updated_at"] = message["created_at"]
        if sender == "customer":
            self.row["unread"] += 1
        elif sender == "agent" and kind == "outgoing" and message["kind"] != "note":
            self.row["unread"] = 0
        return message

    def act(self, kind: str, by: str | None, to: str | None = None, reason: str | None = None) -> Json:
        """What happened, as a line between the messages."""
        activity = {"type": kind, "by": by, "to": to, "reason": reason}
        return self.add("system", "", kind="activity", activity=activity)


def make_thread(name: str, minutes: float = 5, **given: Any) -> Thread:
    """A conversation that began so many minutes ago."""
    row = {
        "conversation_id": secrets.token_hex(8), "channel": "web", "customer_name": name, "language": "zh",
        "owner": "bot", "agent": None, "agent_name": None, "team": None, "state": "open", "booked": False,
        "priority": "normal", "reason": None, "waiting_since": None, "due_at": None, "last_message": None,
        "unread": 0, "tags": [], "order_no": None, "created_at": ago(minutes), "updated_at": ago(minutes),
        "version": 1, **given,
    }  # fmt: skip
    return Thread(row)


def queued(name: str, minutes: float, due_in: float, **given: Any) -> Thread:
    """A customer who waits for a person since so many minutes."""
    waiting = {"waiting_since": ago(minutes), "due_at": ago(-due_in), "reason": "customer_request"}
    return make_thread(name, minutes + 4, owner="queue", **{**waiting, **given})


def case() -> Thread:
    """A case with everything: the bot's part, a picture, a handover."""
    thread = queued("陈*", 6, 1.5, priority="high", order_no=ORDER_NO, tags=["未到账"], reason="conflict")
    thread.add("customer", "我充的点卡扣了钱没到账", 12)
    thread.add("bot", "很抱歉给您带来不便。请把订单号发给我，我马上查。", 12, buttons=[{"title": "怎么找订单号"}])
    thread.add("customer", f"{ORDER_NO}，手机尾号 9000", 11)
    thread.add("bot", "查到了：支付成功，平台还没有到账。请发一张支付成功的截图。", 11)
    thread.add("customer", "", 8, picture={"url": "/desk/api/pictures/1"})
    thread.add("bot", "截图里的交易号和支付记录对不上，我请同事来看。", 8)
    thread.act("handed_off", None, reason="conflict")
    thread.add("customer", "已经半小时了，能快点吗？https://shop.example/orders", 3)
    thread.handover = {
        "reason": "conflict", "asked": "我充的点卡扣了钱没到账", "order_no": ORDER_NO, "at": ago(6),
        "answered": [{"name": "订单号", "value": ORDER_NO}, {"name": "手机尾号", "value": "9000"}],
        "checked": [{"name": "支付", "result": "成功"}, {"name": "到账", "result": "否"},
                    {"name": "凭证", "result": "交易号不符"}],
        "diagnosis": "订单与支付记录不符",
    }  # fmt: skip
    return thread


CANNED = [
    {"id": "c1", "shortcut": "wdz", "title": "未到账，已催办", "language": "zh", "team": None, "uses": 40,
     "picture": None, "text": "您的订单 {order_no}（{product}）已付款，我们正在催办，预计 {promised_at} 前到账。"},
    {"id": "c2", "shortcut": "tk", "title": "退款说明", "language": "zh", "team": None, "uses": 12,
     "picture": None, "text": "退款 {amount} 元会原路退回，一般 1–3 个工作日。"},
    {"id": "c4", "shortcut": "zd", "title": "请发账单截图", "language": "zh", "team": None, "uses": 3,
     "picture": {"url": "/desk/api/pictures/1"}, "text": "请像这样截图，红框里的要看得清。"},
    {"id": "c3", "shortcut": "hi", "title": "Greeting", "language": "en", "team": None, "uses": 90,
     "picture": None, "text": "Hello, this is {agent_name}. I am looking at your order {order_no} now."},
]  # fmt: skip
MACROS: list[Json] = [
    {"id": "m1", "title": "退款三连", "steps": [
        {"do": "reply_canned", "canned_id": "c2"}, {"do": "tag", "tags": ["退款"]},
        {"do": "priority", "priority": "high"}, {"do": "note", "text": "已说明退款"}]},
    {"id": "m2", "title": "缺数据", "steps": [
        {"do": "tag", "tags": ["催办"]}, {"do": "reply_canned", "canned_id": "c1"}]},
]  # fmt: skip
VALUES = {"order_no": ORDER_NO, "product": "游戏点卡 30 元", "amount": "30.00", "agent_name": "王芳"}
