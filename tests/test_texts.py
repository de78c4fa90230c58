from string import Formatter

import pytest
import yaml

from bot.settings import ROOT
from bot.texts import Reply, TextButton, Texts

TEXTS = Texts.load(ROOT / "domain.yml")


def test_a_sentence_has_a_chinese_default_and_an_english_variation():
    assert TEXTS.render("utter_handoff_queued", "zh").text.startswith("您已进入")
    assert TEXTS.render("utter_handoff_queued", "en").text.startswith("You are in the queue")
    assert TEXTS.render("utter_handoff_queued", "fr") == TEXTS.render("utter_handoff_queued", "zh")


def test_blanks_are_filled_and_a_missing_value_is_an_error():
    assert "TK261124A0B1C2" in TEXTS.render("utter_news_taken_up", "en", ticket_no="TK261124A0B1C2").text
    with pytest.raises(KeyError):
        TEXTS.render("utter_news_taken_up", "en")


def test_a_value_with_braces_is_not_filled_again():
    assert "{ticket_no}" in TEXTS.render("utter_news_taken_up", "zh", ticket_no="{ticket_no}").text


def test_doubled_braces_of_payloads_become_single():
    reply = TEXTS.render("utter_ask_report_form_initiated_at", "zh")
    assert reply.buttons and all("{{" not in each.payload for each in reply.buttons)
    assert any("{" in each.payload for each in reply.buttons)


def test_buttons_that_are_shared_by_an_alias_are_there():
    assert [each.payload for each in TEXTS.render("utter_default", "en").buttons] == [
        each.payload for each in TEXTS.render("utter_fallback", "en").buttons
    ]


def test_only_the_variation_whose_conditions_hold_is_taken():
    condition = [{"type": "slot", "name": "language", "value": "en"}, {"type": "slot", "name": "vip", "value": True}]
    texts = Texts({"utter_x": [{"text": "both", "condition": condition}, {"text": "else", "buttons": []}]})
    assert texts.render("utter_x", "en", vip=True) == Reply("both")
    assert texts.render("utter_x", "en", vip=False) == Reply("else")


def test_a_button_keeps_title_and_payload():
    responses = {"utter_x": [{"text": "a", "buttons": [{"title": "T", "payload": '/inform{{"field":"x"}}'}]}]}
    assert Texts(responses).render("utter_x", "zh").buttons == (TextButton("T", '/inform{"field":"x"}'),)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_of_the_domain_can_be_rendered(language: str):
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name, variations in domain["responses"].items():
        buttons = [button for each in variations for button in each.get("buttons", [])]
        texts = [each["text"] for each in variations] + [
            button[part] for button in buttons for part in ("title", "payload")
        ]
        texts += [each["image"] for each in variations if "image" in each]
        blanks = {blank for text in texts for blank in _blanks(text)}
        assert TEXTS.render(name, language, **dict.fromkeys(blanks, "…")).text, name


def _blanks(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}
