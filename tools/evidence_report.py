"""How well, how fast and with how much memory payment pictures are read: `make evidence-report`.

Renders that the parser was not tuned on go through the very reader that serves the chat, pinned to one core. The same
words are also read by a naive parser (first fitting text in the order of the lines), to have something to compare with.
"""

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.backend.evidence.reading import worker
from bot.backend.evidence.reading.errors import ReadingError
from bot.backend.evidence.reading.model import Kind, Reading, Word
from bot.backend.evidence.reading.ocr import Ocr, Pixels
from bot.backend.evidence.reading.reader import Reader
from bot.backend.evidence.reading.values import amount_of, time_of
from bot.settings import ROOT
from tests.evidence.damage import DAMAGES
from tests.evidence.drawing import has_fonts
from tests.evidence.others import OTHERS, not_a_bill
from tests.evidence.pages import Truth, alipay_bill, error_page, order_page, wechat_bill

FOLDER = ROOT / "var" / "evidence-report"
# No other seed of this project is near.
SEED = 5_230_000
PAGES = {
    "wechat": (wechat_bill, 1.0),
    "alipay": (alipay_bill, 1.0),
    "order": (order_page, 0.4),
    "error": (error_page, 0.3),
    "other": (not_a_bill, 0.6),
}
KEYS = {
    "wechat": ("transaction_no", "merchant_no", "amount", "paid_at"),
    "alipay": ("transaction_no", "merchant_no", "amount", "paid_at"),
    "order": ("order_no", "amount", "paid_at"),
    "error": ("order_no",),
    "other": (),
}
FIELDS = ("status", "amount", "paid_at", "transaction_no", "merchant_no", "order_no", "payee")


class RecordingOcr(Ocr):
    """Writes the words down for the naive parser."""

    path = Path()

    def words_of(self, pixels: Pixels) -> list[Word]:
        words = super().words_of(pixels)
        self.path.write_text(json.dumps([[w.text, w.x, w.y, w.width, w.height, w.score] for w in words]))
        return words


def naive(words: list[Word]) -> Reading:
    """Line by line, the first text that fits."""
    texts = [word.text.replace(" ", "") for word in words]
    page = "\n".join(texts)
    number = re.search(r"\d{28}", page)
    merchant = re.search(r"(?:商户单号|商家订单号|商户订单号)[:：]?\n?([0-9A-Za-z]{6,32})", page)
    order = re.search(r"(?:订单号|订单编号)[:：]?\n?([0-9A-Za-z]{6,32})", page)
    return Reading(
        kind=Kind.WECHAT_BILL if "当前状态" in page else Kind.ALIPAY_BILL if "账单详情" in page else Kind.NOT_A_BILL,
        amount=next((found for each in texts if (found := amount_of(each))), None),
        paid_at=next((found for each in texts if (found := time_of(each))), None),
        transaction_no=number[0] if number else None,
        merchant_no=merchant[1] if merchant else None,
        order_no=order[1] if order else None,
    )


class Tally:
    """Counts of right, unknown and wrong fields, per group."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.mistakes: list[str] = []

    def add(self, group: str, field: str, true: Any, read: Any) -> bool:
        what = "right" if true == read else "unknown" if read is None else "wrong"
        self.counts[group, field, what] += 1
        return what == "right"

    def of(self, group: str, field: str) -> tuple[int, int, int]:
        return tuple(self.counts[group, field, what] for what in ("right", "unknown", "wrong"))  # type: ignore[return-value]

    def rate(self, groups: list[str], fields: tuple[str, ...], what: int) -> str:
        sums = [sum(each) for each in zip(*(self.of(g, f) for g in groups for f in fields), strict=True)]
        return f"{100 * sums[what] / sum(sums):6.2f} % of {sum(sums)}" if sum(sums) else "     -"


def pictures(count: int) -> Iterator[tuple[str, str, int]]:
    """Kind, damage and seed of each picture."""
    for place, damage in enumerate(DAMAGES):
        for number, (kind, (_, share)) in enumerate(PAGES.items()):
            for index in range(max(1, round(count * share))):
                yield kind, damage, SEED + place * 100_000 + number * 10_000 + index


async def main(count: int) -> int:
    if not has_fonts():
        print("There is no Chinese font (fonts-noto-cjk) to draw the pictures with.", file=sys.stderr)
        return 1
    tally, plain, times, cpu, peak = Tally(), Tally(), [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        words_path, picture = Path(folder, "words.json"), Path(folder, "picture.png")
        command = [sys.executable, "-m", "tools.evidence_report", "worker", str(words_path)]
        async with Reader(time_limit=120, start_limit=120, command=command) as reader:
            for kind, damage, seed in pictures(count):
                truth = draw(kind, damage, seed, picture)
                while reader.pid is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
                pid = reader.pid
                if hasattr(os, "sched_setaffinity"):
                    os.sched_setaffinity(pid, {max(os.sched_getaffinity(0))})
                before = cpu_of(pid)
                try:
                    reading = await reader.read(picture)
                except ReadingError as error:
                    print(f"{kind} {damage} {seed}: {error}")
                    reading = Reading(kind=Kind.NOT_A_BILL)
                if reader.pid == pid:
                    peak = max(peak, peak_of(pid))
                    cpu.append(cpu_of(pid) - before)
                times.append(reading.ms / 1000)
                words = taken(words_path)
                compare(tally, plain, kind, damage, seed, truth, reading, naive(words))
    text = report(tally, plain, times, cpu, peak)
    print(text)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "report.txt").write_text(text + "\n", encoding="utf-8")
    print(f"\nWritten to {FOLDER.relative_to(ROOT)}/report.txt")
    return 0


def taken(path: Path) -> list[Word]:
    """The words that were written down, once."""
    words = [Word(*each) for each in json.loads(path.read_text())] if path.exists() else []
    path.unlink(missing_ok=True)
    return words


def draw(kind: str, damage: str, seed: int, path: Path) -> Truth:
    rng = random.Random(seed)
    # Every kind of other picture in turn.
    name = sorted(OTHERS)[seed % len(OTHERS)]
    image, truth = (OTHERS[name](rng, True), Truth(kind="NOT_A_BILL")) if kind == "other" else PAGES[kind][0](rng, True)
    image = DAMAGES[damage](image, rng)
    image.save(path)
    return truth


def compare(
    tally: Tally, plain: Tally, kind: str, damage: str, seed: int, truth: Truth, read: Reading, other: Reading
) -> None:
    group = f"{kind} {damage}"
    tally.add(group, "kind", truth.kind, read.kind.value)
    wrong = [] if truth.kind == read.kind.value else [f"kind {read.kind}"]
    for field in FIELDS:
        true, found = getattr(truth, field), getattr(read, field)
        if not tally.add(group, field, true, found):
            wrong.append(f"{field}: {true} read as {found}")
    keys = KEYS[kind]
    tally.add(group, "all keys", True, all(getattr(truth, key) == getattr(read, key) for key in keys))
    plain.add(group, "all keys", True, all(getattr(truth, key) == getattr(other, key) for key in keys))
    for field in keys:
        plain.add(group, field, getattr(truth, field), getattr(other, field))
    if wrong:
        tally.mistakes.append(f"{group} {seed}: {'; '.join(wrong)}")


def report(tally: Tally, plain: Tally, times: list[float], cpu: list[float], peak: int) -> str:
    lines = [f"{len(times)} pictures, seed {SEED}, layouts that the parser was not tuned on", ""]
    lines += ["Bills                     exact    unknown    wrong"]
    bills = [f"{kind} {damage}" for kind in ("wechat", "alipay") for damage in DAMAGES]
    for field in ("kind", *FIELDS, "all keys"):
        lines.append(f"  {field:16}" + " ".join(f"{tally.rate(bills, (field,), what):>18}" for what in range(3)))
    lines += ["", "Exact, by kind and damage"]
    for kind, keys in KEYS.items():
        for damage in DAMAGES:
            group = [f"{kind} {damage}"]
            cells = [f"{name} {tally.rate(group, (name,), 0).strip()}" for name in ("kind", *keys, "all keys")]
            lines.append(f"  {kind:7} {damage:9} " + " · ".join(cells))
    everything = [f"{kind} {damage}" for kind in PAGES for damage in DAMAGES]
    others = [f"other {damage}" for damage in DAMAGES]
    lines += [
        "",
        f"Wrong values among the key fields of bills  {tally.rate(bills, KEYS['wechat'], 2)}",
        f"Wrong values among all fields of all pages  {tally.rate(everything, FIELDS, 2)}",
        f"Pictures that are no bill taken for one     {tally.rate(others, ('kind',), 2)}",
        "",
        f"Naive parser on the same words, all keys    {plain.rate(bills, ('all keys',), 0)} "
        f"(wrong values {plain.rate(bills, KEYS['wechat'], 2).strip()})",
        f"Not exact on all keys: naive / ours         {misses(plain, bills)} / {misses(tally, bills)}",
        "",
        f"Seconds for a picture: p50 {statistics.median(times):.2f}, p95 {percentile(times):.2f}"
        f" (of a core: p50 {statistics.median(cpu):.2f}, p95 {percentile(cpu):.2f}; load of the machine {os.getloadavg()[1]:.1f}"
        f" on {os.cpu_count()} cores)",
        f"Memory of the process, peak: {peak} MB",
        "",
        "Mistakes",
        *(f"  {each}" for each in tally.mistakes),
    ]
    return "\n".join(lines)


def misses(tally: Tally, groups: list[str]) -> int:
    return sum(tally.of(group, "all keys")[2] for group in groups)


def percentile(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def cpu_of(pid: int) -> float:
    """Seconds of a core that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_of(pid: int) -> int:
    """The most memory that the process has held, in megabytes."""
    match = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(match[1]) * 1024 // 1_000_000 if match else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        RecordingOcr.path = Path(sys.argv[2])
        worker.Ocr = RecordingOcr  # type: ignore[misc]
        sys.exit(worker.main(sys.argv[3:]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="bills of each kind for each damage")
    started = time.monotonic()
    code = asyncio.run(main(parser.parse_args().count))
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(code)
