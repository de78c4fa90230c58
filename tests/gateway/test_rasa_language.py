"""Buttons tell Rasa the language, which it cannot find in a payload itself."""

import json

import pytest

from bot.gateway.rasa_client import in_language


@pytest.mark.parametrize(
    ("message", "entities"),
    [
        ("/payment_failed", {"language": "en"}),
        ('/self_check{"topic":"order"}', {"language": "en", "topic": "order"}),
        ('/switch_language{"language":"zh"}', {"language": "zh"}),
    ],
)
def test_a_payload_gets_the_language_of_its_conversation(message: str, entities: dict[str, str]):
    intent, _, rest = in_language(message, "en").partition("{")
    assert intent == message.partition("{")[0]
    assert json.loads("{" + rest) == entities


@pytest.mark.parametrize(
    ("message", "language"),
    [("/payment_failed", "zh"), ("/payment_failed", None), ("typed text", "en"), ("/broken{", "en")],
)
def test_what_needs_no_language_stays_as_it_is(message: str, language: str | None):
    assert in_language(message, language) == message
