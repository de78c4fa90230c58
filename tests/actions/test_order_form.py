import time

from bot.actions.order_form import ValidateOrderForm
from bot.actions.orders import ActionCheckOrder
from tests.actions.acting import act
from tests.actions.fake_backend import ORDER_NO, FakeBackend, make_diagnosis

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


async def test_the_digits_told_before_the_number_are_not_asked_again():
    told = {**ASKS_NUMBER, "phone_tail": "0001"}
    acted = await act(ValidateOrderForm, ORDER_NO, "inform", told, order_no=ORDER_NO)
    assert (acted.slots["phone_tail"], acted.slots["requested_slot"]) == ("0001", None)


async def test_digits_that_prove_another_order_or_were_mistyped_prove_nothing():
    for more in (
        {**PROVEN, "order_no": "KM202405120009", "verified_order": "KM202405120009"},
        {"symptom": "wrong_info"},
    ):
        told = {**ASKS_NUMBER, **more, "phone_tail": "13800130001"}
        acted = await act(ValidateOrderForm, ORDER_NO, "inform", told, order_no=ORDER_NO)
        assert (acted.slots["phone_tail"], acted.slots["requested_slot"]) == (None, "phone_tail")


async def test_who_cannot_find_the_number_is_told_where_it_is_whatever_was_guessed():
    for text in ("我找不到订单号", "订单号在哪看", "where do i find the order number"):
        acted = await act(ValidateOrderForm, text, "check_order_status", {**ASKS_NUMBER, "symptom": "not_received"})
        assert acted.said == ["utter_order_no_missing"]


async def test_an_unreadable_answer_is_explained():
    acted = await act(ValidateOrderForm, "什么呀", "nlu_fallback", ASKS_NUMBER)
    assert acted.said == ["utter_order_no_unreadable"]
    assert acted.slots["requested_slot"] == "order_no"


async def test_the_second_failure_shows_other_ways_and_the_third_calls_a_human(backend: FakeBackend):
    acted = await act(ValidateOrderForm, "什么呀", "nlu_fallback", {**ASKS_NUMBER, "field_tries": 1.0})
    assert acted.said == ["utter_order_no_unreadable", "utter_field_help_human"]
    acted = await act(ValidateOrderForm, "什么呀", "nlu_fallback", {**ASKS_NUMBER, "field_tries": 2.0})
    assert (acted.said, acted.slots["requested_slot"], acted.slots["form_end"]) == ([], None, "human")
    acted = await act(ActionCheckOrder, "什么呀", "nlu_fallback", {"form_end": "human"})
    assert acted.said == ["utter_fallback_handoff"]
    assert acted.sent == [{"handoff": {"reason": "not_understood"}}]
    assert acted.slots["form_end"] is None
    assert backend.calls == []


async def test_the_problem_told_again_is_no_failed_try():
    said = {"event": "bot", "metadata": {"utter_action": "utter_calm_not_received"}}
    slots = {**ASKS_NUMBER, "symptom": "not_received", "field_tries": 1.0}
    acted = await act(ValidateOrderForm, "钱扣了啊", "paid_not_received", slots, [said])
    assert acted.said == ["utter_hurry"]
    assert acted.slots["field_tries"] == 1.0


async def test_not_charged_ends_the_form_with_the_good_news(backend: FakeBackend):
    acted = await act(ValidateOrderForm, "没扣钱", "deny", ASKS_NUMBER)
    assert (acted.slots["form_end"], acted.slots["requested_slot"]) == ("not_charged", None)
    acted = await act(ActionCheckOrder, "没扣钱", "deny", {"form_end": "not_charged"})
    assert acted.said == ["utter_not_charged"]
    assert acted.slots["paid_claim"] is False
    acted = await act(ValidateOrderForm, "没扣钱但是也没到账", "deny", ASKS_NUMBER)
    assert acted.slots["requested_slot"] == "order_no"


async def test_anger_meets_one_human_sentence_and_then_action():
    acted = await act(ValidateOrderForm, "什么垃圾", "complain", ASKS_NUMBER)
    assert acted.said == ["utter_sorry"]
    assert acted.slots["requested_slot"] == "order_no"
    acted = await act(ValidateOrderForm, "什么垃圾", "complain", {**ASKS_NUMBER, "complaints": 1.0})
    assert acted.said == ["utter_field_help_human"]
    acted = await act(ValidateOrderForm, "什么垃圾", "complain", {**ASKS_NUMBER, "ticket_no": "TK1"})
    assert acted.events == ["action_execution_rejected"]


async def test_a_number_in_a_question_is_kept():
    acted = await act(ValidateOrderForm, f"{ORDER_NO} 为什么没到", "ask_cause", ASKS_NUMBER, order_no=ORDER_NO)
    assert acted.said == ["utter_causes"]
    assert acted.slots["requested_slot"] == "phone_tail"


async def test_an_order_of_this_chat_is_taken_up_again_without_its_digits():
    case = make_diagnosis()
    slots = {**PROVEN, "case": case, "ticket_no": "TK1"}
    acted = await act(ValidateOrderForm, "KM202405120002", "inform", slots, order_no="KM202405120002")
    assert acted.slots["requested_slot"] == "phone_tail"
    assert (acted.slots["case"], acted.slots["ticket_no"], acted.slots["verified_order"]) == (None, None, None)
    (kept,) = acted.slots["known_orders"]
    second = {**PROVEN, "order_no": "KM202405120002", "verified_order": "KM202405120002", "known_orders": [kept]}
    for text, intent, entities in [
        (ORDER_NO, "inform", {"order_no": ORDER_NO}),
        ("回到第一个订单", "restart_case", {}),
        ("back to the previous order", "check_order_status", {}),
    ]:
        acted = await act(ValidateOrderForm, text, intent, second, **entities)
        assert acted.slots["requested_slot"] is None, text
        assert (acted.slots["verified_order"], acted.slots["ticket_no"]) == (ORDER_NO, "TK1")
        assert [each["verified_order"] for each in acted.slots["known_orders"]] == ["KM202405120002"]


async def test_the_other_order_of_the_message_is_next():
    text, other = f"{ORDER_NO} 和 KM202405120008 都没到账", "KM202405120008"
    acted = await act(ValidateOrderForm, text, "paid_not_received", order_no=other, first_order_no=ORDER_NO)
    assert (acted.slots["order_no"], acted.slots["other_order"]) == (ORDER_NO, other)
    acted = await act(ValidateOrderForm, "第二个订单呢", "check_order_status", {**PROVEN, "other_order": other})
    assert (acted.slots["order_no"], acted.slots["other_order"]) == (other, None)
    acted = await act(ActionCheckOrder, "0001", "inform", {**PROVEN, "other_order": other})
    assert (acted.said[-1], acted.values["other_order"]) == ("utter_other_order", other)


async def test_a_worry_about_the_order_at_hand_is_answered_and_not_the_order_once_more():
    slots = {**PROVEN, "case": make_diagnosis()}
    acted = await act(ActionCheckOrder, "那我能重新付吗", "check_order_status", slots)
    assert acted.said == ["utter_pay_again", "utter_next_report"]
    assert acted.slots["offer"] == "report"


async def test_an_earlier_order_whose_proof_ended_asks_for_the_digits():
    kept = {**PROVEN, "verified_order": "KM202405120009", "proof_until": time.time() - 1}
    acted = await act(ValidateOrderForm, "上一个订单", "check_order_status", {"known_orders": [kept]})
    assert acted.slots["requested_slot"] == "phone_tail"


async def test_a_pasted_bill_is_kept_for_the_payment_check():
    bill = "交易单号 4200001234202405121234567890 支付时间 2024年5月12日 20:13:05 金额 ¥30.00 微信支付"
    acted = await act(ValidateOrderForm, bill, "inform", payment_no="4200001234202405121234567890")
    assert acted.slots["payment_amount"] == "30.00"
    assert acted.slots["payment_channel"] == "wechat"
    assert acted.slots["paid_at"] == "2024-05-12T12:13:05+00:00"


async def test_a_question_is_answered_and_the_form_asks_again():
    acted = await act(ValidateOrderForm, "怎么充值", "how_to_topup", ASKS_TAIL)
    assert acted.said == ["utter_how_to_topup"]
    assert acted.slots["requested_slot"] == "phone_tail"
    assert acted.slots["field_tries"] == 0.0


async def test_whether_to_top_up_again_is_a_question_about_money():
    acted = await act(ValidateOrderForm, "can I top up again", "how_to_topup", ASKS_TAIL)
    assert acted.said == ["utter_pay_again"]


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
