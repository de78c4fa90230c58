"""Lists that must agree: domain.yml, the rules, the actions and the errors."""

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.actions import diagnosis, payments, questions, report_form, tickets, troubles, words
from bot.actions.order_form import CALMING, PROBLEMS
from bot.actions.report_form import BUTTONS
from bot.actions.server import action_classes, make_executor
from bot.errors import all_error_classes
from bot.settings import ROOT

LANGUAGE_IS_ENGLISH = [{"type": "slot", "name": "language", "value": "en"}]
RASA_SAYS = {"utter_default"}
GATEWAY_SAYS = {
    "utter_greet", "utter_bot_delayed", "utter_picture_reading", "utter_bot_unavailable", "utter_handoff_queued",
    "utter_button_stale", "utter_ticket_opened_late", "utter_rate_limited", "utter_picture_failed",
    "utter_secret_redacted", "utter_handoff_online", "utter_handoff_away", "utter_handoff_booked",
    "utter_agent_silent", "utter_transferred", "utter_desk_resolved", "utter_desk_scored",
}  # fmt: skip


@cache
def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def responses() -> dict[str, list[dict[str, Any]]]:
    return load("domain.yml")["responses"]


def payload_of(button: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The intent and the entities of a button; Rasa fills its blanks and makes doubled braces single, as here."""
    blanks = dict.fromkeys(re.findall(r"(?<!{){(\w+)}", button["payload"]), "greet")
    intent, _, entities = button["payload"].format_map(blanks).removeprefix("/").partition("{")
    return intent, json.loads("{" + entities) if entities else {}


def steps_of(name: str, key: str) -> list[dict[str, Any]]:
    return [step for each in load(f"data/{name}.yml")[key] for step in each["steps"]]


def actions_used() -> set[str]:
    steps = steps_of("rules", "rules") + steps_of("stories", "stories")
    return {step["action"] for step in steps if "action" in step}


def named_in_python(folder: str = "bot") -> set[str]:
    """Every complete `utter_*` name in the code; names built from parts end with an underscore and are left out."""
    sources = (path.read_text(encoding="utf-8") for path in Path(ROOT / folder).rglob("*.py"))
    names = {name for source in sources for name in re.findall(r"utter_[a-z0-9_]*[a-z0-9](?![a-z0-9_{*])", source)}
    return names - {"utter_message", "utter_action"}  # a method of rasa-sdk, a key of the tracker


def test_every_action_of_the_domain_has_a_class_and_the_reverse():
    assert sorted(load("domain.yml")["actions"]) == [cls.action_name for cls in action_classes()]
    assert sorted(make_executor().actions) == sorted(load("domain.yml")["actions"])


def test_every_action_has_the_name_of_its_class():
    for cls in action_classes():
        assert cls.__name__ == "".join(part.title() for part in cls.action_name.split("_"))


def test_rules_and_stories_use_only_what_the_domain_has():
    domain = load("domain.yml")
    known = {*domain["actions"], *domain["forms"], *responses()}
    assert actions_used() <= known
    steps = steps_of("rules", "rules") + steps_of("stories", "stories")
    intents = {each["intent"] for step in steps for each in step.get("or", [step]) if "intent" in each}
    assert intents <= set(domain["intents"])


def test_every_intent_has_a_rule():
    steps = steps_of("rules", "rules")
    ruled = {each["intent"] for step in steps for each in step.get("or", [step]) if "intent" in each}
    assert ruled == set(load("domain.yml")["intents"])


def test_every_response_has_a_chinese_default_and_an_english_variation():
    for name, variations in responses().items():
        chinese, english = variations
        assert "condition" not in chinese, name
        assert english["condition"] == LANGUAGE_IS_ENGLISH, name
        assert chinese["text"].strip() and english["text"].strip(), name
        assert name == "utter_language_switched_en" or re.search(r"[\u4e00-\u9fff]", chinese["text"]), name


def test_both_languages_have_the_same_buttons_and_blanks():
    for name, (chinese, english) in responses().items():
        payloads = [[button["payload"] for button in each.get("buttons", [])] for each in (chinese, english)]
        assert payloads[0] == payloads[1], name
        blanks = [set(re.findall(r"{(\w+)}", each["text"])) for each in (chinese, english)]
        assert blanks[0] == blanks[1], name


def test_every_button_leads_to_an_intent_and_known_entities():
    domain = load("domain.yml")
    for name, variations in responses().items():
        for button in (button for each in variations for button in each.get("buttons", [])):
            intent, entities = payload_of(button)
            assert intent in domain["intents"], name
            assert set(entities) <= set(domain["entities"]), name
            assert 1 <= len(button["title"]) <= 40, name


def test_every_guess_that_is_offered_is_an_intent():
    guesses = {name.removeprefix("utter_word_guess_") for name in responses() if name.startswith("utter_word_guess_")}
    assert guesses < set(load("domain.yml")["intents"]) - {"out_of_scope", "nlu_fallback"}
    assert all(len(each["text"]) <= 40 for name in guesses for each in responses()[f"utter_word_guess_{name}"])


def test_the_buttons_of_the_fields_have_words():
    payloads = [
        payload_of(button)
        for name, variations in responses().items()
        if name.startswith("utter_ask_report_form_")
        for button in variations[0].get("buttons", [])
    ]
    fields = {entities["field"] for intent, entities in payloads if intent == "inform" and "field" in entities}
    assert fields == {*BUTTONS, "just_now"}
    assert all(words.has_word(each) for each in BUTTONS.values())


def test_every_response_named_in_python_exists():
    assert named_in_python() <= set(responses())


def test_every_sentence_of_the_gateway_exists():
    assert set(responses()) >= GATEWAY_SAYS


def test_every_response_is_said_somewhere():
    built = {
        name
        for name in responses()
        if re.match(r"utter_(word|ask_\w+_form|diagnosis|next|step3|language_switched|telegram_command)_", name)
        or name.endswith("_unreadable")
    }
    assert set(responses()) - named_in_python() - actions_used() - built - RASA_SAYS - GATEWAY_SAYS == set()


def test_every_form_question_has_a_response():
    for form, about in load("domain.yml")["forms"].items():
        for slot in about["required_slots"]:
            assert f"utter_ask_{form}_{slot}" in responses()


def test_every_form_field_can_be_explained():
    forms = load("domain.yml")["forms"]
    for slot in (*forms["order_form"]["required_slots"], *forms["payment_form"]["required_slots"]):
        assert f"utter_{slot}_unreadable" in responses()


def test_every_symptom_is_calmed():
    symptoms = {mapping["value"] for mapping in load("domain.yml")["slots"]["symptom"]["mappings"]}
    assert symptoms == set(CALMING)
    intents = {mapping["intent"] for mapping in load("domain.yml")["slots"]["symptom"]["mappings"]}
    assert intents < PROBLEMS


def test_questions_are_answered_by_one_action_in_forms_and_rules():
    ruled = {
        rule["steps"][0]["intent"]: rule["steps"][1]["action"]
        for rule in load("data/rules.yml")["rules"]
        if "intent" in rule["steps"][0] and rule["steps"][0]["intent"] in questions.WORRIES
    }
    assert ruled == dict.fromkeys(questions.WORRIES, "action_answer_question")


def test_every_next_step_has_a_sentence_and_an_offer_the_slot_knows():
    offers = set(load("domain.yml")["slots"]["offer"]["values"])
    for step, offer in diagnosis.OFFERS.items():
        assert f"utter_next_{step}" in responses()
        assert offer is None or offer in offers
    assert {offer for _, offer in troubles.ANSWERS.values() if offer} <= offers


def test_every_diagnosis_has_a_sentence_and_the_reverse():
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "bot" / "backend").rglob("*.py"))
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    (diagnosis_class,) = (node for node in classes if node.name == "Diagnosis")
    values = {
        target.id
        for node in diagnosis_class.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    said = {name.removeprefix("utter_diagnosis_").upper() for name in responses() if "utter_diagnosis_" in name}
    assert said == values


def test_every_offer_has_a_rule_for_yes():
    ruled = {
        rule["condition"][0]["slot_was_set"][0]["offer"]
        for rule in load("data/rules.yml")["rules"]
        if rule["steps"][0].get("intent") == "affirm" and "condition" in rule
    }
    assert ruled == set(load("domain.yml")["slots"]["offer"]["values"])


@pytest.mark.parametrize("cls", all_error_classes())
def test_every_error_has_an_answer(cls: type):
    response, _ = troubles.answer_to(cls())
    assert response in responses()


def test_every_verdict_and_field_has_words():
    assert set(payments.VERDICTS.values()) <= set(responses())
    assert all(words.has_word(f"field_{each}") for each in payments.SLOT_OF_FIELD)


def test_the_statement_is_asked_by_its_form():
    required = load("domain.yml")["forms"]["report_form"]["required_slots"]
    assert required == list(report_form.ValidateReportForm.fields)
    assert tuple(required[:4]) == tickets.STATEMENT


def test_no_sentence_for_customers_is_written_in_python():
    for path in (ROOT / "bot" / "actions").glob("*.py"):
        found = re.findall(r"[\u4e00-\u9fff，。！？]{8,}", path.read_text(encoding="utf-8"))
        assert found == [], path.name
