from typing import Any

import pytest

from bot.actions.complaints import ActionEscalate
from bot.actions.progress import ActionCheckTicket
from bot.actions.report_form import ValidateReportForm
from bot.actions.tickets import ActionOpenTicket
from bot.errors import BackendUnavailableError
from tests.actions.acting import act, user
from tests.actions.fake_backend import NOW, ORDER_NO, FakeBackend, make_diagnosis, make_ticket
from tests.actions.test_order_form import PROVEN

KNOWN = {**PROVEN, "case": make_diagnosis(), "symptom": "not_received"}
STATEMENT = {
    "initiated_at": "2026-11-24 12:30",
    "product": "某游戏 30 元点卡",
    "payment_state": "已支付",
    "order_state": "未支付",
}
CONFIRMED = {**KNOWN, **STATEMENT, "report_confirmed": True, "pictures": ["e1"]}
ASKS = {**KNOWN, **STATEMENT, "report_field": "unknown", "requested_slot": "report_confirmed"}


async def test_only_the_confirmation_is_left_when_the_order_is_known():
    acted = await act(ValidateReportForm, "", "report_problem", KNOWN)
    assert {name: acted.slots[name] for name in STATEMENT} == STATEMENT
    assert acted.slots["demand_text"] == "核实款项流向"
    assert acted.slots["requested_slot"] == "report_confirmed"


async def test_without_an_order_it_asks_part_by_part():
    acted = await act(ValidateReportForm, "", "report_problem", {"symptom": "not_received"})
    assert acted.slots["requested_slot"] == "initiated_at"
    assert acted.slots["payment_state"] == "客户称已扣款，待核实"


async def test_free_text_is_a_value_and_a_question_is_not():
    slots = {**KNOWN, "requested_slot": "product", "report_field": "unknown"}
    acted = await act(ValidateReportForm, "话费充值 50 元", "how_to_topup", slots)
    assert acted.slots["product"] == "话费充值 50 元"
    acted = await act(ValidateReportForm, "怎么充值？", "how_to_topup", slots)
    assert acted.said == ["utter_how_to_topup"]
    assert "product" not in acted.slots


async def test_change_lets_the_customer_choose_a_part():
    acted = await act(ValidateReportForm, "", "choose_field", ASKS)
    assert acted.slots["requested_slot"] == "report_field"
    choosing = {**ASKS, "report_field": None, "requested_slot": "report_field"}
    acted = await act(ValidateReportForm, "", "choose_field", choosing, field="product")
    assert acted.slots["requested_slot"] == "product"


@pytest.mark.parametrize(
    ("text", "intent", "changed", "asked"),
    [
        ("wait, change the time", "wait_more", {"initiated_at": None}, "initiated_at"),
        ("时间不对，是2026-11-20 20:30", "deny", {"initiated_at": "2026-11-20 20:30"}, "report_confirmed"),
        ("商品改成50元点卡", "inform", {"product": "50元点卡"}, "report_confirmed"),
        ("the product is wrong", "inform", {"product": None}, "product"),
        ("不对", "deny", {"report_field": None}, "report_field"),
    ],
)
async def test_a_correction_in_words_changes_the_part(text: str, intent: str, changed: dict, asked: str):
    acted = await act(ValidateReportForm, text, intent, ASKS)
    assert {name: acted.slots[name] for name in changed} == changed
    assert acted.slots["requested_slot"] == asked


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "confirmed"),
    [
        ("提交", "affirm", 0.9, True),
        ("操", "affirm", 0.37, None),
        ("取消", "deny", 0.9, False),
        ("不少钱呢", "deny", 0.7, None),
    ],
)
async def test_nothing_is_sent_or_cancelled_by_a_weak_guess(text: str, intent: str, confidence: float, confirmed: Any):
    acted = await act(ValidateReportForm, text, intent, ASKS, confidence=confidence)
    assert acted.slots.get("report_confirmed") is confirmed
    assert acted.said == ([] if confirmed is not None else ["utter_report_unclear"])


@pytest.mark.parametrize(
    ("field", "text", "intent", "value"),
    [
        ("initiated_at", "订单号忘了吧", "inform", "不详"),
        ("initiated_at", "上周末", "inform", "上周末"),
        ("initiated_at", "绿色的那个", "inform", None),
        ("payment_state", "没有扣款", "deny", "未支付"),
        ("order_state", "一直没到账", "deny", "一直没到账"),
        ("product", "你们安全吗", "inform", None),
    ],
)
async def test_a_part_takes_answers_and_nothing_else(field: str, text: str, intent: str, value: str | None):
    slots = {**KNOWN, "report_field": "unknown", "requested_slot": field}
    assert (await act(ValidateReportForm, text, intent, slots)).slots.get(field) == value


async def test_another_order_number_leaves_the_report():
    acted = await act(
        ValidateReportForm,
        "sorry, it is KM202405120077",
        "inform",
        {**ASKS, "order_no": "KM202405120077"},
        order_no="KM202405120077",
    )
    assert acted.events == ["action_execution_rejected"]


async def test_the_summary_follows_the_language():
    slots = {**ASKS, "product": "my words", "language": "en"}
    acted = await act(ValidateReportForm, "", "switch_language", slots, language="en")
    assert acted.slots["payment_state"] == "paid"
    assert acted.slots["order_state"] == "unpaid"
    assert acted.slots["product"] == "my words"
    assert acted.slots["demand_text"] == "trace the money"


async def test_a_picture_is_kept_during_the_report():
    acted = await act(ValidateReportForm, "", "send_picture", ASKS, evidence_id="e7")
    assert acted.said == ["utter_picture_noted"]
    assert acted.slots["pictures"] == ["e7"]
    assert acted.slots["requested_slot"] == "report_confirmed"


async def test_a_confirmed_report_becomes_one_ticket(backend: FakeBackend):
    words = [user("/paid_not_received", "paid_not_received"), user("扣了 30 块没到账", "paid_not_received")]
    acted = await act(ActionOpenTicket, "", "affirm", CONFIRMED, words)
    assert acted.said == ["utter_ticket_opened"]
    assert acted.values["ticket_no"] == "TK261124A1B2C3"
    assert acted.values["reply_by"] == "2026-11-25 12:30"
    body = backend.calls[-1][1]
    assert {name: body[name] for name in STATEMENT} == STATEMENT
    assert (body["order_no"], body["type"], body["demand"]) == (ORDER_NO, "CALLBACK_MISSING", "VERIFY_FUNDS")
    assert body["content"] == "扣了 30 块没到账"
    assert body["evidence"] == ["e1"]
    assert list(backend.opened) == ["m1:ticket"]


async def test_the_same_message_again_gives_the_same_ticket(backend: FakeBackend):
    await act(ActionOpenTicket, "", "affirm", CONFIRMED)
    acted = await act(ActionOpenTicket, "", "affirm", CONFIRMED)
    assert acted.said == ["utter_ticket_opened"]
    assert len(backend.opened) == 1


async def test_a_second_report_joins_the_open_ticket(backend: FakeBackend):
    backend.opened["another"] = make_ticket()
    acted = await act(ActionOpenTicket, "", "affirm", CONFIRMED)
    assert acted.said == ["utter_ticket_joined"]


async def test_a_dead_backend_leaves_a_draft_for_the_outbox(backend: FakeBackend):
    backend.error = BackendUnavailableError()
    acted = await act(ActionOpenTicket, "", "affirm", CONFIRMED)
    assert acted.said == ["utter_ticket_saved"]
    draft = acted.sent[0]["ticket_draft"]
    assert draft["idempotency_key"] == "m1:ticket"
    assert draft["order_no"] == ORDER_NO


async def test_cancelled_opens_nothing(backend: FakeBackend):
    acted = await act(ActionOpenTicket, "", "deny", {**CONFIRMED, "report_confirmed": False})
    assert acted.said == ["utter_report_cancelled"]
    assert backend.calls == []


async def test_progress_without_a_ticket_says_so():
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_no_ticket"]


async def test_step_3_is_not_offered_before_its_time(backend: FakeBackend):
    backend.ticket_answer = make_ticket()
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_wait"]
    acted = await act(ActionEscalate, "", "complain")
    assert acted.said == ["utter_step3_not_yet"]
    assert acted.values["due_at"] == "2026-11-25 12:30"


async def test_step_3_shows_the_summary_and_the_ways_in_order_and_the_authorities_last(backend: FakeBackend):
    step3 = {"offer": True, "complaint": True, "platform": True, "legal": True, "why": "overdue", "at": None}
    backend.ticket_answer = make_ticket(step3=step3)
    acted = await act(ActionEscalate, "", "complain")
    assert acted.said == [
        "utter_step3_overdue",
        "utter_step3_summary",
        "utter_step3_complaint",
        "utter_step3_platform",
        "utter_step3_legal",
    ]
    backend.ticket_answer = make_ticket(step3={**step3, "legal": False, "why": "funds_at_platform"})
    acted = await act(ActionEscalate, "", "complain")
    assert acted.said == ["utter_step3_funds", "utter_step3_summary", "utter_step3_complaint", "utter_step3_platform"]


async def test_a_settled_ticket_is_no_reason_to_wait(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="closed", last_agent_reply_at=NOW.isoformat())
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_closed"]


async def test_a_complaint_without_a_ticket_offers_one_and_apologises_once():
    acted = await act(ActionEscalate, "", "complain")
    assert acted.said == ["utter_complain"]
    assert acted.slots["offer"] == "report"
    acted = await act(ActionEscalate, "", "complain", {"complaints": 1.0})
    assert acted.said == ["utter_complain_human"]
    assert acted.sent == [{"handoff": {"reason": "angry"}}]


async def test_a_complaint_about_a_known_order_leads_to_its_next_step():
    assert (await act(ActionEscalate, "", "complain", KNOWN)).said == ["utter_sorry", "utter_next_report"]
    acted = await act(ActionEscalate, "", "complain", {**KNOWN, "complaints": 1.0})
    assert acted.said == ["utter_complain_human"]
