"""Numbers of every form that customers send, and the ways they are written."""

import random
import string
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.numbers import find_reference
from bot.times import SHANGHAI
from rasa_ext.numbers import find_all

FULL_WIDTH = {ord(c): chr(ord(c) + 0xFEE0) for c in string.ascii_letters + string.digits}
ASCII = string.digits + string.ascii_uppercase
Choice = random.Random


def digits(chance: Choice, count: int) -> str:
    return "".join(chance.choice(string.digits) for _ in range(count))


def moment(chance: Choice) -> datetime:
    return datetime(2023, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=chance.randrange(1420 * 86400))


def day(chance: Choice) -> str:
    return f"{moment(chance):%Y%m%d}"


def second(chance: Choice) -> str:
    return f"{moment(chance):%Y%m%d%H%M%S}"


def mixed(chance: Choice) -> str:
    """Sixteen letters and digits with some of each, as dujiaoka makes them."""
    found = [chance.choice(ASCII) for _ in range(12)] + [chance.choice(string.ascii_uppercase) for _ in range(2)]
    found += [chance.choice("23456789") for _ in range(2)]
    chance.shuffle(found)
    return "".join(found)


ORDERS: dict[str, Callable[[Choice], str]] = {
    "ours": lambda c: f"KM{day(c)}{digits(c, 4)}",
    "dujiao-next": lambda c: (
        f"{''.join(c.choices(string.ascii_uppercase, k=c.randint(1, 3)))}{second(c)}{digits(c, 6)}"
    ),
    "dujiaoka": mixed,
    "kasushou": lambda c: f"D{digits(c, 21)}",
    "caihong": lambda c: f"{second(c)}{digits(c, 3)}{c.choice(['', 'RMB'])}",
    "acg-faka": lambda c: f"{c.randint(1, 9)}{digits(c, 2)}{second(c)[2:]}{digits(c, 3)}",
    "fulu": lambda c: f"{c.randint(3, 9)}{digits(c, 19)}",
}
PAYMENTS: dict[str, Callable[[Choice], str]] = {
    "wechat": lambda c: f"{c.choice(['42', '10'])}{digits(c, 8)}{day(c)}{digits(c, 10)}",
    "wechat transfer": lambda c: f"1000{digits(c, 6)}{day(c)}{digits(c, c.choice([13, 14]))}",
    "alipay": lambda c: f"{day(c)}{digits(c, 20)}",
    "epay": lambda c: f"{second(c)}{digits(c, 5)}",
}


def mobile(chance: Choice) -> str:
    return chance.choice(["138", "139", "150", "158", "186", "177", "199", "133", "166", "173"]) + digits(chance, 8)


def has_reference(text: str) -> bool:
    """Whether the number of an order or of a payment is found."""
    return find_reference(text) is not None or any(each.kind in ("order_no", "payment_no") for each in find_all(text))


def _grouped(chance: Choice, number: str) -> str:
    """A number as people read it out: letters, then groups of four or so, with blanks or dashes between."""
    letters = number[: len(number) - len(number.lstrip(string.ascii_uppercase))]
    rest = number[len(letters) :]
    size = chance.choice([4, 4, 5, 8]) if not rest.isdigit() or len(rest) > 12 else 4
    size = 4 if len(number) == 16 else size
    groups = [rest[i : i + size] for i in range(0, len(rest), size)]
    return chance.choice([" ", "-", " ", "－", " - "]).join([*([letters] if letters else []), *groups])


def _cut(chance: Choice, number: str) -> str:
    """A number parted in its last half, as a slip does it.

    No blank where the first part is a whole number of another form: that is read as one with something behind it.
    """
    places = [at for at in range(len(number) // 2, len(number) - 1) if not has_reference(number[:at])]
    at = chance.choice(places)
    return f"{number[:at]}{chance.choice([' ', '-'])}{number[at:]}"


def noisy(chance: Choice, number: str, letters_inside: bool = False) -> str:
    """The number in one of the ways it is written: as it is, in groups, in lower case, full width."""
    drawn = chance.randrange(8)
    if drawn in (1, 2):
        number = number if letters_inside else _grouped(chance, number)
    if drawn in (2, 3):
        number = number.lower()
    if drawn in (4, 5):
        number = number.translate(FULL_WIDTH)
    if drawn in (5, 6) and not letters_inside:
        number = _cut(chance, number)
    return number
