"""payment_form: the customer's claim about a payment, as far as the bill shows it."""

from datetime import UTC, datetime

from bot.actions.forms import FormAction
from bot.actions.order_form import PROBLEMS
from bot.actions.turn import Turn
from bot.actions.words import UNKNOWN
from bot.numbers import find_amount, find_reference, find_time, normalize_number

CHANNELS = {
    "wechat": ("wechat", "微信", "weixin", "wx"),
    "alipay": ("alipay", "支付宝", "花呗"),
    "bank": ("bank", "card", "银行", "储蓄卡", "信用卡", "云闪付"),
    "balance": ("balance", "余额"),
}


class ValidatePaymentForm(FormAction):
    """A field that the customer cannot find is kept as "unknown"; the backend says what is really missing."""

    action_name = "validate_payment_form"
    fields = ("payment_channel", "payment_no", "payment_amount", "paid_at")
    leave_without_value = frozenset({"report_problem"}) | PROBLEMS

    def start(self, turn: Turn) -> None:
        turn.set(paid_claim=True)
        for name in self.fields:
            if turn.slot(name) == UNKNOWN:
                turn.set(**{name: None})

    def read(self, turn: Turn, requested: str | None) -> bool:
        _keep_order(turn)
        found = values_in(turn, requested)
        for name, raw in (("payment_channel", _channel(turn)), ("payment_amount", _amount(turn))):
            if turn.slot(name) is not None and turn.slot(name) != UNKNOWN and name not in found:
                # A value from the first sentence is in the customer's spelling.
                turn.set(**{name: raw or turn.slot(name)})
        if not found and requested and turn.intent == "deny":
            found = {requested: "other" if requested == "payment_channel" else UNKNOWN}
        turn.set(**found)
        return bool(found)


def values_in(turn: Turn, requested: str | None) -> dict[str, str]:
    """The fields that this message gives, normalised: channel name, number, `30.00`, ISO time."""
    moment = find_time(turn.text, datetime.now(UTC)) if turn.typed else None
    found = {
        "payment_channel": _channel(turn),
        "payment_no": _number(turn),
        "payment_amount": _amount(turn) if requested in ("payment_amount", None) or "amount" in turn.entities else None,
        "paid_at": moment.astimezone(UTC).isoformat() if moment else None,
    }
    return {name: value for name, value in found.items() if value}


def _channel(turn: Turn) -> str | None:
    named = str(turn.entities.get("payment_channel") or (turn.text if turn.typed else "")).lower()
    if named == "other":
        return "other"
    return next((name for name, words in CHANNELS.items() if any(each in named for each in words)), None)


def _number(turn: Turn) -> str | None:
    for name in ("payment_no", "order_no"):
        if turn.entities.get(name):
            return normalize_number(str(turn.entities[name]))
    reference = find_reference(turn.text) if turn.typed else None
    return reference.value if reference else None


def _amount(turn: Turn) -> str | None:
    amount = find_amount(str(turn.entities.get("amount") or (turn.text if turn.typed else "")))
    return f"{amount:.2f}" if amount is not None else None


def _keep_order(turn: Turn) -> None:
    """A merchant number may look like an order number; while a payment is checked the proven order stays."""
    if turn.slot("verified_order"):
        turn.set(order_no=turn.slot("verified_order"))
