"""Which orders a conversation is about, and what was promised."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.gateway.desk_facts.model import (
    MOST_CASES,
    MOST_ORDERS,
    Subject,
    case_facts,
    newest_first,
    order_numbers,
    promises_of,
)

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
PROVEN_CARD = {"order_no": "KM1", "checked": [{"name": "owner", "result": "proven"}]}


def subject(**fields: Any) -> Subject:
    return Subject(conversation_id="c", language="zh", customer_name=None, customers=("c",), **fields)


def test_the_order_of_the_card_comes_first_then_those_of_cases_then_what_was_proved():
    cases = [{"order_no": "KM3"}, {"order_no": None}, {"order_no": "KM2"}]
    found = order_numbers(subject(handover=PROVEN_CARD, order_no="KM4"), cases, ["KM2", "KM5"])
    assert [number for number, _ in found] == ["KM1", "KM4", "KM3", "KM2", "KM5"]


def test_an_order_that_was_only_named_is_not_proven():
    """The customer may have typed another's number."""
    only_named = subject(
        handover={"order_no": "KM1", "checked": [{"name": "payment", "result": "PAID"}]}, order_no="KM4"
    )
    assert order_numbers(only_named, [], []) == [("KM1", False), ("KM4", False)]
    assert order_numbers(subject(handover=PROVEN_CARD), [], []) == [("KM1", True)]
    assert order_numbers(only_named, [{"order_no": "KM4"}], ["KM1"]) == [("KM1", True), ("KM4", True)]


def test_a_card_that_proves_one_order_proves_no_other():
    found = order_numbers(subject(handover=PROVEN_CARD, order_no="KM2"), [], [])
    assert found == [("KM1", True), ("KM2", False)]


def test_a_customer_with_many_orders_and_cases_does_not_make_it_slow():
    assert len(order_numbers(subject(), [], [f"KM{each}" for each in range(50)])) == MOST_ORDERS
    rows = [{"ticket_no": f"TK{each}", "created_at": f"2026-11-{each:02}"} for each in range(1, 29)]
    assert newest_first(rows)[:2] == ["TK28", "TK27"]
    assert len(newest_first(rows)) == MOST_CASES


def make_case(**fields: Any) -> dict[str, Any]:
    return {
        "status": "open",
        "next_promise_at": None,
        "reply_by": None,
        "last_agent_reply_at": None,
        "refund": None,
    } | fields


def test_a_promise_is_open_until_its_time_then_overdue_and_kept_once_the_case_is_settled():
    soon, past = (NOW + timedelta(minutes=1)).isoformat(), NOW.isoformat()
    states = [
        promises_of(make_case(next_promise_at=at, status=status), NOW)[0]["state"]
        for at, status in ((soon, "open"), (past, "pending"), (past, "resolved"))
    ]
    assert states == ["open", "overdue", "kept"]


def test_the_first_answer_is_kept_once_an_agent_answered():
    past = (NOW - timedelta(hours=1)).isoformat()
    assert promises_of(make_case(reply_by=past), NOW)[0]["state"] == "overdue"
    assert promises_of(make_case(reply_by=past, last_agent_reply_at=past), NOW)[0]["state"] == "kept"


def test_a_case_that_promises_nothing_has_no_promises_and_shows_no_secret():
    case = make_case(content="我的卡密是 ABCD-EFGH-2345", messages=[{"text": "密码 hunter22"}])
    found = case_facts(case, NOW)
    assert found["promises"] == []
    assert "ABCD" not in str(found) and "hunter22" not in str(found)
