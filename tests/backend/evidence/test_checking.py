"""`POST /v1/evidence/{evidence_id}/check` over HTTP, on both databases: every verdict, and what follows from it."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.client import BackendClient
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence.answers import EvidenceCheck, ReadFields
from bot.backend.evidence.reading.model import Kind, Reading, Status
from bot.backend.orders.model import Order
from bot.backend.ownership.store import Proof, save_proof
from bot.backend.payments.model import PaymentRecord, PaymentState
from bot.backend.payments.store import claims, save_payments
from bot.errors import EvidenceReaderBusyError, EvidenceReaderDownError, NotFoundError, OrderNotFoundError
from tests.backend.evidence.making import make_picture, upload
from tests.backend.evidence.reading import Pictures, number_of_picture
from tests.backend.evidence.test_verdicts import HUB_NO, make_reading
from tests.backend.factories import add_order, make_order
from tests.backend.payments.making import NOW, ORDER_NO, OTHER_ORDER_NO, PAID_AT, WECHAT_NO, make_record

PICTURE = make_picture()
UNPAID = {"order": Order.PENDING_PAYMENT, "paid_at": None, "created_at": PAID_AT - timedelta(minutes=2)}
EXPIRES = timedelta(hours=9)


def client_of(client: TestClient) -> BackendClient:
    token = client.app[SETTINGS].derived_key("backend")
    return BackendClient(client.session, str(client.make_url("/")), token)


async def own(
    client: TestClient, who: str, order_no: str, *records: PaymentRecord, state: dict[str, Any] | None = None
) -> str:
    """An order of this customer with its payments; the proof. It is unpaid unless `state` says more."""
    await add_order(client, order_no, record=make_order(order_no, **{**UNPAID, **(state or {})}))
    token = f"proof-{who}-{order_no}"
    async with client.app[DATABASE].begin() as connection:
        if records:
            await save_payments(connection, order_no, records)
        await save_proof(connection, token, Proof(order_no, who), NOW, EXPIRES)
    return token


async def check(
    pictures: Pictures, reading: Reading | dict[str, Any] | None = None, *, proof: str | None = None,
    order_no: str | None = None, who: str = "alice", picture: bytes = PICTURE,
) -> EvidenceCheck:  # fmt: skip
    """Send a picture that says this and ask for its verdict; with a proof it is for Alice's order."""
    if reading is not None:
        pictures.says(picture, reading)
    evidence_id = await pictures.send(picture, who)
    order_no = order_no or (ORDER_NO if proof else None)
    return await client_of(pictures.client).check_evidence(evidence_id, who, order_no, proof)


def told(answer: EvidenceCheck) -> tuple[str | None, str | None, str | None]:
    """The verdict, and payment and rule of the diagnosis."""
    checked = answer["checked"]
    return answer["verdict"], checked and checked["payment"], checked and checked["diagnosis"]["rule"]


async def test_a_payment_on_record_is_matched_and_answered_like_typed_numbers(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO, make_record())
    answer = await check(pictures, make_reading(payee="某某数码", method="零钱"), proof=proof)
    assert told(answer) == ("MATCHED", "PAID", "R13")
    assert (answer["kind"], answer["missing"], answer["conflicts"]) == ("WECHAT_BILL", [], [])
    assert (answer["page"], answer["duplicate"]) == (None, None)
    assert answer["reading"] == {
        "channel": "wechat", "status": "PAID", "amount": "30.00", "paid_at": "2026-11-24T12:00:00+08:00",
        "transaction_no": WECHAT_NO, "merchant_no": ORDER_NO, "order_no": None, "payee": "某某数码", "method": "零钱",
    }  # fmt: skip
    claim = {"channel": "wechat", "transaction_no": WECHAT_NO, "merchant_no": ORDER_NO, "amount": "30.00",
             "paid_at": PAID_AT.isoformat()}  # fmt: skip
    assert answer["checked"] == await client_of(pictures.client).verify_payment(ORDER_NO, claim, "alice", proof)
    assert set(answer["reading"]) == set(ReadFields.__annotations__)
    assert set(answer) == set(EvidenceCheck.__annotations__)


async def test_what_was_read_is_the_claim_that_typing_it_would_make(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    await check(pictures, make_reading(), proof=proof)
    claim = {"channel": "wechat", "transaction_no": WECHAT_NO, "merchant_no": ORDER_NO, "amount": "30.00",
             "paid_at": PAID_AT.isoformat()}  # fmt: skip
    await client_of(pictures.client).verify_payment(ORDER_NO, claim, "alice", proof)
    async with pictures.client.app[DATABASE].begin() as connection:
        assert len((await connection.execute(claims.select())).all()) == 1


async def test_a_bill_that_nobody_can_confirm_is_claimed_and_goes_to_a_person(pictures: Pictures):
    unpaid = make_record(state=PaymentState.UNPAID, transaction_no=None, paid_at=None)
    proof = await own(pictures.client, "alice", ORDER_NO, unpaid)
    answer = await check(pictures, make_reading(), proof=proof)
    assert told(answer) == ("CLAIMED", "CLAIMED_PAID", "R14")
    assert answer["checked"]["source"] == "USER_CLAIM"


async def test_the_shops_booking_outranks_a_picture(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO, state={"order": Order.COMPLETED, "paid_at": PAID_AT})
    assert told(await check(pictures, make_reading(), proof=proof)) == ("MATCHED", "PAID", "R25")
    wrong = await check(pictures, make_reading(amount=Decimal("99.00")), proof=proof, picture=number_of_picture(1))
    assert told(wrong) == ("CONFLICT", "PAID", "R25")
    assert wrong["checked"]["source"] == "PLATFORM"


@pytest.mark.parametrize("amount", ["30.00", "30.07"])
async def test_the_merchants_number_behind_a_payment_hub_is_not_the_orders(pictures: Pictures, amount: str):
    proof = await own(pictures.client, "alice", ORDER_NO, make_record(merchant_no=HUB_NO))
    read = make_reading(merchant_no=HUB_NO, amount=Decimal(amount))
    assert told(await check(pictures, read, proof=proof)) == ("MATCHED", "PAID", "R13")


async def test_a_bill_behind_a_hub_without_a_record_is_claimed(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    read = make_reading(merchant_no=HUB_NO, amount=Decimal("30.07"))
    assert told(await check(pictures, read, proof=proof)) == ("CLAIMED", "CLAIMED_PAID", "R14")


async def test_an_incomplete_bill_names_the_field_and_claims_nothing(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    answer = await check(pictures, make_reading(transaction_no=None), proof=proof)
    assert told(answer) == ("INCOMPLETE", None, None)
    assert (answer["missing"], answer["page"]) == (["transaction_no"], "wechat_bill")
    async with pictures.client.app[DATABASE].begin() as connection:
        assert (await connection.execute(claims.select())).all() == []


async def test_a_contradiction_is_named_and_goes_to_a_person(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO, make_record())
    answer = await check(pictures, make_reading(amount=Decimal("50.00")), proof=proof)
    assert told(answer) == ("CONFLICT", "CONFLICT", "R02")
    assert (answer["conflicts"], answer["checked"]["mismatches"]) == (["amount"], ["amount"])


async def test_a_bill_of_before_the_order_is_a_conflict(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO, state={"created_at": PAID_AT + timedelta(minutes=6)})
    answer = await check(pictures, make_reading(), proof=proof)
    assert (told(answer), answer["conflicts"]) == (("CONFLICT", "CONFLICT", "R02"), ["paid_at"])


async def test_a_refunded_bill_is_a_conflict_that_the_numbers_do_not_show(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO, make_record())
    answer = await check(pictures, make_reading(status=Status.REFUNDED), proof=proof)
    assert (told(answer), answer["conflicts"]) == (("CONFLICT", "CONFLICT", "R02"), ["status"])
    assert answer["checked"]["mismatches"] == []


async def test_a_bill_of_a_failed_payment_takes_the_claim_back(pictures: Pictures):
    failed = make_record(state=PaymentState.FAILED)
    proof = await own(pictures.client, "alice", ORDER_NO, failed)
    assert told(await check(pictures, make_reading(), proof=proof)) == ("CLAIMED", "CLAIMED_PAID", "R14")
    answer = await check(pictures, make_reading(status=Status.FAILED), proof=proof, picture=number_of_picture(1))
    assert told(answer) == ("MATCHED", "FAILED", "R18")


async def test_a_better_picture_takes_a_contradiction_back(pictures: Pictures, clock: Any):
    proof = await own(pictures.client, "alice", ORDER_NO, make_record())
    await check(pictures, make_reading(amount=Decimal("50.00")), proof=proof)
    clock.now += timedelta(seconds=1)
    answer = await check(pictures, make_reading(), proof=proof, picture=number_of_picture(1))
    assert told(answer) == ("MATCHED", "PAID", "R13")


async def test_no_bill_and_no_picture_say_nothing_of_the_order(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO, make_record())
    other = await check(pictures, Reading(kind=Kind.NOT_A_BILL), proof=proof)
    assert (told(other), other["kind"], other["page"]) == (("NOT_A_BILL", None, None), "NOT_A_BILL", "bill")
    broken = await check(pictures, {"error": "ValueError"}, proof=proof, picture=number_of_picture(1))
    assert (told(broken), broken["kind"], broken["page"]) == (("UNREADABLE", None, None), None, "bill")
    assert set(broken["reading"].values()) == {None}


@pytest.mark.parametrize("kind", [Kind.ORDER_PAGE, Kind.ERROR_PAGE])
async def test_another_page_tells_its_fields_without_a_verdict(pictures: Pictures, kind: Kind):
    answer = await check(pictures, Reading(kind=kind, order_no=ORDER_NO))
    assert (answer["kind"], answer["verdict"], answer["reading"]["order_no"]) == (kind, None, ORDER_NO)
    assert answer["checked"] is None


async def test_without_a_proven_order_the_records_are_not_asked(pictures: Pictures):
    await own(pictures.client, "alice", ORDER_NO, make_record())
    answer = await check(pictures, make_reading())
    assert (told(answer), answer["page"]) == (("CLAIMED", None, None), "order_page")
    named = await check(pictures, make_reading(), order_no=ORDER_NO)  # an order number alone is no proof
    assert told(named) == ("CLAIMED", None, None)


async def test_another_customers_proof_is_none(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO, make_record())
    for order_no, who in ((ORDER_NO, "charlie"), (OTHER_ORDER_NO, "alice")):
        with pytest.raises(OrderNotFoundError):
            await check(pictures, make_reading(), proof=proof, order_no=order_no, who=who)


async def test_a_picture_of_another_customer_looks_like_none(pictures: Pictures):
    evidence_id = await pictures.send(PICTURE, "alice")
    client = client_of(pictures.client)
    for unknown, customer_ref in ((evidence_id, "charlie"), ("0" * 32, "alice"), ("../x", "alice")):
        with pytest.raises(NotFoundError):
            await client.check_evidence(unknown, customer_ref)


async def test_the_same_picture_again_gets_the_same_verdict(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    first = await check(pictures, make_reading(), proof=proof)
    assert first["verdict"] == "CLAIMED"
    assert await check(pictures, proof=proof) == first
    later = await check(pictures, make_reading(), proof=proof, picture=number_of_picture(1))  # taken a second time
    assert later["verdict"] == "CLAIMED"


async def test_before_and_after_the_proof_it_is_one_use(pictures: Pictures):
    assert (await check(pictures, make_reading()))["verdict"] == "CLAIMED"
    proof = await own(pictures.client, "alice", ORDER_NO)
    assert (await check(pictures, proof=proof))["verdict"] == "CLAIMED"
    second = await own(pictures.client, "alice", OTHER_ORDER_NO)
    answer = await check(pictures, proof=second, order_no=OTHER_ORDER_NO)
    assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "same_picture")


async def test_the_picture_of_another_customer_is_a_duplicate(pictures: Pictures):
    await check(pictures, make_reading())
    answer = await check(pictures, who="charlie")
    assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "same_picture")
    assert "alice" not in str(answer)


async def test_for_a_second_order_it_goes_to_a_person(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    await check(pictures, make_reading(), proof=proof)
    other = await own(pictures.client, "charlie", OTHER_ORDER_NO)
    answer = await check(pictures, proof=other, order_no=OTHER_ORDER_NO, who="charlie")
    assert told(answer) == ("DUPLICATE", "CONFLICT", "R02")
    assert ORDER_NO not in str(answer["checked"])


async def test_the_same_payment_on_another_picture_is_a_duplicate(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    await check(pictures, make_reading(merchant_no=None), proof=proof)
    other = await own(pictures.client, "charlie", OTHER_ORDER_NO)
    answer = await check(
        pictures, make_reading(merchant_no=None), proof=other, order_no=OTHER_ORDER_NO, who="charlie",
        picture=number_of_picture(1),
    )  # fmt: skip
    assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "same_transaction")


async def test_and_so_is_one_that_was_typed_for_another_order(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    claim = {"transaction_no": WECHAT_NO, "amount": "30.00", "paid_at": PAID_AT.isoformat()}
    await client_of(pictures.client).verify_payment(ORDER_NO, claim, "alice", proof)
    other = await own(pictures.client, "charlie", OTHER_ORDER_NO)
    answer = await check(
        pictures, make_reading(merchant_no=None), proof=other, order_no=OTHER_ORDER_NO, who="charlie"
    )  # fmt: skip
    assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "same_transaction")


async def test_and_so_is_one_that_paid_another_order(pictures: Pictures):
    await own(pictures.client, "alice", ORDER_NO, make_record())
    other = await own(pictures.client, "charlie", OTHER_ORDER_NO)
    answer = await check(pictures, make_reading(merchant_no=None), proof=other, order_no=OTHER_ORDER_NO, who="charlie")
    assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "same_transaction")
    assert ORDER_NO not in str(answer["checked"])


async def test_a_thief_who_was_first_does_not_spoil_the_owners_payment(pictures: Pictures):
    thief = await own(pictures.client, "charlie", OTHER_ORDER_NO)
    stolen = await check(
        pictures, make_reading(merchant_no=None), proof=thief, order_no=OTHER_ORDER_NO, who="charlie"
    )  # fmt: skip
    assert stolen["verdict"] == "CLAIMED"
    proof = await own(pictures.client, "alice", ORDER_NO, make_record())
    assert told(await check(pictures, proof=proof)) == ("MATCHED", "PAID", "R13")
    again = await check(pictures, proof=thief, order_no=OTHER_ORDER_NO, who="charlie")
    assert again["verdict"] == "DUPLICATE"


async def test_a_stranger_without_an_order_keeps_the_picture_from_nobody_who_has_one(pictures: Pictures):
    await check(pictures, make_reading(), who="charlie")
    proof = await own(pictures.client, "alice", ORDER_NO)
    assert (await check(pictures, proof=proof))["verdict"] == "CLAIMED"
    assert (await check(pictures, who="charlie"))["verdict"] == "DUPLICATE"


async def test_one_order_proved_in_two_conversations_is_one_use(pictures: Pictures):
    first = await own(pictures.client, "alice", ORDER_NO)
    await check(pictures, make_reading(), proof=first)
    second = await own(pictures.client, "alice-again", ORDER_NO)
    assert (await check(pictures, proof=second, who="alice-again"))["verdict"] == "CLAIMED"


async def test_what_was_contradicted_keeps_nothing_from_others(pictures: Pictures):
    other = await own(pictures.client, "charlie", OTHER_ORDER_NO, state={"amount": Decimal("98.00")})
    answer = await check(
        pictures, make_reading(merchant_no=None), proof=other, order_no=OTHER_ORDER_NO, who="charlie"
    )  # fmt: skip
    assert answer["verdict"] == "CONFLICT"
    proof = await own(pictures.client, "alice", ORDER_NO)
    assert (await check(pictures, proof=proof))["verdict"] == "CLAIMED"


LOOKS = "0f" * 128


async def test_the_same_bill_sent_another_way_is_a_near_duplicate(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    await check(pictures, make_reading(picture_hash=LOOKS), proof=proof)
    other = await own(pictures.client, "charlie", OTHER_ORDER_NO)
    small = make_reading(transaction_no=None, merchant_no=None, picture_hash="1f" + LOOKS[2:])
    options = {"proof": other, "order_no": OTHER_ORDER_NO, "who": "charlie"}
    answer = await check(pictures, small, picture=number_of_picture(1), **options)
    assert (answer["verdict"], answer["duplicate"]) == ("DUPLICATE", "near_duplicate")


async def test_another_bill_that_looks_the_same_is_none(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    await check(pictures, make_reading(picture_hash=LOOKS), proof=proof)
    small = make_reading(transaction_no=None, paid_at=PAID_AT + timedelta(minutes=1), picture_hash=LOOKS)
    answer = await check(pictures, small, picture=number_of_picture(1), who="charlie")
    assert (answer["verdict"], answer["duplicate"]) == ("INCOMPLETE", None)


async def test_of_two_customers_at_once_only_one_has_the_picture(pictures: Pictures):
    pictures.says(PICTURE, make_reading(merchant_no=None))
    people = [(f"customer-{number}", f"KM20261124010{number}") for number in range(6)]
    proofs = [await own(pictures.client, who, order_no) for who, order_no in people]
    answers = await asyncio.gather(
        *(
            check(pictures, proof=proof, order_no=order_no, who=who)
            for (who, order_no), proof in zip(people, proofs, strict=True)
        )
    )
    verdicts = sorted(str(each["verdict"]) for each in answers)
    assert verdicts == ["CLAIMED", *["DUPLICATE"] * 5]
    assert len(pictures.asked()) == 1


async def test_of_two_pictures_of_one_payment_at_once_only_one_counts(pictures: Pictures):
    people = [(f"customer-{number}", f"KM20261124010{number}", number_of_picture(number)) for number in range(4)]
    for *_, picture in people:
        pictures.says(picture, make_reading(merchant_no=None))
    proofs = [await own(pictures.client, who, order_no) for who, order_no, _ in people]
    answers = await asyncio.gather(
        *(
            check(pictures, proof=proof, order_no=order_no, who=who, picture=picture)
            for (who, order_no, picture), proof in zip(people, proofs, strict=True)
        )
    )
    assert sorted(str(each["verdict"]) for each in answers) == ["CLAIMED", *["DUPLICATE"] * 3]


async def test_the_same_customer_who_asks_twice_at_once_has_no_duplicate(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO)
    pictures.says(PICTURE, make_reading())
    answers = await asyncio.gather(*(check(pictures, proof=proof) for _ in range(5)))
    assert [each["verdict"] for each in answers] == ["CLAIMED"] * 5


async def test_a_picture_that_is_not_read_yet_is_told_with_a_time_to_ask_again(
    pictures: Pictures, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.backend.evidence.checking.PATIENCE", 0.05)
    pictures.says(PICTURE, make_reading())
    (pictures.folder / "hold").touch()
    with pytest.raises(EvidenceReaderBusyError) as caught:
        await check(pictures)
    assert caught.value.details["retry_after"] > 0
    (pictures.folder / "hold").unlink()
    monkeypatch.setattr("bot.backend.evidence.checking.PATIENCE", 60)
    assert (await check(pictures))["verdict"] == "CLAIMED"


async def test_without_a_reader_it_is_told_at_once(backend_client: TestClient):
    _, body = await upload(backend_client, PICTURE)
    with pytest.raises(EvidenceReaderDownError):
        await client_of(backend_client).check_evidence(str(body["evidence_id"]), "alice")
