"""The process that reads: real pictures, and what happens when it is slow, dies or has too much to do."""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from bot.__main__ import main
from bot.backend.evidence.reading.errors import ReaderBusyError, ReaderDownError, UnreadablePictureError
from bot.backend.evidence.reading.model import Kind, Reading
from bot.backend.evidence.reading.reader import Reader
from bot.settings import ROOT
from tests.evidence.damage import telegram, turned
from tests.evidence.drawing import has_fonts
from tests.evidence.others import chat
from tests.evidence.pages import Truth, alipay_bill, error_page, order_page, wechat_bill

needs_fonts = pytest.mark.skipif(not has_fonts(), reason="needs a Chinese font to draw with: fonts-noto-cjk")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader() -> AsyncIterator[Reader]:
    async with Reader(time_limit=120, start_limit=120) as opened:
        yield opened


def same(read: Reading, truth: Truth) -> None:
    wrong = {name: getattr(read, name) for name, value in vars(truth).items() if getattr(read, name) != value}
    assert wrong == {}


@needs_fonts
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("draw", [wechat_bill, alipay_bill, order_page, error_page])
async def test_it_reads_a_page(reader: Reader, tmp_path: Path, draw):
    image, truth = draw(random.Random(41), True)
    telegram(image, random.Random(1)).save(tmp_path / "page.jpg", quality=90)
    read = await reader.read(tmp_path / "page.jpg")
    same(read, truth)
    assert read.ms > 0


@needs_fonts
@pytest.mark.asyncio(loop_scope="module")
async def test_it_reads_a_page_that_lies_on_its_side(reader: Reader, tmp_path: Path):
    image, truth = alipay_bill(random.Random(42))
    turned(image, random.Random(2)).save(tmp_path / "page.png")
    same(await reader.read(tmp_path / "page.png"), truth)


@needs_fonts
@pytest.mark.asyncio(loop_scope="module")
async def test_a_phones_orientation_is_followed(reader: Reader, tmp_path: Path):
    image, truth = wechat_bill(random.Random(43))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.rotate(90, expand=True).save(tmp_path / "page.jpg", quality=90, exif=exif)
    same(await reader.read(tmp_path / "page.jpg"), truth)


@needs_fonts
@pytest.mark.asyncio(loop_scope="module")
async def test_a_chat_is_no_bill(reader: Reader, tmp_path: Path):
    chat(random.Random(44), True).save(tmp_path / "chat.png")
    read = await reader.read(tmp_path / "chat.png")
    assert read == Reading(kind=Kind.NOT_A_BILL, ms=read.ms)


@pytest.mark.asyncio(loop_scope="module")
async def test_an_empty_picture_is_no_bill_and_a_broken_one_unreadable(reader: Reader, tmp_path: Path):
    Image.new("RGBA", (300, 500)).save(tmp_path / "empty.png")
    assert (await reader.read(tmp_path / "empty.png")).kind is Kind.NOT_A_BILL
    (tmp_path / "broken.png").write_bytes((tmp_path / "empty.png").read_bytes()[:60])
    with pytest.raises(UnreadablePictureError):
        await reader.read(tmp_path / "broken.png")
    with pytest.raises(UnreadablePictureError):
        await reader.read(tmp_path / "missing.png")


# A stand-in that says what it is told by the name of the picture.
STAND_IN = """
import json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
nothing = {"kind": "NOT_A_BILL", "ms": 1, "megabytes": 1} | dict.fromkeys(
    ["channel", "status", "amount", "paid_at", "transaction_no", "merchant_no", "order_no", "payee"])
for line in sys.stdin:
    name = os.path.basename(json.loads(line)["path"])
    if name == "dies":
        os.abort()
    if name == "hangs":
        time.sleep(600)
    if name == "fat":
        nothing["megabytes"] = 5000
    print(json.dumps(nothing), flush=True)
"""
COMMAND = [sys.executable, "-c", STAND_IN]


def is_alive(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    return pid is not None


async def test_a_picture_that_kills_the_process_is_unreadable_and_the_next_is_read():
    async with Reader(command=COMMAND) as reader:
        with pytest.raises(UnreadablePictureError):
            await reader.read(Path("dies"))
        assert (await reader.read(Path("good"))).kind is Kind.NOT_A_BILL


async def test_a_picture_that_hangs_is_unreadable_and_its_process_gone():
    async with Reader(command=COMMAND, time_limit=0.5) as reader:
        await reader.read(Path("good"))
        pid = reader.pid
        with pytest.raises(UnreadablePictureError):
            await reader.read(Path("hangs"))
        assert not is_alive(pid)
        await reader.read(Path("good"))


async def test_a_process_that_was_killed_while_idle_is_replaced():
    async with Reader(command=COMMAND) as reader:
        await reader.read(Path("good"))
        os.kill(reader.pid or 0, 9)
        while reader.pid is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await reader.read(Path("good"))


async def test_too_many_are_refused_at_once_and_cancelled_ones_make_room():
    async with Reader(command=COMMAND, waiting=2) as reader:
        await reader.read(Path("good"))
        tasks = [asyncio.create_task(reader.read(Path("hangs")))]
        await asyncio.sleep(0.1)
        tasks += [asyncio.create_task(reader.read(Path("good"))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ReaderBusyError):
            await reader.read(Path("good"))
        tasks[1].cancel()
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(reader.read(Path("good"))))
        await asyncio.sleep(0)
        assert not tasks[-1].done()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in results] == [
        ReaderDownError, asyncio.CancelledError, ReaderDownError, ReaderDownError,
    ]  # fmt: skip


async def test_nothing_is_left_when_it_closes_in_the_middle_of_a_picture():
    async with Reader(command=COMMAND) as reader:
        await reader.read(Path("good"))
        pid = reader.pid
        task = asyncio.create_task(reader.read(Path("hangs")))
        await asyncio.sleep(0.1)
    assert not is_alive(pid)
    with pytest.raises(ReaderDownError):
        await task
    with pytest.raises(ReaderDownError):
        await reader.read(Path("good"))


@pytest.mark.parametrize(("limits", "name"), [({"recycle_after": 2}, "good"), ({}, "fat")])
async def test_a_used_up_process_is_replaced(limits: dict[str, int], name: str):
    async with Reader(command=COMMAND, **limits) as reader:
        await reader.read(Path("good"))
        pid = reader.pid
        await reader.read(Path(name))
        await reader.read(Path("good"))
        assert reader.pid != pid
        assert not is_alive(pid)


@pytest.mark.parametrize("command", [["/nonexistent"], [sys.executable, "-c", "pass"]])
async def test_a_process_that_does_not_start_is_told(command: list[str]):
    async with Reader(command=command) as reader:
        for _ in range(2):
            with pytest.raises(ReaderDownError):
                await reader.read(Path("good"))


async def test_the_loop_goes_on_while_a_picture_is_read():
    async with Reader(command=COMMAND) as reader:
        task = asyncio.create_task(reader.read(Path("hangs")))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not task.done()
        task.cancel()


OFFLINE = """
import socket
def refuse(*_): raise AssertionError("network")
socket.socket.connect = socket.getaddrinfo = refuse
import numpy as np
from bot.backend.evidence.reading.ocr import Ocr
print(Ocr().words_of(np.full((64, 320, 3), 255, np.uint8)))
"""


def test_no_model_is_fetched():
    child = subprocess.run([sys.executable, "-c", OFFLINE], cwd=ROOT, capture_output=True, text=True)
    assert (child.returncode, child.stdout.strip()) == (0, "[]"), child.stderr


@needs_fonts
def test_the_command_reads_what_it_can_and_names_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    image, truth = wechat_bill(random.Random(45))
    image.save(tmp_path / "bill.png")
    (tmp_path / "note.txt").write_text("hello")
    code = main(["evidence", "read", str(tmp_path / "note.txt"), str(tmp_path / "bill.png"), "--json"])
    output, errors = capsys.readouterr()
    found = json.loads(output)
    assert code == 1
    assert list(found) == [
        "kind", "channel", "status", "amount", "paid_at", "transaction_no", "merchant_no", "order_no", "payee", "ms",
    ]  # fmt: skip
    assert (found["kind"], found["transaction_no"]) == ("WECHAT_BILL", truth.transaction_no)
    assert (found["amount"], found["order_no"]) == (str(truth.amount), None)
    assert errors.splitlines() == [f"daozhang: {tmp_path / 'note.txt'}: Only JPEG, PNG and WebP pictures can be read."]
