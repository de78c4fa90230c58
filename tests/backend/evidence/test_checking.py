"""`POST /v1/evidence/{evidence_id}/check` over HTTP, on both databases."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.client import BackendClient
from bot.backend.database import SETTINGS
from bot.errors import EvidenceReaderDownError, NotFoundError
from tests.backend.evidence.making import make_picture, upload


def client_of(backend_client: TestClient) -> BackendClient:
    token = backend_client.app[SETTINGS].derived_key("backend")
    return BackendClient(backend_client.session, str(backend_client.make_url("/")), token)


async def sent(backend_client: TestClient, customer_ref: str = "alice", **options: Any) -> str:
    """Upload a picture; its evidence id."""
    _, body = await upload(backend_client, make_picture(**options), customer_ref)
    return str(body["evidence_id"])


async def test_a_picture_of_another_customer_looks_like_none(backend_client: TestClient):
    evidence_id = await sent(backend_client, "alice")
    client = client_of(backend_client)
    for unknown, customer_ref in ((evidence_id, "charlie"), ("0" * 32, "alice"), ("../x", "alice")):
        with pytest.raises(NotFoundError):
            await client.check_evidence(unknown, customer_ref)


async def test_without_a_reader_it_is_told_at_once(backend_client: TestClient):
    with pytest.raises(EvidenceReaderDownError):
        await client_of(backend_client).check_evidence(await sent(backend_client), "alice")
