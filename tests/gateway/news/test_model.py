"""Which sentence tells which event, and what it may show to whom."""

from dataclasses import replace
from typing import Any

import pytest

from bot.gateway.conversations.model import Conversation, Owner, Sender
from bot.gateway.news.model import State, first_state, news_outcome, topic_of
from tests.gateway.house import NOW, TEXTS, says
from tests.gateway.news.making import DATA, ORDER_NO, TICKET_NO, make_news

ALICE = Conversation("c1", "widget", "c1", None, "zh", False, Owner.BOT, None, None, NOW, None, 1, 1, 0, NOW)
PRODUCT = "订单 KM202405120001（某游戏 30 元点卡）"


def said(kind: str, conversation: Conversation = ALICE, **changes: Any) -> str:
    (message,) = news_outcome(conversation, make_news(kind, **changes), TEXTS.render).said
    return message.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("numbers", [{}, {"ticket_no": None}, {"order_no": None}])
def test_every_event_has_words_without_holes_and_a_way_on(kind: str, language: str, numbers: dict[str, None]):
    news = make_news(kind, **numbers)
    assert first_state(news) is State.WAITING
    (message,) = news_outcome(replace(ALICE, language=language), news, TEXTS.render).said
    assert "{" not in message.text and "None" not in message.text
    assert (message.sender, message.dialog) == (Sender.BOT, False)
    assert message.buttons
    assert "原路退回" not in message.text


def test_the_amount_and_the_product_are_named():
    assert said("order.delivered") == says("utter_news_delivered", subject=PRODUCT, amount=" ¥30.00", about="")


def test_without_product_or_amount_the_number_alone_is_named():
    expected = says("utter_news_delivered", subject=f"订单 {ORDER_NO}", amount="", about="")
    assert said("order.delivered", data={}) == expected


def test_who_came_by_a_resume_code_sees_only_the_end_of_the_number():
    bob = replace(ALICE, customer_id="c2")
    assert said("order.delivered", bob) == says(
        "utter_news_delivered", subject="您尾号 0001 的订单", amount="", about=""
    )
    for kind in DATA:
        text = said(kind, bob)
        assert ORDER_NO not in text and "30.00" not in text


def test_times_are_chinese_and_money_has_its_sign():
    text = said("refund.decided")
    assert text == says(
        "utter_news_refund_approved_until", ticket_no=TICKET_NO, amount=" ¥30.00", expected_at="2026-11-25 12:30"
    )


@pytest.mark.parametrize(
    ("data", "name", "values"),
    [
        ({"decision": "approved"}, "utter_news_refund_approved", {"amount": ""}),
        ({"decision": "rejected", "reason": None}, "utter_news_refund_rejected", {}),
        ({"decision": "rejected", "reason": "已到账"}, "utter_news_refund_rejected_because", {"reason": "已到账"}),
    ],
)
def test_a_refund_is_told_as_it_was_decided(data: dict[str, Any], name: str, values: dict[str, str]):
    assert said("refund.decided", data=data) == says(name, ticket_no=TICKET_NO, **values)


def test_the_ways_beyond_the_ticket_come_with_the_promise_that_holds():
    data = {"complaint": True, "reply_by": "2026-11-25T04:30:00+00:00"}
    expected = says("utter_news_step3_until", ticket_no=TICKET_NO, reply_by="2026-11-25 12:30", about="")
    assert said("ticket.step3_due", data=data) == expected
    assert said("ticket.step3_due", data={**data, "reply_by": None}) == says(
        "utter_news_step3", ticket_no=TICKET_NO, about=""
    )


def test_without_a_ticket_other_words_are_used():
    subject = f"订单 {ORDER_NO}"
    assert said("order.failed", ticket_no=None) == says("utter_news_failed_order", subject=subject)
    expected = says("utter_news_incident_opened_order", subject=subject, disturbed="某游戏 30 元点卡")
    assert said("incident.opened", ticket_no=None) == expected


def test_a_supplier_is_not_named():
    data = {"incident_no": "IN1", "scope": "supplier", "name": "上游甲"}
    assert said("incident.opened", data=data) == says(
        "utter_news_incident_opened", disturbed="上游渠道", ticket_no=TICKET_NO
    )


def test_a_secret_in_the_words_of_an_agent_is_hidden():
    text = said("ticket.reply", data={"text": "卡密：ABCD-1234-EFGH-5678"})
    assert "1234" not in text and "***" in text


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("queued", "in_progress", "utter_news_taken_up"),
        ("in_progress", "waiting_upstream", "utter_news_upstream"),
        ("in_progress", "resolved", "utter_news_resolved"),
        ("queued", "resolved", "utter_news_resolved"),
        ("waiting_customer", "closed", "utter_news_closed"),
    ],
)
def test_a_change_of_the_ticket_is_told(before: str, after: str, name: str):
    data = {"from": before, "to": after}
    assert said("ticket.status_changed", data=data) == says(name, ticket_no=TICKET_NO, about="")


def test_who_took_a_ticket_up_is_named():
    data = {"from": "queued", "to": "in_progress", "who": "小林"}
    expected = says("utter_news_taken_up_by", ticket_no=TICKET_NO, who="小林")
    assert said("ticket.status_changed", data=data) == expected


@pytest.mark.parametrize(
    ("before", "after"), [("resolved", "closed"), ("resolved", "queued"), ("waiting_upstream", "in_progress")]
)
def test_what_the_customer_knows_already_is_not_told(before: str, after: str):
    assert first_state(make_news("ticket.status_changed", data={"from": before, "to": after})) is State.QUIET


def test_what_has_no_words_is_kept_and_not_told():
    assert first_state(make_news("order.teleported")) is State.UNKNOWN
    assert first_state(make_news("refund.decided", data={})) is State.FAILED


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.AGENT])
def test_while_the_bot_is_silent_the_system_tells_it_without_buttons(owner: Owner):
    (message,) = news_outcome(replace(ALICE, owner=owner), make_news(), TEXTS.render).said
    assert (message.sender, message.buttons) == (Sender.SYSTEM, ())


def test_the_states_of_an_order_share_a_topic_and_two_orders_do_not():
    paid, delivered = make_news("order.payment_confirmed"), make_news("order.delivered")
    assert topic_of(paid) == topic_of(delivered) != topic_of(replace(paid, order_no="KM202405120002"))


def test_what_an_agent_wrote_has_no_topic():
    assert topic_of(make_news("ticket.reply")) is None
    assert topic_of(make_news("ticket.waiting_customer")) is None


def test_a_broken_promise_and_the_third_step_are_both_told():
    assert topic_of(make_news("ticket.promise_broken")) != topic_of(make_news("ticket.step3_due"))


def test_an_incident_ends_for_all_its_tickets():
    opened = make_news("incident.opened")
    assert topic_of(opened) == topic_of(make_news("incident.closed", ticket_no=None))
    assert topic_of(opened) != topic_of(replace(opened, data={"incident_no": "IN2"}))
