"""Random payments as they stand on bills."""

import random
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2023, 1, 1, tzinfo=SHANGHAI)
SHOPS = [
    "星云数卡网络科技有限公司",
    "深圳市快充信息技术有限公司",
    "杭州点点互娱科技有限公司",
    "海南云卡商贸有限公司",
    "广州极速数字科技有限公司",
]
PRODUCTS = ["话费充值30元", "Steam充值卡50美元", "视频会员月卡", "王者点券600点", "Q币充值100个", "游戏点卡(官方直充)"]
ACQUIRERS = [
    "财付通支付科技有限公司",
    "支付宝（中国）网络技术有限公司",
    "网银在线（北京）科技有限公司",
    "银联商务股份有限公司",
]
METHODS = ["零钱", "招商银行(2506)", "工商银行储蓄卡(0031)", "建设银行信用卡(7788)", "余额宝", "花呗", "零钱通"]


@dataclass
class Payment:
    """What the pictures of one payment show."""

    paid_at: datetime
    amount: Decimal
    transaction_no: str
    merchant_no: str
    order_no: str
    shop: str
    product: str
    method: str
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def chinese_time(self) -> str:
        at = self.paid_at.astimezone(SHANGHAI)
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}"

    @property
    def dashed_time(self) -> str:
        return f"{self.paid_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"

    @property
    def sum(self) -> str:
        return f"{self.amount:,.2f}"


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def order_number(rng: random.Random, at: datetime) -> str:
    """An order number of one of the shop systems."""
    local = at.astimezone(SHANGHAI)
    kind = rng.choices(["seed", "dujiaoka", "next", "acg", "fulu"], [5, 1, 2, 2, 1])[0]
    if kind == "dujiaoka":
        return "".join(rng.choices(string.ascii_uppercase + string.digits, k=13)) + "K7P"
    return {
        "seed": f"KM{local:%Y%m%d}{digits(rng, 4)}",
        "next": f"DJ{local:%Y%m%d%H%M%S}{digits(rng, 6)}",
        "acg": f"{rng.randint(1, 9)}{digits(rng, 2)}{local:%y%m%d%H%M%S}{digits(rng, 3)}",
        "fulu": f"{rng.randint(1, 9)}{digits(rng, 19)}",
    }[kind]


def merchant_number(rng: random.Random, order_no: str, at: datetime) -> str:
    """The order number, or behind a payment hub the hub's own number."""
    local = at.astimezone(SHANGHAI)
    return rng.choice(
        [
            order_no,
            f"{local:%Y%m%d%H%M%S}{digits(rng, 5)}",
            f"P{local:%Y%m%d}{digits(rng, 14)}",
            f"{rng.randint(1, 9)}{digits(rng, rng.randint(17, 27))}",
        ]
    )


def make_payment(rng: random.Random, channel: str) -> Payment:
    at = (FIRST + timedelta(seconds=rng.randrange(4 * 365 * 86400))).astimezone(UTC)
    day = f"{at.astimezone(SHANGHAI):%Y%m%d}"
    number = (
        f"4200{digits(rng, 6)}{day}{digits(rng, 10)}"
        if channel == "wechat"
        else f"{day}{digits(rng, 2)}00{digits(rng, 16)}"
    )
    order_no = order_number(rng, at - timedelta(seconds=rng.randrange(5, 200)))
    whole = rng.choice(
        [rng.randint(0, 60), rng.randint(5, 200), rng.choice([10, 30, 50, 100, 648]), rng.randint(1000, 9000)]
    )
    amount = Decimal(whole) + Decimal(rng.choice([0, 0, rng.randint(1, 99)])) / 100 + (0 if whole else Decimal("0.01"))
    return Payment(
        paid_at=at,
        amount=amount.quantize(Decimal("0.01")),
        transaction_no=number,
        merchant_no=merchant_number(rng, order_no, at),
        order_no=order_no,
        shop=rng.choice(SHOPS),
        product=rng.choice(PRODUCTS),
        method=rng.choice(METHODS),
    )
