"""What the model sees of a message."""

import re

from rasa_ext.features import compile_concepts, features
from rasa_ext.text import normalise, subject_of


def test_digits_and_spelling_do_not_matter():
    assert normalise("充值了￥30.00，訂單 KM202405120001 没到帐") == normalise("充值了¥50，订单 KM202405120002 没到账")


def test_a_polite_beginning_is_left_out():
    assert subject_of("您好，请问话费多久到账") == "话费多久到账"
    assert subject_of("hello, can you tell me where my coins are") == "where my coins are"


def test_a_polite_end_is_left_out():
    assert subject_of("没到账 谢谢") == "没到账"
    assert subject_of("my coins did not come, thank you") == "my coins did not come"


def test_a_message_that_is_only_a_greeting_stays_whole():
    for text in ("你好", "你好，在吗", "hi there", "hello sir", "请问", "太谢谢了", "great, thanks", "ok thank you"):
        assert subject_of(text) == text


def test_a_concept_is_found_in_both_languages_and_pairs_are_features():
    concepts = compile_concepts([("paid", "付了|paid"), ("nothing", "没到|nothing")])
    for text in ("付了没到", "paid and got nothing"):
        assert {"paid", "nothing", "nothing+paid"} <= set(features(text, concepts)["concepts"])


def test_chinese_is_read_by_characters_and_english_by_words():
    assert "到账" in features("没到账", [])["characters"]
    assert "my top" in features("where is my top up", [])["words"]
    assert not any(re.search("[a-z] [a-z]", gram) for gram in features("where is it", [])["characters"])


def test_an_empty_message_has_features_without_error():
    assert features("", [])["characters"] == []
