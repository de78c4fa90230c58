"""Pictures for tests."""

import io
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient
from PIL import Image


def make_picture(size: tuple[int, int] = (60, 120), colour: str = "red", form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


async def upload(client: TestClient, picture: bytes, customer_ref: str = "alice", **fields: str) -> tuple[int, Any]:
    """Send a picture; the status and the body of the answer."""
    form = FormData({"customer_ref": customer_ref, **fields})
    form.add_field("file", picture, filename="bill.png", content_type="image/png")
    answer = await client.post("/v1/evidence", data=form)
    return answer.status, await answer.json()
