"""What holds in every conversation: limits of the channels, and no secrets."""

import pytest
import yaml

from bot.qa.promises import broken_limits, kept_secrets, secrets_in, told_secrets
from bot.settings import ROOT


def test_a_message_within_the_limits_breaks_none():
    button = {"id": "x" * 64, "title": "Yes"}
    assert broken_limits({"text": "好" * 4096, "buttons": [button]}) == []
    assert broken_limits({"text": None, "buttons": None}) == []


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ({"text": "x" * 4097}, "a text has 4097 characters; no channel takes more than 4096"),
        ({"text": "x", "buttons": [{"id": "x" * 65, "title": "Yes"}]}, "the button 'Yes' sends 65 bytes, more than 64"),
        ({"text": "x", "buttons": [{"id": "好" * 22, "title": "好"}]}, "the button '好' sends 66 bytes, more than 64"),
    ],
)
def test_what_no_channel_takes_is_told(message: dict, line: str):
    assert broken_limits(message) == [line]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("我的查询密码是 hunter2024 ，卡密 ABCD1234EFGH5678", ["hunter2024", "ABCD1234EFGH5678"]),
        ("my ID is 11010519491231002X", ["11010519491231002X"]),
        ("order KM202405120001, phone ends in 4821", []),
        ("我的密码是 2024x", []),  # too short to be told from other words
        ("", []),
    ],
)
def test_what_a_customer_should_not_have_typed_is_found(text: str, secrets: list[str]):
    assert secrets_in(text) == secrets


def test_a_secret_that_is_said_is_told_whoever_it_came_from():
    assert told_secrets(["all is well", "order KM202405120001"], ["query-1234"]) == []
    assert told_secrets(["it is query-1234"], ["query-1234"]) == ["a secret was said: it is query-1234"]
    assert told_secrets(["card code: ABCD1234EFGH5678"], []) == ["a secret was said: card code: ***"]


def test_no_sentence_of_the_helpdesk_has_the_shape_of_a_secret():
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    texts = [each["text"] for variations in domain["responses"].values() for each in variations if each.get("text")]
    assert len(texts) > 100
    assert told_secrets(texts, []) == []


def test_a_secret_that_is_kept_is_told_without_telling_it():
    assert kept_secrets("the tracker", "a hunter2024 b", ["hunter2024"]) == ["a secret is kept in the tracker: hu…"]
    assert kept_secrets("the tracker", "a *** b", ["hunter2024"]) == []
