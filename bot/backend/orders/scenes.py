"""How each demo order came to its diagnosis, and the products of the three lines. Data only."""

from dataclasses import dataclass
from datetime import timedelta

from bot.backend.orders.model import Account, Delivery, DeliveryType, Diagnosis, Input, Order, ProductLine
from bot.backend.payments.model import PaymentState, Verdict

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
_D, _P = Diagnosis, PaymentState


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How an order comes to its diagnosis. `age`: time since the payment (or the order, when unpaid).

    `fresh` scenes depend on the age, so the demo moves their times along; the others keep the times that they were
    first given, as a customer may have compared them with the payment's number, which contains the date.
    """

    title_zh: str
    title_en: str
    order: Order | None
    payments: tuple[PaymentState, ...] = ()
    delivery: Delivery = Delivery.NONE
    account: Account = Account.OK
    input: Input = Input.UNKNOWN
    delivery_type: DeliveryType = DeliveryType.DIRECT
    notified: bool | None = None
    age: timedelta = 2 * HOUR
    fresh: bool = False
    source: str = "embedded"
    claim: Verdict | None = None
    large: bool = False


_PAID = (_P.PAID,)

SCENES: dict[Diagnosis, Scene] = {
    _D.ORDER_UNKNOWN: Scene(
        title_zh="订单系统查不到状态", title_en="Order system does not answer",
        order=Order.PROCESSING, source="outage", payments=_PAID, notified=True,
    ),
    _D.EVIDENCE_CONFLICT: Scene(
        title_zh="凭证与支付记录不符", title_en="Evidence contradicts the payment record",
        order=Order.PENDING_PAYMENT, payments=(_P.PAID,), claim=Verdict.CONFLICT,
    ),
    _D.PAID_NO_ORDER: Scene(
        title_zh="已付款，查不到订单", title_en="Paid, but there is no order", order=None, payments=(_P.PAID,),
    ),
    _D.REFUNDED_NO_ORDER: Scene(
        title_zh="款项已退回，没有订单", title_en="Payment returned, no order", order=None, payments=(_P.REFUNDED,),
    ),
    _D.ORDER_NOT_FOUND: Scene(title_zh="订单号不存在", title_en="No such order", order=None),
    _D.REFUNDED: Scene(
        title_zh="订单已退款", title_en="Order refunded", order=Order.REFUNDED, payments=(_P.REFUNDED,), age=24 * HOUR,
    ),
    _D.REFUNDED_BUT_COMPLETED: Scene(
        title_zh="已完成又已退款", title_en="Completed and refunded", order=Order.COMPLETED, payments=(_P.REFUNDED,),
        delivery=Delivery.DELIVERED, age=24 * HOUR,
    ),
    _D.REFUNDING: Scene(
        title_zh="退款处理中", title_en="Refund under way", order=Order.REFUNDING, payments=_PAID,
        notified=True, age=3 * HOUR, fresh=True,
    ),
    _D.DUPLICATE_PAYMENT: Scene(
        title_zh="同一订单付了两次", title_en="Paid twice", order=Order.PROCESSING, payments=(_P.PAID, _P.PAID),
        delivery=Delivery.IN_PROGRESS, notified=True,
    ),
    _D.STATES_DISAGREE: Scene(
        title_zh="平台已支付，通道未支付", title_en="Shop says paid, channel says not", order=Order.PAID,
        payments=(_P.CLOSED,), delivery=Delivery.QUEUED,
    ),
    _D.PAYMENT_HELD: Scene(
        title_zh="款项被冻结", title_en="Payment frozen", order=Order.PENDING_PAYMENT, payments=(_P.HELD,),
    ),
    _D.STATE_LAG: Scene(
        title_zh="平台已收款，状态未更新", title_en="Shop has the money, state lags", order=Order.PENDING_PAYMENT,
        payments=_PAID, notified=True,
    ),
    _D.CALLBACK_MISSING: Scene(
        title_zh="支付成功，订单未到账", title_en="Paid, but not credited", order=Order.PENDING_PAYMENT,
        payments=(_P.PAID,), notified=False,
    ),
    _D.PAYMENT_CLAIMED: Scene(
        title_zh="有扣款截图，平台未支付", title_en="Customer shows a charge, shop says unpaid",
        order=Order.PENDING_PAYMENT, payments=(_P.UNPAID,), claim=Verdict.CLAIMED,
    ),
    _D.PAYMENT_PROCESSING: Scene(
        title_zh="支付确认中", title_en="Payment being confirmed", order=Order.PENDING_PAYMENT,
        payments=(_P.PROCESSING,), age=3 * MINUTE, fresh=True,
    ),
    _D.PAYMENT_BLOCKED: Scene(
        title_zh="支付被风控拦截", title_en="Payment stopped by a risk rule", order=Order.PENDING_PAYMENT,
        payments=(_P.FAILED,), account=Account.RISK_HELD,
    ),
    _D.LOGIN_EXPIRED: Scene(
        title_zh="免密支付登录过期", title_en="Sign-in expired in password-free payment", order=Order.PENDING_PAYMENT,
        payments=(_P.FAILED,), account=Account.SESSION_EXPIRED,
    ),
    _D.PAYMENT_FAILED: Scene(
        title_zh="支付失败", title_en="Payment failed", order=Order.PENDING_PAYMENT, payments=(_P.FAILED,),
    ),
    _D.UNPAID_ACCOUNT_BLOCKED: Scene(
        title_zh="未付款，账户受限", title_en="Unpaid, account restricted", order=Order.PENDING_PAYMENT,
        payments=(_P.UNPAID,), account=Account.UNVERIFIED,
    ),
    _D.UNPAID: Scene(
        title_zh="未付款", title_en="Unpaid", order=Order.PENDING_PAYMENT, payments=(_P.UNPAID,),
    ),
    _D.UNPAID_EXPIRED: Scene(
        title_zh="超时关闭", title_en="Timed out unpaid", order=Order.EXPIRED, payments=(_P.CLOSED,),
    ),
    _D.PAYMENT_UNKNOWN: Scene(
        title_zh="支付状态未知", title_en="Payment state unknown", order=Order.PENDING_PAYMENT,
    ),
    _D.WRONG_TYPE: Scene(
        title_zh="买成了卡密", title_en="Bought a card code by mistake", order=Order.COMPLETED,
        delivery=Delivery.DELIVERED, delivery_type=DeliveryType.CARD, input=Input.WRONG_TYPE, payments=_PAID,
        notified=True,
    ),
    _D.WRONG_TARGET: Scene(
        title_zh="充到了别的账号", title_en="Credited to another account", order=Order.COMPLETED,
        delivery=Delivery.DELIVERED, input=Input.MISMATCH, payments=_PAID, notified=True,
    ),
    _D.DELIVERED_NOT_SEEN: Scene(
        title_zh="显示完成，没有看到", title_en="Completed, but not seen", order=Order.COMPLETED,
        delivery=Delivery.DELIVERED, payments=_PAID, notified=True,
    ),
    _D.ACCOUNT_REVIEW: Scene(
        title_zh="账户核验中", title_en="Account under review", order=Order.REVIEW, delivery=Delivery.QUEUED,
        account=Account.LOGIN_ANOMALY, payments=_PAID, notified=True,
    ),
    _D.WRONG_INPUT: Scene(
        title_zh="充值账号填错", title_en="Wrong account entered", order=Order.PROCESSING, delivery=Delivery.QUEUED,
        input=Input.BAD_FORMAT, payments=_PAID, notified=True,
    ),
    _D.UPSTREAM_FAILED: Scene(
        title_zh="上游缺货", title_en="Supplier out of stock", order=Order.ABNORMAL, delivery=Delivery.OUT_OF_STOCK,
        payments=_PAID, notified=True,
    ),
    _D.MANUAL_WAITING: Scene(
        title_zh="人工代充排队中", title_en="Waiting to be handled by hand", order=Order.PROCESSING,
        delivery=Delivery.MANUAL_PENDING, delivery_type=DeliveryType.MANUAL, fresh=True, payments=_PAID, notified=True,
    ),
    _D.IN_WINDOW: Scene(
        title_zh="刚付款，正在到账", title_en="Just paid, being credited", order=Order.PROCESSING,
        delivery=Delivery.IN_PROGRESS, age=6 * MINUTE, fresh=True, payments=_PAID, notified=True,
    ),
    _D.QUEUE_BACKLOG: Scene(
        title_zh="平台队列积压", title_en="Stuck in the shop's queue", order=Order.PAID, delivery=Delivery.QUEUED,
        payments=_PAID, notified=True,
    ),
    _D.UPSTREAM_STUCK: Scene(
        title_zh="上游超时未回执", title_en="Supplier does not answer", order=Order.PROCESSING,
        delivery=Delivery.IN_PROGRESS, large=True, payments=_PAID, notified=True,
    ),
}  # fmt: skip

# Product and price per line: direct, card, by hand, and a large one for the legal step.
PRODUCTS: dict[ProductLine, dict[str, tuple[str, str]]] = {
    ProductLine.GAME_CARD: {
        "DIRECT": ("游戏点卡 30 元直充", "30.00"), "CARD": ("游戏点卡 50 元（卡密）", "50.00"),
        "MANUAL": ("游戏代充 98 元（人工）", "98.00"), "large": ("游戏点卡 648 元直充", "648.00"),
    },
    ProductLine.PHONE_CREDIT: {
        "DIRECT": ("话费充值 50 元", "50.00"), "CARD": ("话费充值卡 100 元（卡密）", "100.00"),
        "MANUAL": ("话费代充 200 元（人工）", "200.00"), "large": ("话费充值 600 元", "600.00"),
    },
    ProductLine.MEMBERSHIP: {
        "DIRECT": ("视频会员月卡", "25.00"), "CARD": ("视频会员季卡（激活码）", "68.00"),
        "MANUAL": ("视频会员年卡代开（人工）", "198.00"), "large": ("视频会员三年卡", "528.00"),
    },
}  # fmt: skip

# Who delivers the goods of a line; customers are never told.
SUPPLIERS: dict[ProductLine, str] = {
    ProductLine.GAME_CARD: "demo-games",
    ProductLine.PHONE_CREDIT: "demo-mobile",
    ProductLine.MEMBERSHIP: "demo-video",
}
