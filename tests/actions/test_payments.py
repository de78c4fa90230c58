import pytest

from bot.actions.payment_form import ValidatePaymentForm
from bot.actions.payments import ActionCheckPayment
from tests.actions.acting import act
from tests.actions.fake_backend import FakeBackend, make_diagnosis
from tests.actions.test_order_form import PROVEN

CLAIM = {
    "payment_channel": "wechat",
    "payment_no": "4200002966202611240090527049",
    "payment_amount": "30.00",
    "paid_at": "2026-11-24T04:30:00+00:00",
}


async def test_the_form_asks_for_the_channel_first():
    acted = await act(ValidatePaymentForm, "", "provide_payment")
    assert acted.slots["requested_slot"] == "payment_channel"


async def test_a_number_that_cannot_be_found_is_skipped():
    slots = {"payment_channel": "wechat", "requested_slot": "payment_no"}
    acted = await act(ValidatePaymentForm, "", "deny", slots)
    assert acted.slots["payment_no"] == "unknown"
    assert acted.slots["requested_slot"] == "payment_amount"


async def test_an_amount_is_kept_with_two_decimals():
    slots = {**CLAIM, "payment_amount": None, "requested_slot": "payment_amount"}
    acted = await act(ValidatePaymentForm, "30.00", "inform", slots)
    assert acted.slots["payment_amount"] == "30.00"
    assert acted.slots["requested_slot"] is None


async def test_an_unreadable_amount_is_explained():
    slots = {**CLAIM, "payment_amount": None, "requested_slot": "payment_amount"}
    acted = await act(ValidatePaymentForm, "不少", "nlu_fallback", slots)
    assert acted.said == ["utter_payment_amount_unreadable"]


async def test_a_typed_no_skips_a_question_only_when_its_words_say_so():
    slots = {**CLAIM, "payment_amount": None, "requested_slot": "payment_amount"}
    acted = await act(ValidatePaymentForm, "不少钱呢", "deny", slots)
    assert acted.said == ["utter_payment_amount_unreadable"]
    acted = await act(ValidatePaymentForm, "记不清了", "deny", slots)
    assert acted.slots["payment_amount"] == "unknown"


async def test_a_denied_channel_is_not_the_channel():
    slots = {"payment_channel": "wechat", "requested_slot": "payment_no"}
    acted = await act(ValidatePaymentForm, "不是微信，是支付宝", "inform", slots, payment_channel="wechat")
    assert acted.slots["payment_channel"] == "alipay"
    acted = await act(ValidatePaymentForm, "Alipay, not WeChat", "inform", slots, payment_channel="wechat")
    assert acted.slots["payment_channel"] == "alipay"


@pytest.mark.parametrize("text", ["微信还是支付宝来着", "微信或者支付宝吧", "WeChat or Alipay"])
async def test_of_two_channels_none_is_guessed(text: str):
    acted = await act(ValidatePaymentForm, text, "nlu_fallback", {"requested_slot": "payment_channel"})
    assert acted.said == ["utter_payment_channel_unreadable"]
    assert acted.slots["requested_slot"] == "payment_channel"


async def test_a_wallet_with_a_bank_card_behind_it_is_the_wallet():
    acted = await act(ValidatePaymentForm, "微信绑的银行卡", "inform", {"requested_slot": "payment_channel"})
    assert acted.slots["payment_channel"] == "wechat"


async def test_not_charged_ends_the_payment_check(backend: FakeBackend):
    acted = await act(ValidatePaymentForm, "其实没扣款", "inform", {"requested_slot": "payment_channel"})
    assert acted.slots["form_end"] == "not_charged"
    acted = await act(ActionCheckPayment, "其实没扣款", "inform", {"form_end": "not_charged"})
    assert acted.said == ["utter_not_charged"]
    assert backend.calls == []


async def test_the_problem_buttons_leave_the_form():
    acted = await act(ValidatePaymentForm, "", "check_order_status", {"requested_slot": "payment_channel"})
    assert acted.events == ["action_execution_rejected"]


async def test_how_long_it_takes_is_answered_and_the_form_goes_on():
    acted = await act(ValidatePaymentForm, "要多久", "check_order_status", {"requested_slot": "payment_no"})
    assert (acted.said, acted.slots["requested_slot"]) == (["utter_how_long"], "payment_channel")


async def test_a_matched_payment_is_followed_by_the_diagnosis():
    acted = await act(ActionCheckPayment, slots={**PROVEN, **CLAIM})
    assert acted.said[0] == "utter_verdict_matched"
    assert acted.said[-1] == "utter_next_report"


async def test_the_claim_leaves_out_what_is_unknown(backend: FakeBackend):
    await act(ActionCheckPayment, slots={**PROVEN, **CLAIM, "payment_no": "unknown"})
    claim = backend.calls[-1][1]
    assert (claim["transaction_no"], claim["merchant_no"]) == (None, None)
    assert claim["amount"] == "30.00"


async def test_a_transaction_number_and_a_merchant_number_are_told_apart(backend: FakeBackend):
    await act(ActionCheckPayment, slots={**PROVEN, **CLAIM})
    assert backend.calls[-1][1]["transaction_no"] == CLAIM["payment_no"]
    await act(ActionCheckPayment, slots={**PROVEN, **CLAIM, "payment_no": "KM202405120001"})
    assert backend.calls[-1][1]["merchant_no"] == "KM202405120001"


async def test_incomplete_names_the_field_and_asks_only_for_it(backend: FakeBackend):
    backend.payment_answer = {"verdict": "INCOMPLETE", "missing": ["amount"], "mismatches": []}
    acted = await act(ActionCheckPayment, slots={**PROVEN, **CLAIM})
    assert acted.said == ["utter_verdict_incomplete"]
    assert acted.values["fields"] == "金额"
    assert acted.slots["payment_amount"] is None
    assert "payment_no" not in acted.slots


async def test_a_claim_without_a_number_and_an_order_that_is_not_found_say_both(backend: FakeBackend):
    nowhere = make_diagnosis(diagnosis="ORDER_NOT_FOUND", next="recheck_number", ticket_type=None, demand="FIND_ORDER")
    backend.payment_answer = {"verdict": "INCOMPLETE", "missing": ["number"], "mismatches": [], "diagnosis": nowhere}
    acted = await act(ActionCheckPayment, slots={**CLAIM, "payment_no": "unknown", "order_no": "KM202405120006"})
    assert acted.said == ["utter_diagnosis_order_not_found", "utter_verdict_incomplete"]
    assert acted.slots["case"]["diagnosis"] == "ORDER_NOT_FOUND"


async def test_no_order_is_called_missing_before_a_number_was_given(backend: FakeBackend):
    nowhere = make_diagnosis(diagnosis="ORDER_NOT_FOUND", next="recheck_number", ticket_type=None, demand="FIND_ORDER")
    backend.payment_answer = {"verdict": "INCOMPLETE", "missing": ["number"], "mismatches": [], "diagnosis": nowhere}
    acted = await act(ActionCheckPayment, slots={**CLAIM, "payment_no": "unknown"})
    assert acted.said == ["utter_verdict_incomplete"]


async def test_a_conflict_names_what_differs_and_accuses_nobody(backend: FakeBackend):
    backend.payment_answer = {
        "verdict": "CONFLICT",
        "missing": [],
        "mismatches": ["amount", "paid_at"],
        "diagnosis": make_diagnosis(diagnosis="EVIDENCE_CONFLICT"),
    }
    acted = await act(ActionCheckPayment, slots={**PROVEN, **CLAIM, "language": "en"})
    assert acted.said == ["utter_verdict_conflict"]
    assert acted.values["fields"] == "amount, time of payment"
    assert acted.slots["case"]["diagnosis"] == "EVIDENCE_CONFLICT"


async def test_a_payment_that_leads_to_an_order_asks_for_the_tail(backend: FakeBackend):
    backend.payment_answer = {"verdict": "MATCHED", "order_known": True, "diagnosis": make_diagnosis()}
    acted = await act(ActionCheckPayment, slots=CLAIM)
    assert acted.said == ["utter_verdict_matched", "utter_payment_leads_to_order"]
    assert acted.slots["order_no"] == CLAIM["payment_no"]
    assert "case" not in acted.slots
