"""Resume codes: what they look like, and how they are found in what customers type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.resume.model import (
    ALPHABET,
    HIDDEN,
    check_sign,
    code_from,
    digest_of,
    find_code,
    hide,
    is_code,
    place_in,
    revealer,
    written,
)
from bot.texts import RESUME_MARK

CODE = code_from("key", "nonce")
SHOWN = written(CODE)
nonces = st.text("0123456789abcdef", min_size=32, max_size=32).filter(lambda it: is_code(code_from("key", it)))


@given(nonces)
def test_a_code_has_eight_signs_and_its_check_fits(nonce: str):
    code = code_from("key", nonce)
    assert len(code) == 8 and set(code) <= set(ALPHABET) and is_code(code)


@given(nonces, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_a_wrong_sign_is_noticed(nonce: str, place: int, sign: str):
    code = code_from("key", nonce)
    wrong = code[:place] + sign + code[place + 1 :]
    assert check_sign(wrong[:-1]) != wrong[-1] or wrong == code


@given(nonces, st.integers(0, 6))
def test_most_swaps_of_neighbours_are_noticed(nonce: str, place: int):
    code = code_from("key", nonce)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    may_pass = {code[place], code[place + 1]} == {"0", "Z"} or swapped == code
    assert (check_sign(swapped[:-1]) == swapped[-1]) == may_pass


def test_the_key_makes_the_code_and_its_digest():
    assert code_from("other", "nonce") != CODE
    assert digest_of("other", CODE) != digest_of("key", CODE)


@pytest.mark.parametrize(
    "text",
    [
        f"继续 {SHOWN}", f"继续{CODE}", f"我要继续：{SHOWN.lower()}", f"继续码是 {CODE[:4]} {CODE[4:]}",
        f"resume {SHOWN}", f"Continue: {CODE.lower()}", f"resume code is {SHOWN}", SHOWN, f" {CODE} ",
        f"继续 {SHOWN.replace('-', '－')}",
        f"恢复 {SHOWN}，谢谢",
    ],
)  # fmt: skip
def test_it_is_found_and_hidden(text: str):
    found = find_code(text)
    assert found is not None and found.code == CODE
    assert HIDDEN in found.text and CODE[:4] not in found.text.upper() and CODE[4:] not in found.text.upper()


def test_letters_that_look_like_digits_are_read_as_these():
    code = next(each for n in range(999) if {"0", "1"} <= set(each := code_from("key", str(n))))
    found = find_code("继续 " + code.replace("0", "O").replace("1", "l"))
    assert found is not None and found.code == code


@pytest.mark.parametrize("text", ["继续 ABCD-EFGH", "resume 1234-5678", "继续码 AAAA AAA2"])
def test_a_slip_is_no_code_but_meant_as_one_and_hidden(text: str):
    found = find_code(text)
    assert found is not None and found.code is None and HIDDEN in found.text


@pytest.mark.parametrize(
    "text",
    [
        "继续", "继续说", "请继续处理我的订单 KM202405120001", "继续 202405120001", "2024-1124", "1380-0138",
        "ABCD-EFGH", "TK261124A1B2C3", "continue please", "continue checking", "continue with that",
        "继续 20241124", "my resume is attached", "KM202405120001", "",
    ],
)  # fmt: skip
def test_other_texts_are_left_alone(text: str):
    assert find_code(text) is None


def test_a_stored_text_shows_the_code_only_with_the_key():
    nonce = "ab" * 16
    stored = place_in(f"发「继续 {RESUME_MARK}」", nonce)
    shown = written(code_from("key", nonce))
    assert shown not in stored
    assert revealer("key")(stored) == f"发「继续 {shown}」"
    assert revealer("other")(stored) != f"发「继续 {shown}」"
    assert hide(stored) == f"发「继续 {HIDDEN}」"
