"""A bill, order page or error page of one given payment, for customers in tests and for the examples they are shown."""

import random
from collections.abc import Collection
from dataclasses import dataclass, field

from PIL import Image

from tests.evidence.drawing import BLUE, BLUE_DARK, DARK, WHITE, Screen, Style
from tests.evidence.values import Payment

Box = tuple[int, int, int, int]
STATUSES = {
    "wechat": {"paid": "支付成功", "refunded": "已全额退款"},
    "alipay": {"paid": "交易成功", "refunded": "退款成功", "closed": "交易关闭", "pending": "等待付款"},
}
PALETTES = {"light": WHITE, "dark": DARK}


@dataclass
class Page:
    """A drawn page and where its fields stand: left, top, right, bottom in pixels."""

    image: Image.Image
    boxes: dict[str, Box] = field(default_factory=dict)


def draw_bill(
    channel: str,
    payment: Payment,
    *,
    status: str = "paid",
    without: Collection[str] = (),
    theme: str = "light",
    status_bar: bool = True,
) -> Page:
    """A WeChat or Alipay bill; `without` names the fields that are not on it, as when it was cut."""
    screen = Screen(Style(theme=theme), PALETTES[theme], random.Random(1))
    page = Page(screen.image)
    if status_bar:
        screen.status_bar()
    screen.title("‹", "账单详情", "全部账单")
    screen.skip(0.02)
    screen.centred(payment.shop, size=0.04)
    screen.skip(0.015)
    if "amount" not in without:
        top = screen.y + screen.size(0.018)
        screen.centred(f"-{payment.sum}", size=0.085, face="bold")
        screen.skip(0.03)
        page.boxes["amount"] = (screen.size(0.32), top, screen.size(0.68), screen.y - screen.size(0.012))
    shown = STATUSES[channel][status]
    if channel == "alipay" and "status" not in without:
        top = screen.y + screen.size(0.006)
        screen.centred(shown, size=0.037, colour="label")
        page.boxes["status"] = (screen.size(0.36), top, screen.size(0.64), screen.y + screen.size(0.008))
    screen.skip(0.03)
    screen.line()
    for name, label, value in _rows(channel, payment, shown):
        if name not in without:
            _row(page, screen, name, label, value)
    screen.line()
    page.image = screen.done()
    return page


def _rows(channel: str, payment: Payment, shown: str) -> list[tuple[str, str, str]]:
    if channel == "wechat":
        return [
            ("status", "当前状态", shown),
            ("paid_at", "支付时间", payment.chinese_time),
            ("product", "商品", payment.product),
            ("payee", "商户全称", payment.shop),
            ("method", "支付方式", payment.method),
            ("transaction_no", "交易单号", payment.transaction_no),
            ("merchant_no", "商户单号", payment.merchant_no),
        ]
    return [
        ("paid_at", "支付时间", payment.dashed_time),
        ("method", "付款方式", payment.method),
        ("product", "商品说明", payment.product),
        ("payee", "收款方全称", payment.shop),
        ("transaction_no", "订单号", payment.transaction_no),
        ("merchant_no", "商家订单号", payment.merchant_no),
    ]


def draw_order_page(payment: Payment, state: str = "处理中", *, theme: str = "light", status_bar: bool = True) -> Page:
    """The shop's page of the order."""
    screen = Screen(Style(theme=theme), {"light": BLUE, "dark": BLUE_DARK}[theme], random.Random(1))
    page = Page(screen.image)
    if status_bar:
        screen.status_bar()
    screen.title("‹", "订单详情")
    screen.skip(0.03)
    for name, label, value in (
        ("order_no", "订单号", payment.order_no),
        ("status", "订单状态", state),
        ("product", "商品名称", payment.product),
        ("amount", "实付金额", f"¥{payment.sum}"),
        ("method", "支付方式", "微信支付"),
        ("paid_at", "下单时间", payment.dashed_time),
    ):
        _row(page, screen, name, label, value)
    screen.button("联系客服", "#ff6633")
    page.image = screen.done()
    return page


def draw_error_page(payment: Payment, error: str = "支付失败", *, theme: str = "light") -> Page:
    """What a payment page says when it went wrong."""
    screen = Screen(Style(theme=theme), PALETTES[theme], random.Random(1))
    screen.status_bar()
    screen.title("关闭", "支付结果")
    screen.skip(0.2)
    screen.disc("#e64340", 0.2)
    screen.skip(0.05)
    screen.centred(error, size=0.055, face="bold")
    screen.skip(0.02)
    screen.centred("如已扣款请勿重复支付", size=0.035, colour="label")
    screen.skip(0.08)
    screen.rows([("订单号", payment.order_no)])
    screen.button("重新支付", "#07c160")
    return Page(screen.done())


def _row(page: Page, screen: Screen, name: str, label: str, value: str) -> None:
    top = screen.y + screen.size(0.008)
    screen.row(label, value)
    bottom = screen.y - screen.size(screen.style.row_gap - 0.008)
    page.boxes[name] = (screen.size(0.035), top, screen.size(0.965), bottom)
