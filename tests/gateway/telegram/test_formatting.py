"""Texts as MarkdownV2: read back they are what they were, and numbers can be copied."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gateway.channels.telegram.formatting import formatted
from bot.gateway.resume.model import check_sign
from bot.qa.markdown import MarkdownInvalidError, parse_markdown

CODE = f"RCR2-A58{check_sign('RCR2A58')}"
SIGNS = st.sampled_from([*"_*[]()~`>#+-=|{}.!\\ \n字😀", "KM202405120001", "TK261201AB12CD", CODE])


@settings(max_examples=500, deadline=None, database=None)
@given(st.lists(SIGNS | st.text(max_size=3), max_size=20).map("".join))
def test_what_is_seen_is_the_text(text: str):
    assert parse_markdown(formatted(text))[0] == text


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("订单 KM202405120001，金额 ¥25.00", ["KM202405120001"]),
        ("工单 TK26120151C637：待处理", ["TK26120151C637"]),
        (f"继续码 {CODE}，30 天内有效", [CODE]),
        ("交易单号 4200002145202405128876543210，2024-05-12 14:03", ["4200002145202405128876543210"]),
        ("2024-0512 不是继续码，138****8000 也不能复制", []),
        ("https://shop.example/KM202405120001?a=KM202405120002&b=1 和 a@KM202405120001.example", []),
        ("ABCDEFGHIJKLMNOP 没有数字", []),
        ("两个：KM202405120001、KM202405120002。", ["KM202405120001", "KM202405120002"]),
        ("order KM202405120001. Done", ["KM202405120001"]),
    ],
)
def test_what_customers_copy_is_in_monospace(text: str, numbers: list[str]):
    assert parse_markdown(formatted(text)) == (text, numbers)


@pytest.mark.parametrize("text", ["a.b", "a_b", "`a", "``", "a\\", "\\字", "*a*", "!"])
def test_the_server_of_the_tests_refuses_what_telegram_refuses(text: str):
    with pytest.raises(MarkdownInvalidError):
        parse_markdown(text)


def test_it_reads_escapes_and_monospace():
    assert parse_markdown(r"a\.b `c.\`\\d` e") == ("a.b c.`\\d e", [r"c.`\d"])
