"""Naming answers: by the tracker for the dialog's, by their words for the gateway's."""

import yaml

from bot.recording.naming import GATEWAY_SAYS, Named, Said, Sentences, TurnEvents, name_answers, turn_events
from bot.settings import ROOT
from bot.texts import RESUME_MARK

SENTENCES = Sentences(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"])
STALE_ZH = "这个按钮已经过期了，请用最新的按钮，或直接告诉我您想做什么。"
LISTEN = {"event": "action", "name": "action_listen"}


def user(message_id: str) -> dict:
    return {"event": "user", "metadata": {"message_id": message_id}}


def bot(name: str, text: str | None) -> dict:
    return {"event": "bot", "text": text, "metadata": {"utter_action": name}}


def test_a_turn_is_what_follows_its_message():
    events = [LISTEN, user("m1"), bot("utter_thanks", "one"), LISTEN, user("m2"), bot("utter_greet", "two"), LISTEN]
    assert turn_events(events, "m1") == TurnEvents((Said("utter_thanks", "one"),), finished=True)
    assert turn_events(events, "m2") == TurnEvents((Said("utter_greet", "two"),), finished=True)


def test_a_turn_is_unknown_before_it_is_saved_and_open_until_the_dialog_listens():
    events = [LISTEN, user("m1"), bot("utter_thanks", "one")]
    assert turn_events(events, "m2") is None
    assert turn_events(events, "m1") == TurnEvents((Said("utter_thanks", "one"),), finished=False)


def test_of_a_message_that_was_asked_again_the_last_time_counts():
    events = [user("m1"), LISTEN, user("m0"), bot("utter_thanks", "one"), LISTEN, user("m1")]
    assert turn_events(events, "m1") == TurnEvents((), finished=False)
    events += [bot("utter_greet", "two"), LISTEN]
    assert turn_events(events, "m1") == TurnEvents((Said("utter_greet", "two"),), finished=True)


def test_payloads_for_the_gateway_are_no_answers():
    assert turn_events([user("m1"), bot("", None), LISTEN], "m1") == TurnEvents((), finished=True)


def test_answers_are_named_by_the_tracker():
    said = [Said("utter_thanks", "one"), Said("utter_greet", "two")]
    assert name_answers(["one", "two"], said, SENTENCES) == Named(("utter_thanks", "utter_greet"), ())
    assert name_answers(["two", "one"], said, SENTENCES).names == ("utter_greet", "utter_thanks")


def test_an_answer_that_never_arrived_is_lost():
    said = [Said("utter_thanks", "one"), Said("utter_greet", "two")]
    assert name_answers(["one"], said, SENTENCES) == Named(("utter_thanks",), (Said("utter_greet", "two"),))


def test_an_answer_that_arrived_twice_is_named_once():
    named = name_answers(["one", "one"], [Said("utter_thanks", "one")], SENTENCES)
    assert named.names == ("utter_thanks", "(unknown: one)")


def test_the_sentences_of_the_gateway_are_known_by_their_words():
    assert name_answers([STALE_ZH], [], SENTENCES).names == ("utter_button_stale",)
    late = (
        "The system is back and your ticket is open: TK1. A person will reply; there is no need to send it again.\n"
        'To go on from another device, write "resume AB2D-EFGH".'
    )
    assert name_answers([late], [], SENTENCES).names == ("utter_ticket_opened_late",)
    news = "Ticket TK1 has been dealt with. Is the problem solved?"
    assert name_answers([news], [], SENTENCES).names == ("utter_news_resolved",)


def test_a_resume_code_stands_where_the_dialog_left_a_place():
    said = [Said("utter_ticket_joined", f"write {RESUME_MARK}, please")]
    assert name_answers(["write AB2D-EFGH, please"], said, SENTENCES).names == ("utter_ticket_joined",)
    assert name_answers(["write now, please"], said, SENTENCES).names == ("(unknown: write now, please)",)


def test_the_language_is_known_by_the_words():
    assert SENTENCES.languages("utter_button_stale", STALE_ZH) == {"zh"}
    assert SENTENCES.languages("utter_verify_failed", STALE_ZH) == set()
    assert SENTENCES.languages("utter_language_switched_en", "All right, I will go on in English.") == {"zh", "en"}


def test_a_payload_has_a_title_in_both_languages():
    assert {"提交", "Submit"} <= SENTENCES.titles("/affirm")
    assert SENTENCES.titles('/inform{"payment_channel":"alipay"}') == {"支付宝", "Alipay"}
    assert SENTENCES.titles("/no_such_intent") == set()


def test_every_sentence_of_the_gateway_is_in_the_domain():
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    assert set(GATEWAY_SAYS) <= set(responses)
