import time

from bot.actions.order_form import ValidateOrderForm
from tests.actions.acting import act
from tests.actions.fake_backend import ORDER_NO

ASKS_NUMBER = {"requested_slot": "order_no"}
ASKS_TAIL = {"requested_slot": "phone_tail", "order_no": ORDER_NO}
PROVEN = {
    "order_no": ORDER_NO,
    "verified_order": ORDER_NO,
    "proof": "proof-1",
    "proof_until": time.time() + 900,
}


async def test_it_calms_first_and_then_asks_for_the_number():
    acted = await act(ValidateOrderForm, "钱扣了没到账", "paid_not_received", {"symptom": "not_received"})
    assert acted.said == ["utter_calm_not_received"]
    assert acted.slots["requested_slot"] == "order_no"


async def test_a_number_in_the_first_sentence_is_not_asked_again():
    acted = await act(ValidateOrderForm, f"{ORDER_NO} 没到账", "paid_not_received", {"symptom": "not_received"})
    assert acted.slots["order_no"] == ORDER_NO
    assert acted.slots["requested_slot"] == "phone_tail"


async def test_number_and_tail_in_one_sentence_complete_the_form_without_a_word():
    acted = await act(ValidateOrderForm, f"订单 {ORDER_NO} 手机尾号 0001", "inform")
    assert acted.slots["requested_slot"] is None
    assert acted.slots["phone_tail"] == "0001"
    assert acted.said == []


async def test_the_number_is_normalised():
    acted = await act(ValidateOrderForm, "km 2024 0512 0001", "inform", ASKS_NUMBER, order_no="km 2024 0512 0001")
    assert acted.slots["order_no"] == ORDER_NO


async def test_a_full_phone_number_gives_its_tail():
    acted = await act(ValidateOrderForm, "13800130001", "inform", ASKS_TAIL, phone="13800130001")
    assert acted.slots["phone_tail"] == "0001"


async def test_an_unreadable_answer_is_explained():
    acted = await act(ValidateOrderForm, "什么呀", "nlu_fallback", ASKS_NUMBER)
    assert acted.said == ["utter_order_no_unreadable"]
    assert acted.slots["requested_slot"] == "order_no"


async def test_the_third_failure_offers_a_human():
    acted = await act(ValidateOrderForm, "什么呀", "nlu_fallback", {**ASKS_NUMBER, "field_tries": 2.0})
    assert acted.said == ["utter_order_no_unreadable", "utter_field_help_human"]


async def test_a_question_is_answered_and_the_form_asks_again():
    acted = await act(ValidateOrderForm, "怎么充值", "how_to_topup", ASKS_TAIL)
    assert acted.said == ["utter_how_to_topup"]
    assert acted.slots["requested_slot"] == "phone_tail"
    assert acted.slots["field_tries"] == 0.0


async def test_it_gives_way_to_a_request_for_a_human():
    acted = await act(ValidateOrderForm, "转人工", "request_human", ASKS_NUMBER)
    assert acted.events == ["action_execution_rejected"]


async def test_a_proven_order_is_complete_at_once():
    acted = await act(ValidateOrderForm, "还没到账", "paid_not_received", PROVEN)
    assert acted.slots["requested_slot"] is None


async def test_another_number_ends_the_proof():
    slots = {**PROVEN, "order_no": "KM202405120002"}
    acted = await act(ValidateOrderForm, "KM202405120002", "inform", slots, order_no="KM202405120002")
    assert acted.slots["proof"] is None
    assert acted.slots["requested_slot"] == "phone_tail"


async def test_an_expired_proof_asks_only_for_the_tail():
    acted = await act(ValidateOrderForm, "", "check_order_status", {**PROVEN, "proof_until": time.time() - 1})
    assert acted.slots["requested_slot"] == "phone_tail"


async def test_the_language_button_works_inside_the_form():
    acted = await act(ValidateOrderForm, "", "switch_language", ASKS_NUMBER, language="en")
    assert acted.sent == [{"language": "en"}]
    assert acted.slots["language"] == "en"
    assert acted.slots["requested_slot"] == "order_no"


async def test_a_new_case_keeps_the_language_and_the_pictures():
    acted = await act(ValidateOrderForm, "", "restart_case", {**PROVEN, "pictures": ["e1"], "language": "en"})
    assert acted.slots["order_no"] is None
    assert acted.slots["proof"] is None
    assert acted.slots["requested_slot"] == "order_no"
    assert not {"language", "pictures"} & set(acted.slots)


async def test_a_signed_identity_replaces_the_tail_until_it_is_refused():
    acted = await act(ValidateOrderForm, ORDER_NO, "inform", {"order_no": ORDER_NO}, identity="user-alice")
    assert acted.slots["requested_slot"] is None
    slots = {"order_no": ORDER_NO, "identity_refused": True}
    acted = await act(ValidateOrderForm, "", "affirm", slots, identity="user-bob")
    assert acted.slots["requested_slot"] == "phone_tail"
