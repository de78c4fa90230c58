"""Made messages full of numbers, none of which is that of an order or a payment."""

import random
from collections.abc import Callable

from tools.entities.frames import FRAMES
from tools.entities.numbers import ASCII, Choice, day, digits, mobile, moment, noisy

# Dates, sums, phones, prices, QQ numbers, counts of cards, bank cards, tickets, ids of players.
PLAIN: dict[str, Callable[[Choice], str]] = {
    "date": lambda c: f"{moment(c):%Y-%m-%d}",
    "long_date": lambda c: f"{moment(c):%Y年%m月%d日 %H:%M:%S}",
    "compact_date": day,
    "time": lambda c: f"{moment(c):%H:%M}",
    "money": lambda c: f"{c.randint(1, 20000)}{c.choice(['元', '块', '.00', ' yuan', ' rs', '美元'])}",
    "phone": lambda c: noisy(c, mobile(c)),
    "qq": lambda c: f"{c.randint(1, 9)}{digits(c, c.randint(4, 10))}",
    "count": lambda c: str(c.randint(1, 500)),
    "bank_card": lambda c: f"6222 {digits(c, 4)} {digits(c, 4)} {digits(c, 4)}",
    "ticket": lambda c: f"TK{moment(c):%y%m%d}{''.join(c.choices('0123456789ABCDEF', k=6))}",
    "game_id": lambda c: digits(c, 9),
    "version": lambda c: f"{c.randint(1, 9)}.{c.randint(0, 20)}.{c.randint(0, 99)}",
    "code": lambda c: "-".join("".join(c.choices(ASCII, k=4)) for _ in range(3)),
    "word": lambda c: c.choice(
        [
            "iPhone15ProMax256",
            "internationalization",
            "COVID19",
            "windows11",
            "mp3",
            "h2o",
            "RTX4090",
            "abcdefghijklmnop",
        ]
    ),
}


def texts_without(seed: int, count: int) -> list[str]:
    """So many messages."""
    chance = random.Random(f"{seed} without")
    return [
        chance.choice(FRAMES["without"]).format(**{name: make(chance) for name, make in PLAIN.items()})
        for _ in range(count)
    ]
