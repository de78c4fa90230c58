"""A backend whose reader answers what a test says, over the real queue and a real process."""

import hashlib
import json
import sys
from typing import Any

from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence.reading.model import Reading
from bot.backend.evidence.reading.reader import Reader
from bot.backend.evidence.reading_store import reading_of
from bot.backend.evidence.readings import folder_of
from tests.backend.evidence.making import make_picture, upload

COMMAND = [sys.executable, "-m", "tests.backend.evidence.fake_worker"]


def make_reader() -> Reader:
    return Reader(command=COMMAND)


def number_of_picture(number: int) -> bytes:
    """Pictures that differ in one pixel's colour."""
    return make_picture(colour=f"#{number:06x}")


def sha256_of(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


class Pictures:
    """Uploads pictures of known content."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.folder = folder_of(client.app[SETTINGS])
        self.folder.mkdir(parents=True, exist_ok=True)
        self._answers: dict[str, Any] = {}

    def says(self, picture: bytes, reading: Reading | dict[str, Any] | None) -> None:
        """What the reader will read; a dict is its answer as it is, None its death."""
        if isinstance(reading, Reading):
            reading = {**reading.to_json(), "method": reading.method, "picture_hash": reading.picture_hash}
        self._answers[sha256_of(picture)] = reading
        (self.folder / "answers.json").write_text(json.dumps(self._answers))

    async def send(self, picture: bytes, customer_ref: str = "alice") -> str:
        """Upload it; its evidence id."""
        status, body = await upload(self.client, picture, customer_ref)
        assert status == 201, body
        return str(body["evidence_id"])

    def asked(self) -> list[str]:
        """The pictures that the reading process was given, in order."""
        path = self.folder / "asked.txt"
        return path.read_text().split() if path.exists() else []

    async def stored(self, picture: bytes) -> Reading | None:
        async with self.client.app[DATABASE].begin() as connection:
            found = await reading_of(connection, sha256_of(picture))
        return found.reading if found else None
