"""Where labels and values lie: words to rows, rows to pairs. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.backend.evidence.reading.labels import Field, Label, label_of, plain
from bot.backend.evidence.reading.model import Word

# How far the next line of a value may be, in heights of a line.
_NEXT_LINE = 2.2
# Dots stand for hidden signs and belong to the number, which is then unknown.
_NUMBER_LINE = re.compile(r"[0-9A-Za-z_\-|*]+(?:复制)?|[•·.]{3,}")
_DAY_LINE = re.compile(r"20\d{2}[年\-/.]\d{1,2}[月\-/.]\d{1,2}日?")
_CLOCK_LINE = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


@dataclass
class Row:
    """Words on one line, from left to right."""

    words: list[Word]

    @property
    def middle(self) -> float:
        return sum(word.middle for word in self.words) / len(self.words)

    @property
    def height(self) -> float:
        return max(word.height for word in self.words)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass
class Pair:
    """A label and the lines of its value; `score` is that of the worst word, `last` the row where it ends."""

    label: Label
    lines: list[str] = field(default_factory=list)
    score: float = 1.0
    last: int = 0

    @property
    def text(self) -> str:
        return "".join(self.lines)


@dataclass
class Layout:
    """A page: its pairs, and the rows that belong to no label."""

    pairs: list[Pair]
    free: list[Row]
    rows: list[Row]

    def of(self, *fields: Field) -> list[Pair]:
        """The pairs of these fields, in the order of the fields and then of the page."""
        return [pair for each in fields for pair in self.pairs if pair.label.field is each]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(pair.label.name for pair in self.pairs)


def rows_of(words: Sequence[Word]) -> list[Row]:
    """Words whose middles lie at the same height."""
    rows: list[Row] = []
    for word in sorted(words, key=lambda each: each.middle):
        row = rows[-1] if rows else None
        if row and abs(word.middle - row.middle) < 0.45 * min(word.height, row.height):
            row.words.append(word)
        else:
            rows.append(Row([word]))
    for row in rows:
        row.words.sort(key=lambda each: each.x)
    return rows


def layout_of(words: Sequence[Word]) -> Layout:
    """Give each label the words behind it, else the lines below it."""
    rows = rows_of([word for word in words if word.text.strip()])
    pairs: list[Pair] = []
    owned: set[int] = set()
    for index, row in enumerate(rows):
        found = _pairs_in(row)
        if found:
            owned.add(index)
        for start, pair in found:
            pair.last = index
            if pair.label.field is Field.HEADING:
                pass
            elif not pair.label.rest and not pair.lines:
                owned |= _below(rows, index, start, pair)
            elif pair is found[-1][1]:
                owned |= _continued(rows, index, index, start, pair)
            pairs.append(pair)
    return Layout(pairs, [row for index, row in enumerate(rows) if index not in owned], rows)


def _labels_in(row: Row) -> list[tuple[int, Label]]:
    found = [(place, label) for place, word in enumerate(row.words) if (label := label_of(word.text))]
    # A label stands at the left; what stands behind a label is its value even if it looks like one (商品: 红包).
    # Two pairs on a line need a value between them.
    kept: list[tuple[int, Label]] = []
    for place, label in found:
        if (not kept and place == 0) or (
            kept and (place > kept[-1][0] + 1 or kept[-1][1].rest) and label.field not in (Field.OTHER, Field.HEADING)
        ):
            kept.append((place, label))
    return kept


def _pairs_in(row: Row) -> list[tuple[Word, Pair]]:
    labels = _labels_in(row)
    ends = [*(place for place, _ in labels[1:]), len(row.words)][: len(labels)]
    found = []
    for (place, label), end in zip(labels, ends, strict=True):
        words = row.words[place + 1 : end]
        values = [word for word in words if plain(word.text) not in ("复制", ">", "›", "》", ":")]
        score = min([each.score for each in values] + ([row.words[place].score] if label.rest else []), default=1.0)
        # A lone sign that was cut off from the label says nothing.
        text = label.rest + " ".join(word.text for word in values).lstrip(":： ")
        found.append((row.words[place], Pair(label, [text] if text else [], score)))
    return found


def _below(rows: list[Row], index: int, start: Word, pair: Pair) -> set[int]:
    """The value under its label: aligned with it, not far, and no label itself."""
    following = index + 1
    if following >= len(rows) or _labels_in(rows[following]):
        return set()
    row = rows[following]
    first = row.words[0]
    near = row.middle - start.middle < _NEXT_LINE * max(start.height, first.height)
    if not near or abs(first.x - start.x) > 1.5 * start.height:
        return set()
    pair.lines.append(row.text)
    pair.last = following
    pair.score = min(word.score for word in row.words)
    return {following} | _continued(rows, index, following, first, pair)


def _continued(rows: list[Row], index: int, last: int, start: Word, pair: Pair) -> set[int]:
    """Further lines of a value. A number goes on in a number; a long name may go on once."""
    owned: set[int] = set()
    number = bool(_NUMBER_LINE.fullmatch(plain(pair.text)))
    day = bool(_DAY_LINE.fullmatch(plain(pair.text)))
    name = pair.label.field is Field.PAYEE
    if not (number or day or name) or pair.label.field in (Field.AMOUNT, Field.PRICE):
        return owned
    value = rows[last].words[-1]
    for following in range(last + 1, min(last + 3, len(rows))):
        row = rows[following]
        text = plain(row.text)
        if _labels_in(row) or row.middle - rows[following - 1].middle > _NEXT_LINE * min(value.height, row.height):
            break
        first = row.words[0]
        form = _CLOCK_LINE if day else _NUMBER_LINE
        fits = not re.search(r"\d", text) if name else form.fullmatch(text)
        # A wrapped line starts where the first one did, or ends there.
        aligned = abs(first.x - value.x) < value.height or abs(row.words[-1].right - value.right) < value.height
        full = row.words[-1].right <= value.right + value.height
        if not (fits and aligned and full):
            break
        pair.lines.append(f" {row.text}" if day else row.text)
        pair.score = min([pair.score, *(word.score for word in row.words)])
        pair.last = following
        owned.add(following)
    return owned


def lines_after(layout: Layout, pair: Pair) -> list[Row]:
    """The free rows between a label's value and the next label; for the number under a barcode."""
    found: list[Row] = []
    for row in layout.rows[pair.last + 1 :]:
        if row not in layout.free:
            break
        found.append(row)
    return found[:5]
