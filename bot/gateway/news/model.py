"""News for customers: what the backend tells of, which of it is outdated, and the sentence that says it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.formats import clock, money
from bot.gateway.conversations.model import NEWS_KEY, Conversation, Outcome, Owner, Said, Sender
from bot.redact import redact
from bot.texts import Reply

Render = Callable[..., Reply]  # name and language of a sentence of domain.yml, and what fills it


class State(StrEnum):
    """What became of a piece of news; `waiting` is still to be told."""

    WAITING = "waiting"
    TOLD = "told"
    STALE = "stale"  # something newer about the same thing is known
    UNKNOWN = "unknown"  # a type that this version has no words for
    QUIET = "quiet"  # a change that the customer need not hear of
    UNREACHABLE = "unreachable"  # the customer has no conversation here
    FAILED = "failed"  # it cannot be put into words


@dataclass(frozen=True, kw_only=True)
class News:
    """One event for one customer; `sequence` grows with time."""

    event_id: str
    type: str
    sequence: int
    occurred_at: datetime
    customer_ref: str
    conversation_id: str | None = None
    order_no: str | None = None
    ticket_no: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reply_key(self) -> str:
        """What keeps it from being said twice."""
        return f"{NEWS_KEY}{self.event_id}"


# News about the same thing: the newer makes the older stale. What an agent wrote (None) is never stale.
_TOPICS: dict[str, str | None] = {
    "order.payment_confirmed": "order",
    "order.delivered": "order",
    "order.failed": "order",
    "order.refunding": "order",
    "order.refunded": "order",
    "ticket.reply": None,
    "ticket.waiting_customer": None,
    "ticket.status_changed": "ticket",
    "ticket.promise_broken": "promise",
    "ticket.step3_due": "step3",
    "refund.decided": "refund",
    "incident.opened": "incident",
    "incident.closed": "incident",
}


def topic_of(news: News) -> str | None:
    """What it is about, for the rule of what is stale; None when nothing can make it stale."""
    kind = _TOPICS.get(news.type)
    if kind is None:
        return None
    about = {
        "order": news.order_no,
        "incident": news.data.get("incident_no"),
    }.get(kind, news.ticket_no or news.order_no)
    return f"{kind}:{about}"


def first_state(news: News) -> State:
    """What is to be done with news that just came."""
    if news.type not in _TOPICS:
        return State.UNKNOWN
    try:
        return State.WAITING if _name_of(news) else State.QUIET
    except KeyError:
        return State.FAILED


def news_outcome(conversation: Conversation, news: News, render: Render) -> Outcome:
    """The message in this conversation. KeyError when the event lacks what its sentence needs."""
    # Who came by a resume code has not proved to own the order.
    values = _values(news, conversation.language, render, known=conversation.customer_id == news.customer_ref)
    name = _name_of(news)
    assert name  # what has none is never told
    reply = render(name, conversation.language, **values)
    if conversation.owner is Owner.BOT:
        return Outcome(said=(Said(reply.text, reply.buttons),))
    # Nobody would act on a button while the bot is silent.
    return Outcome(said=(Said(reply.text, sender=Sender.SYSTEM),))


def _name_of(news: News) -> str | None:
    """The sentence of domain.yml; None when the customer need not hear of it."""
    if not news.ticket_no and news.type in _WITHOUT_TICKET:
        return _WITHOUT_TICKET[news.type]
    return _NAMES.get(news.type) or _CHOICES[news.type](news.data)


def _values(news: News, language: str, render: Render, *, known: bool) -> dict[str, str]:
    """What fills the sentence; `known`: the customer may see what was bought and for how much."""
    data = news.data
    values = {
        "about": news.ticket_no or news.order_no or "",
        "subject": _subject(news, language, render, known=known),
        "ticket_no": news.ticket_no or "",
        **{blank: redact(str(data[each])).text.strip() for each, blank in _WRITTEN.items() if data.get(each)},
        **{each: clock(data[each]) for each in ("promised_at", "reply_by", "expected_at") if data.get(each)},
    }
    if "incident_no" in data:
        values["disturbed"] = _incident_name(data, language, render)
    amount = data.get("amount") if known else None
    values["amount"] = " " + money(amount, data.get("currency")) if amount else ""
    return values


# What people wrote, by the blank of the sentence.
_WRITTEN = {"text": "words", "who": "who", "reason": "reason"}
_NAMES = {
    "order.payment_confirmed": "utter_news_payment_confirmed",
    "order.delivered": "utter_news_delivered",
    "order.failed": "utter_news_failed",
    "order.refunding": "utter_news_refunding",
    "order.refunded": "utter_news_refunded",
    "ticket.reply": "utter_news_reply",
    "ticket.waiting_customer": "utter_news_question",
    "ticket.promise_broken": "utter_news_promise_broken",
    "incident.opened": "utter_news_incident_opened",
    "incident.closed": "utter_news_incident_closed",
}
_WITHOUT_TICKET = {
    "order.failed": "utter_news_failed_order",
    "incident.opened": "utter_news_incident_opened_order",
}


def _stage_name(data: Mapping[str, Any]) -> str | None:
    """Only what the customer did not do or hear of already: that somebody has it, and that it is done."""
    before, after = data["from"], data["to"]
    if after == "in_progress" and before == "queued":
        return "utter_news_taken_up_by" if data.get("who") else "utter_news_taken_up"
    if after == "closed" and before == "resolved":
        return None
    return _STAGES.get(after)


def _refund_name(data: Mapping[str, Any]) -> str:
    if data["decision"] == "approved":
        return "utter_news_refund_approved_until" if data.get("expected_at") else "utter_news_refund_approved"
    return "utter_news_refund_rejected_because" if data.get("reason") else "utter_news_refund_rejected"


def _step3_name(data: Mapping[str, Any]) -> str:
    return "utter_news_step3_until" if data.get("reply_by") else "utter_news_step3"


_STAGES = {
    "waiting_upstream": "utter_news_upstream",
    "resolved": "utter_news_resolved",
    "closed": "utter_news_closed",
}
_CHOICES: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    "ticket.status_changed": _stage_name,
    "refund.decided": _refund_name,
    "ticket.step3_due": _step3_name,
}


def _subject(news: News, language: str, render: Render, *, known: bool) -> str:
    """The order by number and product, only by the end of its number for who may not see it, else the ticket."""
    if news.order_no is None:
        return render("utter_word_subject_ticket", language, ticket_no=news.ticket_no or "").text
    if not known:
        return render("utter_word_subject_hidden", language, tail=news.order_no[-4:]).text
    product = news.data.get("product")
    name = "utter_word_subject_product" if product else "utter_word_subject_order"
    return render(name, language, order_no=news.order_no, product=product or "").text


def _incident_name(data: Mapping[str, Any], language: str, render: Render) -> str:
    """What is disturbed; customers do not know the shop's suppliers by name."""
    if data.get("scope") == "supplier" or not data.get("name"):
        return render("utter_word_incident_supplier", language).text
    return str(data["name"])
