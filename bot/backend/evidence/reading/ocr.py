"""From pixels to words with their places, by rapidocr and the models that are in its package."""

import math
import statistics
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bot.backend.evidence.model import FORMATS
from bot.backend.evidence.reading.model import Word

Pixels = NDArray[np.uint8]

# More than this tells the recogniser nothing and costs memory.
LONGEST_SIDE = 2000
# A page of small print would hold up everybody else; a bill has about 30 pieces.
MOST_WORDS = 90
SURE = 0.8
MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}


class _Piece(NamedTuple):
    text: str
    score: float
    corners: NDArray[np.float64]  # 4 points, from the upper left one clockwise


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
            "Det.limit_type": "max",
            "Det.limit_side_len": 960,
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
        pieces = self._pieces(pixels)
        if _is_readable(pieces) or not pieces:
            return levelled(pieces)
        turns = (1, 3) if _lies_on_its_side(pieces) else (2,)
        for turn in turns:
            turned = self._pieces(np.ascontiguousarray(np.rot90(pixels, turn)))
            if _sure_letters(turned) > _sure_letters(pieces) or not _is_readable(pieces):
                pieces = turned
            if _is_readable(pieces):
                break
        return levelled(pieces)

    def _pieces(self, pixels: Pixels) -> list[_Piece]:
        # What is given once stays for the next call, so all three are always given.
        found: Any = self._engine(pixels, use_det=True, use_cls=False, use_rec=True)
        if found.boxes is None or found.txts is None or found.scores is None:
            return []
        return [
            _Piece(text, float(score), np.asarray(box, dtype=np.float64))
            for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True)
        ]


def load(path: Path, max_pixels: int = 25_000_000) -> Pixels:
    """Decode a picture upright, on white, at most LONGEST_SIDE long; raises whatever Pillow raises, or ValueError."""
    with Image.open(path, formats=list(FORMATS)) as image:
        if image.width * image.height > max_pixels:
            raise ValueError("too many pixels")
        if image.format == "JPEG":
            image.draft("RGB", (LONGEST_SIDE // 2, LONGEST_SIDE // 2))
        upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BICUBIC)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear)
    return np.ascontiguousarray(np.asarray(upright.convert("RGB"))[:, :, ::-1])


def _length(start: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    return float(np.hypot(*(end - start)))


def _is_tall(piece: _Piece) -> bool:
    return _length(piece.corners[0], piece.corners[3]) > 1.5 * _length(piece.corners[0], piece.corners[1])


def _lies_on_its_side(pieces: list[_Piece]) -> bool:
    long = [piece for piece in pieces if len(piece.text) > 1] or pieces
    return sum(map(_is_tall, long)) > len(long) / 2


def _sure_letters(pieces: list[_Piece]) -> int:
    return sum(len(piece.text) for piece in pieces if piece.score >= SURE)


def _is_readable(pieces: list[_Piece]) -> bool:
    sure = sum(piece.score >= SURE for piece in pieces)
    return bool(pieces) and 2 * sure >= len(pieces) and not _lies_on_its_side(pieces)


def levelled(pieces: list[_Piece]) -> list[Word]:
    """Words as if the picture had been held level: turned back by the usual slope of the wide pieces."""
    wide = sorted(pieces, key=lambda piece: _length(piece.corners[0], piece.corners[1]))[-12:]
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
