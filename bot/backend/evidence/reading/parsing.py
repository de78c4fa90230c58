"""From words with their places to a Reading: by geometry and by type. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from bot.backend.evidence.reading.kinds import error_of, kind_of
from bot.backend.evidence.reading.labels import Field
from bot.backend.evidence.reading.layout import Layout, Pair, Row, layout_of, lines_after
from bot.backend.evidence.reading.model import Kind, Reading, Status, Word
from bot.backend.evidence.reading.values import (
    agree,
    amount_of,
    is_signed,
    name_of,
    number_of,
    order_in,
    ordered,
    status_of,
    time_of,
    transaction_of,
)
from bot.backend.payments.numbers import Channel, channel_of_number

T = TypeVar("T")

# What is read worse than this is not known. A long number has many signs to be wrong in.
SURE_NUMBER = 0.97
SURE = 0.9
_CHANNELS = (
    (Channel.WECHAT, "微信"),
    (Channel.ALIPAY, "支付宝"),
    (Channel.BALANCE, "余额支付"),
    (Channel.BANK, "银行卡"),
)


def reading_from_words(words: Sequence[Word]) -> Reading:
    """What a page says whose words are level (see `ocr.levelled`)."""
    layout = layout_of(words)
    kind = kind_of(layout, words)
    if kind is Kind.NOT_A_BILL:
        return Reading(kind=kind)
    if kind is Kind.ERROR_PAGE:
        return _error_page(layout, error_of(words) or "")
    return _order_page(layout) if kind is Kind.ORDER_PAGE else _bill(layout, kind)


def reading_from_text(text: str) -> Reading:
    """The same for pasted text: each line a row, a tab or several blanks between a label and its value."""
    words = []
    for line_no, line in enumerate(text.splitlines()[:500]):
        x = 0.0
        for piece in re.split(r"\t+|\s{2,}", line.strip()):
            if piece := piece.strip():
                words.append(Word(piece[:500], x, line_no * 15.0, len(piece) * 10.0, 10.0))
                x += len(piece) * 10.0 + 20.0
    return reading_from_words(words)


def _bill(layout: Layout, kind: Kind) -> Reading:
    wechat = kind is Kind.WECHAT_BILL
    channel = Channel.WECHAT if wechat else Channel.ALIPAY
    fields = (Field.TRANSACTION_NO,) if wechat else (Field.TRANSACTION_NO, Field.ORDER_NO)
    transaction_no = _one(layout.of(*fields), transaction_of, SURE_NUMBER) or _free_transaction(layout)
    if transaction_no and channel_of_number(transaction_no) is not channel:
        transaction_no = None
    paid_at = _one(layout.of(Field.PAID_AT), time_of, SURE)
    if paid_at is None and not layout.of(Field.PAID_AT):
        paid_at = _one(layout.of(Field.CREATED_AT), time_of, SURE)
    if transaction_no and paid_at and not agree(transaction_no, paid_at):
        # One of the two was misread, and nothing says which.
        transaction_no = paid_at = None
    # The price before a coupon (订单金额) is not what was paid.
    amount = _headline(layout) or _one(layout.of(Field.AMOUNT), amount_of, SURE)
    return Reading(
        kind=kind,
        channel=channel,
        status=_status(layout, amount),
        amount=amount,
        paid_at=paid_at,
        transaction_no=transaction_no,
        merchant_no=_merchant_no(layout, transaction_no),
        order_no=_first(order_in(pair.text) for pair in layout.of(Field.PRODUCT)),
        payee=_one(layout.of(Field.PAYEE), name_of, SURE),
        method=_one(layout.of(Field.METHOD), name_of, SURE),
    )


def _order_page(layout: Layout) -> Reading:
    method = _one(layout.of(Field.METHOD), name_of, SURE)
    amount = _named_amount(layout)
    return Reading(
        kind=Kind.ORDER_PAGE,
        channel=_first(channel for channel, name in _CHANNELS if method and name in method),
        status=_status(layout, amount),
        amount=amount,
        paid_at=_one(layout.of(Field.PAID_AT), time_of, SURE),
        transaction_no=_one(layout.of(Field.TRANSACTION_NO), transaction_of, SURE_NUMBER),
        merchant_no=_one(layout.of(Field.MERCHANT_NO), number_of, SURE_NUMBER),
        order_no=_order_no(layout),
        payee=_one(layout.of(Field.PAYEE), name_of, SURE),
        method=method,
    )


def _error_page(layout: Layout, error: str) -> Reading:
    found = replace(_order_page(layout), kind=Kind.ERROR_PAGE, status=None, channel=None)
    return replace(found, status=Status.FAILED if "失败" in error else None)


def _one(pairs: Sequence[Pair], typed: Callable[[str], T | None], sure: float) -> T | None:
    """The value of these labels if it is one value and was read well."""
    found = {value for pair in pairs if pair.score >= sure and (value := typed(pair.text)) is not None}
    return found.pop() if len(found) == 1 else None


def _first(found: Iterable[T | None]) -> T | None:
    return next((each for each in found if each is not None), None)


def _order_no(layout: Layout) -> str | None:
    pairs = layout.of(Field.ORDER_NO)
    return _one(pairs, ordered, SURE_NUMBER) or _one(pairs, number_of, SURE_NUMBER)


def _free_transaction(layout: Layout) -> str | None:
    """The only number of that form on the page, where its label was not read or stands elsewhere."""
    everywhere = [(row.text, min(word.score for word in row.words)) for row in layout.free]
    everywhere += [(pair.text, pair.score) for pair in layout.pairs if pair.label.field is Field.OTHER]
    found = {number for text, score in everywhere if score >= SURE_NUMBER and (number := transaction_of(text))}
    return found.pop() if len(found) == 1 else None


def _merchant_no(layout: Layout, transaction_no: str | None) -> str | None:
    found = set()
    for pair in layout.of(Field.MERCHANT_NO):
        # Under "可在支持的商户扫码退款" stands a barcode and below it the number.
        rows = [(pair.text, pair.score)] if number_of(pair.text) else []
        if not rows and (not pair.text or "扫码" in pair.text):
            rows = [(row.text, _score(row)) for row in lines_after(layout, pair) if number_of(row.text)]
        found |= {number_of(text) for text, score in rows if score >= SURE_NUMBER}
        if len(rows) > 1:
            return None
    found.discard(None)
    number = found.pop() if len(found) == 1 else None
    return None if number is None or number == transaction_no else ordered(number) or number


def _score(row: Row) -> float:
    return min(word.score for word in row.words)


def _headline(layout: Layout) -> Decimal | None:
    """The sum that stands alone, larger than every other one; in text without sizes the only one with a minus."""
    sums = [(row, amount) for row in layout.free if (amount := amount_of(row.text)) and _score(row) >= SURE]
    if not sums:
        return None
    tallest, amount = max(sums, key=lambda each: each[0].height)
    others = [word.height for row in layout.rows for word in row.words if row is not tallest]
    if not others or tallest.height >= 1.25 * max(others) or tallest.height >= 1.5 * sorted(others)[len(others) // 2]:
        rivals = {other for row, other in sums if row.height > 0.9 * tallest.height}
        return amount if len(rivals) == 1 else None
    signed = {other for row, other in sums if is_signed(row.text)}
    return signed.pop() if len(signed) == 1 else None


def _named_amount(layout: Layout) -> Decimal | None:
    if paid := layout.of(Field.AMOUNT):
        return _one(paid, amount_of, SURE)
    return _one(layout.of(Field.PRICE), amount_of, SURE)


def _status(layout: Layout, amount: Decimal | None) -> Status | None:
    if labelled := layout.of(Field.STATUS):
        return _one(labelled, lambda text: status_of(text, amount), SURE)
    found = {state for row in layout.free if _score(row) >= SURE and (state := status_of(row.text, amount))}
    return found.pop() if len(found) == 1 else None
