import string
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.redact import MARK, Redaction, is_bank_card, is_id_card, luhn_holds, redact

HAN = st.text("我的订单号是一直没有到账请帮忙查看付款时间金额。，！？", max_size=20)


@st.composite
def bank_cards(draw: st.DrawFn) -> str:
    start = draw(st.sampled_from(["622", "4", "51", "55", "2221", "2720", "35"]))
    length = 16 if not start.startswith("62") else draw(st.integers(16, 19))
    body = start + draw(st.text(string.digits, min_size=length - len(start) - 1, max_size=length - len(start) - 1))
    return next(body + digit for digit in string.digits if luhn_holds(body + digit))


@st.composite
def id_cards(draw: st.DrawFn) -> str:
    born = draw(st.dates(min_value=date(1930, 1, 1)))
    assume(born.year < 2030)
    body = f"{draw(st.sampled_from(['11', '31', '44', '65']))}0101{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return next(body + digit for digit in "0123456789Xx" if is_id_card(body + digit))


@st.composite
def orders(draw: st.DrawFn) -> str:
    return f"KM{draw(st.dates(min_value=date(2020, 1, 1))):%Y%m%d}{draw(st.integers(0, 9999)):04d}"


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=length, max_size=length)


NUMBERS = st.one_of(orders(), digits(28), digits(31), digits(32))
PASSWORDS = st.builds(
    lambda body, digit: f"{body[:3]}{digit}{body[3:]}",
    st.text(string.ascii_letters + string.digits + "!@#$%^&*_+-", min_size=3, max_size=20),
    st.sampled_from(string.digits),
)


@given(HAN, bank_cards(), HAN)
def test_a_bank_card_is_hidden(before: str, card: str, after: str):
    assume(not before.rstrip("。，！？").endswith(("单号", "单号是")) and "单" not in before)
    assume(is_bank_card(card))
    spaced = " ".join(card[i : i + 4] for i in range(0, len(card), 4))
    for shape in (card, spaced, spaced.replace(" ", "-")):
        result = redact(before + shape + after)
        assert (result.text, result.found) == (before + MARK + after, True)


@given(HAN, id_cards(), HAN)
def test_an_id_card_is_hidden(before: str, number: str, after: str):
    assert redact(before + number + after).text == before + MARK + after


@given(
    st.sampled_from(["密码", "密码：", "支付密码是 ", "查询密码: ", "password: ", "my password is ", "pwd="]), PASSWORDS
)
def test_what_follows_the_word_password_is_hidden(label: str, password: str):
    assert redact(label + password).text == label + MARK


@given(HAN, NUMBERS, HAN, NUMBERS, HAN)
def test_order_and_payment_numbers_survive(a: str, first: str, b: str, second: str, c: str):
    assume(b)
    text = f"{a}{first}{b}{second}{c}"
    assert redact(text) == Redaction(text, found=False)


@given(st.sampled_from(["密码：", "password is ", "卡密 ", "验证码"]), NUMBERS)
def test_numbers_survive_even_after_a_label(label: str, number: str):
    assert redact(label + number).text == label + number


@given(st.text(max_size=200))
def test_redacting_is_total_and_doing_it_again_changes_nothing(text: str):
    once = redact(text)
    assert once.found == (once.text != text)
    assert redact(once.text).text == once.text


@given(st.lists(st.one_of(HAN, NUMBERS, PASSWORDS, bank_cards(), st.sampled_from(["密码", "卡密：", " ", ",", "-"]))))
def test_doing_it_again_changes_nothing_with_secrets_either(parts: list[str]):
    once = redact("".join(parts)).text
    assert redact(once).text == once


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("卡密：ABCD1234EFGH", "卡密：***"),
        ("卡密是 1234 5678 9012 3456 能用吗", "卡密是 *** 能用吗"),
        ("兑换码ABCD-EFGH-1234 无效", "兑换码*** 无效"),
        ("the card code is XK9P2M7Q1 and it fails", "the card code is *** and it fails"),
        ("用 A1B2-C3D4-E5F6-G7H8 兑换失败", "用 *** 兑换失败"),
        ("验证码 482913", "验证码 ***"),
        ("密码：ａｂｃ１２３４５", "密码：***"),
        ("密码是abc12345，订单号KM202405120001", "密码是***，订单号KM202405120001"),
        ("password: hunter", "password: ***"),
        ("密码 hunter", "密码 ***"),
        ("密码我改成了 qwerty99", "密码我改成了 ***"),
        ("我的密码是 12 34 56", "我的密码是 ***"),
    ],
)
def test_secrets_are_hidden(text: str, kept: str):
    assert redact(text).text == kept


@pytest.mark.parametrize(
    "text",
    [
        "密码错误怎么办",
        "密码我输入了 3 次，10:30 付的 30.00",
        "我忘记密码了，订单号KM202405120001",
        "my password is wrong",
        "I reset my password yesterday",
        "the password manager does not help",
        "卡密没收到，订单 KM202405120001",
        "KM2024-0512-0001",
        "km 202405120001",
        "card code missing for order KM202405120001",
        "微信交易单号 4200002966202510230090527049",
        "支付宝 2017032121001004070200176844",
        "4200 0029 6620 2510 2300 9052 7049",
        "商户单号 2026112209300012345",
        "手机尾号 8000，金额 100.00",
        "手机号 13800138000",
        "2026-11-24 10:30:00 付的 98.00 元",
        "交易单号 6222021234567890128",
        "订单 123261122093000456",
    ],
)
def test_ordinary_messages_stay_as_they_are(text: str):
    assert redact(text).text == text
