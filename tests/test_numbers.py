"""Numbers, amounts and times in what customers write."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers import find_amount, find_phone_tail, find_reference, find_time, normalize_number

SHANGHAI = ZoneInfo("Asia/Shanghai")
# 17:30 in China.
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ORDER = "KM202405120001"
WECHAT = "4200002966202510230090527049"
ALIPAY = "2017032121001004070200176844"


@pytest.mark.parametrize(
    "text", [ORDER, "km202405120001", "ＫＭ２０２４０５１２０００１", "KM-2024 0512—0001", " KM 202405120001​"]
)
def test_every_spelling_of_a_number_becomes_one(text: str):
    assert normalize_number(text) == ORDER


@given(st.text(max_size=60))
def test_a_normalised_number_stays_as_it_is(text: str):
    assert normalize_number(normalize_number(text)) == normalize_number(text)


@pytest.mark.parametrize(
    "text",
    [
        ORDER,
        "km202405120001",
        "我充了30元没到账，订单KM202405120001，手机尾号8000",
        "单号是KM202405120001没到",
        "KM 20240512 0001",
        "KM-2024-0512-0001",
        "ＫＭ２０２４０５１２０００１",
        "KM2O24O512OOO1",
        "https://shop.example/o/KM202405120001?from=app",
        f"{WECHAT} / {ORDER}",
    ],
)
def test_an_order_number_is_found(text: str):
    found = find_reference(text)
    assert (found.kind, found.value) == ("order", ORDER)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ABCDEFGH12345678", "order"),
        ("DJ20260301120000123456", "order"),
        ("123261122093000456", "order"),
        ("D100759274105949519872", "order"),
        (WECHAT, "payment"),
        (ALIPAY, "payment"),
        ("2026112209300012345", "payment"),
        ("20261122093000123", "payment"),
        ("1000050001202510230090527049123", "payment"),
        ("12345678901234567890", "payment"),
    ],
)
def test_other_numbers_are_found_by_their_form(text: str, kind: str):
    found = find_reference(f"看看 {text} 这笔")
    assert (found.kind, found.value) == (kind, text)


def test_a_payment_number_may_be_broken_into_groups():
    assert find_reference("4200 0029 6620 2510 2300 9052 7049").value == WECHAT
    assert find_reference("42000029662025\n10230090527049").value == WECHAT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没到账",
        "13800138000",
        "KM20241332",
        "KM202413320001",
        "KM2024051200012",
        "TK261124A1B2C3",
        "TK26112209300012AB34CD",
        "6222021234567890128",
        "4111111111111111",
        "110101199003074514",
        "internationalization",
        "2026-11-24 17:30:00",
        "ABCD-EFGH-1234-5678",
        "30.00",
    ],
)
def test_what_is_no_reference_is_left_alone(text: str):
    assert find_reference(text) is None


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("哦错了是5678", "5678"),
        ("打错了 5678", "5678"),
        ("8000", "8000"),
        ("８０００", "8000"),
        ("2024", "2024"),
        ("我的是 5678 谢谢", "5678"),
        ("13800138000", "8000"),
        ("+86 138 0013 8000", "8000"),
        ("138****8000", "8000"),
        (f"{ORDER} 8000", "8000"),
        ("km 20240512 0001 8000", "8000"),
        (f"{ORDER} 2026-05-12 18:30 充了30元 8000", "8000"),
        ("尾号是2024", "2024"),
        ("手机尾号：1000", "1000"),
        ("手机后四位1234", "1234"),
        ("last four digits are 1234", "1234"),
        ("my phone ends in 4321", "4321"),
    ],
)
def test_phone_digits_are_found(text: str, tail: str):
    assert find_phone_tail(text) == tail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "800",
        "80000",
        "2024年充的",
        "The order failed in 2025",
        "从2023开始就这样",
        "1000元",
        "¥1000",
        "充了1000没到账",
        "I paid 1000",
        "1000点券",
        "1000.50",
        ORDER,
        WECHAT,
        "4200 0029 6620 2510 2300 9052 7049",
        "6222 0212 3456 7890",
        "建设银行(2506)",
        "2026-05-12 18:30",
        "18:30",
        "8000 或 9000",
    ],
)
def test_years_amounts_and_parts_of_numbers_are_no_phone_digits(text: str):
    assert find_phone_tail(text) is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("30", "30.00"),
        ("30.5元", "30.50"),
        ("30块5", "30.50"),
        ("100块钱", "100.00"),
        ("¥1,000.00", "1000.00"),
        ("￥88", "88.00"),
        ("rmb 88", "88.00"),
        ("$20", "20.00"),
        ("-30.00", "30.00"),
        ("三十块", "30.00"),
        ("一百零五元", "105.00"),
        ("一万二千元", "12000.00"),
        ("1.5万元", "15000.00"),
        ("付了50", "50.00"),
        ("充了100话费", "100.00"),
        ("30分钟前付了50", "50.00"),
        ("paid 30 yuan", "30.00"),
        ("they charged me 30", "30.00"),
        (f"付款30元，{ORDER} 8000", "30.00"),
        ("13800138000 充了30元", "30.00"),
        ("30元和30元", "30.00"),
    ],
)
def test_an_amount_is_found(text: str, amount: str):
    assert str(find_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没到账",
        "0",
        "¥0",
        "我付了3次",
        "18:30",
        "2026年5月12日",
        ORDER,
        WECHAT,
        "5元和6元",
        "30还是50块",
        "三十或者五十元",
        "8000 9000",
        "paid 3 times",
    ],
)
def test_what_is_no_clear_amount_is_none(text: str):
    assert find_amount(text) is None


@given(st.decimals(min_value="0.01", max_value="99999.99", places=2))
def test_every_written_amount_is_read_exactly(amount: Decimal):
    for text in (f"¥{amount}", f"{amount}元", f"付了{amount}元", f"{amount:,.2f}"):
        assert find_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026年6月25日 18:13:24", "2026-06-25 18:13:24"),
        ("2026年6月25日18:13:24", "2026-06-25 18:13:24"),
        ("支付时间 2026-06-25 18:13", "2026-06-25 18:13:00"),
        ("2026/6/25 8:03", "2026-06-25 08:03:00"),
        ("2026-05-12T10:13:24Z", "2026-05-12 18:13:24"),
        ("2026-05-12T18:13:24+08:00", "2026-05-12 18:13:24"),
        ("5月12日 18:30", "2026-05-12 18:30:00"),
        ("12月25日 10:00", "2025-12-25 10:00:00"),
        ("5月12号晚上8点", "2026-05-12 20:00:00"),
        ("昨天下午3点半", "2026-11-23 15:30:00"),
        ("前天 03:20", "2026-11-22 03:20:00"),
        ("昨晚11点", "2026-11-23 23:00:00"),
        ("yesterday 3:20 pm", "2026-11-23 15:20:00"),
        ("今天15:20", "2026-11-24 15:20:00"),
        ("18:30", "2026-11-23 18:30:00"),
        ("3点", "2026-11-24 15:00:00"),
        ("十五点二十分", "2026-11-24 15:20:00"),
        ("3pm", "2026-11-24 15:00:00"),
        ("10分钟前", "2026-11-24 17:20:00"),
        ("半小时前", "2026-11-24 17:00:00"),
        ("一个半小时前", "2026-11-24 16:00:00"),
        ("两个小时前付的", "2026-11-24 15:30:00"),
        ("an hour ago", "2026-11-24 16:30:00"),
        ("刚刚", "2026-11-24 17:30:00"),
        ("just now", "2026-11-24 17:30:00"),
    ],
)
def test_a_time_is_found(text: str, local: str):
    assert find_time(text, NOW).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") == local


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "几分钟前",
        "3天前",
        "充了30元",
        "30点",
        "1000点券",
        ORDER,
        WECHAT,
        "2026-13-40 10:00",
        "25:70",
        "等了30分钟",
    ],
)
def test_what_names_no_moment_is_none(text: str):
    assert find_time(text, NOW) is None


@given(st.datetimes(min_value=NOW.replace(tzinfo=None, year=2020), max_value=NOW.replace(tzinfo=None)))
def test_every_time_of_a_bill_is_read_exactly(moment: datetime):
    written = moment.replace(microsecond=0)
    for pattern in ("%Y年%m月%d日 %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d%H:%M:%S"):
        found = find_time(written.strftime(pattern), NOW)
        assert found.astimezone(SHANGHAI).replace(tzinfo=None) == written


@given(st.text(alphabet="0123456789:：年月日点前天小时分半一二十 KMkm.-/¥元apm前昨今TZ+", max_size=40))
def test_nothing_that_is_written_raises(text: str):
    moment = find_time(text, NOW)
    assert moment is None or moment.utcoffset() == timedelta(0)
    amount = find_amount(text)
    assert amount is None or 0 < amount == round(amount, 2)
    tail = find_phone_tail(text)
    assert tail is None or (len(tail) == 4 and tail.isdigit())
    find_reference(text)


@given(st.text(max_size=200))
def test_no_text_raises(text: str):
    for find in (find_reference, find_phone_tail, find_amount):
        find(text)
    find_time(text, NOW)
