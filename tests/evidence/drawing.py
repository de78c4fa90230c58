"""A pen for phone screens: text, rows of label and value, lines and boxes in the colours of a theme."""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
# Family and weight as the files of fonts-noto-cjk name them; their third face is simplified Chinese.
# The last two hold no Chinese and are used where a page writes numbers in another font; they may be missing.
FACES = {"sans": "LiberationSans-Regular.ttf", "dejavu": "DejaVuSans.ttf",
         "regular": "NotoSansCJK-Regular.ttc", "bold": "NotoSansCJK-Bold.ttc",
         "serif": "NotoSerifCJK-Regular.ttc", "serif-bold": "NotoSerifCJK-Bold.ttc"}  # fmt: skip
SIMPLIFIED = 2

LIGHT = {"page": "#ededed", "card": "#ffffff", "text": "#191919", "label": "#8a8a8a", "line": "#e5e5e5"}
WHITE = {**LIGHT, "page": "#ffffff", "label": "#999999"}
DARK = {"page": "#111111", "card": "#191919", "text": "#d0d0d0", "label": "#7d7d7d", "line": "#2c2c2c"}
BLUE = {**LIGHT, "page": "#f5f5f5", "text": "#333333", "label": "#999999"}
BLUE_DARK = {**DARK, "page": "#0d0d0f", "card": "#1c1c1e", "text": "#e0e0e0", "label": "#8e8e93"}


@cache
def font_file(face: str) -> Path | None:
    """Where this machine has the font, if it has."""
    found = (path for folder in FOLDERS if folder.is_dir() for path in folder.rglob(FACES[face]))
    return next(found, None)


@cache
def font(face: str, size: int) -> ImageFont.FreeTypeFont:
    path = font_file(face) or font_file("regular")
    return ImageFont.truetype(str(path), size, index=SIMPLIFIED if str(path).endswith(".ttc") else 0)


def has_fonts() -> bool:
    return all(font_file(face) for face in ("regular", "bold"))


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a page looks; sizes are parts of the width."""

    width: int = 1080
    theme: str = "light"
    face: str = "regular"
    heading: str = "bold"
    text_size: float = 0.038
    row_gap: float = 0.034
    margin: float = 0.055
    column: float = 0.27
    align: str = "left"  # left, right, below
    colon: str = ""
    spaced: bool = False  # long numbers in groups
    shuffled: bool = False
    extra: bool = False
    latin: str = ""  # another font for letters and digits
    ruled: bool = False  # a line below each row


class Screen:
    """A phone screen that is filled from the top; it ends where it was last written, or at a phone's height."""

    def __init__(self, style: Style, palette: dict[str, str], rng: random.Random) -> None:
        self.style, self.palette, self.rng = style, palette, rng
        self.width = style.width
        self.image = Image.new("RGB", (self.width, int(self.width * 3.2)), palette["page"])
        self.pen = ImageDraw.Draw(self.image)
        self.y = 0

    def size(self, part: float) -> int:
        return max(1, round(part * self.width))

    def write(
        self, x: float, text: str, *, size: float, face: str = "", colour: str = "text", anchor: str = "la"
    ) -> int:
        """Write one line at the present height; returns its height in pixels."""
        pixels = self.size(size)
        used = font(face or self.style.face, pixels)
        self.pen.text((x, self.y), text, font=used, fill=self.palette.get(colour, colour), anchor=anchor)
        return round(pixels * 1.25)

    def centred(self, text: str, *, size: float, face: str = "", colour: str = "text") -> None:
        self.y += self.write(self.width / 2, text, size=size, face=face, colour=colour, anchor="ma")

    def skip(self, part: float) -> None:
        self.y += self.size(part)

    def status_bar(self) -> None:
        """The clock, the network and the battery."""
        self.y = self.size(0.03)
        clock = self.rng.choice(["9:41", f"{self.rng.randrange(24)}:{self.rng.randrange(60):02}"])
        self.write(self.size(0.07), clock, size=0.036, face="bold")
        right = self.rng.choice(["5G 87%", "4G 100%", "5G", "56%"])
        self.write(self.width - self.size(0.06), right, size=0.03, anchor="ra")
        self.y = self.size(0.1)

    def title(self, left: str, middle: str = "", right: str = "") -> None:
        height = self.write(self.size(0.04), left, size=0.042)
        if middle:
            self.write(self.width / 2, middle, size=0.043, face=self.style.heading, anchor="ma")
        if right:
            self.write(self.width - self.size(0.04), right, size=0.037, anchor="ra")
        self.y += height + self.size(0.03)

    def line(self) -> None:
        margin = self.size(self.style.margin)
        self.pen.line((margin, self.y, self.width - margin, self.y), fill=self.palette["line"], width=2)
        self.skip(0.03)

    def disc(self, colour: str, part: float) -> None:
        half = self.size(part) // 2
        middle = self.width // 2
        self.pen.ellipse((middle - half, self.y, middle + half, self.y + 2 * half), fill=colour)
        self.y += 2 * half + self.size(0.02)

    def button(self, text: str, colour: str) -> None:
        left, right = self.size(0.2), self.size(0.8)
        self.pen.rounded_rectangle((left, self.y, right, self.y + self.size(0.11)), self.size(0.02), fill=colour)
        self.skip(0.028)
        self.write(self.width / 2, text, size=0.042, colour="#ffffff", anchor="ma")
        self.skip(0.11)

    def rows(self, rows: list[tuple[str, str]]) -> None:
        """Labels and their values, which go over several lines where they are long."""
        for label, value in rows:
            self.row(label, value)

    def row(self, label: str, value: str) -> None:
        style = self.style
        margin = self.size(style.margin)
        below = style.align == "below"
        widest = font(style.face, self.size(style.text_size)).getlength("收款方全称：")
        height = self.write(margin, label + style.colon, size=style.text_size, colour="label")
        left = margin if below else max(self.size(style.column), margin + round(widest))
        if below:
            self.y += height
        face = style.latin if style.latin and value.isascii() else style.face
        for piece in self.wrapped(value, self.width - margin - left, face):
            if style.align == "right":
                self.write(self.width - margin, piece, size=style.text_size, anchor="ra", face=face)
            else:
                self.write(left, piece, size=style.text_size, face=face)
            self.y += height
        self.y += 0 if value else height
        if style.ruled:
            self.skip(style.row_gap / 2)
            self.pen.line((margin, self.y, self.width - margin, self.y), fill=self.palette["line"], width=2)
            self.skip(style.row_gap / 2)
        else:
            self.skip(style.row_gap)

    def wrapped(self, text: str, width: int, face: str) -> list[str]:
        used = font(face, self.size(self.style.text_size))
        pieces, piece = [], ""
        for each in text:
            if used.getlength(piece + each) > width:
                pieces.append(piece)
                piece = ""
            piece += each
        return [each for each in (*pieces, piece) if each]

    def bars(self) -> None:
        """Something like a barcode."""
        x, top, bottom = self.size(0.15), self.y, self.y + self.size(0.12)
        while x < self.size(0.85):
            thick = self.rng.randint(2, 7)
            self.pen.rectangle((x, top, x + thick, bottom), fill=self.palette["text"])
            x += thick + self.rng.randint(2, 7)
        self.y = bottom + self.size(0.02)

    def done(self) -> Image.Image:
        height = min(
            self.image.height, max(self.y + self.size(0.08), round(self.width * self.rng.choice([1.78, 2.0, 2.16])))
        )
        return self.image.crop((0, 0, self.width, height))
