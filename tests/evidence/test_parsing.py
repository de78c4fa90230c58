"""Words as the engine gives them for pages of known look, and text as customers paste it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.backend.evidence.reading.model import Kind, Reading, Status, Word, reading_from_json
from bot.backend.evidence.reading.parsing import reading_from_text, reading_from_words
from bot.backend.payments.numbers import Channel

TXN = "4200002966202606250090527049"
ALIPAY = "2025102022001004070200176844"
PAID = datetime(2026, 6, 25, 10, 13, 24, tzinfo=UTC)
WECHAT_ROWS = [
    ("当前状态", "支付成功"),
    ("支付时间", "2026年6月25日18:13:24"),
    ("商品", "话费充值30元"),
    ("商户全称", "星云数卡网络科技有限公司"),
    ("收单机构", "财付通支付科技有限公司"),
    ("支付方式", "招商银行(2506)"),
    ("交易单号", TXN),
    ("商户单号", "2026062518130012345"),
]
ALIPAY_ROWS = [
    ("支付时间", "2025-10-20 17:06:37"),
    ("付款方式", "余额宝"),
    ("商品说明", "视频会员月卡"),
    ("收款方全称", "杭州点点互娱科技有限公司"),
    ("订单号", ALIPAY),
    ("商家订单号", "KM202510200001"),
]


def word(text: str, x: float, y: float, size: float = 40, score: float = 0.99) -> Word:
    return Word(text, x, y, size * 0.6 * len(text), size, score)


def page(rows: list[tuple[str, str]], sum_: str = "-30.00", state: str = "") -> list[Word]:
    """A phone page: clock, shop, sum, state, then labels at the left and values behind them."""
    words = [word("9:41", 60, 20), word("账单详情", 440, 120), word("星云数卡", 440, 300), word(sum_, 400, 400, 90)]
    words += [word(state, 440, 520)] if state else []
    for line, (label, value) in enumerate(rows):
        words += [word(label, 60, 640 + 90 * line), word(value, 300, 642 + 90 * line)]
    return words


def changed(rows: list[tuple[str, str]], **values: str) -> list[tuple[str, str]]:
    return [(label, values.get(label, value)) for label, value in rows]


WECHAT = Reading(
    kind=Kind.WECHAT_BILL,
    channel=Channel.WECHAT,
    status=Status.PAID,
    amount=Decimal("30.00"),
    paid_at=PAID,
    transaction_no=TXN,
    merchant_no="2026062518130012345",
    payee="星云数卡网络科技有限公司",
    method="招商银行(2506)",
)


def test_it_reads_a_wechat_bill():
    assert reading_from_words(page(WECHAT_ROWS)) == WECHAT


def test_it_reads_an_alipay_bill_whose_order_number_is_the_transaction():
    assert reading_from_words(page(ALIPAY_ROWS, "-22.00", "交易成功")) == Reading(
        kind=Kind.ALIPAY_BILL,
        channel=Channel.ALIPAY,
        status=Status.PAID,
        amount=Decimal("22.00"),
        paid_at=datetime(2025, 10, 20, 9, 6, 37, tzinfo=UTC),
        transaction_no=ALIPAY,
        merchant_no="KM202510200001",
        payee="杭州点点互娱科技有限公司",
        method="余额宝",
    )


def test_the_order_of_the_labels_does_not_matter():
    assert reading_from_words(page(WECHAT_ROWS[::-1])) == WECHAT


@pytest.mark.parametrize("sum_", ["一30.00", "夫30.00", "-¥30.00", "−30.00", "30.00", "- 30.00", "-30.O0"])
def test_a_misread_minus_or_yuan_sign_does_no_harm(sum_: str):
    assert reading_from_words(page(WECHAT_ROWS, sum_)).amount == Decimal("30.00")


@pytest.mark.parametrize("sum_", ["-3000", "-30.0", "-,400.00", "-3O.x0", "-0.00", "-007.00"])
def test_a_sum_that_is_not_certain_is_unknown(sum_: str):
    assert reading_from_words(page(WECHAT_ROWS, sum_)).amount is None


def test_a_coupon_is_not_the_amount():
    assert reading_from_words(page([("优惠", "-5.00"), *WECHAT_ROWS])).amount == Decimal("30.00")
    assert reading_from_words(page([("商家优惠", "5元"), *WECHAT_ROWS])).amount == Decimal("30.00")


def test_the_price_before_a_coupon_is_not_the_amount_of_a_bill():
    words = page([("订单金额", "35.00"), *ALIPAY_ROWS], "-3O.x0")
    assert reading_from_words(words).amount is None
    assert reading_from_words(page([("付款金额", "30.00"), ("订单金额", "35.00"), *ALIPAY_ROWS], "x")).amount == 30


def test_a_number_that_goes_over_two_lines_is_one():
    words = page(changed(WECHAT_ROWS, 交易单号=TXN[:22]))
    row = next(each for each in words if each.text == TXN[:22])
    assert reading_from_words([*words, word(TXN[22:], 300, row.y + 44)]).transaction_no == TXN


def test_a_lone_digit_on_the_second_line_is_not_lost():
    words = page(changed(WECHAT_ROWS, 交易单号=TXN[:27]))
    row = next(each for each in words if each.text == TXN[:27])
    assert reading_from_words([*words, word(TXN[27:], 300, row.y + 44)]).transaction_no == TXN


def test_a_number_in_groups_is_one():
    spaced = " ".join(TXN[n : n + 4] for n in range(0, 28, 4))
    assert reading_from_words(page(changed(WECHAT_ROWS, 交易单号=spaced))).transaction_no == TXN


def test_letters_in_a_number_of_digits_are_put_right():
    assert reading_from_words(page(changed(WECHAT_ROWS, 交易单号=TXN.replace("0", "O")))).transaction_no == TXN


def test_letters_in_a_number_that_may_hold_them_stay():
    assert reading_from_words(page(changed(WECHAT_ROWS, 商户单号="7HODAFS450TLQK7P"))).merchant_no == "7HODAFS450TLQK7P"


def test_o_in_an_order_number_of_the_shop_is_a_zero():
    assert reading_from_words(page(changed(WECHAT_ROWS, 商户单号="KM2O26O625OOO1"))).merchant_no == "KM202606250001"


@pytest.mark.parametrize("number", [TXN[:-1], TXN + "1", "4200002966202613250090527049", "KM" + TXN[2:], "TEST"])
def test_another_form_is_no_transaction_number(number: str):
    assert reading_from_words(page(changed(WECHAT_ROWS, 交易单号=number))).transaction_no is None


def test_a_day_that_contradicts_the_number_leaves_both_unknown():
    read = reading_from_words(page(changed(WECHAT_ROWS, 支付时间="2026年6月26日18:13:24")))
    assert (read.transaction_no, read.paid_at, read.amount) == (None, None, Decimal("30.00"))


def test_a_payment_just_after_midnight_does_not_contradict():
    read = reading_from_words(page(changed(WECHAT_ROWS, 支付时间="2026年6月26日 00:03:24")))
    assert (read.transaction_no, read.paid_at) == (TXN, datetime(2026, 6, 25, 16, 3, 24, tzinfo=UTC))


def test_what_was_read_badly_is_unknown():
    words = [Word(w.text, w.x, w.y, w.width, w.height, 0.7 if w.text == TXN else w.score) for w in page(WECHAT_ROWS)]
    assert reading_from_words(words).transaction_no is None


def test_the_number_under_a_barcode_is_the_merchant_number():
    words = page(changed(WECHAT_ROWS, 商户单号="可在支持的商户扫码退款"))
    read = reading_from_words([*words, word("KM202606250001", 300, 1500)])
    assert (read.merchant_no, read.status) == ("KM202606250001", Status.PAID)


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("已全额退款", Status.REFUNDED),
        ("对方已退还", Status.REFUNDED),
        ("已退款(￥5.00)", Status.PARTIALLY_REFUNDED),
        ("已退款(￥30.00)", Status.REFUNDED),
        ("扫码退款", None),
        ("支付成功了吗", None),
    ],
)
def test_states(shown: str, status: Status | None):
    assert reading_from_words(page(changed(WECHAT_ROWS, 当前状态=shown))).status is status


def test_a_transfer_between_persons_is_no_bill_and_says_nothing():
    rows = [
        ("当前状态", "对方已收钱"),
        ("转账时间", "2026年6月25日18:13:24"),
        ("转账单号", "1000050001202606250090527049123"),
    ]
    assert reading_from_words(page(rows)) == Reading(kind=Kind.NOT_A_BILL)


ORDER_ROWS = [
    ("订单号", "KM202606250001"),
    ("商品名称", "话费充值30元"),
    ("实付金额", "¥30.00"),
    ("支付方式", "微信支付"),
    ("下单时间", "2026-06-25 18:12:00"),
    ("订单状态", "充值中"),
]


def test_an_order_was_not_paid_when_it_was_made():
    read = reading_from_words(page(ORDER_ROWS, "话费"))
    assert (read.kind, read.order_no, read.amount) == (Kind.ORDER_PAGE, "KM202606250001", Decimal("30.00"))
    assert (read.paid_at, read.status, read.channel) == (None, Status.PROCESSING, Channel.WECHAT)


def test_card_codes_bank_and_id_numbers_are_never_read():
    secrets = ["ABCD1234EFGH5678", "6222021234567890128", "110101199003074610"]
    rows = [*ORDER_ROWS, ("卡密", secrets[0]), ("银行卡号", secrets[1]), ("身份证号", secrets[2])]
    for read in (
        reading_from_words(page(rows, "话费")),
        reading_from_words(page(changed(WECHAT_ROWS, 支付方式=f"招商银行{secrets[1]}", 商户全称=secrets[2]))),
    ):
        assert read.kind is not Kind.NOT_A_BILL
        assert not any(secret in str(read) for secret in secrets)


def test_an_error_page():
    words = [word("支付结果", 460, 120), word("支付失败", 400, 700, 60), word("请更换支付方式后重试", 390, 800, 36)]
    assert reading_from_words(words) == Reading(kind=Kind.ERROR_PAGE, status=Status.FAILED)


def test_the_same_words_in_a_chat_are_none():
    said = ["在吗", "支付失败", "支付失败是什么意思", "KM202606250001", "转你50.00"]
    words = [word(text, 180 if n % 2 else 900 - 24 * len(text), 200 + 130 * n) for n, text in enumerate(said)]
    assert reading_from_words(words) == Reading(kind=Kind.NOT_A_BILL)


PASTED = "\n".join(f"{label}：{value}" for label, value in WECHAT_ROWS)


@pytest.mark.parametrize(
    "text",
    [
        "-30.00\n" + PASTED,
        "-30.00\n" + PASTED.replace("：", "\t"),
        "-30.00\n" + PASTED.replace("：", "\n"),
        "-30.00\n" + PASTED.replace("：", " "),
    ],
)
def test_pasted_text_of_a_bill_takes_the_same_path(text: str):
    assert reading_from_text(text) == WECHAT


PASTED_ORDER = "订单详情\n" + "\n".join(f"{label}：{value}" for label, value in ORDER_ROWS)
WHOLE = [
    "KM202606250001", "DJ20260301120000123456", "D100759274105949519872", "123261122093000456", "7HODAFS450TLQK7P",
    "2026112209300012345", "P2026062512345678901234",
]  # fmt: skip
HIDDEN = [
    "KM20260625****", "KM20260625 ****", "****06250001", "KM2026****0001", "20261122093000****", "KM202606250001 ***",
    "KM20260625••••", "KM20260625···", "KM20260625…", "…202606250001", "KM20260625...", "KM20260625○○○○",
    "KM20260625OOOO", "KM20260625xxxx", "KM20260625XXXXXX", "KM20260625____",
    "KM20260625\n****", "12345678901234567\n•••",
]  # fmt: skip
CUT = [
    "KM20260625", "KM2026062500", "KM20260625 复制", "KM20260625000123", "KM202613250001", "202606250001",
    "M202606250001", "DJ202603011200001234", "D10075927410594951987", "2026112209",
]  # fmt: skip


@pytest.mark.parametrize("number", WHOLE)
def test_a_whole_number_is_read_from_text(number: str):
    assert reading_from_text(PASTED_ORDER.replace(ORDER_ROWS[0][1], number)).order_no == number
    assert reading_from_text("-30.00\n" + PASTED.replace(WECHAT_ROWS[-1][1], number)).merchant_no == number


@pytest.mark.parametrize("number", HIDDEN + CUT)
def test_a_number_that_is_hidden_or_cut_in_part_is_unknown(number: str):
    order = reading_from_text(PASTED_ORDER.replace(ORDER_ROWS[0][1], number))
    assert (order.kind, order.amount, order.order_no) == (Kind.ORDER_PAGE, Decimal("30.00"), None)
    assert reading_from_text("-30.00\n" + PASTED.replace(WECHAT_ROWS[-1][1], number)).merchant_no is None


@pytest.mark.parametrize("end", ["****", "…", "•••", "··", "XX"])
def test_a_number_in_a_products_name_that_goes_on_hidden_is_unknown(end: str):
    def order_no_of(product: str) -> str | None:
        return reading_from_text("-30.00\n" + PASTED.replace("话费充值30元", product)).order_no

    assert order_no_of(f"话费…KM202606250001{end}") is None
    assert order_no_of("话费…KM202606250001·30元") == "KM202606250001"


@pytest.mark.parametrize("text", ["", "在吗", "我充了30块没到账", TXN, "支付失败", "\x00", "¥" * 10000])
def test_other_text_is_no_bill(text: str):
    assert reading_from_text(text) == Reading(kind=Kind.NOT_A_BILL)


def test_a_reading_comes_back_from_its_json():
    found = {**WECHAT.to_json(), "method": WECHAT.method}
    assert reading_from_json(found) == WECHAT
    assert found["paid_at"] == "2026-06-25T18:13:24+08:00"
    assert list(WECHAT.to_json()) == [
        "kind", "channel", "status", "amount", "paid_at", "transaction_no", "merchant_no", "order_no", "payee", "ms",
    ]  # fmt: skip
