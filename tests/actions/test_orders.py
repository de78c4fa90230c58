import pytest

from bot.actions.orders import ActionCheckOrder
from bot.errors import (
    BackendUnavailableError,
    HelpdeskError,
    OrderNotFoundError,
    RateLimitedError,
)
from tests.actions.acting import act
from tests.actions.fake_backend import ORDER_NO, FakeBackend, make_diagnosis, make_order
from tests.actions.test_order_form import PROVEN

CLAIMED = {"order_no": ORDER_NO, "phone_tail": "0001"}


async def test_it_says_facts_diagnosis_and_next_step():
    acted = await act(ActionCheckOrder, slots=CLAIMED)
    assert acted.said == ["utter_order_facts", "utter_diagnosis_callback_missing", "utter_next_report"]
    assert acted.values["amount"] == "¥30.00"
    assert acted.slots["offer"] == "report"
    assert acted.slots["verified_order"] == ORDER_NO
    assert acted.slots["phone_tail"] is None


async def test_a_try_is_counted_on_the_address_that_the_conversation_comes_from(backend: FakeBackend):
    await act(ActionCheckOrder, slots=CLAIMED)
    assert backend.asked_from == "a1"


async def test_the_facts_are_said_only_once():
    acted = await act(ActionCheckOrder, slots={**PROVEN, "case": {"order": make_order()}})
    assert "utter_order_facts" not in acted.said


@pytest.mark.parametrize("slots", [{**CLAIMED, "phone_tail": "9999"}, {**CLAIMED, "order_no": "KM202405129999"}])
async def test_a_missing_order_and_a_wrong_tail_get_the_same_words(slots: dict[str, str]):
    acted = await act(ActionCheckOrder, slots=slots)
    assert acted.said == ["utter_verify_failed"]
    assert acted.values["tries_left"] == 2
    assert acted.slots["phone_tail"] is None


async def test_the_last_try_locks_and_calls_a_human(backend: FakeBackend):
    backend.tries = 1
    acted = await act(ActionCheckOrder, slots={**CLAIMED, "phone_tail": "9999"})
    assert acted.said == ["utter_verify_locked"]
    assert acted.sent == [{"handoff": {"reason": "locked"}}]


async def test_a_locked_order_calls_a_human(backend: FakeBackend):
    backend.tries = 0
    acted = await act(ActionCheckOrder, slots=CLAIMED)
    assert acted.said == ["utter_verify_locked"]
    assert acted.values["minutes"] == 30
    assert acted.sent == [{"handoff": {"reason": "locked"}}]


async def test_a_proof_that_expired_on_the_way_asks_for_the_tail_again(backend: FakeBackend):
    backend.error = OrderNotFoundError()
    acted = await act(ActionCheckOrder, slots=PROVEN)
    assert acted.said == ["utter_proof_expired"]
    assert acted.slots["proof"] is None


@pytest.mark.parametrize(
    ("error", "said", "offer"),
    [
        (BackendUnavailableError(), "utter_lookup_failed", "report"),
        (RateLimitedError(), "utter_too_fast", "recheck"),
        (HelpdeskError(), "utter_system_trouble", "human"),
        (ValueError("a bug"), "utter_system_trouble", "human"),
    ],
)
async def test_it_never_raises(backend: FakeBackend, error: Exception, said: str, offer: str):
    backend.error = error  # type: ignore[assignment]
    acted = await act(ActionCheckOrder, slots=CLAIMED)
    assert acted.said == [said]
    assert acted.slots["offer"] == offer


async def test_an_open_ticket_is_named_instead_of_offering_another(backend: FakeBackend):
    backend.diagnosis_answer = make_diagnosis(order=make_order(open_ticket_no="TK1"))
    acted = await act(ActionCheckOrder, slots=CLAIMED)
    assert acted.said[-1] == "utter_open_ticket_known"
    assert acted.slots["ticket_no"] == "TK1"


async def test_a_card_is_never_printed_only_its_page(backend: FakeBackend):
    order = make_order(pickup_url="http://shop.example/pick", target_masked=None)
    backend.diagnosis_answer = make_diagnosis(diagnosis="DELIVERED_NOT_SEEN", order=order)
    acted = await act(ActionCheckOrder, slots=CLAIMED)
    assert acted.said[:3] == ["utter_order_facts_card", "utter_diagnosis_delivered_not_seen", "utter_pickup_page"]


async def test_wrong_details_are_asked_for_when_the_platform_knows_nothing_of_them():
    acted = await act(ActionCheckOrder, slots={**CLAIMED, "symptom": "wrong_info"})
    assert acted.said[-1] == "utter_wrong_info_kind"


async def test_an_unknown_next_step_leads_to_a_human(backend: FakeBackend):
    backend.diagnosis_answer = make_diagnosis(next="something_new")
    acted = await act(ActionCheckOrder, slots=CLAIMED)
    assert acted.said[-1] == "utter_next_human"


async def test_waiting_says_until_when(backend: FakeBackend):
    backend.diagnosis_answer = make_diagnosis(next="wait", report_after="2999-01-01T00:00:00+00:00")
    acted = await act(ActionCheckOrder, slots=CLAIMED)
    assert acted.said[-1] == "utter_next_wait_until"
    assert acted.values["report_after"] == "2999-01-01 08:00"
    assert acted.slots["offer"] == "recheck"


async def test_a_signed_identity_opens_the_order_and_another_does_not():
    acted = await act(ActionCheckOrder, slots={"order_no": ORDER_NO}, identity="user-alice")
    assert acted.slots["verified_order"] == ORDER_NO
    acted = await act(ActionCheckOrder, slots={"order_no": ORDER_NO}, identity="user-charlie")
    assert acted.said == ["utter_identity_refused"]
    assert acted.slots["identity_refused"] is True


async def test_a_failed_lookup_leaves_a_case_for_the_report(backend: FakeBackend):
    backend.error = BackendUnavailableError()
    acted = await act(ActionCheckOrder, slots=CLAIMED)
    assert acted.slots["case"]["ticket_type"] == "LOOKUP_FAILED"
    acted = await act(ActionCheckOrder, slots={**PROVEN, "case": make_diagnosis()})
    assert "case" not in acted.slots
