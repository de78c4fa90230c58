"""Pictures that are no evidence of a payment to the shop."""

import random
from collections.abc import Callable

from PIL import Image, ImageFilter

from tests.evidence.drawing import DARK, LIGHT, WHITE, Screen
from tests.evidence.pages import Truth, make_style
from tests.evidence.values import digits, make_payment

NOTHING = Truth(kind="NOT_A_BILL")


def _screen(rng: random.Random, held_out: bool) -> Screen:
    style = make_style(rng, held_out)
    return Screen(style, {"light": rng.choice([LIGHT, WHITE]), "dark": DARK}[style.theme], rng)


def chat(rng: random.Random, held_out: bool) -> Image.Image:
    screen = _screen(rng, held_out)
    screen.status_bar()
    screen.title("‹", rng.choice(["小明", "充值交流群(128)", "在线客服"]))
    said = f"""在吗
我充了30块怎么还没到账
订单号多少
KM20260512{digits(rng, 4)}
刚刚付的 19:41
截图发我看看
支付成功了
等一下
哈哈哈
明天一起吃饭？
转你50.00
好的谢谢
交易单号在哪看
支付失败
支付失败是什么意思""".splitlines()
    for text in rng.sample(said, rng.randint(4, 9)):
        right = rng.random() < 0.5
        x = screen.width - screen.size(0.18) if right else screen.size(0.18)
        screen.y += screen.write(x, text, size=0.042, anchor="ra" if right else "la")
        screen.skip(0.07)
    return screen.done()


def photo(rng: random.Random, held_out: bool) -> Image.Image:
    """Soft spots of colour with grain."""
    tiny = Image.frombytes("RGB", (12, 16), rng.randbytes(12 * 16 * 3))
    big = tiny.resize((960, 1280), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(6))
    grain = Image.frombytes("L", (960, 1280), rng.randbytes(960 * 1280))
    return Image.blend(big, grain.convert("RGB"), 0.15)


def menu(rng: random.Random, held_out: bool) -> Image.Image:
    screen = _screen(rng, held_out)
    screen.skip(0.08)
    screen.centred(rng.choice(["老王牛肉面", "川香小馆", "茶语时光"]), size=0.08, face="bold")
    screen.skip(0.05)
    dishes = ["红烧牛肉面", "麻婆豆腐", "鱼香肉丝", "珍珠奶茶", "酸辣土豆丝", "米饭", "宫保鸡丁", "可乐"]
    screen.rows([(each, f"{rng.choice(['¥', ''])}{rng.randint(2, 60)}.00") for each in rng.sample(dishes, 6)])
    screen.centred("营业时间 10:00-22:00", size=0.035)
    return screen.done()


def settings(rng: random.Random, held_out: bool) -> Image.Image:
    screen = _screen(rng, held_out)
    screen.status_bar()
    screen.title("‹", "设置")
    screen.rows(
        [
            ("账号与安全", "›"),
            ("支付设置", "›"),
            ("消息通知", "已开启"),
            ("隐私", "›"),
            ("通用", "›"),
            ("关于", f"版本 8.0.{rng.randint(10, 60)}"),
        ]
    )
    screen.centred("退出登录", size=0.042)
    return screen.done()


def takeaway(rng: random.Random, held_out: bool) -> Image.Image:
    """An order of another app, with a number and a sum."""
    screen, payment = _screen(rng, held_out), make_payment(rng, "wechat")
    screen.status_bar()
    screen.title("‹", "订单详情")
    screen.centred("订单已送达", size=0.055, face="bold")
    screen.rows(
        [("红烧牛肉面", "¥26.00"), ("配送费", "¥3.00"), ("实付", f"¥{payment.sum}"), ("配送地址", "幸福路88号"),
         ("订单号码", f"{rng.randint(1, 9)}{digits(rng, 16)} 复制"),
         ("下单时间", payment.dashed_time), ("支付方式", "在线支付")]
    )  # fmt: skip
    return screen.done()


def wechat_transfer(rng: random.Random, held_out: bool) -> Image.Image:
    """Money from one person to another."""
    screen, payment = _screen(rng, held_out), make_payment(rng, "wechat")
    screen.status_bar()
    screen.title("‹", "", "全部账单")
    name = rng.choice(["小明", "阿强", "李*华"])
    screen.centred(rng.choice([f"转账-转给{name}", f"扫二维码付款-给{name}"]), size=0.042)
    screen.centred(f"-{payment.sum}", size=0.09, face="bold")
    screen.skip(0.06)
    number = f"1000{digits(rng, 6)}{payment.transaction_no[10:18]}{digits(rng, 13)}"
    screen.rows(
        [
            ("当前状态", rng.choice(["对方已收钱", "支付成功", "朋友已收钱"])),
            ("转账时间", payment.chinese_time),
            ("支付方式", payment.method),
            ("转账单号", number),
        ]
    )
    screen.rows([("账单服务", "")])
    return screen.done()


def alipay_transfer(rng: random.Random, held_out: bool) -> Image.Image:
    screen, payment = _screen(rng, held_out), make_payment(rng, "alipay")
    screen.status_bar()
    screen.title("‹", "账单详情", "全部账单")
    screen.centred("李*华", size=0.042)
    screen.centred(f"-{payment.sum}", size=0.09, face="bold")
    screen.centred("交易成功", size=0.037, colour="label")
    screen.skip(0.06)
    screen.rows(
        [("付款方式", payment.method), ("转账备注", "饭钱"), ("对方账户", "李*华 138******00"),
         ("创建时间", payment.dashed_time), ("订单号", payment.transaction_no)]
    )  # fmt: skip
    screen.rows([("账单管理", ""), ("账单分类", "转账红包")])
    return screen.done()


OTHERS: dict[str, Callable[[random.Random, bool], Image.Image]] = {
    "chat": chat,
    "photo": photo,
    "menu": menu,
    "settings": settings,
    "takeaway": takeaway,
    "wechat transfer": wechat_transfer,
    "alipay transfer": alipay_transfer,
}


def not_a_bill(rng: random.Random, held_out: bool = False) -> tuple[Image.Image, Truth]:
    return OTHERS[rng.choice(sorted(OTHERS))](rng, held_out), NOTHING
