import pytest

from bot.actions.handoff import ActionFallback, ActionRequestHuman
from bot.actions.pictures import ActionKeepPicture
from bot.actions.questions import ActionExplainCause, ActionSelfCheck
from bot.actions.smalltalk import ActionDeclineOffer, ActionSwitchLanguage
from bot.errors import BackendUnavailableError
from tests.actions.acting import act, user
from tests.actions.fake_backend import FakeBackend

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


async def test_no_charge_is_good_news_and_another_no_is_just_no():
    acted = await act(ActionDeclineOffer, "", "deny", {"offer": "evidence"})
    assert acted.said == ["utter_not_charged"]
    assert acted.slots["paid_claim"] is False
    assert (await act(ActionDeclineOffer, "不用", "deny", {"offer": "report"})).said == ["utter_declined"]


async def test_a_picture_waits_for_the_ticket():
    acted = await act(ActionKeepPicture, "", "send_picture", {"pictures": ["e1"]}, evidence_id="e2")
    assert acted.said == ["utter_picture_kept"]
    assert acted.slots["pictures"] == ["e1", "e2"]


async def test_a_picture_joins_the_open_ticket(backend: FakeBackend):
    slots = {"ticket_no": "TK1"}
    acted = await act(ActionKeepPicture, "", "send_picture", slots, evidence_id="e2")
    assert acted.said == ["utter_picture_added"]
    assert acted.slots["pictures"] == []
    backend.error = BackendUnavailableError()
    acted = await act(ActionKeepPicture, "", "send_picture", slots, evidence_id="e2")
    assert acted.said == ["utter_picture_kept"]
    assert acted.slots["pictures"] == ["e2"]
