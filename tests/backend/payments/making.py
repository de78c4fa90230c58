"""Payments and claims for tests: Alice paid 30 yuan for her order through WeChat."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.backend.payments.model import Claim, PaymentRecord
from bot.backend.payments.numbers import Channel

ORDER_NO = "KM202611240001"
OTHER_ORDER_NO = "KM202611240002"
WECHAT_NO = "4200002966202611240527049001"
OTHER_WECHAT_NO = "4200002966202611240527049002"
ALIPAY_NO = "2026112422001004070200176844"
PAID_AT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


def make_record(**changes: Any) -> PaymentRecord:
    values = {
        "order_no": ORDER_NO,
        "channel": Channel.WECHAT,
        "transaction_no": WECHAT_NO,
        "merchant_no": ORDER_NO,
        "amount": Decimal("30.00"),
        "paid_at": PAID_AT,
    }
    return PaymentRecord(**{**values, **changes})


def make_claim(**changes: Any) -> Claim:
    values = {
        "order_no": ORDER_NO,
        "channel": Channel.WECHAT,
        "transaction_no": WECHAT_NO,
        "amount": Decimal("30.00"),
        "paid_at": PAID_AT,
    }
    return Claim(**{**values, **changes})
