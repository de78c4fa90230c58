"""Made messages with known entities, by kind, without end; the same seed makes the same messages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.times import SHANGHAI
from tools.entities.frames import FRAMES, WORDS
from tools.entities.numbers import FULL_WIDTH, ORDERS, PAYMENTS, Choice, digits, mobile, noisy

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A message, the entities in it, and the moment that it names (ISO, UTC; None when it names none)."""

    kind: str
    text: str
    entities: frozenset[tuple[str, str]] = frozenset()
    moment: str | None = None


def _numbers(chance: Choice, kind: str, forms: dict[str, Callable[[Choice], str]], frames: list[str]) -> Iterator[Case]:
    while True:
        for name, make in forms.items():
            value = make(chance)
            # Sixteen letters and digits in groups are read only with dashes: four short words look like them.
            written = noisy(chance, value, letters_inside=name in ("dujiaoka", "caihong"))
            yield Case(kind, chance.choice(frames).format(written), frozenset({(kind, value)}))


def _orders(chance: Choice) -> Iterator[Case]:
    return _numbers(chance, "order_no", ORDERS, FRAMES["order_no"])


def _payments(chance: Choice) -> Iterator[Case]:
    return _numbers(chance, "payment_no", PAYMENTS, FRAMES["payment_no"])


def _phones(chance: Choice) -> Iterator[Case]:
    while True:
        value = mobile(chance)
        a, b, c = value[:3], value[3:7], value[7:]
        written = chance.choice(
            [
                value,
                f"{a} {b} {c}",
                f"{a}-{b}-{c}",
                f"+86 {value}",
                f"+86{value}",
                f"86-{value}",
                value.translate(FULL_WIDTH),
            ]
        )
        yield Case("phone", chance.choice(FRAMES["phone"]).format(written), frozenset({("phone", value)}))


def _tails(chance: Choice) -> Iterator[Case]:
    while True:
        value = digits(chance, 4)
        if chance.randrange(8) == 0:
            hidden = f"{chance.choice(['138', '159', '186'])}****{value}"
            yield Case("phone_tail", chance.choice(FRAMES["phone"]).format(hidden), frozenset({("phone_tail", value)}))
            continue
        written = value.translate(FULL_WIDTH) if chance.randrange(5) == 0 else value
        yield Case(
            "phone_tail", chance.choice(FRAMES["phone_tail"]).format(written), frozenset({("phone_tail", value)})
        )


def _in_chinese(number: int) -> str:
    """A whole number below 10,000 in Chinese characters."""
    signs = "零一二三四五六七八九"
    text = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += signs[digit] + sign
        elif text and number % unit and not text.endswith("零"):
            text += "零"
    return text.removeprefix("一") if text.startswith("一十") else text


def _amounts(chance: Choice) -> Iterator[Case]:
    while True:
        whole = chance.choice([5, 10, 20, 30, 50, 100, 200, 648, 1000, 1314, chance.randint(1, 9999)])
        cents = chance.randrange(100)
        yuan = chance.choice(["元", "块", "块钱", " 元", "圆", " yuan", "rmb", " RMB"])
        for written, value in (
            (f"{whole}{yuan}", f"{whole}.00"),
            (f"{whole}.{cents:02d}元", f"{whole}.{cents:02d}"),
            (f"¥{whole}.{cents:02d}", f"{whole}.{cents:02d}"),
            (f"￥{whole}", f"{whole}.00"),
            (f"rmb {whole}", f"{whole}.00"),
            (f"{whole:,}.{cents:02d}元", f"{whole}.{cents:02d}"),
            (f"{_in_chinese(whole)}{chance.choice(['元', '块', '块钱'])}", f"{whole}.00"),
            (f"大概{whole}块", f"{whole}.00"),
            (f"{whole}.5万元", f"{whole}5000.00"),
            (f"{whole}块{cents % 9 + 1}", f"{whole}.{cents % 9 + 1}0"),
            (f"{whole}元".translate(FULL_WIDTH), f"{whole}.00"),
            (f"${whole}", f"{whole}.00"),
            (f"{whole}.{cents:02d}", f"{whole}.{cents:02d}"),
        ):
            if float(value):
                yield Case("amount", chance.choice(FRAMES["amount"]).format(written), frozenset({("amount", value)}))


def _times(chance: Choice) -> Iterator[Case]:
    """Moments as people say them; what names no hour is asked about and not guessed."""
    local = NOW.astimezone(SHANGHAI)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        past = today - timedelta(days=chance.randint(1, 300))
        hour, minute, second, few = (
            chance.randint(1, 11),
            chance.randrange(60),
            chance.randrange(60),
            chance.randint(1, 50),
        )
        yesterday, before = today - timedelta(days=1), today - timedelta(days=2)
        exact = past + timedelta(hours=hour + 12, minutes=minute)
        for written, moment in (
            (f"昨晚{hour % 5 + 7}点", yesterday + timedelta(hours=hour % 5 + 19)),
            (f"昨晚{_in_chinese(hour % 5 + 7)}点", yesterday + timedelta(hours=hour % 5 + 19)),
            (f"今天早上{hour % 5 + 6}点{few}分", today + timedelta(hours=hour % 5 + 6, minutes=few)),
            (f"{few}分钟之前", local - timedelta(minutes=few)),
            (f"昨天下午{hour}点半", yesterday + timedelta(hours=hour + 12, minutes=30)),
            (f"{past.month}月{past.day}号下午{hour}点", past + timedelta(hours=hour + 12)),
            (f"{past.month}月{past.day}日 {exact:%H:%M}", exact),
            (f"{exact:%Y年%m月%d日 %H:%M}:{second:02d}", exact + timedelta(seconds=second)),
            (f"{exact:%Y-%m-%d %H:%M}:{second:02d}", exact + timedelta(seconds=second)),
            (f"前天{exact:%H:%M}", before + timedelta(hours=hour + 12, minutes=minute)),
            (f"{few}分钟前", local - timedelta(minutes=few)),
            (f"{few} minutes ago", local - timedelta(minutes=few)),
            ("半小时前", local - timedelta(minutes=30)),
            (f"{hour}个小时前", local - timedelta(hours=hour)),
            (f"yesterday {hour}:{minute:02d} pm", yesterday + timedelta(hours=hour + 12, minutes=minute)),
            (f"yesterday at {hour}pm", yesterday + timedelta(hours=hour + 12)),
            (f"last night at {hour % 4 + 8}", None),
            (chance.choice(["刚刚", "刚才", "just now", "right now"]), local),
            (f"{past.month}月{past.day}号下午", None),
            (chance.choice(["昨天", "前几天", "上周", "yesterday", "a few days ago", "几分钟前", "早上"]), None),
        ):
            text = chance.choice(FRAMES["time"]).format(written)
            yield Case("time", text, moment=moment.astimezone(UTC).isoformat() if moment else None)


def _named(chance: Choice, kind: str) -> Iterator[Case]:
    """One name of a channel or a product; with two of them the text compares, and neither is taken."""
    words = WORDS[kind]
    while True:
        for value, names in words.items():
            text = chance.choice(FRAMES[kind]).format(chance.choice(names))
            yield Case(kind, text, frozenset({(kind, value)}))
        one, other = (chance.choice(words[each]) for each in chance.sample(list(words), 2))
        yield Case(kind, chance.choice([f"{one} or {other}", f"{one}还是{other}", f"{one}不行，{other}可以吗"]))


def _several(chance: Choice) -> Iterator[Case]:
    """An order number, an amount and four digits of the phone in one message."""
    while True:
        number, whole, tail = ORDERS["ours"](chance), chance.randint(1, 999), digits(chance, 4)
        frames = (
            "{}，尾号{}，充了{}元没到",
            "订单{} 手机尾号{} 付了{}块",
            "order {} phone ends in {} i paid {} yuan",
            "{}\n尾号{}\n{}元",
        )
        text = chance.choice(frames).format(noisy(chance, number), tail, whole)
        yield Case("several", text, frozenset({("order_no", number), ("phone_tail", tail), ("amount", f"{whole}.00")}))


KINDS: dict[str, Callable[[Choice], Iterator[Case]]] = {
    "order_no": _orders,
    "payment_no": _payments,
    "phone": _phones,
    "phone_tail": _tails,
    "amount": _amounts,
    "time": _times,
    "payment_channel": lambda c: _named(c, "payment_channel"),
    "product_line": lambda c: _named(c, "product_line"),
    "several": _several,
}
