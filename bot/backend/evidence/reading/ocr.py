"""From pixels to words with their places, by rapidocr and the models that are in its package."""

import math
import re
import statistics
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bot.backend.evidence.model import FORMATS
from bot.backend.evidence.reading.labels import label_of
from bot.backend.evidence.reading.model import Word

Pixels = NDArray[np.uint8]

# More than this tells the recogniser nothing and costs memory.
LONGEST_SIDE = 2000
DETECTED_SIDE = 832
DETECTED_AREA = 832 * 485
# A page of small print would hold up everybody else; a bill has about 30 pieces.
MOST_WORDS = 90
SURE = 0.8
# So many lines tell whether a picture is upright, if this part of them can be read.
PROBES = 6
READABLE = 0.5
# A label and a number in one piece, whatever was misread between them.
_MIXED = re.compile(r"([一-鿿]{2,7}[:：]?)\D{0,2}\d{8,}")
MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}


Corners = NDArray[np.float64]  # 4 points, from the upper left one clockwise


_LONG_NUMBER = re.compile(r"(?=.*\d)[0-9A-Za-z_\-|*]{10,}")
_SUM = re.compile(r"\d\.\d{2}$")


class _Piece(NamedTuple):
    text: str
    score: float
    corners: Corners


class Ocr:
    """The engine; about 300 MB of memory, so one for each process. Not for use by several threads."""

    def __init__(self) -> None:
        import rapidocr  # half a second, and only the worker process needs it

        folder = Path(rapidocr.__file__).parent / "models"
        params: dict[str, Any] = {f"{part}.model_path": str(folder / name) for part, name in MODELS.items()}
        # A model that is not there would be downloaded.
        if missing := [path for path in params.values() if not Path(path).is_file()]:
            raise FileNotFoundError(missing[0])
        params |= {
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": LONGEST_SIDE,
            "Global.min_side_len": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTED_SIDE,
            "Det.max_candidates": MOST_WORDS,
            "Rec.rec_batch_num": 1,
            # Short words are padded to this width; a third of the usual one is enough for labels and saves time.
            "Rec.rec_img_shape": [3, 48, 96],
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        self._engine = rapidocr.RapidOCR(params=params)

    def words_of(self, pixels: Pixels) -> list[Word]:
        """The words of a picture (height x width x BGR), levelled; turned if it lies on its side or head."""
        boxes = self._boxes(pixels)
        if not _lies_on_its_side(boxes):
            pieces = [piece for box in boxes for piece in self._read(pixels, box)]
            if sum(piece.score >= SURE for piece in pieces) >= READABLE * len(pieces):
                return levelled(self._checked(pixels, pieces))
            turns = (0, 2)
        else:
            turns = (1, 3)
        turn = max(turns, key=lambda each: self._probe(*_turned(pixels, boxes, each)))
        pixels = _turned(pixels, [], turn)[0]
        # Found once more: lines that stand are found less well.
        pieces = [piece for box in self._boxes(pixels) for piece in self._read(pixels, box)]
        return levelled(self._checked(pixels, pieces))

    def _checked(self, pixels: Pixels, pieces: list[_Piece]) -> list[_Piece]:
        """Long numbers and large sums are read again in a wider box: signs at an end are sometimes left out.

        What is not read the same way again gets the score 0.
        """
        usual = statistics.median(_height(piece.corners) for piece in pieces) if pieces else 0.0
        found: list[_Piece] = []
        parts: list[_Piece] = []
        for piece in pieces:
            is_sum = bool(_SUM.search(piece.text)) and _height(piece.corners) > 1.25 * usual
            if is_sum or _LONG_NUMBER.fullmatch(piece.text):
                wide = _widened(piece.corners, 1.5 if is_sum else 0.5)
                again = self._read(pixels, wide, again=False)
                piece = _agreed(piece, again[0] if again else None, is_sum)
                # The rest of a sum may have been found in a box of its own.
                parts += [other for other in pieces if is_sum and other.text in piece.text and _is_in(other, wide)]
            found.append(piece)
        return [piece for piece in found if not any(piece is part for part in parts)]

    def _boxes(self, pixels: Pixels) -> list[Corners]:
        """Where text is. Memory and time of finding it go with the area, so that of a phone's screen is the most."""
        import cv2

        height, width = pixels.shape[:2]
        scale = min(1.0, DETECTED_SIDE / max(height, width), math.sqrt(DETECTED_AREA / (height * width)))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(pixels, size) if scale < 1 else pixels
        # What is given once stays for the next call, so all three are always given.
        found: Any = self._engine(small, use_det=True, use_cls=False, use_rec=False)
        return [] if found.boxes is None else [np.asarray(box, dtype=np.float64) / scale for box in found.boxes]

    def _probe(self, pixels: Pixels, boxes: list[Corners]) -> float:
        """How much of the widest lines can be read for sure, from 0 to 1."""
        widest = sorted(boxes, key=_width)[-PROBES:]
        pieces = [piece for box in widest for piece in self._read(pixels, box, again=False)]
        return sum(piece.score >= SURE for piece in pieces) / len(widest) if widest else 0.0

    def _read(self, pixels: Pixels, corners: Corners, again: bool = True) -> list[_Piece]:
        """The text within a box; a label and its value in one box are read once more, each by itself."""
        cut = _cut(pixels, corners)
        found: Any = self._engine(cut, use_det=False, use_cls=False, use_rec=True)
        text = found.txts[0].strip() if found.txts else ""
        if not text:
            return []
        if again and (part := _label_part(text)):
            # Letters between a label and its value are often lost when both are read at once.
            if gap := _gap(cut, part):
                left, right = _parted(corners, gap)
                return [*self._read(pixels, left, False), *self._read(pixels, right, False)]
            return [_Piece(text, 0.0, corners)]
        return [_Piece(text, float(found.scores[0]), corners)]


def _label_part(text: str) -> float | None:
    """How much of the line, from 0 to 1, is a label before its value; None if it is not both."""
    label = label_of(text)
    mixed = _MIXED.match(text)
    start = len(label.name) if label and label.rest else len(mixed[1]) if mixed else 0
    wide = [1.0 if ord(each) > 0x2E80 else 0.55 for each in text]
    return sum(wide[:start]) / sum(wide) if start else None


def _gap(cut: Pixels, part: float) -> tuple[float, float] | None:
    """Start and end, from 0 to 1, of the widest blank near a place in a line."""
    grey = cut.mean(axis=2)
    height, width = grey.shape
    inner = grey[round(height * 0.12) : max(round(height * 0.88), 1)]
    ranges = inner.max(axis=0) - inner.min(axis=0)
    empty = ranges < max(0.25 * float(np.percentile(ranges, 95)), 8.0)
    first, last = (max(0, round(part * width + side * height)) for side in (-1.6, 1.6))
    best, start = (0, 0), first
    for column in range(first, min(last, width)):
        if not empty[column]:
            start = column + 1
        elif column + 1 - start > best[1] - best[0]:
            best = (start, column + 1)
    wide_enough = best[1] - best[0] >= 0.15 * height and best[0] > 0
    return (best[0] / width, best[1] / width) if wide_enough else None


def _parted(corners: Corners, gap: tuple[float, float]) -> tuple[Corners, Corners]:
    """The boxes left and right of a gap; a little of the gap stays with each."""
    inset = 0.25 * (gap[1] - gap[0])
    upper, lower = corners[1] - corners[0], corners[2] - corners[3]
    end, begin = gap[0] + inset, gap[1] - inset
    left = np.array([corners[0], corners[0] + end * upper, corners[3] + end * lower, corners[3]])
    right = np.array([corners[0] + begin * upper, corners[1], corners[2], corners[3] + begin * lower])
    return left, right


def _cut(pixels: Pixels, corners: Corners) -> Pixels:
    """The part of the picture within four corners, level; a tall one lies on its side and is put up."""
    import cv2

    width = max(1, int(max(_length(corners[0], corners[1]), _length(corners[3], corners[2]))))
    height = max(1, int(max(_length(corners[0], corners[3]), _length(corners[1], corners[2]))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    level = cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(np.rot90(level) if height >= 1.5 * width else level).astype(np.uint8)


def load(path: Path, max_pixels: int = 25_000_000) -> Pixels:
    """Decode a picture upright, on white, at most LONGEST_SIDE long; raises whatever Pillow raises, or ValueError."""
    with Image.open(path, formats=list(FORMATS)) as image:
        if image.width * image.height > max_pixels:
            raise ValueError("too many pixels")
        if image.format == "JPEG":
            image.draft("RGB", (LONGEST_SIDE // 2, LONGEST_SIDE // 2))
        upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear)
    return np.ascontiguousarray(np.asarray(upright.convert("RGB"))[:, :, ::-1])


def _length(start: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    return float(np.hypot(*(end - start)))


def _width(corners: Corners) -> float:
    return _length(corners[0], corners[1])


def _height(corners: Corners) -> float:
    return _length(corners[0], corners[3])


def _widened(corners: Corners, heights: float) -> Corners:
    """So many heights more to the left and to the right."""
    along = (corners[1] - corners[0]) / max(_width(corners), 1.0) * heights * _height(corners)
    return np.array([corners[0] - along, corners[1] + along, corners[2] + along, corners[3] - along])


def _is_in(piece: _Piece, corners: Corners) -> bool:
    """Whether the middle of a piece lies in a box."""
    middle = piece.corners.mean(axis=0)
    return bool((middle >= corners.min(axis=0)).all() and (middle <= corners.max(axis=0)).all())


def _agreed(piece: _Piece, wider: _Piece | None, is_sum: bool) -> _Piece:
    """A piece after a second look; a sum is completed, a number has to be the same between signs of other kinds."""
    text = wider.text.replace(" ", "") if wider else ""
    before, same, after = text.partition(piece.text.replace(" ", ""))
    if not wider or not same:
        return piece._replace(score=0.0)
    if is_sum:
        return piece._replace(text=text, score=min(piece.score, wider.score))
    cut_off = re.search(r"[0-9A-Za-z]$", before) or re.match(r"[0-9A-Za-z]", after)
    return piece._replace(score=0.0) if cut_off else piece


def _lies_on_its_side(boxes: list[Corners]) -> bool:
    """Most boxes are taller than wide, single signs aside."""
    tall = sum(_height(box) > 1.5 * _width(box) for box in boxes)
    return 2 * tall > len(boxes)


def _turned(pixels: Pixels, boxes: list[Corners], quarters: int) -> tuple[Pixels, list[Corners]]:
    """The picture and its boxes, turned against the clock."""
    for _ in range(quarters):
        width = pixels.shape[1]
        pixels = np.rot90(pixels)
        # What was the upper right corner is the upper left one now.
        boxes = [np.stack([box[:, 1], width - 1 - box[:, 0]], axis=1)[[1, 2, 3, 0]] for box in boxes]
    return np.ascontiguousarray(pixels), boxes


def levelled(pieces: list[_Piece]) -> list[Word]:
    """Words as if the picture had been held level: turned back by the usual slope of the wide pieces."""
    wide = sorted(pieces, key=lambda piece: _width(piece.corners))[-12:]
    slopes = [math.atan2(*(p.corners[1] - p.corners[0])[::-1]) for p in wide]
    slope = statistics.median(slopes) if slopes else 0.0
    if abs(slope) > 0.3:
        slope = 0.0
    cosine, sine = math.cos(slope), math.sin(slope)
    words = []
    for text, score, corners in pieces:
        across, down = (float(each) for each in corners.mean(axis=0))
        width = (_length(corners[0], corners[1]) + _length(corners[3], corners[2])) / 2
        height = (_length(corners[0], corners[3]) + _length(corners[1], corners[2])) / 2
        x, y = across * cosine + down * sine, down * cosine - across * sine
        words.append(Word(text, x - width / 2, y - height / 2, width, height, score))
    return words
