"""Fifty pictures at once into a real backend with the real reader: the memory stays bounded, nothing dies."""

import asyncio
import io
import os
import random
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from PIL import Image

from bot.backend.client import BackendClient
from bot.backend.evidence.readings import can_read
from bot.errors import EvidenceReaderBusyError, UnsupportedPictureError
from bot.settings import ROOT
from tests.backend.conftest import make_settings
from tests.backend.evidence.test_hostile import CORPUS
from tests.evidence.drawing import has_fonts
from tests.evidence.pages import wechat_bill

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc"),
    pytest.mark.skipif(not can_read(), reason="needs rapidocr"),
    pytest.mark.skipif(not has_fonts(), reason="needs a Chinese font to draw with: fonts-noto-cjk"),
]
PAGE = os.sysconf("SC_PAGE_SIZE")
# Megabytes. Two pictures of the largest size are unpacked at a time; the reader has a limit of its own.
BACKEND_LIMIT, READER_LIMIT = 600, 500


def heavy(number: int) -> bytes:
    """Nearly 25 million pixels of noise, 4 MB."""
    pixels = np.random.default_rng(number).integers(0, 255, (312, 500, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).resize((4990, 4990)).save(file, "JPEG", quality=50)
    return file.getvalue()


def bill(number: int) -> bytes:
    file = io.BytesIO()
    wechat_bill(random.Random(number))[0].save(file, "PNG")
    return file.getvalue()


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def megabytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE // 1_000_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Peaks:
    """The most memory that the backend and its reader held."""

    def __init__(self, pid: int) -> None:
        self.pid, self.start = pid, megabytes(pid)
        self.backend = self.reader = 0

    async def watch(self) -> None:
        while True:
            self.backend = max(self.backend, megabytes(self.pid))
            for child in children_of(self.pid):
                try:
                    self.reader = max(self.reader, megabytes(child))
                except OSError:  # it was just replaced
                    continue
            await asyncio.sleep(0.02)


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[tuple[BackendClient, int]]:
    """A backend in a process of its own, as it is run; its client and its pid."""
    port = free_port()
    settings = make_settings(tmp_path, backend_port=port)
    environment = {
        **os.environ, "DAOZHANG_VAR_DIR": str(tmp_path), "DAOZHANG_SECRET_KEY": "test", "DAOZHANG_DEMO": "false",
        "DAOZHANG_BACKEND_PORT": str(port), "DAOZHANG_BACKEND_DATABASE_URL": settings.backend_database_url,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "backend", cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            client = BackendClient(session, settings.backend_url, settings.derived_key("backend"))
            async with asyncio.timeout(60):
                while True:
                    try:
                        await client.health()
                        break
                    except Exception:
                        await asyncio.sleep(0.1)
            yield client, process.pid
    finally:
        process.terminate()
        await process.wait()


async def send(client: BackendClient, data: bytes, number: int) -> str | None:
    """The evidence id; None when it was refused as it should be."""
    try:
        body = await client.upload_evidence(data, f"customer-{number}")
    except UnsupportedPictureError:
        return None
    return str(body["evidence_id"])


async def verdict(client: BackendClient, evidence_id: str, number: int) -> str:
    """The verdict, asked for again while the reader is busy."""
    async with asyncio.timeout(500):
        while True:
            try:
                return str((await client.check_evidence(evidence_id, f"customer-{number}"))["verdict"])
            except EvidenceReaderBusyError as busy:
                await asyncio.sleep(float(busy.details["retry_after"]))


@pytest.mark.timeout(900)
async def test_fifty_uploads_at_once(
    backend: tuple[BackendClient, int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.backend.client.UPLOAD_TIMEOUT", 240.0)  # of a slow machine's test
    client, pid = backend
    bills = [bill(number) for number in range(10)]
    hostile = [CORPUS[name] for name in list(CORPUS)[:25]]
    files = [*bills, *(heavy(number) for number in range(15)), *hostile]
    assert len(files) == 50
    peaks = Peaks(pid)
    watching = asyncio.create_task(peaks.watch())
    ids = await asyncio.gather(*(send(client, data, number) for number, data in enumerate(files)))
    assert [each is None for each in ids] == [False] * 25 + [True] * 25
    verdicts = [await verdict(client, str(each), number) for number, each in enumerate(ids[:25])]
    watching.cancel()
    with capsys.disabled():
        print(
            f"\n50 uploads at once: backend {peaks.start} MB before, {peaks.backend} MB at most; "
            f"reader {peaks.reader} MB at most; {dict(Counter(verdicts))}"
        )
    assert set(verdicts[:10]) <= {"CLAIMED", "CONFLICT"}  # a drawn bill may be of a refund
    assert set(verdicts[10:]) == {"NOT_A_BILL"}
    assert peaks.backend < BACKEND_LIMIT
    assert 0 < peaks.reader < READER_LIMIT
    assert (await client.health())["status"] == "ok"
