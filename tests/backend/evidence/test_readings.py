"""Pictures are read in the background, each once, and again after a crash."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.evidence.reading.reader import Reader
from bot.backend.evidence.reading_store import readings
from bot.backend.evidence.readings import MOST_TRIES, READINGS, Readings
from bot.errors import EvidenceReaderBusyError, EvidenceReaderDownError, NotFoundError
from tests.backend.conftest import Clock
from tests.backend.evidence.making import make_picture
from tests.backend.evidence.reading import COMMAND, Pictures, make_reader, number_of_picture, sha256_of
from tests.backend.evidence.test_verdicts import make_reading

PICTURE = make_picture()
SHA = sha256_of(PICTURE)
BROKEN = {"error": "ValueError"}


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110  (what is waited for happens elsewhere)
            await asyncio.sleep(0.02)


async def until_read(pictures: Pictures, picture: bytes = PICTURE) -> None:
    async def is_read() -> bool:
        return await pictures.stored(picture) is not None

    await until(is_read)


async def test_a_picture_is_read_after_its_upload(pictures: Pictures):
    read = make_reading(payee="某某数码", method="零钱", picture_hash="1" * 256)
    pictures.says(PICTURE, read)
    await pictures.send(PICTURE)
    await until_read(pictures)
    stored = await pictures.stored(PICTURE)
    assert stored == read
    assert stored.picture_hash == "1" * 256
    assert pictures.asked() == [SHA]


async def test_the_upload_does_not_wait_for_the_reading(pictures: Pictures):
    pictures.says(PICTURE, make_reading())
    (pictures.folder / "hold").touch()
    started = time.monotonic()
    await pictures.send(PICTURE)
    assert time.monotonic() - started < 10
    assert await pictures.stored(PICTURE) is None
    (pictures.folder / "hold").unlink()
    await until_read(pictures)


async def test_the_reader_starts_with_the_first_picture(reading_client: TestClient, pictures: Pictures):
    service = reading_client.app[READINGS]
    assert service._reader is None
    pictures.says(PICTURE, make_reading())
    await pictures.send(PICTURE)
    await until_read(pictures)
    assert service._reader is not None


async def test_who_ask_at_once_get_one_reading(reading_client: TestClient, pictures: Pictures):
    pictures.says(PICTURE, make_reading())
    await asyncio.gather(*(pictures.send(PICTURE, customer) for customer in ("alice", "charlie", "dora")))
    service = reading_client.app[READINGS]
    found = await asyncio.gather(*(service.reading_of(SHA, 60) for _ in range(10)))
    assert found == [make_reading()] * 10
    assert pictures.asked() == [SHA]


async def test_what_was_read_is_read_no_more(reading_client: TestClient, pictures: Pictures):
    pictures.says(PICTURE, make_reading())
    await pictures.send(PICTURE)
    await until_read(pictures)
    await pictures.send(PICTURE, "charlie")
    assert await reading_client.app[READINGS].reading_of(SHA, 60) == make_reading()
    assert pictures.asked() == [SHA]


async def test_after_a_crash_it_is_read_when_somebody_asks(
    reading_client: TestClient, pictures: Pictures, clock: Clock
):
    pictures.says(PICTURE, make_reading())
    (pictures.folder / "hold").touch()
    await pictures.send(PICTURE)
    await reading_client.app[READINGS].close()  # the process ends while the picture waits
    (pictures.folder / "hold").unlink()
    assert await pictures.stored(PICTURE) is None
    restarted = Readings(reading_client.app[DATABASE], pictures.folder, clock, make_reader)
    try:
        assert await restarted.reading_of(SHA, 60) == make_reading()
    finally:
        await restarted.close()


@pytest.mark.parametrize("trouble", [BROKEN, None])
async def test_what_cannot_be_read_is_tried_a_second_time_and_no_more(
    reading_client: TestClient, pictures: Pictures, trouble: dict | None
):
    pictures.says(PICTURE, trouble)
    await pictures.send(PICTURE)
    service = reading_client.app[READINGS]
    for _ in range(5):
        assert await service.reading_of(SHA, 60) is None
    assert pictures.asked() == [SHA] * MOST_TRIES


async def test_a_second_try_may_succeed(reading_client: TestClient, pictures: Pictures):
    pictures.says(PICTURE, BROKEN)
    await pictures.send(PICTURE)
    assert await reading_client.app[READINGS].reading_of(SHA, 60) is None
    pictures.says(PICTURE, make_reading())
    assert await reading_client.app[READINGS].reading_of(SHA, 60) == make_reading()


async def test_who_waits_too_long_is_told_and_the_reading_goes_on(reading_client: TestClient, pictures: Pictures):
    pictures.says(PICTURE, make_reading())
    (pictures.folder / "hold").touch()
    await pictures.send(PICTURE)
    service = reading_client.app[READINGS]
    with pytest.raises(EvidenceReaderBusyError) as caught:
        await service.reading_of(SHA, 0.05)
    assert caught.value.details["retry_after"] > 0
    (pictures.folder / "hold").unlink()
    assert await service.reading_of(SHA, 60) == make_reading()
    assert pictures.asked() == [SHA]


async def test_when_too_many_wait_the_rest_are_read_later(pictures: Pictures, clock: Clock):
    many = [number_of_picture(number) for number in range(6)]
    for picture in many:
        pictures.says(picture, make_reading())
    client = pictures.client
    (pictures.folder / "hold").touch()
    service = Readings(client.app[DATABASE], pictures.folder, clock, lambda: Reader(command=COMMAND, waiting=2))
    first, *others = many
    for picture in many:
        await pictures.send(picture)  # puts the files there; the application's own reader hangs

    async def first_is_being_read() -> bool:
        return pictures.asked().count(sha256_of(first)) == 2  # by the application's reader, and by this one

    service.read_soon(sha256_of(first))
    await until(first_is_being_read)
    for picture in others:
        service.read_soon(sha256_of(picture))

    async def rest_is_refused() -> bool:
        return len(service._running) == 3  # one is being read, two wait

    async def all_are_read() -> bool:
        return not service._running

    await until(rest_is_refused)
    busy = [picture for picture in many if sha256_of(picture) not in service._running]
    with pytest.raises(EvidenceReaderBusyError):
        await service.reading_of(sha256_of(busy[0]), 60)
    (pictures.folder / "hold").unlink()
    try:
        await until(all_are_read)
        assert [await service.reading_of(sha256_of(each), 60) for each in busy] == [make_reading()] * len(busy)
    finally:
        await service.close()


async def test_without_a_reader_uploads_go_on_and_questions_are_refused(backend_client: TestClient):
    pictures = Pictures(backend_client)
    await pictures.send(PICTURE)
    with pytest.raises(EvidenceReaderDownError):
        await backend_client.app[READINGS].reading_of(SHA, 60)


async def test_a_reader_that_does_not_start_is_told(reading_client: TestClient, pictures: Pictures, clock: Clock):
    await pictures.send(PICTURE)
    service = Readings(
        reading_client.app[DATABASE], pictures.folder, clock, lambda: Reader(command=["/nowhere/python"])
    )
    try:
        with pytest.raises(EvidenceReaderDownError):
            await service.reading_of(SHA, 60)
    finally:
        await service.close()


async def test_a_file_that_is_gone_is_not_found(reading_client: TestClient):
    with pytest.raises(NotFoundError):
        await reading_client.app[READINGS].reading_of("ab" * 32, 60)


async def test_secrets_that_were_read_are_never_stored(pictures: Pictures):
    secrets = {"payee": "卡密 ABCD-1234-EFGH-5678", "method": "6222021234567890128"}
    pictures.says(PICTURE, replace(make_reading(), **secrets))
    await pictures.send(PICTURE)
    await until_read(pictures)
    async with pictures.client.app[DATABASE].begin() as connection:
        row = (await connection.execute(readings.select())).one()
    assert all(secret not in str(row) for secret in ("ABCD", "6222021234567890128"))
