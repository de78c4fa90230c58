"""No dead end: from every state of the dialog, each label of real sentences gets an answer to go on from.

The messages are payloads, as of buttons, so what is tested is the dialog and not the classifier: the real model, the
real actions, the real backend. Only where any words are an answer, sentences are typed.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import yaml

from bot.backend.orders.model import Diagnosis
from bot.settings import ROOT
from tests.system.dead_ends import (
    PARTS_ASKED,
    SENTENCES,
    STATES,
    Answer,
    State,
    answer_from,
    faults_of,
    labels,
    messages_for,
)  # fmt: skip
from tests.system.people import Town

AT_ONCE = 6


class Rasa:
    """Rasa's HTTP interface, as far as this test needs it."""

    def __init__(self, town: Town, session: aiohttp.ClientSession) -> None:
        self._url = town.stack.settings.rasa_url
        self._params = {"token": town.stack.settings.derived_key("rasa")}
        self._session = session

    async def say(self, sender: str, customer: str, message: str) -> str:
        """Send a message; its id."""
        message_id = uuid.uuid4().hex
        metadata = {"message_id": message_id, "conversation_id": sender, "customer_id": customer, "language": "zh"}
        body = {"sender": sender, "message": message, "metadata": metadata}
        await self._call("POST", "/webhooks/rest/webhook", body)
        return message_id

    async def tracker(self, sender: str) -> dict[str, Any]:
        return dict(await self._call("GET", f"/conversations/{sender}/tracker?include_events=ALL"))

    async def copy(self, events: list[dict[str, Any]]) -> str:
        """A new conversation with the same past."""
        sender = uuid.uuid4().hex
        if events:
            await self._call("PUT", f"/conversations/{sender}/tracker/events", events)
        return sender

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(method, self._url + path, params=self._params, json=body) as response:
            assert response.status == 200, await response.text()
            return await response.json(content_type=None)


@pytest_asyncio.fixture
async def rasa(town: Town) -> AsyncIterator[Rasa]:
    async with aiohttp.ClientSession() as session:
        yield Rasa(town, session)


async def events_of(state: State, town: Town, rasa: Rasa, customer: str) -> list[dict[str, Any]]:
    """Go to the state, and make sure that it is the right one."""
    if not state.messages:
        return []
    order = await town.make_order(Diagnosis[state.order])
    sender = uuid.uuid4().hex
    tracker: dict[str, Any] = {"slots": {}}
    for message in state.messages:
        blanks = {"ORDER_NO": order["order_no"], "PHONE_TAIL": order["phone_tail"]}
        blanks["TICKET_NO"] = tracker["slots"].get("ticket_no") or ""
        for blank, value in blanks.items():
            message = message.replace(blank, value)
        await rasa.say(sender, customer, message)
        tracker = await rasa.tracker(sender)
    found = ((tracker["active_loop"] or {}).get("name"), tracker["slots"]["requested_slot"], tracker["slots"]["offer"])
    assert found == (state.form, state.slot, state.offer)
    return list(tracker["events"])


@pytest.mark.parametrize("name", STATES)
async def test_every_label_gets_an_answer_to_go_on_from(name: str, town: Town, rasa: Rasa):
    state, customer, places = STATES[name], uuid.uuid4().hex, asyncio.Semaphore(AT_ONCE)
    past = await events_of(state, town, rasa, customer)

    async def ask(label: str, message: str) -> list[str]:
        async with places:
            sender = await rasa.copy(past)
            message_id = await rasa.say(sender, customer, message)
            answer = answer_from(await rasa.tracker(sender), message_id)
        return [f"{label} ({message}): {fault}; said {answer.said}" for fault in faults_of(state, label, answer)]

    said = [(label, each) for label, intents in labels().items() for each in messages_for(state, label, intents)]
    found = await asyncio.gather(*(ask(*each) for each in said))
    assert [fault for faults in found for fault in faults] == []


async def test_in_the_queue_the_bot_says_once_where_the_customer_is_and_then_nothing(town: Town):
    async with town.customer() as person:
        await person.say("转人工", "utter_request_human", "utter_handoff_away")
        before = len(person.customer.answers)
        for label in labels():
            await person.customer.say(f"（{label}）还是没有人回我")
        await asyncio.sleep(2)
        assert len(person.customer.answers) - before <= 1
        assert person.customer.conversation["owner"] == "queue"


def test_every_question_of_every_form_is_a_state():
    forms = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["forms"]
    asked = {(form, slot) for form, about in forms.items() for slot in about["required_slots"]}
    assert {(state.form, state.slot) for state in STATES.values() if state.form} == asked
    assert set(PARTS_ASKED) == set(forms["report_form"]["required_slots"])


def test_every_label_has_a_sentence():
    assert set(SENTENCES) == set(labels())


def test_every_offer_is_a_state():
    slots = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["slots"]
    assert {state.offer for state in STATES.values()} == {*slots["offer"]["values"], None}


def test_a_dead_end_is_seen():
    asked = STATES["order number asked"]
    question = "utter_ask_order_form_order_no"
    good = Answer(["utter_thanks_short", question], way_on=True, form="order_form", slot="order_no")
    assert faults_of(asked, "thanks", good) == []
    assert faults_of(asked, "thanks", Answer(form="order_form", slot="order_no")) == ["said nothing"]
    silent = Answer(["utter_thanks_short"], form="order_form", slot="order_no")
    assert faults_of(asked, "thanks", silent) == [
        "leaves the customer without a way on", "waits for order_no without asking",
    ]  # fmt: skip
    assert faults_of(asked, "thanks", Answer(["utter_thanks"], way_on=True)) == ["left for None:None"]
    assert faults_of(asked, "request_human", good) == ["is still in order_form"]
    assert faults_of(asked, "greet", Answer([*good.said, "utter_default"], True, "order_form", "order_no")) == [
        "said utter_default"
    ]
    words = STATES["ticket_reply asked"]
    sent = Answer(["utter_reply_sent"], way_on=True)
    assert faults_of(words, "complain", sent) == []
    assert faults_of(words, "request_human", sent) == ["was taken as the answer"]
    assert faults_of(words, "complain", Answer(["utter_sorry"], True)) == ["was not taken as the answer"]
    assert faults_of(STATES["ticket offered"], "affirm", Answer(["utter_what_next"], way_on=True)) == [
        "a yes did not lead to report_form"
    ]
