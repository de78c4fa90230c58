import pytest

from bot.actions.handoff import ActionFallback, ActionRequestHuman
from bot.actions.questions import ActionAnswerQuestion, ActionExplainCause, ActionSelfCheck
from bot.actions.smalltalk import (
    ActionDeclineOffer,
    ActionRepeatOffer,
    ActionSayGoodbye,
    ActionSayHello,
    ActionSayThanks,
    ActionSwitchLanguage,
)
from tests.actions.acting import act, user
from tests.actions.fake_backend import FakeBackend, make_diagnosis, make_ticket
from tests.actions.test_order_form import PROVEN

MISS = user("哈哈", "nlu_fallback")


async def test_a_human_is_called_from_inside_a_form():
    acted = await act(ActionRequestHuman, "", "request_human", {"requested_slot": "order_no"})
    assert acted.said == ["utter_request_human"]
    assert acted.sent == [{"handoff": {"reason": "customer_request"}}]
    assert acted.events == ["active_loop"]
    assert acted.slots["requested_slot"] is None


@pytest.mark.parametrize(
    ("earlier", "said", "sent"),
    [
        ([], ["utter_fallback"], []),
        ([MISS], ["utter_fallback_again"], []),
        ([MISS, MISS], ["utter_fallback_handoff"], [{"handoff": {"reason": "not_understood"}}]),
        ([MISS, MISS, user("你好", "greet")], ["utter_fallback"], []),
    ],
)
async def test_misses_in_a_row_lead_to_a_human(earlier: list, said: list, sent: list):
    acted = await act(ActionFallback, "哈哈", "nlu_fallback", earlier=earlier)
    assert (acted.said, acted.sent) == (said, sent)


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("payment", "utter_self_check_payment"),
        ("account", "utter_self_check_account"),
        ("order", "utter_self_check_order"),
        ("", "utter_self_check"),
    ],
)
async def test_each_self_check_is_reachable(topic: str, said: str):
    assert (await act(ActionSelfCheck, "", "self_check", topic=topic)).said == [said]


async def test_the_cause_is_that_of_the_last_diagnosis_unless_another_is_asked_for():
    case = {"case": {"cause": "C3"}}
    assert (await act(ActionExplainCause, "", "ask_cause", case)).said == ["utter_cause_c3"]
    assert (await act(ActionExplainCause, "", "ask_cause", case, cause="C1")).said == ["utter_cause_c1"]
    assert (await act(ActionExplainCause, "", "ask_cause")).said == ["utter_causes"]
    assert (await act(ActionExplainCause, "any other reason?", "ask_cause", case)).said == ["utter_causes"]


@pytest.mark.parametrize(
    ("text", "entities", "before", "after"),
    [
        ("", {"language": "en"}, "zh", "en"),
        ("说英文", {}, "zh", "en"),
        ("please speak Chinese", {}, "en", "zh"),
        ("换个语言", {}, "zh", "en"),
    ],
)
async def test_the_language_asked_for_is_set(text: str, entities: dict, before: str, after: str):
    acted = await act(ActionSwitchLanguage, text, "switch_language", {"language": before}, **entities)
    assert acted.slots["language"] == after
    assert acted.sent == [{"language": after}]
    assert acted.said == [f"utter_language_switched_{after}"]


@pytest.mark.parametrize(
    ("text", "offer", "entities", "said"),
    [
        ("", "evidence", {"field": "not_charged"}, "utter_not_charged"),
        ("没有扣款", "evidence", {}, "utter_not_charged"),
        ("I was not charged", None, {}, "utter_not_charged"),
        ("找不到账单", "evidence", {}, "utter_confirm_not_charged"),
        ("没有", "evidence", {}, "utter_confirm_not_charged"),
        ("不用", "report", {}, "utter_declined"),
        ("不用了", None, {}, "utter_nothing_to_decline"),
    ],
)
async def test_only_a_plain_no_charge_counts_as_one(text: str, offer: str | None, entities: dict, said: str):
    acted = await act(ActionDeclineOffer, text, "deny", {"offer": offer}, **entities)
    assert acted.said == [said]
    assert acted.slots.get("paid_claim") is (False if said == "utter_not_charged" else None)


async def test_two_guesses_are_offered_and_one_is_not():
    both = [{"name": "nlu_fallback"}, {"name": "payment_failed"}, {"name": "deny"}, {"name": "request_refund"}]
    acted = await act(ActionFallback, "哈哈", "nlu_fallback", ranking=both)
    assert acted.said == ["utter_fallback_guess"]
    shown = {name: acted.values[name] for name in ("first", "first_intent", "second", "second_intent")}
    assert shown == {
        "first": "支付失败", "first_intent": "payment_failed", "second": "申请退款", "second_intent": "request_refund",
    }  # fmt: skip
    assert (await act(ActionFallback, "哈哈", "nlu_fallback", ranking=both[:3])).said == ["utter_fallback"]
    # What is certainly not about top-ups is never guessed into one.
    assert (await act(ActionFallback, "香椿苗怎么吃", "out_of_scope", ranking=both)).said == ["utter_out_of_scope"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("那我再付一次可以吗", ["utter_pay_again", "utter_what_next"]),
        ("多久能好", ["utter_how_long", "utter_what_next"]),
        ("？？？", ["utter_here"]),
        ("I'll send a screenshot", ["utter_picture_awaited", "utter_what_next"]),
    ],
)
async def test_a_worry_that_was_not_understood_is_answered_and_no_miss(text: str, said: list[str]):
    assert (await act(ActionFallback, text, "out_of_scope", earlier=[MISS, MISS])).said == said
    assert (await act(ActionFallback, "哈哈", "nlu_fallback", earlier=[MISS, user(text, "out_of_scope")])).said == [
        "utter_fallback"
    ]


async def test_how_long_with_a_ticket_names_its_time(backend: FakeBackend):
    backend.ticket_answer = make_ticket()
    acted = await act(ActionFallback, "多久能好", "out_of_scope", {"ticket_no": "TK1"})
    assert acted.said == ["utter_ticket_status", "utter_ticket_wait"]


async def test_a_wish_for_a_human_names_one_or_is_said_twice():
    for text in ("", "人工", "I want to talk to somebody", "你们客服呢"):
        assert (await act(ActionRequestHuman, text, "request_human")).said == ["utter_request_human"]
    assert (await act(ActionRequestHuman, "please help", "request_human")).said == ["utter_ask_problem"]
    earlier = [user("please help", "request_human")]
    acted = await act(ActionRequestHuman, "help me", "request_human", earlier=earlier)
    assert acted.said == ["utter_request_human"]
    acted = await act(ActionRequestHuman, "why do you need my phone number?", "request_human")
    assert acted.said == ["utter_about_us", "utter_what_next"]


async def test_the_offer_is_repeated_in_the_new_language():
    slots = {**PROVEN, "case": make_diagnosis(), "offer": "report"}
    acted = await act(ActionRepeatOffer, "English please", "switch_language", {**slots, "language": "en"})
    assert acted.said == ["utter_next_report"]
    assert acted.values["demand_text"] == "trace the money"
    assert (await act(ActionRepeatOffer, "English please", "switch_language")).said == ["utter_what_next"]


async def test_hello_is_said_once():
    assert (await act(ActionSayHello, "你好", "greet")).said == ["utter_greet"]
    assert (await act(ActionSayHello, "在吗", "greet", {"case": {"cause": "C1"}})).said == ["utter_here"]


async def test_a_lone_sign_is_no_thanks():
    assert (await act(ActionSayThanks, "谢谢", "thanks")).said == ["utter_thanks"]
    assert (await act(ActionSayThanks, "。", "thanks")).said == ["utter_here"]


@pytest.mark.parametrize("text", ["so what now", "那怎么办", "now what?", "接下来怎么办"])
async def test_what_now_is_answered_with_the_next_step(text: str):
    for action, intent in ((ActionSayGoodbye, "goodbye"), (ActionFallback, "out_of_scope")):
        assert (await act(action, text, intent)).said == ["utter_what_next"]
        acted = await act(action, text, intent, {**PROVEN, "case": make_diagnosis(), "offer": "report"})
        assert acted.said == ["utter_next_report"]


async def test_goodbye_mentions_a_report_that_was_not_sent():
    assert (await act(ActionSayGoodbye, "再见", "goodbye")).said == ["utter_goodbye"]
    acted = await act(ActionSayGoodbye, "再见", "goodbye", {"offer": None}, form="report_form")
    assert acted.said == ["utter_goodbye_unsent"]
    assert acted.slots["offer"] == "report"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("你们安全吗", "utter_about_us"),
        ("怎么充值才稳妥", "utter_prevention"),
        ("", "utter_prevention"),
        ("再付一次安全吗", "utter_pay_again"),
    ],
)
async def test_is_it_safe_here_and_how_to_be_safe_are_two_questions(text: str, said: str):
    assert (await act(ActionAnswerQuestion, text, "prevention_or_safety")).said == [said]


@pytest.mark.parametrize("intent", ["how_to_topup", "payment_limit"])
async def test_who_would_pay_a_second_time_is_not_told_how(intent: str):
    assert (await act(ActionAnswerQuestion, "我可以再充一次吗", intent)).said == ["utter_pay_again"]
    assert (await act(ActionAnswerQuestion, "怎么充", intent)).said == [f"utter_{intent}"]
