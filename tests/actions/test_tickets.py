from bot.actions.progress import ActionCheckTicket, ActionEscalate
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


async def test_step_3_shows_the_ways_in_order_and_the_platform_last(backend: FakeBackend):
    step3 = {"offer": True, "complaint": True, "platform": True, "legal": True, "why": "overdue", "at": None}
    backend.ticket_answer = make_ticket(step3=step3)
    acted = await act(ActionEscalate, "", "complain")
    assert acted.said == ["utter_step3_overdue", "utter_step3_complaint", "utter_step3_legal", "utter_step3_platform"]
    backend.ticket_answer = make_ticket(step3={**step3, "legal": False, "why": "funds_at_platform"})
    acted = await act(ActionEscalate, "", "complain")
    assert acted.said == ["utter_step3_funds", "utter_step3_complaint", "utter_step3_platform"]


async def test_a_settled_ticket_is_no_reason_to_wait(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="closed", last_agent_reply_at=NOW.isoformat())
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_closed"]


async def test_a_complaint_without_a_ticket_offers_one():
    acted = await act(ActionEscalate, "", "complain")
    assert acted.said == ["utter_complain"]
    assert acted.slots["offer"] == "report"
