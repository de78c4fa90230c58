"""Pictures are deleted when their time is over, with what was read; that there was one stays known."""

import asyncio
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.__main__ import main
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence import retention
from bot.backend.evidence.model import place_of
from bot.backend.evidence.reading_store import readings, uses
from bot.backend.evidence.readings import READINGS
from bot.backend.evidence.retention import Purged, purge
from bot.backend.evidence.store import evidence
from bot.backend.http import CLOCK
from bot.backend.upkeep import _purge_evidence
from bot.errors import NotFoundError
from tests.backend.conftest import Clock
from tests.backend.evidence.making import make_picture, upload
from tests.backend.evidence.reading import Pictures, number_of_picture, sha256_of
from tests.backend.evidence.test_checking import client_of
from tests.backend.evidence.test_verdicts import make_reading
from tests.backend.tickets.desk import act, report, send

PICTURE = make_picture()
DAYS = 180
LATER = timedelta(days=DAYS, seconds=1)


def age(path: Path, days: float = DAYS + 1) -> None:
    """Let a file look as old as the test's clock says; the disk has a clock of its own."""
    moment = time.time() - days * 86400
    os.utime(path, (moment, moment))


def file_of(pictures: Pictures, picture: bytes = PICTURE) -> Path:
    return pictures.folder / place_of(sha256_of(picture))


async def run(pictures: Pictures, clock: Clock, dry_run: bool = False) -> Purged:
    return await purge(pictures.client.app[DATABASE], pictures.folder, clock.now, DAYS, dry_run)


async def sent(pictures: Pictures, picture: bytes = PICTURE, customer_ref: str = "alice") -> str:
    """A picture that was read; its file is old, for the test's clock will be moved."""
    pictures.says(picture, make_reading())
    evidence_id = await pictures.send(picture, customer_ref)
    await client_of(pictures.client).check_evidence(evidence_id, customer_ref)
    age(file_of(pictures, picture))
    for helper in ("answers.json", "asked.txt"):  # are no pictures
        if (pictures.folder / helper).exists():
            os.utime(pictures.folder / helper)
    return evidence_id


async def test_after_its_time_picture_and_reading_go(pictures: Pictures, clock: Clock):
    evidence_id = await sent(pictures)
    clock.now += timedelta(days=DAYS)
    assert await run(pictures, clock) == Purged()
    assert file_of(pictures).exists()
    clock.now += timedelta(seconds=1)
    assert await run(pictures, clock) == Purged(deleted=1)
    assert not file_of(pictures).exists()
    assert await pictures.stored(PICTURE) is None
    with pytest.raises(NotFoundError):
        await client_of(pictures.client).evidence(evidence_id)
    with pytest.raises(NotFoundError):
        await client_of(pictures.client).check_evidence(evidence_id, "alice")
    async with pictures.client.app[DATABASE].begin() as connection:
        row = (await connection.execute(evidence.select())).one()
        assert (row.evidence_id, row.purged_at) == (evidence_id, clock.now)
        assert (await connection.execute(readings.select())).all() == []
        kept = str((await connection.execute(uses.select())).all())
    assert make_reading().transaction_no not in kept and sha256_of(PICTURE) not in kept
    assert await run(pictures, clock) == Purged()


async def test_a_dry_run_only_counts(pictures: Pictures, clock: Clock):
    await sent(pictures)
    clock.now += LATER
    assert await run(pictures, clock, dry_run=True) == Purged(deleted=1)
    assert file_of(pictures).exists()
    assert await run(pictures, clock) == Purged(deleted=1)


async def test_what_a_live_ticket_refers_to_stays_until_it_is_closed(pictures: Pictures, clock: Clock):
    evidence_id = await sent(pictures)
    await sent(pictures, number_of_picture(1))
    _, ticket = await report(pictures.client, order_no=None, evidence=[evidence_id])
    clock.now += LATER
    assert await run(pictures, clock) == Purged(deleted=1, kept=1)
    assert file_of(pictures).exists()
    await send(pictures.client, "PATCH", f"/v1/tickets/{ticket['ticket_no']}", {"status": "closed"})
    assert await run(pictures, clock) == Purged(deleted=1)


async def test_what_a_merged_ticket_refers_to_stays_while_its_survivor_lives(pictures: Pictures, clock: Clock):
    evidence_id = await sent(pictures)
    _, other = await report(pictures.client, "k1", order_no="KM1", evidence=[evidence_id])
    _, survivor = await report(pictures.client, "k2", order_no="KM2")
    assert (await act(pictures.client, other["ticket_no"], "merge", into=survivor["ticket_no"]))[0] == 200
    clock.now += LATER
    assert await run(pictures, clock) == Purged(kept=1)
    assert file_of(pictures).exists()
    await act(pictures.client, survivor["ticket_no"], "close")
    assert await run(pictures, clock) == Purged(deleted=1)


async def test_a_picture_stays_as_long_as_the_last_who_sent_it_may_expect(pictures: Pictures, clock: Clock):
    await sent(pictures, customer_ref="alice")
    clock.now += timedelta(days=100)
    await sent(pictures, customer_ref="charlie")
    clock.now += timedelta(days=100)
    assert await run(pictures, clock) == Purged()
    clock.now += timedelta(days=81)
    assert await run(pictures, clock) == Purged(deleted=1)


async def test_one_that_is_sent_again_after_that_is_kept_and_read_again(pictures: Pictures, clock: Clock):
    evidence_id = await sent(pictures)
    clock.now += LATER
    await run(pictures, clock)
    assert await sent(pictures) == evidence_id
    assert file_of(pictures).exists()
    assert pictures.asked() == [sha256_of(PICTURE)] * 2
    assert await run(pictures, clock) == Purged()
    clock.now += LATER
    assert await run(pictures, clock) == Purged(deleted=1)


async def test_another_customer_still_learns_that_it_was_used(pictures: Pictures, clock: Clock):
    await sent(pictures)
    clock.now += LATER
    await run(pictures, clock)
    evidence_id = await pictures.send(PICTURE, "charlie")
    answer = await client_of(pictures.client).check_evidence(evidence_id, "charlie")
    assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "same_picture")


async def test_a_file_that_comes_at_this_moment_is_not_deleted(pictures: Pictures, clock: Clock):
    await sent(pictures)
    os.utime(file_of(pictures))  # the upload has put it there, its row is not written yet
    clock.now += LATER
    assert await run(pictures, clock) == Purged()
    assert file_of(pictures).exists()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one transaction at a time
async def test_who_sends_it_while_it_is_deleted_keeps_it(
    pictures: Pictures, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await sent(pictures)
    clock.now += LATER
    forget, again = retention.delete_reading, []

    async def sends_first(connection: AsyncConnection, sha256: str) -> None:
        again.append(await pictures.send(PICTURE, "charlie"))
        await forget(connection, sha256)

    monkeypatch.setattr(retention, "delete_reading", sends_first)
    await run(pictures, clock)
    assert file_of(pictures).exists()
    content, _ = await client_of(pictures.client).evidence(again[0])
    assert content
    async with pictures.client.app[DATABASE].begin() as connection:
        found = await connection.execute(evidence.select().order_by(evidence.c.id))
        assert [row.purged_at is None for row in found] == [False, True]


async def test_uploads_and_deletion_at_once_lose_no_picture(pictures: Pictures, clock: Clock):
    await sent(pictures)
    clock.now += LATER
    await asyncio.gather(run(pictures, clock), *(pictures.send(PICTURE, f"customer-{n}") for n in range(5)))
    assert file_of(pictures).exists()
    assert await pictures.client.app[READINGS].reading_of(sha256_of(PICTURE), 60) == make_reading()


async def test_what_was_deleted_before_a_crash_is_finished_later(pictures: Pictures, clock: Clock):
    await sent(pictures)
    clock.now += LATER
    file_of(pictures).unlink()
    assert await run(pictures, clock) == Purged(deleted=1)


async def test_files_that_nobody_knows_go_too(pictures: Pictures, clock: Clock):
    left = [pictures.folder / "upload-abc", pictures.folder / "ab" / ("ab" * 32)]
    left[1].parent.mkdir(exist_ok=True)
    for path in left:
        path.write_bytes(b"x")
    (pictures.folder / "upload-new").write_bytes(b"x")
    assert await run(pictures, clock) == Purged()
    for path in left:
        age(path)
    assert await run(pictures, clock, dry_run=True) == Purged(leftovers=2)
    assert await run(pictures, clock) == Purged(leftovers=2)
    assert not any(path.exists() for path in left)
    assert (pictures.folder / "upload-new").exists()


async def test_the_backend_does_it_by_itself(pictures: Pictures, clock: Clock):
    app = pictures.client.app
    await sent(pictures)
    app[SETTINGS].evidence_retention_days = 7
    await _purge_evidence(app, app[CLOCK]() + timedelta(days=6))
    assert file_of(pictures).exists()
    await _purge_evidence(app, app[CLOCK]() + timedelta(days=8))
    assert not file_of(pictures).exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_command(
    backend_client: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    settings = backend_client.app[SETTINGS]
    pictures = Pictures(backend_client)
    await upload(backend_client, PICTURE)
    age(file_of(pictures))
    async with backend_client.app[DATABASE].begin() as connection:
        long_ago = backend_client.app[CLOCK]() - timedelta(days=4000)
        await connection.execute(evidence.update().values(created_at=long_ago))
    for name in ("var_dir", "backend_database_url"):
        monkeypatch.setenv(f"DAOZHANG_{name.upper()}", str(getattr(settings, name)))
    for arguments, said in (
        (["--dry-run"], "1 pictures and 0 left-over files would be deleted, 0 kept because an open ticket refers to"),
        ([], "1 pictures and 0 left-over files deleted"),
        ([], "0 pictures and 0 left-over files deleted"),
    ):
        assert await asyncio.to_thread(main, ["evidence", "purge", *arguments]) == 0
        assert capsys.readouterr().out.startswith(said)
    assert not file_of(pictures).exists()


def test_bad_settings_are_told_in_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("DAOZHANG_EVIDENCE_RETENTION_DAYS", "0")
    assert main(["evidence", "purge"]) == 2
    assert "DAOZHANG_EVIDENCE_RETENTION_DAYS=0" in capsys.readouterr().err
