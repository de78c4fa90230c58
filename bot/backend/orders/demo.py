"""The demo orders: for each diagnosis and each product line one order that leads to it. Pure rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.backend.orders.model import Account, DeliveryType, Diagnosis, Order, ProductLine, rule_of
from bot.backend.orders.records import AccountRisk, OrderRecord, Refund
from bot.backend.orders.scenes import HOUR, MINUTE, PRODUCTS, SCENES, SUPPLIERS, Scene
from bot.backend.ownership.model import Factor
from bot.backend.payments.model import PaymentRecord, PaymentState
from bot.backend.payments.numbers import Channel

SHANGHAI = ZoneInfo("Asia/Shanghai")
FLAGSHIP = Diagnosis.CALLBACK_MISSING
LINES = tuple(ProductLine)
FIRST_DAY = date(2024, 5, 12)
DIAGNOSES = sorted(Diagnosis, key=lambda each: (each is not FLAGSHIP, rule_of(each).number))
# States in which the channel has a number and a time for the payment.
_MOVED = frozenset({PaymentState.PAID, PaymentState.HELD, PaymentState.PROCESSING, PaymentState.REFUNDED})


@dataclass(frozen=True, kw_only=True)
class DemoOrder:
    """One demo order with all that its tables hold; `record` and `payments` are empty where there is nothing.

    `at` is when it was paid (or ordered, when unpaid); `hint_no` is what the customer's bill would show, also where
    the channel has nothing on record.
    """

    order_no: str
    phone_tail: str
    diagnosis: Diagnosis
    scene: Scene
    product_line: ProductLine
    product: str
    amount: Decimal
    at: datetime
    hint_no: str | None
    record: OrderRecord | None
    risk: AccountRisk | None
    payments: tuple[PaymentRecord, ...]
    card_secret: str | None
    factors: dict[Factor, str]
    first: bool  # the one of its diagnosis that the demo page lists


def demo_orders(now: datetime, shop_url: str = "") -> Iterator[DemoOrder]:
    """All demo orders as they would be if seeded now: three per diagnosis, the flagship and its kind first."""
    for diagnosis in DIAGNOSES:
        for turn in range(len(LINES)):
            yield demo_order(diagnosis, turn, now, shop_url)


def demo_order(diagnosis: Diagnosis, turn: int, now: datetime, shop_url: str = "") -> DemoOrder:
    """One of them; a `turn` from 3 to 9999 makes one of the same kind that is not part of the demo."""
    at = now.replace(microsecond=0) - SCENES[diagnosis].age
    return _demo_order(diagnosis, DIAGNOSES.index(diagnosis), turn, at, shop_url)


def _demo_order(diagnosis: Diagnosis, index: int, turn: int, at: datetime, shop_url: str) -> DemoOrder:
    scene, line = SCENES[diagnosis], LINES[(index + turn) % len(LINES)]
    number = turn * 100 + index + 1
    day = FIRST_DAY + timedelta(days=number // 10_000)
    order_no, tail = f"KM{day:%Y%m%d}{number % 10_000:04d}", f"{(number * 7919 + 81) % 9000 + 1000}"
    product, price = PRODUCTS[line]["large" if scene.large else scene.delivery_type.value]
    amount = Decimal(price)
    return DemoOrder(
        order_no=order_no,
        phone_tail=tail,
        diagnosis=diagnosis,
        scene=scene,
        product_line=line,
        product=product,
        amount=amount,
        at=at,
        hint_no=_transaction_no(scene, number, 0, at) if scene.order or scene.payments else None,
        record=_record(scene, order_no, line, product, amount, tail, at, shop_url),
        risk=_risk(scene, order_no),
        payments=_payments(scene, order_no, number, amount, at),
        card_secret=f"DEMO-{number:04d}-CARD-SECRET" if scene.delivery_type is DeliveryType.CARD else None,
        first=turn == 0,
        factors={
            Factor.PHONE_TAIL: tail,
            Factor.CONTACT: f"demo{number}@example.com",
            Factor.QUERY_PASSWORD: f"query-{tail}",
            Factor.IDENTITY: f"demo-{number}",
        },
    )


def _record(
    scene: Scene,
    order_no: str,
    line: ProductLine,
    product: str,
    amount: Decimal,
    tail: str,
    at: datetime,
    shop_url: str,
) -> OrderRecord | None:
    if scene.order is None or scene.source != "embedded":
        return None
    targets = {
        ProductLine.GAME_CARD: f"1000{tail}01",
        ProductLine.PHONE_CREDIT: f"1380013{tail}",
        ProductLine.MEMBERSHIP: f"demo{tail}@example.com",
    }
    is_card = scene.delivery_type is DeliveryType.CARD
    paid = scene.order not in (Order.PENDING_PAYMENT, Order.EXPIRED)
    refund = None
    if scene.order in (Order.REFUNDING, Order.REFUNDED):
        refund = Refund(amount=amount, to="channel", at=at + HOUR)
    return OrderRecord(
        order_no=order_no,
        product=product,
        product_line=line,
        amount=amount,
        created_at=at - MINUTE,
        paid_at=at if paid else None,
        target="" if is_card else targets[line],
        delivery_type=scene.delivery_type,
        order=scene.order,
        delivery=scene.delivery,
        input=scene.input,
        notified=scene.notified,
        pickup_url=f"{shop_url}/#{order_no}" if is_card else None,
        account_ref=f"demo-{order_no}",
        supplier=SUPPLIERS[line],
        refund=refund,
    )


def _risk(scene: Scene, order_no: str) -> AccountRisk | None:
    if scene.order is None or scene.source != "embedded":
        return None
    limit = Decimal("200.00") if scene.account is not Account.OK else None
    verified = scene.account is not Account.UNVERIFIED
    return AccountRisk(ref=f"demo-{order_no}", state=scene.account, real_name=verified, limit_per_day=limit)


def _payments(scene: Scene, order_no: str, number: int, amount: Decimal, at: datetime) -> tuple[PaymentRecord, ...]:
    return tuple(
        PaymentRecord(
            order_no=order_no if scene.order else None,
            channel=Channel.BANK if scene.fresh else Channel.WECHAT,
            transaction_no=_transaction_no(scene, number, nth, at) if state in _MOVED else None,
            merchant_no=order_no,
            amount=amount,
            state=state,
            paid_at=at + nth * MINUTE if state in _MOVED else None,
            refunded_amount=amount if state is PaymentState.REFUNDED else None,
            refunded_at=at + HOUR if state is PaymentState.REFUNDED else None,
        )
        for nth, state in enumerate(scene.payments)
    )


def _transaction_no(scene: Scene, number: int, nth: int, at: datetime) -> str:
    """A WeChat number, which contains the date; a bank's number without one where the time will be moved."""
    serial = f"{number:06d}{nth:04d}"
    if scene.fresh:
        return f"9{serial:0>18}"
    return f"4200002966{at.astimezone(SHANGHAI):%Y%m%d}{serial}"
