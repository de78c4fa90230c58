"""A bill, order page or error page of one given payment, for customers in tests and for the examples they are shown."""

import io
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from PIL import Image, ImageDraw

from tests.evidence.damage import DAMAGES
from tests.evidence.drawing import BLUE, BLUE_DARK, DARK, WHITE, Screen, Style
from tests.evidence.others import chat
from tests.evidence.values import SHANGHAI, Payment

Box = tuple[int, int, int, int]
STATUSES = {
    "wechat": {"paid": "支付成功", "refunded": "已全额退款"},
    "alipay": {"paid": "交易成功", "refunded": "退款成功", "closed": "交易关闭", "pending": "等待付款"},
}
SERVICES = {
    "wechat": ("账单服务", "对订单有疑惑", "申请电子凭证"),
    "alipay": ("账单管理", "账单分类", "对此订单有疑问"),
}
NAMES = ("星云", "蓝海", "青禾", "北辰", "银河", "春风", "远山", "云帆", "金桥", "长虹", "明月")
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
    covered: bool = False,
) -> Page:
    """A WeChat or Alipay bill; `without` names the fields that are not on it, `covered` leaves only the labels."""
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
    for text in SERVICES[channel]:
        screen.y += screen.write(screen.size(screen.style.margin), text, size=screen.style.text_size)
        screen.skip(0.03)
    page.image = screen.done()
    if covered:
        _cover(page, screen)
    return page


def _cover(page: Page, screen: Screen) -> None:
    """Black out every value, and leave the labels."""
    pen = ImageDraw.Draw(page.image)
    for name, (left, top, right, bottom) in page.boxes.items():
        centred = name in ("amount", "status") and left > screen.size(0.1)
        pen.rectangle((left if centred else screen.size(0.26), top, right, bottom), fill="#000000")


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


def draw_order_page(
    payment: Payment,
    state: str = "处理中",
    *,
    without: Collection[str] = (),
    theme: str = "light",
    status_bar: bool = True,
) -> Page:
    """The shop's page of the order; `without` names the fields that are not on it."""
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
        if name not in without:
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


def picture_of(
    values: Mapping[str, str],
    page: str = "wechat_bill",
    without: Collection[str] = (),
    damage: str = "none",
    theme: str = "light",
    status: str = "paid",
    number: str = "own",
    amount: str = "",
) -> bytes:
    """A screenshot of this order (`values` are those of `bot.qa.blanks.placeholders`), as its customer sends it."""
    payment = payment_of(values, page, own=number == "own")
    payment = replace(payment, amount=Decimal(amount)) if amount else payment
    if page == "order_page":
        image = draw_order_page(payment, without=without, theme=theme).image
    elif page == "error_page":
        image = draw_error_page(payment, theme=theme).image
    elif page == "chat":
        image = chat(random.Random(payment.order_no), False)
    else:
        channel = page.removesuffix("_bill")
        image = draw_bill(
            channel, payment, status=status, without=without, theme=theme, covered=damage == "covered"
        ).image
    if damage != "covered":
        image = DAMAGES[damage](image, random.Random(payment.order_no))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def payment_of(values: Mapping[str, str], page: str, own: bool) -> Payment:
    """The payment of an order; not its own is one by the same customer that no record knows."""
    day, serial = values["paid_at"][:10].replace("-", ""), values["order_no"][-10:]
    # Two orders of one minute and one price must not have the same picture.
    mark = int("".join(filter(str.isdigit, serial)) or 0)
    at = datetime.strptime(values["paid_at"], "%Y-%m-%d %H:%M").replace(
        second=(mark + mark // 100 * 7) % 60, tzinfo=SHANGHAI
    )
    numbers = {
        "wechat_bill": values["transaction_no"] if own else f"4200009999{day}{serial}",
        "alipay_bill": f"{day}2200{serial:0>16}",
    }
    return Payment(
        paid_at=at,
        amount=Decimal(values["amount"]),
        transaction_no=numbers.get(page, values["transaction_no"]),
        merchant_no=values["order_no"] if own else f"{at:%Y%m%d%H%M%S}{serial[-5:]}",
        order_no=values["order_no"],
        shop=f"{NAMES[mark // 60 % len(NAMES)]}数卡网络科技有限公司",
        product=values["product"],
        method="零钱" if page == "wechat_bill" else "余额宝",
    )
