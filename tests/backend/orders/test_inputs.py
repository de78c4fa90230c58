"""What can be delivered to, by product line."""

import pytest

from bot.backend.orders.inputs import fitting
from bot.backend.orders.model import ProductLine

PHONE, MEMBER, GAME = ProductLine.PHONE_CREDIT, ProductLine.MEMBERSHIP, ProductLine.GAME_CARD


@pytest.mark.parametrize(
    ("line", "text", "kept"),
    [
        (PHONE, "13900139000", "13900139000"),
        (PHONE, "+86 139-0013-9000", "13900139000"),
        (PHONE, "１９９００１３９０００", "19900139000"),
        (PHONE, "8613900139000", "13900139000"),
        (MEMBER, " lin@example.com ", "lin@example.com"),
        (MEMBER, "13900139000", "13900139000"),
        (MEMBER, "10001", "10001"),
        (MEMBER, "小林_2024", "小林_2024"),
        (GAME, "艾欧尼亚 / Moonlight#88", "艾欧尼亚 / Moonlight#88"),
        (GAME, "76561198000000000", "76561198000000000"),
    ],
)
def test_what_fits_is_kept_in_one_form(line: ProductLine, text: str, kept: str):
    assert fitting(line, text) == kept


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (PHONE, "1390013900"), (PHONE, "12900139000"), (PHONE, "139001390000"), (PHONE, "lin@example.com"),
        (PHONE, "手机号"), (PHONE, ""), (MEMBER, "lin@"), (MEMBER, "a b c d"), (MEMBER, "abc"), (MEMBER, ""),
        (GAME, "a"), (GAME, ""), (GAME, "   "), (GAME, "a\nb"), (GAME, "x" * 65), (GAME, "ab\u200bc"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(line: ProductLine, text: str):
    assert fitting(line, text) is None
