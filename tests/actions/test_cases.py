"""Where the case is, on request: at any time, also from another device."""

from typing import Any

import pytest

from bot.actions.arrival import ActionConfirmDelivery, ActionKeepRating, ActionRateCase, ValidateRatingForm
from bot.actions.complaints import ActionEscalate
from bot.actions.order_form import ValidateOrderForm
from bot.actions.orders import ActionCheckOrder
from bot.actions.progress import ActionCheckTicket
from bot.actions.replies import ActionReplyTicket, ValidateReplyForm
from bot.actions.resuming import ActionResumeCase
from bot.actions.step3 import ActionShowStep3
from bot.errors import BackendUnavailableError, NotFoundError
from tests.actions.acting import METADATA, act
from tests.actions.fake_backend import NOW, ORDER_NO, FakeBackend, make_order, make_ticket

TICKET_NO = "TK261124A1B2C3"
OTHER_NO = "TK261125D4E5F6"
IN_PROGRESS = {"status": "pending", "stage": "in_progress", "holder": {"kind": "agent", "name": "小林"}}
REPLY = {"at": NOW.isoformat(), "action": "reply", "by": "agent", "name": "小林", "text": "已催上游", "pictures": 0}
ANSWER = {**REPLY, "action": "customer_message", "by": "customer", "name": None, "text": "好", "pictures": 1}
DUE = {"offer": True, "complaint": True, "platform": True, "legal": False, "why": "overdue", "at": None}


@pytest.fixture
def other_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """The customer came by the code of alice's other conversation."""
    monkeypatch.setitem(METADATA, "resumed", ["alice-before"])


async def test_a_new_ticket_waits_in_the_queue(backend: FakeBackend):
    backend.ticket_answer = make_ticket(holder={"kind": "queue", "name": None}, next_promise_at="2026-11-25T04:30:00Z")
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_wait"]
    assert acted.values["holder"] == "在排队，等客服接手"
    assert acted.values["due_at"] == "2026-11-25 12:30"
    assert acted.slots["ticket_no"] == TICKET_NO


async def test_who_has_it_and_what_they_said_last_is_told(backend: FakeBackend):
    answered = {**IN_PROGRESS, "last_agent_reply_at": NOW.isoformat(), "history": [REPLY]}
    backend.ticket_answer = make_ticket(**answered)
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_last_reply", "utter_ticket_answered"]
    assert (acted.values["holder"], acted.values["words"]) == ("客服 小林 正在处理", "已催上游")


async def test_what_the_customer_answered_already_is_not_repeated(backend: FakeBackend):
    backend.ticket_answer = make_ticket(**IN_PROGRESS, last_agent_reply_at=NOW.isoformat(), history=[REPLY, ANSWER])
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_answered"]


async def test_a_case_that_waits_for_the_customer_asks_them(backend: FakeBackend):
    waiting = {"status": "pending", "waiting_for": "customer", "holder": {"kind": "customer", "name": None}}
    backend.ticket_answer = make_ticket(**waiting, history=[{**REPLY, "action": "wait_customer", "text": "区服？"}])
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_last_reply", "utter_ticket_needs_you"]
    assert acted.values["holder"] == "等您补充"


async def test_a_resolved_case_asks_whether_it_is(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved", holder={"kind": "nobody", "name": None})
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_resolved"]


@pytest.mark.parametrize(
    ("refund", "name"),
    [
        ({"decision": "approved", "amount": "30.00", "expected_at": NOW.isoformat()}, "approved_until"),
        ({"decision": "approved", "amount": None, "expected_at": None}, "approved"),
        ({"decision": "rejected", "amount": None, "reason": "已到账"}, "rejected"),
    ],
)
async def test_a_refund_decision_is_part_of_it(backend: FakeBackend, refund: dict[str, Any], name: str):
    backend.ticket_answer = make_ticket(**IN_PROGRESS, refund=refund)
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said[1] == f"utter_ticket_refund_{name}"
    assert acted.values.get("amount", "") == (" ¥30.00" if name == "approved_until" else "")


async def test_fields_that_an_older_backend_lacks_are_no_trouble(backend: FakeBackend):
    backend.ticket_answer = make_ticket()
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_ticket_status", "utter_ticket_wait"]


async def test_a_named_ticket_is_shown(backend: FakeBackend):
    backend.ticket_answer = make_ticket(ticket_no=OTHER_NO)
    await act(ActionCheckTicket, f"查一下 {OTHER_NO.lower()}", "ticket_progress")
    assert backend.calls == [("ticket", OTHER_NO)]


async def test_other_tickets_are_named(backend: FakeBackend):
    backend.ticket_answer = make_ticket()
    backend.more_tickets = [
        make_ticket(ticket_no=OTHER_NO, created_at="2026-11-20T00:00:00+00:00"),
        make_ticket(ticket_no="TK261119AAAAAA", status="closed", created_at="2026-11-25T00:00:00+00:00"),
    ]
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said[-1] == "utter_ticket_others"
    assert (acted.values["ticket_no"], acted.values["others"]) == (TICKET_NO, OTHER_NO)


async def test_from_another_device_the_old_customers_tickets_are_found(backend: FakeBackend, other_device: None):
    backend.owner, backend.ticket_answer = "alice-before", make_ticket(amount="30.00")
    acted = await act(ActionResumeCase, "", "resume_case", field="linked")
    assert acted.said == ["utter_resume_linked", "utter_ticket_status", "utter_ticket_wait"]


async def test_without_a_code_they_are_not(backend: FakeBackend):
    backend.owner, backend.ticket_answer = "alice-before", make_ticket()
    acted = await act(ActionCheckTicket, "", "ticket_progress")
    assert acted.said == ["utter_no_ticket"]


@pytest.mark.parametrize("result", ["unknown", "typo", "limited"])
async def test_a_code_that_opens_nothing_is_explained(backend: FakeBackend, result: str):
    acted = await act(ActionResumeCase, "", "resume_case", field=result)
    assert acted.said == [f"utter_resume_{result}"]


async def test_the_summary_holds_what_is_known(backend: FakeBackend):
    opened = {**ANSWER, "action": "open", "pictures": 2}
    backend.ticket_answer = make_ticket(step3=DUE, amount="30.00", history=[opened, ANSWER])
    slots = {
        "ticket_no": TICKET_NO,
        "payment_no": "4200001234567890123456789012",
        "payment_state": "已支付",
        "order_state": "未支付",
        "case": {"order": make_order(), "demand": "VERIFY_FUNDS"},
    }
    acted = await act(ActionShowStep3, "", "show_step3", slots, about=TICKET_NO)
    assert acted.said[:2] == ["utter_step3_overdue", "utter_step3_summary"]
    assert acted.values["lines"].splitlines() == [
        f"订单号：{ORDER_NO}",
        "商品：某游戏 30 元点卡",
        "金额：¥30.00",
        "付款时间：2026-11-24 12:30",
        "支付单号：4200001234567890123456789012",
        "支付状态：已支付",
        "订单状态：未支付",
        f"工单：{TICKET_NO}，2026-11-24 12:30 提交",
        "处理情况：承诺 2026-11-25 12:30 前回复，至今没有人工回复",
        "诉求：核实款项流向",
        "凭证：3 张截图已随工单提交",
    ]


@pytest.mark.parametrize(("why", "said"), [("overdue", "overdue"), ("funds_at_platform", "funds")])
async def test_the_third_step_names_the_promise_that_holds(backend: FakeBackend, why: str, said: str):
    promise = "2027-01-01T04:30:00+00:00"
    backend.ticket_answer = make_ticket(step3={**DUE, "why": why}, next_promise_at=promise)
    acted = await act(ActionShowStep3, "", "show_step3", about=TICKET_NO)
    assert (acted.said[0], acted.values["due_at"]) == (f"utter_step3_{said}_until", "2027-01-01 12:30")
    for none_or_past in (None, "2020-01-01T00:00:00+00:00"):
        backend.ticket_answer = make_ticket(step3={**DUE, "why": why}, next_promise_at=none_or_past)
        assert (await act(ActionShowStep3, "", "show_step3", about=TICKET_NO)).said[0] == f"utter_step3_{said}"


async def test_while_the_customer_is_asked_nothing_is_promised_to_complain_of(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="pending", waiting_for="customer", next_promise_at=None)
    assert (await act(ActionShowStep3, "", "show_step3", about=TICKET_NO)).said == ["utter_ticket_needs_you"]
    assert (await act(ActionEscalate, "", "complain")).said == ["utter_ticket_needs_you"]


async def test_the_summary_of_another_order_takes_nothing_from_this_one(backend: FakeBackend):
    backend.ticket_answer = make_ticket(order_no="KM202405120002", step3=DUE)
    slots = {"ticket_no": OTHER_NO, "payment_no": "42", "case": {"order": make_order()}}
    acted = await act(ActionShowStep3, "", "show_step3", slots, about=TICKET_NO)
    assert "点卡" not in acted.values["lines"] and "支付单号" not in acted.values["lines"]


async def test_the_summary_on_another_device_has_no_order(backend: FakeBackend, other_device: None):
    backend.owner, backend.ticket_answer = "alice-before", make_ticket(step3=DUE, amount="30.00")
    acted = await act(ActionShowStep3, "", "show_step3", about=TICKET_NO)
    assert ORDER_NO not in acted.values["lines"] and "30.00" not in acted.values["lines"]
    assert TICKET_NO in acted.values["lines"]


async def test_the_third_step_is_not_shown_too_early(backend: FakeBackend):
    backend.ticket_answer = make_ticket()
    assert (await act(ActionShowStep3, "", "show_step3", about=TICKET_NO)).said == ["utter_step3_not_yet"]
    backend.ticket_answer = make_ticket(status="resolved")
    assert (await act(ActionShowStep3, "", "show_step3", about=TICKET_NO)).said == ["utter_ticket_closed"]


async def test_it_arrived_and_the_rating_is_asked_once(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved")
    acted = await act(ActionConfirmDelivery, "", "confirm_delivery", field="arrived", about=TICKET_NO)
    assert (acted.said, acted.values["about"]) == (["utter_arrived_rate"], TICKET_NO)
    assert acted.slots["rated_cases"] == [TICKET_NO]
    again = await act(ActionConfirmDelivery, "", "confirm_delivery", acted.slots, field="arrived", about=TICKET_NO)
    assert again.said == ["utter_arrived"]


async def test_a_case_that_was_rated_before_is_not_asked_about(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved", rated=True)
    acted = await act(ActionConfirmDelivery, "", "confirm_delivery", field="arrived", about=TICKET_NO)
    assert acted.said == ["utter_arrived"]


async def test_an_order_without_a_ticket_is_not_rated(backend: FakeBackend):
    acted = await act(ActionConfirmDelivery, "", "confirm_delivery", field="arrived", about=ORDER_NO)
    assert acted.said == ["utter_arrived"]


async def test_a_case_that_is_worked_on_hears_that_it_arrived(backend: FakeBackend):
    backend.ticket_answer = make_ticket(**IN_PROGRESS)
    await act(ActionConfirmDelivery, "", "confirm_delivery", field="arrived", about=TICKET_NO)
    (body,) = [body for name, body in backend.calls if name == "add_ticket_message"]
    assert body["text"] == "客户确认已经到账。"


async def test_typed_good_news_is_for_the_case_that_is_worked_on(backend: FakeBackend):
    backend.ticket_answer = make_ticket(**IN_PROGRESS)
    acted = await act(ActionConfirmDelivery, "已经到账了，谢谢", "confirm_delivery")
    assert acted.said == ["utter_arrived_rate"]
    (body,) = [body for name, body in backend.calls if name == "add_ticket_message"]
    assert body["text"] == "客户确认已经到账。"


async def test_typed_good_news_without_a_case_is_good_news(backend: FakeBackend):
    assert (await act(ActionConfirmDelivery, "到账了", "confirm_delivery")).said == ["utter_arrived"]


async def test_a_resolved_case_is_not_opened_by_good_news(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved")
    await act(ActionConfirmDelivery, "", "confirm_delivery", field="arrived", about=TICKET_NO)
    assert "add_ticket_message" not in [name for name, _ in backend.calls]


async def test_not_yet_goes_into_the_ticket(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved")
    acted = await act(ActionConfirmDelivery, "", "confirm_delivery", field="not_arrived", about=TICKET_NO)
    assert acted.said == ["utter_not_arrived_ticket"]
    assert acted.slots["ticket_no"] == TICKET_NO
    (body,) = [body for name, body in backend.calls if name == "add_ticket_message"]
    assert (body["author"], body["text"]) == ("customer", "客户说还没有到账。")


@pytest.mark.parametrize("about", [ORDER_NO, TICKET_NO])
async def test_not_yet_without_a_ticket_that_lives_offers_one(backend: FakeBackend, about: str):
    backend.ticket_answer = make_ticket(status="closed")
    backend.refused = NotFoundError()
    acted = await act(ActionConfirmDelivery, "", "confirm_delivery", field="not_arrived", about=about)
    assert (acted.said, acted.slots["offer"]) == (["utter_not_arrived"], "report")


async def test_points_are_kept_at_once_and_a_word_may_follow(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved")
    acted = await act(ActionRateCase, "", "rate_case", score="5", about=TICKET_NO)
    assert acted.said == ["utter_rating_thanks"]
    assert ("rate_ticket", (TICKET_NO, 5, None)) in backend.calls
    asked = await act(ValidateRatingForm, "", "rate_case", acted.slots, form="rating_form")
    assert (asked.said, asked.slots["requested_slot"]) == ([], "rating_comment")
    slots = {**acted.slots, "requested_slot": "rating_comment"}
    told = await act(ValidateRatingForm, "客服很耐心", "out_of_scope", slots, form="rating_form")
    assert (told.slots["rating_comment"], told.slots["requested_slot"]) == ("客服很耐心", None)
    kept = await act(ActionKeepRating, "客服很耐心", "out_of_scope", {**acted.slots, **told.slots})
    assert kept.said == ["utter_rating_comment_kept"]
    assert ("rate_ticket", (TICKET_NO, 5, "客服很耐心")) in backend.calls


async def test_few_points_are_met_with_regret(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved")
    assert (await act(ActionRateCase, "", "rate_case", score="2", about=TICKET_NO)).said == ["utter_rating_sorry"]


@pytest.mark.parametrize(("text", "intent"), [("", "deny"), ("不用了", "deny"), ("no thanks", "thanks")])
async def test_no_word_is_fine(backend: FakeBackend, text: str, intent: str):
    slots = {"rating": {"about": TICKET_NO, "score": 5, "seen_as": "alice"}, "requested_slot": "rating_comment"}
    told = await act(ValidateRatingForm, text, intent, slots, form="rating_form")
    kept = await act(ActionKeepRating, text, intent, {**slots, **told.slots})
    assert kept.said == ["utter_rating_done"]
    assert backend.calls == []


@pytest.mark.parametrize(("text", "intent"), [("另一单付了没到账", "paid_not_received"), (ORDER_NO, "inform")])
async def test_another_problem_comes_before_the_word(backend: FakeBackend, text: str, intent: str):
    slots = {"rating": {"about": TICKET_NO, "score": 5, "seen_as": "alice"}, "requested_slot": "rating_comment"}
    acted = await act(ValidateRatingForm, text, intent, slots, form="rating_form")
    assert acted.events == ["action_execution_rejected"]


RATED = {"rating": {"about": TICKET_NO, "score": 2, "seen_as": "alice"}, "requested_slot": "rating_comment"}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("太慢了，差评", "complain"),
        ("谢谢客服，处理得很快", "thanks"),
        ("以后不要再让我等两天了", "deny"),
        ("还不错", "affirm"),
    ],
)
async def test_what_is_more_than_a_polite_end_is_the_word_about_it(backend: FakeBackend, text: str, intent: str):
    confidence = 0.4 if intent == "affirm" else 0.9
    slots = {**RATED, "ticket_no": TICKET_NO}
    told = await act(ValidateRatingForm, text, intent, slots, form="rating_form", confidence=confidence)
    assert (told.slots["rating_comment"], told.slots["requested_slot"]) == (text, None)


@pytest.mark.parametrize("text", ["谢谢", "好的，谢谢啦！", "thanks a lot"])
async def test_a_polite_end_is_no_word_about_it(backend: FakeBackend, text: str):
    told = await act(ValidateRatingForm, text, "thanks", RATED, form="rating_form")
    assert told.slots["rating_comment"] == "-"


async def test_a_question_instead_of_the_word_is_answered_and_the_word_asked_for_again(backend: FakeBackend):
    told = await act(ValidateRatingForm, "一天最多能充多少", "payment_limit", RATED, form="rating_form")
    assert (told.said, told.slots["requested_slot"]) == (["utter_payment_limit"], "rating_comment")


async def test_a_yes_to_the_word_asks_for_it_and_a_second_one_ends(backend: FakeBackend):
    asked = await act(ValidateRatingForm, "好的", "affirm", RATED, form="rating_form")
    assert (asked.said, asked.slots["requested_slot"]) == ([], "rating_comment")
    ended = await act(ValidateRatingForm, "好的", "affirm", {**RATED, **asked.slots}, form="rating_form")
    assert (ended.slots["rating_comment"], ended.slots["requested_slot"]) == ("-", None)


async def test_a_rating_that_could_not_be_kept_asks_for_no_word(backend: FakeBackend):
    backend.error = BackendUnavailableError()
    earlier = {"rating": {"about": OTHER_NO, "score": 5, "seen_as": "alice"}}
    acted = await act(ActionRateCase, "", "rate_case", earlier, score="5", about=TICKET_NO)
    assert acted.said == ["utter_lookup_failed"]
    asked = await act(ValidateRatingForm, "", "rate_case", {**earlier, **acted.slots}, form="rating_form")
    assert asked.slots["requested_slot"] is None


async def test_points_that_could_not_be_kept_are_asked_for_once_more(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved")
    slots = {"rated_cases": [OTHER_NO, TICKET_NO]}
    backend.error = BackendUnavailableError()
    failed = await act(ActionRateCase, "", "rate_case", slots, score="5", about=TICKET_NO)
    assert (failed.said, failed.slots["rated_cases"]) == (["utter_lookup_failed"], [OTHER_NO])
    backend.error = None
    asked = await act(ActionConfirmDelivery, "", "confirm_delivery", failed.slots, field="arrived", about=TICKET_NO)
    assert asked.said == ["utter_arrived_rate"]
    given = await act(ActionRateCase, "", "rate_case", asked.slots, score="5", about=TICKET_NO)
    assert given.said == ["utter_rating_thanks"]


async def test_points_that_were_kept_are_not_asked_for_once_more(backend: FakeBackend):
    backend.ticket_answer = make_ticket(status="resolved")
    slots = {"rated_cases": [TICKET_NO]}
    given = await act(ActionRateCase, "", "rate_case", slots, score="5", about=TICKET_NO)
    slots |= given.slots
    asked = await act(ActionConfirmDelivery, "", "confirm_delivery", slots, field="arrived", about=TICKET_NO)
    assert asked.said == ["utter_arrived"]


async def test_an_answer_goes_into_the_ticket_as_it_is(backend: FakeBackend):
    backend.ticket_answer = make_ticket(**IN_PROGRESS)
    started = await act(ValidateReplyForm, "", "reply_ticket", form="reply_form", about=TICKET_NO)
    assert (started.slots["reply_to"], started.slots["requested_slot"]) == (TICKET_NO, "ticket_reply")
    slots = {**started.slots}
    told = await act(ValidateReplyForm, "区服是艾欧尼亚，可以吗？", "inform", slots, form="reply_form")
    assert told.said == [] and told.slots["requested_slot"] is None
    sent = await act(ActionReplyTicket, "区服是艾欧尼亚，可以吗？", "inform", {**slots, **told.slots})
    assert sent.said == ["utter_reply_sent"]
    (body,) = [body for name, body in backend.calls if name == "add_ticket_message"]
    assert body["text"] == "区服是艾欧尼亚，可以吗？"


async def test_a_picture_is_an_answer(backend: FakeBackend):
    backend.ticket_answer = make_ticket(**IN_PROGRESS)
    slots = {"reply_to": TICKET_NO, "requested_slot": "ticket_reply"}
    told = await act(ValidateReplyForm, "", "send_picture", slots, form="reply_form", evidence_id="e1")
    await act(ActionReplyTicket, "", "send_picture", {**slots, **told.slots})
    (body,) = [body for name, body in backend.calls if name == "add_ticket_message"]
    assert (body["text"], body["evidence"]) == ("", ["e1"])


async def test_never_mind_sends_nothing(backend: FakeBackend):
    slots = {"reply_to": TICKET_NO, "requested_slot": "ticket_reply"}
    told = await act(ValidateReplyForm, "", "deny", slots, form="reply_form")
    sent = await act(ActionReplyTicket, "", "deny", {**slots, **told.slots})
    assert (sent.said, backend.calls) == (["utter_reply_cancelled"], [])


REPLYING = {"reply_to": TICKET_NO, "requested_slot": "ticket_reply", "verified_order": ORDER_NO}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("不是", "deny"),
        ("没有", "deny"),
        ("可以", "affirm"),
        ("你好，区服是艾欧尼亚", "greet"),
        ("还是没到账", "paid_not_received"),
    ],
)
async def test_what_may_be_an_answer_is_passed_on(backend: FakeBackend, text: str, intent: str):
    told = await act(ValidateReplyForm, text, intent, REPLYING, form="reply_form")
    assert (told.said, told.slots["ticket_reply"]) == ([], text)


@pytest.mark.parametrize(
    ("text", "intent"), [("先不回复", "deny"), ("不用了", "deny"), ("never mind", "deny"), ("谢谢", "thanks")]
)
async def test_to_put_it_off_or_to_be_polite_is_no_answer(backend: FakeBackend, text: str, intent: str):
    told = await act(ValidateReplyForm, text, intent, REPLYING, form="reply_form")
    assert told.slots["ticket_reply"] == "-"


@pytest.mark.parametrize(
    ("text", "intent", "said"),
    [("一天最多能充多少", "payment_limit", "utter_payment_limit"), ("你好", "greet", "utter_here_short")],
)
async def test_what_is_for_the_bot_is_answered_and_the_answer_asked_for_again(
    backend: FakeBackend, text: str, intent: str, said: str
):
    told = await act(ValidateReplyForm, text, intent, REPLYING, form="reply_form")
    assert (told.said, told.slots["requested_slot"]) == ([said], "ticket_reply")


@pytest.mark.parametrize(
    ("text", "numbers"), [("另外一单付了没到账", {}), ("KM202405129911 付了没到账", {"order_no": "KM202405129911"})]
)
async def test_a_problem_with_another_order_is_no_answer_to_the_ticket(
    backend: FakeBackend, text: str, numbers: dict[str, str]
):
    acted = await act(
        ValidateReplyForm, text, "paid_not_received", {**REPLYING, **numbers}, form="reply_form", **numbers
    )
    assert acted.events == ["action_execution_rejected"]


async def test_the_number_of_the_ticket_s_own_order_may_be_the_answer(backend: FakeBackend):
    number = {"order_no": ORDER_NO}
    told = await act(
        ValidateReplyForm, f"{ORDER_NO} 没到账", "paid_not_received", REPLYING, form="reply_form", **number
    )
    assert told.slots["ticket_reply"] == f"{ORDER_NO} 没到账"


async def test_a_closed_ticket_takes_no_answer_and_another_is_offered(backend: FakeBackend):
    backend.ticket_answer, backend.refused = make_ticket(status="closed"), NotFoundError()
    sent = await act(ActionReplyTicket, "在吗", "inform", {"reply_to": TICKET_NO, "ticket_reply": "在吗"})
    assert (sent.said, sent.slots["offer"]) == (["utter_reply_closed"], "report")


async def test_how_far_is_it_means_the_ticket_while_no_order_is_open(backend: FakeBackend):
    backend.ticket_answer = make_ticket()
    slots = {"ticket_no": TICKET_NO}
    asked = await act(ValidateOrderForm, "到哪一步了", "check_order_status", slots)
    assert (asked.said, asked.slots["requested_slot"]) == ([], None)
    acted = await act(ActionCheckOrder, "到哪一步了", "check_order_status", {**slots, **asked.slots})
    assert acted.said == ["utter_ticket_status", "utter_ticket_wait"]
    number = await act(ValidateOrderForm, f"查 {ORDER_NO}", "check_order_status", slots, order_no=ORDER_NO)
    assert number.slots["requested_slot"] == "phone_tail"


@pytest.mark.parametrize(
    ("form", "slot"), [(ValidateRatingForm, "rating_comment"), (ValidateReplyForm, "ticket_reply")]
)
async def test_words_that_only_look_like_a_question_for_the_ticket_are_taken(form: Any, slot: str):
    slots = {"rating": {"about": TICKET_NO, "score": 5, "seen_as": "alice"}, "reply_to": TICKET_NO}
    slots["requested_slot"] = slot
    name = form.action_name.removeprefix("validate_")
    acted = await act(form, "处理得挺快的", "ticket_progress", slots, form=name)
    assert acted.slots[slot] == "处理得挺快的"
    acted = await act(form, "查一下工单进度", "ticket_progress", slots, form=name)
    assert acted.events == ["action_execution_rejected"]
