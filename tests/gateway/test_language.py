import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.language import LANGUAGES, check_language, detect_language


@pytest.mark.parametrize(
    "text",
    [
        "充值没到账",
        "退款",
        "我的 Steam wallet 充值没有到账",
        "订单 KM202405120001 没到",
        "付款成功了 but 没有到账怎么办",
        "OK 我知道了",
    ],
)
def test_chinese_is_recognised(text: str):
    assert detect_language(text, "en") == "zh"


@pytest.mark.parametrize(
    "text",
    [
        "my top-up has not arrived",
        "refund please",
        "where is my order",
        "help",
        "I bought 原神 credits and they did not arrive",
        "KM202405120001 not received",
        "I can't see it",
    ],
)
def test_english_is_recognised(text: str):
    assert detect_language(text, "zh") == "en"


@pytest.mark.parametrize(
    "text",
    ["ok", "OK!", "yes", "no", "hi", "hello", "8000", "KM202405120001", "4200002966202510230090527049", "100.00", "👍",
     "", "Steam", "Genshin Impact", "QQ", "https://example.com/a/b/c d", "a.b@qq.com", "hahaha hahaha hahaha", "好",
     "a", "i"],
)  # fmt: skip
@pytest.mark.parametrize("current", LANGUAGES)
def test_what_does_not_tell_changes_nothing(text: str, current: str):
    assert detect_language(text, current) == current


@given(st.text(), st.sampled_from(LANGUAGES))
def test_it_is_total_and_sticks_to_its_own_finding(text: str, current: str):
    found = detect_language(text, current)
    assert found in LANGUAGES
    assert detect_language(text, found) == found


@given(st.text("0123456789 .,:-¥"), st.sampled_from(LANGUAGES))
def test_numbers_never_switch(text: str, current: str):
    assert detect_language(text, current) == current


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("EN", "en"), ("zh_TW", "zh"), ("zh-Hans-CN", "zh"), ("fr", "zh"), ("", "zh"), (None, "zh")],
)
def test_a_language_tag_is_cut_to_what_we_speak(tag: str | None, language: str):
    assert check_language(tag) == language
