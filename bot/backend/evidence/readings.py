"""Read pictures in the background, each once; who asks for a reading gets the stored one or waits for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence import reading_store
from bot.backend.evidence.model import place_of
from bot.backend.evidence.reading.errors import ReaderBusyError, ReaderDownError, UnreadablePictureError
from bot.backend.evidence.reading.model import Reading
from bot.backend.evidence.reading.reader import Reader
from bot.backend.evidence.reuse import without_secrets
from bot.backend.http import CLOCK
from bot.errors import EvidenceReaderBusyError, EvidenceReaderDownError, NotFoundError
from bot.settings import Settings

log = structlog.get_logger()

# A busy machine may fail to read a good picture in time once.
MOST_TRIES = 2
# Seconds after which to ask again.
RETRY_AFTER = 3
# What the reading process imports; without them it need not be started.
NEEDED = ("rapidocr", "onnxruntime", "cv2")


class Readings:
    """Reads pictures below `folder`. The reader starts with the first picture; None is "pictures are not read"."""

    def __init__(
        self, engine: AsyncEngine, folder: Path, clock: Callable[[], datetime], make_reader: Callable[[], Reader] | None
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._clock = clock
        self._make_reader = make_reader
        self._reader: Reader | None = None
        self._running: dict[str, asyncio.Task[Reading | None]] = {}

    def read_soon(self, sha256: str) -> None:
        """Read a picture in the background; when too many wait already, it is read when somebody asks for it."""
        if self._make_reader:
            self._task_for(sha256)

    async def reading_of(self, sha256: str, patience: float) -> Reading | None:
        """The reading of a picture, None if it cannot be read.

        Raises EvidenceReaderBusyError after `patience` seconds or when too many wait (the reading goes on),
        EvidenceReaderDownError, or NotFoundError when the file is gone.
        """
        try:
            async with asyncio.timeout(patience):
                return await asyncio.shield(self._task_for(sha256))
        except (TimeoutError, ReaderBusyError) as error:
            raise EvidenceReaderBusyError(retry_after=RETRY_AFTER) from error
        except ReaderDownError as error:
            raise EvidenceReaderDownError from error

    def _task_for(self, sha256: str) -> asyncio.Task[Reading | None]:
        task = self._running.get(sha256)
        if task is None:
            task = self._running[sha256] = asyncio.create_task(self._find_or_read(sha256), name="evidence-reading")
            task.add_done_callback(lambda done: self._done(sha256, done))
        return task

    def _done(self, sha256: str, task: asyncio.Task[Reading | None]) -> None:
        del self._running[sha256]
        error = None if task.cancelled() else task.exception()
        if error and not isinstance(error, (ReaderBusyError, ReaderDownError, NotFoundError)):
            log.error("evidence_reading_failed", error=type(error).__name__)

    async def _find_or_read(self, sha256: str) -> Reading | None:
        async with self._engine.begin() as connection:
            stored = await reading_store.reading_of(connection, sha256)
        if stored and (stored.reading or stored.tries >= MOST_TRIES):
            return stored.reading
        path = self._folder / place_of(sha256)
        if not await asyncio.to_thread(path.is_file):
            raise NotFoundError
        try:
            reading: Reading | None = without_secrets(await (await self._open()).read(path))
        except UnreadablePictureError:
            reading = None
        async with self._engine.begin() as connection:
            await reading_store.save_reading(connection, sha256, reading, self._clock())
        return reading

    async def _open(self) -> Reader:
        if self._make_reader is None:
            raise ReaderDownError("Pictures are not read here.")
        if self._reader is None:
            self._reader = self._make_reader()
            await self._reader.__aenter__()  # only makes a task, so nobody gets between these lines
        return self._reader

    async def close(self) -> None:
        """Stop reading; what was not finished is read when somebody asks for it."""
        for task in list(self._running.values()):
            task.cancel()
        if self._running:
            await asyncio.wait(list(self._running.values()))
        if self._reader:
            await self._reader.__aexit__(None, None, None)


READINGS = web.AppKey("READINGS", Readings)
# How to make the reader; tests have another.
MAKE_READER: web.AppKey[Callable[[], Reader]] = web.AppKey("MAKE_READER")


def can_read() -> bool:
    """Whether what reading needs is installed."""
    return all(find_spec(name) for name in NEEDED)


def folder_of(settings: Settings) -> Path:
    """Where the pictures lie."""
    return settings.var_dir / "evidence"


async def readings_context(app: web.Application) -> AsyncIterator[None]:
    """Read pictures from now on, until the end (for `app.cleanup_ctx`)."""
    settings = app[SETTINGS]
    on = settings.evidence_reading and can_read()
    if settings.evidence_reading and not on:
        log.warning("evidence_reader_is_not_installed", needed=NEEDED)
    readings = Readings(app[DATABASE], folder_of(settings), lambda: app[CLOCK](), app[MAKE_READER] if on else None)
    app[READINGS] = readings
    yield
    await readings.close()
