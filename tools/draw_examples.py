"""Draws the example pages that customers are shown: `.venv/bin/python -m tools.draw_examples` (needs fonts-noto-cjk).

One picture for each page and each field that may be missing on it, with the field in a frame. Nothing on them is real.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from PIL import Image, ImageDraw

from bot.gateway.static import EXAMPLES
from tests.evidence.bills import Page, draw_bill, draw_order_page
from tests.evidence.drawing import font
from tests.evidence.values import SHANGHAI, Payment

SIZE = (600, 450)
FRAME = "#e5484d"
FIELDS = ("transaction_no", "amount", "paid_at", "status")


def example(channel: str) -> Payment:
    """A payment that nobody made."""
    return Payment(
        paid_at=datetime(2025, 1, 1, 12, 30, 15, tzinfo=SHANGHAI),
        amount=Decimal("30.00"),
        transaction_no="4200001234202501011234567890" if channel == "wechat" else "2025010122001234567890123456",
        merchant_no="KM202501010001",
        order_no="KM202501010001",
        shop="示例商店",
        product="30 元点卡",
        method="零钱",
    )


def pages() -> Iterator[tuple[str, Page, tuple[str, ...]]]:
    """Name, page and framed fields of each picture."""
    for channel in ("wechat", "alipay"):
        page = draw_bill(channel, example(channel), without=("payee", "method"), status_bar=False)
        yield f"{channel}-bill", page, FIELDS
        for name in FIELDS:
            yield f"{channel}-bill-{name.replace('_', '-')}", page, (name,)
    yield "order-page", draw_order_page(example("wechat"), status_bar=False), ("order_no",)


def drawn(page: Page, framed: tuple[str, ...]) -> Image.Image:
    """The upper part of the page as a small picture."""
    width = page.image.width
    image = page.image.crop((0, 0, width, round(width * SIZE[1] / SIZE[0])))
    pen = ImageDraw.Draw(image)
    for name in framed:
        left, top, right, bottom = page.boxes[name]
        pen.rounded_rectangle((left, top - 12, right, bottom + 12), 18, outline=FRAME, width=8)
    pen.text((width * 0.08, 0), "示例 EXAMPLE", font=font("bold", 38), fill=FRAME)
    small = image.resize(SIZE, Image.Resampling.LANCZOS)
    return small.quantize(24, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def draw_all(folder: Path) -> None:
    """Write every example into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page, framed in pages():
        drawn(page, framed).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    draw_all(EXAMPLES)
