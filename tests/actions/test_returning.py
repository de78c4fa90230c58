"""To a human with a card, and back to a bot that remembers."""

from decimal import Decimal

import pytest

from bot.actions.handoff import ActionRequestHuman
from bot.actions.orders import ActionCheckOrder
from bot.actions.returning import ActionTakeBack
from bot.actions.tickets import ActionOpenTicket
from bot.actions.turn import Connection
from bot.errors import BackendUnavailableError
from bot.settings import Settings
from tests.actions.acting import act, user
from tests.actions.fake_backend import FakeBackend

ORDER = "KM202405120001"
FUTURE = 4_000_000_000.0
KNOWN = {
    "order_no": ORDER, "verified_order": ORDER, "proof": "p", "proof_until": FUTURE,
    "case": {
        "diagnosis": "QUEUE_BACKLOG", "next": "wait",
        "order": {"order_no": ORDER, "amount": "648.00", "states": {"payment": {"value": "PAID"}}},
    },
}  # fmt: skip


async def test_the_card_says_what_was_asked_answered_and_checked():
    earlier = [user("你好", "greet"), user("充了648没到账", "paid_not_received"), user("/inform", "inform")]
    slots = {**KNOWN, "phone_tail": "4821", "readings": [{"evidence_id": "e", "verdict": "MATCHED"}]}
    acted = await act(ActionRequestHuman, "转人工", "request_human", slots, earlier)
    assert acted.card == {
        "reason": "customer_request",
        "asked": "充了648没到账",
        "answered": [{"name": "order_no", "value": ORDER}, {"name": "phone_tail", "value": "4821"}],
        "checked": [
            {"name": "owner", "result": "proven"},
            {"name": "payment", "result": "PAID"},
            {"name": "evidence", "result": "MATCHED"},
        ],
        "diagnosis": "QUEUE_BACKLOG",
        "order_no": ORDER,
    }
    assert "p" not in [each["value"] for each in acted.card["answered"]]


async def test_without_anything_known_the_card_is_empty():
    acted = await act(ActionRequestHuman, "转人工", "request_human")
    assert (acted.card["answered"], acted.card["checked"], acted.card["order_no"]) == ([], [], None)


async def test_a_bot_that_is_back_knows_the_order_and_its_ticket(backend: FakeBackend):
    acted = await act(ActionTakeBack, "", "hand_back", before={**KNOWN, "offer": "report", "report_confirmed": True})
    assert acted.said[0] == "utter_handed_back_order"
    assert acted.slots["verified_order"] == ORDER and acted.slots["proof"] == "p"
    assert acted.slots["case"]["diagnosis"] == "QUEUE_BACKLOG"
    assert "report_confirmed" not in acted.slots
    assert len(acted.said) >= 2  # how it stands, or what can be done next


async def test_a_bot_that_knew_nothing_says_only_that_it_is_back(backend: FakeBackend):
    backend.ticket_answer = None
    for before in ({}, None):
        assert (await act(ActionTakeBack, "", "hand_back", before=before)).said == ["utter_handed_back"]


async def test_without_the_backend_it_is_back_all_the_same(backend: FakeBackend):
    backend.error = BackendUnavailableError()
    acted = await act(ActionTakeBack, "", "hand_back", before=KNOWN)
    assert acted.said[0] == "utter_handed_back_order"


async def test_a_second_failed_look_calls_a_human(backend: FakeBackend):
    failed = {"event": "bot", "text": "x", "metadata": {"utter_action": "utter_lookup_failed"}}
    other = {"event": "bot", "text": "x", "metadata": {"utter_action": "utter_greet"}}

    async def said(*earlier: dict) -> list[str]:
        backend.error = BackendUnavailableError()
        return (await act(ActionCheckOrder, "", "inform", KNOWN, list(earlier))).said

    assert await said(user("a", "inform"), other) == ["utter_lookup_failed"]
    assert await said(user("a", "inform"), failed, user("b", "inform"), other) == ["utter_lookup_failed"]
    assert await said(user("a", "inform"), failed) == ["utter_lookup_human"]


@pytest.mark.parametrize(("limit", "human"), [("0", False), ("648.00", True), ("648.01", False)])
async def test_a_large_sum_also_goes_to_a_human(
    backend: FakeBackend, limit: str, human: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Connection, "settings", Settings(_env_file=None, handoff_amount=Decimal(limit)))
    acted = await act(ActionOpenTicket, "", "affirm", {**KNOWN, "report_confirmed": True})
    assert acted.said == ["utter_ticket_opened", *(["utter_amount_human"] if human else [])]
    assert acted.sent == ([{"handoff": {"reason": "amount"}}] if human else [])
