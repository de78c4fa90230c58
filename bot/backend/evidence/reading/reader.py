"""Read pictures in a process of their own, one after the other, so that no chat waits for another's picture."""

import asyncio
import contextlib
import json
import math
import os
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import structlog

from bot.backend.evidence.reading.errors import ReaderBusyError, ReaderDownError, UnreadablePictureError
from bot.backend.evidence.reading.model import Reading, reading_from_json
from bot.settings import ROOT

log = structlog.get_logger()

WORKER = "bot.backend.evidence.reading.worker"
# One core for one picture; glibc would keep a heap for each thread.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


class Reader:
    """Use as `async with Reader() as reader: await reader.read(path)`.

    `waiting` is how many pictures may wait beside the one that is being read. `time_limit` is for one picture,
    `start_limit` until the process is ready, both in seconds. `memory_limit` is the most address space of the
    process; it is replaced after `recycle_after` pictures, or when it holds more than `recycle_above` (megabytes).
    """

    def __init__(
        self,
        *,
        waiting: int = 16,
        time_limit: float = 20.0,
        start_limit: float = 60.0,
        memory_limit: int = 2000,
        recycle_after: int = 100,
        recycle_above: int = 390,
        command: Sequence[str] | None = None,
    ) -> None:
        self.waiting = waiting
        self.time_limit = time_limit
        self.start_limit = start_limit
        self.recycle_after = recycle_after
        self.recycle_above = recycle_above
        # The alarm in the process is the second net: later than our own limit.
        limits = [str(memory_limit), str(math.ceil(time_limit) + 5)]
        self._command = [*(command or [sys.executable, "-m", WORKER]), *limits]
        self._jobs: deque[tuple[Path, asyncio.Future[Reading]]] = deque()
        self._wake = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._read_count = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="evidence-reader")
        return self

    async def __aexit__(self, *_: object) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._stop()
        while self._jobs:
            _answer(self._jobs.popleft()[1], ReaderDownError("The reader is closed."))

    @property
    def pid(self) -> int | None:
        """The process that reads, if there is one."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def read(self, path: Path) -> Reading:
        """Read one picture; raises UnreadablePictureError, ReaderBusyError or ReaderDownError."""
        if self._task is None or self._task.done():
            raise ReaderDownError("The reader is closed.")
        self._jobs = deque(job for job in self._jobs if not job[1].done())  # those that nobody waits for any more
        if len(self._jobs) >= self.waiting:
            raise ReaderBusyError(f"{len(self._jobs)} pictures are waiting.")
        answer: asyncio.Future[Reading] = asyncio.get_running_loop().create_future()
        self._jobs.append((path, answer))
        self._wake.set()
        return await answer

    async def _run(self) -> None:
        with contextlib.suppress(ReaderDownError):  # ready before the first picture; a failure is told to that one
            await self._start()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._jobs:
                path, answer = self._jobs.popleft()
                if not answer.done():
                    await self._serve(path, answer)

    async def _serve(self, path: Path, answer: asyncio.Future[Reading]) -> None:
        try:
            if self.pid is None:
                await self._start()
            found = await self._ask(path)
        except (ReaderDownError, UnreadablePictureError) as error:
            await self._stop()
            _answer(answer, error)
            return
        except asyncio.CancelledError:
            _answer(answer, ReaderDownError("The reader is closed."))
            raise
        self._read_count += 1
        if "error" in found:
            _answer(answer, UnreadablePictureError(f"The picture cannot be read ({found['error']})."))
        else:
            _answer(answer, reading_from_json(found))
        if self._read_count >= self.recycle_after or found["megabytes"] > self.recycle_above:
            await self._stop()
            if not self._jobs:
                with contextlib.suppress(ReaderDownError):
                    await self._start()

    async def _start(self) -> None:
        await self._stop()
        self._read_count = 0
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env={**os.environ, **ENVIRONMENT},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            await self._line(self.start_limit)
        except (OSError, TimeoutError, UnreadablePictureError) as error:
            log.error("evidence_reader_does_not_start", error=type(error).__name__)
            await self._stop()
            raise ReaderDownError("The reading process does not start.") from error

    async def _ask(self, path: Path) -> dict[str, Any]:
        assert self._process and self._process.stdin
        try:
            self._process.stdin.write(_request(path))
            await self._process.stdin.drain()
            return await self._line(self.time_limit)
        except TimeoutError as error:
            log.warning("evidence_picture_took_too_long", seconds=self.time_limit)
            raise UnreadablePictureError("Reading the picture takes too long.") from error
        except OSError as error:
            raise UnreadablePictureError("Reading the picture broke off.") from error

    async def _line(self, seconds: float) -> dict[str, Any]:
        """The next line of the process as JSON; raises TimeoutError, or UnreadablePictureError if it died."""
        assert self._process and self._process.stdout
        async with asyncio.timeout(seconds):
            line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            log.warning("evidence_reader_died")
            raise UnreadablePictureError("Reading the picture broke off.")
        found: dict[str, Any] = json.loads(line)
        return found

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        # Until it is gone; a cancelled task must not leave it behind.
        await asyncio.shield(process.wait())


def _request(path: Path) -> bytes:
    """The line that asks for a picture; the process has another folder than ours."""
    return json.dumps({"path": str(path.absolute())}).encode() + b"\n"


def _answer(answer: asyncio.Future[Reading], result: Reading | Exception) -> None:
    """Give the result to whoever still waits."""
    if answer.done():
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)
