"""Pages that show a payment: WeChat bills, Alipay bills, order pages, error pages, each with what stands on it."""

import random
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from PIL import Image

from tests.evidence.drawing import BLUE, BLUE_DARK, DARK, LIGHT, WHITE, Screen, Style
from tests.evidence.values import Payment, make_payment

WIDTHS = [720, 828, 1080, 1080, 1170, 1284, 1440]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What stands on a picture; None is what is not on it."""

    kind: str
    status: str | None = None
    amount: Decimal | None = None
    paid_at: datetime | None = None
    transaction_no: str | None = None
    merchant_no: str | None = None
    order_no: str | None = None
    payee: str | None = None


def make_style(rng: random.Random, held_out: bool) -> Style:
    """The layouts that the parser was written with, or others."""
    style = Style(width=rng.choice(WIDTHS), theme=rng.choice(["light", "dark"]))
    if not held_out:
        return replace(
            style, row_gap=rng.choice([0.03, 0.036]), column=rng.choice([0.25, 0.28]), extra=rng.random() < 0.2
        )
    align = rng.choice(["left", "left", "right", "below"])
    return replace(
        style,
        face=rng.choices(["regular", "bold", "serif"], [6, 2, 1])[0],
        heading=rng.choice(["regular", "bold", "serif-bold"]),
        text_size=rng.uniform(0.034, 0.043),
        row_gap=rng.uniform(0.016, 0.05),
        margin=rng.uniform(0.035, 0.08),
        column=rng.uniform(0.24, 0.36),
        align=align,
        colon=rng.choice(["", "", "：", ":"]),
        shuffled=rng.random() < 0.5,
        extra=rng.random() < 0.6,
        latin=rng.choice(["", "", "sans", "dejavu"]),
        ruled=rng.random() < 0.3,
    )


def wechat_bill(rng: random.Random, held_out: bool = False) -> tuple[Image.Image, Truth]:
    style, payment = make_style(rng, held_out), make_payment(rng, "wechat")
    screen = Screen(style, {"light": rng.choice([LIGHT, WHITE]), "dark": DARK}[style.theme], rng)
    status, shown = rng.choices(
        [
            ("PAID", "支付成功"),
            ("REFUNDED", "已全额退款"),
            ("REFUNDED", "对方已退还"),
            ("PARTIALLY_REFUNDED", "已退款(￥0.01)"),
        ],
        [8, 1, 1, 1],
    )[0]
    if status == "PARTIALLY_REFUNDED" and payment.amount <= Decimal("0.01"):
        status, shown = "PAID", "支付成功"
    screen.status_bar()
    screen.title("‹", rng.choice(["", "账单详情"]), rng.choice(["", "全部账单"]))
    screen.skip(0.03)
    screen.disc(rng.choice(["#07c160", "#f0a020", "#3070d0"]), 0.12)
    screen.centred(payment.shop[: rng.choice([6, 99])], size=0.042)
    screen.skip(0.02)
    sign = rng.choice(["-", "-", "−", "-¥"]) if held_out else "-"
    screen.centred(sign + payment.sum, size=rng.uniform(0.075, 0.1), face=style.heading)
    screen.skip(0.05)
    screen.line()
    coupon = [("优惠", rng.choice(["满减优惠 -5.00", "立减金 -¥1.20", "商家优惠5元"]))] if style.extra else []
    rows = [
        ("当前状态", shown),
        ("支付时间", payment.chinese_time if rng.random() < 0.8 else payment.dashed_time),
        ("商品", payment.product),
        ("商户全称", payment.shop),
        ("收单机构", rng.choice(["财付通支付科技有限公司", "银联商务股份有限公司"])),
        ("支付方式", payment.method),
    ]
    if style.shuffled:
        rng.shuffle(rows)
    numbers = [("交易单号", payment.transaction_no), ("商户单号", payment.merchant_no)]
    barcode = rng.random() < 0.3
    if style.shuffled and not barcode and rng.random() < 0.5:
        numbers.reverse()
    if held_out and style.shuffled and rng.random() < 0.3 and not barcode:
        rows = [*numbers, *coupon, *rows]
    else:
        rows = [*coupon, *rows, *numbers]
    if barcode:
        screen.rows([*rows[:-1], ("商户单号", "可在支持的商户扫码退款")])
        screen.bars()
        screen.centred(payment.merchant_no, size=0.034)
        screen.skip(0.03)
    else:
        screen.rows(rows)
    screen.line()
    screen.rows([("账单服务", "")])
    for text in ["对订单有疑惑", "发起群收款", "在此商户的交易", "申请电子凭证"][: rng.randint(1, 4)]:
        screen.y += screen.write(screen.size(style.margin), text, size=style.text_size)
        screen.skip(0.04)
    return screen.done(), _truth("WECHAT_BILL", payment, status)


def alipay_bill(rng: random.Random, held_out: bool = False) -> tuple[Image.Image, Truth]:
    style, payment = make_style(rng, held_out), make_payment(rng, "alipay")
    screen = Screen(style, {"light": BLUE if rng.random() < 0.5 else WHITE, "dark": BLUE_DARK}[style.theme], rng)
    status, shown = rng.choices(
        [("PAID", "交易成功"), ("CLOSED", "交易关闭"), ("REFUNDED", "退款成功"), ("PENDING", "等待付款")], [8, 1, 1, 1]
    )[0]
    screen.status_bar()
    screen.title("‹", "账单详情", rng.choice(["", "全部账单"]))
    screen.disc(rng.choice(["#1677ff", "#e05050", "#20a060"]), 0.11)
    screen.centred(payment.shop[: rng.choice([5, 99])], size=0.04)
    screen.skip(0.015)
    screen.centred(
        rng.choice(["-", "-", ""] if held_out else ["-"]) + payment.sum,
        size=rng.uniform(0.08, 0.105),
        face=style.heading,
    )
    screen.skip(0.01)
    screen.centred(shown, size=0.037, colour="label")
    screen.skip(0.04)
    screen.line()
    if style.extra:
        screen.rows(
            [("订单金额", f"{payment.amount + 5:,.2f}"), ("红包", "-5.00"), ("积分", "获得 12 积分")][
                : rng.randint(1, 3)
            ]
        )
    when = "支付时间" if status == "PAID" and rng.random() < 0.6 else "创建时间"
    rows = [
        (when, payment.dashed_time),
        ("付款方式", payment.method),
        ("商品说明", payment.product),
        ("收单机构", rng.choice(["支付宝（中国）网络技术有限公司", "网银在线（北京）科技有限公司"])),
        ("清算机构", "网联清算有限公司"),
        ("收款方全称", payment.shop),
        (rng.choice(["订单号", "订单号", "交易号"]), payment.transaction_no),
        (rng.choice(["商家订单号", "商户订单号"]), payment.merchant_no),
    ]
    if style.shuffled:
        rng.shuffle(rows)
    screen.rows(rows)
    screen.line()
    screen.rows([("账单管理", ""), ("账单分类", "充值缴费"), ("标签和备注", "添加")][: rng.randint(1, 3)])
    screen.centred(rng.choice(["对此订单有疑问", "申请电子回单", "查看往来记录"]), size=0.036, colour="#1677ff")
    return screen.done(), _truth("ALIPAY_BILL", payment, status)


def _truth(kind: str, payment: Payment, status: str) -> Truth:
    return Truth(
        kind=kind,
        status=status,
        amount=payment.amount,
        paid_at=payment.paid_at,
        transaction_no=payment.transaction_no,
        merchant_no=payment.merchant_no,
        payee=payment.shop,
    )


STATES = {
    "待支付": "PENDING",
    "处理中": "PROCESSING",
    "到账中": "PROCESSING",
    "充值中": "PROCESSING",
    "已支付": "PAID",
    "已完成": "COMPLETED",
    "充值失败": "FAILED",
    "已取消": "CLOSED",
    "已退款": "REFUNDED",
}


def order_page(rng: random.Random, held_out: bool = False) -> tuple[Image.Image, Truth]:
    style, payment = make_style(rng, held_out), make_payment(rng, "wechat")
    screen = Screen(style, {"light": BLUE, "dark": BLUE_DARK}[style.theme], rng)
    shown, status = rng.choice(list(STATES.items()))
    top = rng.random() < 0.5
    screen.status_bar()
    screen.title("‹", rng.choice(["订单详情", "订单查询", "我的订单"]))
    if top:
        screen.centred(shown, size=0.055, face=style.heading)
        screen.centred("如有问题请联系在线客服", size=0.032, colour="label")
    screen.skip(0.05)
    screen.y += screen.write(screen.size(style.margin), payment.product, size=0.042, face=style.heading)
    screen.skip(0.03)
    screen.line()
    paid = status not in ("PENDING", "CLOSED")
    local = payment.dashed_time
    rows = [
        (rng.choice(["订单号", "订单编号"]), payment.order_no),
        (rng.choice(["商品名称", "商品"]), payment.product),
        ("数量", "1"),
        ("充值账号", rng.choice(["138****8000", "10001234", "player_one"])),
        (
            rng.choice(["实付金额", "支付金额", "订单金额"]),
            rng.choice(["¥", "￥", ""]) + payment.sum + rng.choice(["", "", "元"]),
        ),
        ("支付方式", rng.choice(["微信支付", "支付宝", "余额支付"])),
        (rng.choice(["下单时间", "创建时间"]), local[:-2] + "00"),
    ]
    if paid:
        rows.append((rng.choice(["支付时间", "付款时间"]), local))
    if not top:
        rows.append((rng.choice(["订单状态", "状态"]), shown))
    if style.extra:
        rows += [("备注", "无"), ("客服电话", "400-820-8820")]
    if style.shuffled:
        rng.shuffle(rows)
    screen.rows(rows)
    screen.button(rng.choice(["联系客服", "再次购买", "返回首页"]), "#ff6633")
    return screen.done(), Truth(
        kind="ORDER_PAGE",
        status=status,
        amount=payment.amount,
        paid_at=payment.paid_at if paid else None,
        order_no=payment.order_no,
    )


ERRORS = [
    "支付失败",
    "交易失败",
    "充值失败",
    "账户异常，请联系客服",
    "系统繁忙，请稍后再试",
    "网络异常，请检查网络",
    "余额不足",
    "支付超时，订单已关闭",
]


def error_page(rng: random.Random, held_out: bool = False) -> tuple[Image.Image, Truth]:
    style, payment = make_style(rng, held_out), make_payment(rng, "wechat")
    screen = Screen(style, {"light": WHITE, "dark": DARK}[style.theme], rng)
    error = rng.choice(ERRORS)
    screen.status_bar()
    screen.title(rng.choice(["‹", "关闭"]), rng.choice(["", "支付结果", "充值中心"]))
    screen.skip(0.2)
    screen.disc("#e64340", 0.2)
    screen.skip(0.05)
    screen.centred(error, size=0.055, face=style.heading)
    screen.skip(0.02)
    screen.centred(
        rng.choice(["请更换支付方式后重试", "错误代码：E1003", "如已扣款请勿重复支付", "请核对信息后重新下单"]),
        size=0.035,
        colour="label",
    )
    screen.skip(0.08)
    order_no = None
    if rng.random() < (0.6 if held_out else 0.4):
        order_no = payment.order_no
        screen.rows([("订单号", order_no)])
    screen.skip(0.05)
    screen.button(rng.choice(["重新支付", "返回", "我知道了"]), "#07c160")
    failed = "失败" in error
    return screen.done(), Truth(kind="ERROR_PAGE", status="FAILED" if failed else None, order_no=order_no)
