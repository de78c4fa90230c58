"""Drawn bills through the real reader, over HTTP: what is read leads to the verdict."""

import asyncio
import contextlib
import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image, ImageDraw

from bot.backend.app import make_app
from bot.backend.database import DATABASE
from bot.backend.evidence.answers import EvidenceCheck
from bot.backend.evidence.reading.reader import Reader
from bot.backend.evidence.readings import MAKE_READER, can_read
from bot.backend.http import CLOCK
from bot.backend.orders.model import Order
from bot.backend.ownership.store import Proof, save_proof
from bot.backend.payments.numbers import Channel
from bot.backend.payments.store import save_payments
from bot.errors import EvidenceReaderBusyError
from bot.settings import Settings
from tests.backend.conftest import Clock
from tests.backend.evidence.making import upload
from tests.backend.evidence.test_checking import client_of
from tests.backend.factories import add_order, make_order
from tests.backend.payments.making import make_record
from tests.evidence.damage import telegram
from tests.evidence.drawing import has_fonts
from tests.evidence.others import chat
from tests.evidence.pages import Truth, order_page, wechat_bill

pytestmark = [
    pytest.mark.skipif(not can_read(), reason="needs rapidocr"),
    pytest.mark.skipif(not has_fonts(), reason="needs a Chinese font to draw with: fonts-noto-cjk"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
OWN, OTHER = "KM202611240001", "KM202611240002"


@pytest.fixture
async def client(settings: Settings, clock: Clock) -> AsyncIterator[TestClient]:
    settings.evidence_reading = True
    app = make_app(settings)
    app[CLOCK] = clock
    app[MAKE_READER] = lambda: Reader(time_limit=120, start_limit=120)
    headers = {"Authorization": f"Bearer {settings.derived_key('backend')}"}
    async with TestClient(TestServer(app), headers=headers) as opened:
        yield opened


def file_from(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=92)
    return file.getvalue()


def covered(image: Image.Image, part: tuple[float, float]) -> Image.Image:
    """With a strip painted over, from and to a part of the height."""
    copy = image.copy()
    colour = image.getpixel((2, image.height // 2))
    ImageDraw.Draw(copy).rectangle((0, part[0] * image.height, image.width, part[1] * image.height), fill=colour)
    return copy


def paid_bill() -> tuple[Image.Image, Truth]:
    """A paid WeChat bill with a merchant number."""
    seeds = (wechat_bill(random.Random(seed)) for seed in range(100))
    return next((image, truth) for image, truth in seeds if truth.status == "PAID" and truth.merchant_no)


async def own(client: TestClient, who: str, order_no: str, truth: Truth, clock: Clock, on_record: bool) -> str:
    """An order over the bill's amount; with `on_record` the channel knows the payment."""
    clock.now = truth.paid_at + timedelta(minutes=20)
    state = {"order": Order.PENDING_PAYMENT, "paid_at": None, "created_at": truth.paid_at - timedelta(minutes=2)}
    await add_order(client, order_no, record=make_order(order_no, amount=truth.amount, **state))
    record = make_record(
        order_no=order_no, channel=Channel.WECHAT, transaction_no=truth.transaction_no, merchant_no=truth.merchant_no,
        amount=truth.amount, paid_at=truth.paid_at,
    )  # fmt: skip
    async with client.app[DATABASE].begin() as connection:
        if on_record:
            await save_payments(connection, order_no, [record])
        await save_proof(connection, f"proof-{who}", Proof(order_no, who), clock.now, timedelta(hours=9))
    return f"proof-{who}"


async def check(
    client: TestClient, image: Image.Image, who: str, order_no: str | None, proof: str | None
) -> EvidenceCheck:
    """The verdict, asked for again while the reader starts or a slow machine reads."""
    _, body = await upload(client, file_from(image), who)
    for _ in range(20):
        with contextlib.suppress(EvidenceReaderBusyError):
            return await client_of(client).check_evidence(str(body["evidence_id"]), who, order_no, proof)
        await asyncio.sleep(0.5)
    raise AssertionError("the picture is never read")


async def test_a_bill_on_record_is_matched(client: TestClient, clock: Clock):
    image, truth = paid_bill()
    proof = await own(client, "alice", OWN, truth, clock, on_record=True)
    answer = await check(client, image, "alice", OWN, proof)
    assert (answer["verdict"], answer["checked"]["payment"]) == ("MATCHED", "PAID")
    assert answer["reading"]["transaction_no"] == truth.transaction_no
    assert answer["reading"]["amount"] == str(truth.amount)


async def test_the_same_bill_in_other_forms_is_a_duplicate_for_another_order(client: TestClient, clock: Clock):
    image, truth = paid_bill()
    proof = await own(client, "alice", OWN, truth, clock, on_record=False)
    assert (await check(client, image, "alice", OWN, proof))["verdict"] == "CLAIMED"
    other = await own(client, "charlie", OTHER, truth, clock, on_record=False)
    answer = await check(client, telegram(image, random.Random(1)), "charlie", OTHER, other)
    assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "same_transaction")
    # Cover strips from the top until the number is gone and the rest still reads.
    hidden = [covered(image, (at / 50, at / 50 + 0.035)) for at in range(20, 40)]
    for picture in hidden:
        answer = await check(client, picture, "charlie", OTHER, other)
        read = answer["reading"]
        if read["transaction_no"] is None and read["amount"] and read["paid_at"]:
            assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "near_duplicate")
            return
    raise AssertionError("no strip covered the number alone")


async def test_other_pictures_are_told_apart(client: TestClient):
    page, truth = order_page(random.Random(5))
    answer = await check(client, page, "alice", None, None)
    assert (answer["kind"], answer["verdict"], answer["reading"]["order_no"]) == ("ORDER_PAGE", None, truth.order_no)
    answer = await check(client, chat(random.Random(6), True), "alice", None, None)
    assert (answer["verdict"], answer["page"]) == ("NOT_A_BILL", "bill")
