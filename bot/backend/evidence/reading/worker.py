"""The process that reads pictures: a line of JSON in for each picture, a line of JSON out. See `reader.py`.

`python -m bot.backend.evidence.reading.worker MEGABYTES SECONDS`: the most memory and the longest time for one picture.
It ends when its input ends, so it never outlives the process that started it by more than one picture.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.backend.evidence.reading.hashing import picture_hash
from bot.backend.evidence.reading.ocr import Ocr, load
from bot.backend.evidence.reading.parsing import reading_from_words

PAGE = os.sysconf("SC_PAGE_SIZE")


def read_one(ocr: Ocr, path: Path) -> dict[str, Any]:
    """The reading of one picture as JSON, or `{"error": ...}`."""
    started = time.perf_counter()
    try:
        pixels = load(path)
        reading = reading_from_words(ocr.words_of(pixels))
        looks = picture_hash(pixels)
    except Exception as error:  # a hostile file may break a decoder in any way, MemoryError too
        return {"error": type(error).__name__}
    reading = replace(reading, ms=round((time.perf_counter() - started) * 1000))
    return {**reading.to_json(), "method": reading.method, "picture_hash": looks}


def megabytes() -> int:
    """The memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE // 1_000_000 if sys.platform == "linux" else 0


def give_back() -> None:
    """Freed memory goes back to the system, where the C library can do that."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def main(argv: list[str]) -> int:
    limit, seconds = int(argv[0]) * 1_000_000, int(argv[1])
    # Whatever a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes our input
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
    ocr = Ocr()
    ocr.words_of(np.full((64, 320, 3), 255, np.uint8))  # loads the models
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        # Without a handler an alarm ends the process, also where native code hangs and the parent is gone.
        signal.alarm(seconds)
        answer = read_one(ocr, Path(json.loads(line)["path"]))
        signal.alarm(0)
        give_back()
        print(json.dumps({**answer, "megabytes": megabytes()}), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
