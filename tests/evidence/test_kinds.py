"""Pages at the border between two kinds."""

from bot.backend.evidence.reading.model import Kind, Status
from bot.backend.evidence.reading.parsing import reading_from_words
from tests.evidence.test_parsing import ORDER_ROWS, page, word


def test_an_error_page_may_name_the_order_and_the_sum():
    words = [word("支付失败", 400, 300, 70), word("支付渠道维护中", 380, 420)]
    for line, (label, value) in enumerate(
        [("订单号", "KM202606250001"), ("支付金额", "¥30.00"), ("支付方式", "微信支付")]
    ):
        words += [word(label, 60, 640 + 90 * line), word(value, 300, 640 + 90 * line)]
    read = reading_from_words(words)
    assert (read.kind, read.order_no, read.status) == (Kind.ERROR_PAGE, "KM202606250001", Status.FAILED)


def test_a_failed_order_is_still_an_order():
    words = [each for each in page(ORDER_ROWS[:5], "充值失败") if each.text not in ("账单详情", "星云数卡")]
    read = reading_from_words([*words, word("订单详情", 440, 120)])
    assert (read.kind, read.status) == (Kind.ORDER_PAGE, Status.FAILED)


def test_an_order_of_another_shop_is_none_of_ours():
    rows = [
        ("订单号", "8123456789012345"),
        ("商品名称", "红烧牛肉面"),
        ("实付金额", "¥26.00"),
        ("下单时间", "2026-06-25 18:12:00"),
    ]
    words = [each for each in page(rows, "已送达") if each.text not in ("账单详情", "星云数卡")]
    assert reading_from_words(words).kind is Kind.NOT_A_BILL
