"""Payments and claims on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.payments import store
from bot.backend.payments.model import PaymentState, Verdict
from bot.backend.payments.numbers import Channel
from bot.db import make_engine
from tests.backend.payments.making import (
    ALIPAY_NO,
    NOW,
    ORDER_NO,
    OTHER_ORDER_NO,
    OTHER_WECHAT_NO,
    PAID_AT,
    WECHAT_NO,
    make_claim,
    make_record,
)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    engine = make_engine(database_url)
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


async def test_a_record_comes_back_as_it_was_saved(connection: AsyncConnection):
    record = make_record(
        bill_amount=Decimal("30.07"), state=PaymentState.REFUNDED, refunded_amount=Decimal("0.10"), refunded_at=NOW
    )
    await store.save_payments(connection, ORDER_NO, [record])
    assert await store.records_for(connection, make_claim()) == [record]
    assert (await store.evidence_of(connection, ORDER_NO)).record == record


async def test_a_claim_comes_back_as_it_was_saved(connection: AsyncConnection):
    claim = make_claim(merchant_no="M1")
    await store.save_claim(connection, "alice", claim, Verdict.CLAIMED, NOW)
    assert await store.newest_claim_of(connection, "alice", ["M1"]) == claim
    assert await store.newest_claim_of(connection, "charlie", ["M1"]) is None


@pytest.mark.parametrize("numbers", [{"transaction_no": WECHAT_NO}, {"merchant_no": "M1"}, {"merchant_no": ORDER_NO}])
async def test_records_are_found_by_any_number(connection: AsyncConnection, numbers: dict):
    await store.save_payments(connection, ORDER_NO, [make_record(merchant_no="M1")])
    await store.save_payments(connection, OTHER_ORDER_NO, [make_record(order_no=OTHER_ORDER_NO, transaction_no="T2")])
    claim = make_claim(**{"order_no": None, "transaction_no": None, **numbers})
    assert [each.transaction_no for each in await store.records_for(connection, claim)][:1] == [WECHAT_NO]
    assert await store.records_for(connection, make_claim(order_no=None, transaction_no="T9")) == []


async def test_saving_again_replaces_the_payments_of_the_order_only(connection: AsyncConnection):
    other = make_record(order_no=OTHER_ORDER_NO, merchant_no=OTHER_ORDER_NO, transaction_no=ALIPAY_NO)
    await store.save_payments(connection, OTHER_ORDER_NO, [other])
    for _ in range(2):
        await store.save_payments(connection, ORDER_NO, [make_record(), make_record(transaction_no=OTHER_WECHAT_NO)])
        await store.save_payments(
            connection, "KM9", [make_record(order_no=None, merchant_no="KM9", transaction_no="T9")]
        )
    assert (await connection.execute(select(func.count()).select_from(store.payments))).scalar_one() == 4


async def test_a_transaction_number_is_unique_in_its_channel(connection: AsyncConnection):
    same = make_record(order_no=OTHER_ORDER_NO)
    await store.save_payments(connection, ORDER_NO, [make_record()])
    await store.save_payments(connection, "KM8", [replace(same, order_no="KM8", channel=Channel.BANK)])
    with pytest.raises(IntegrityError):
        await store.save_payments(connection, OTHER_ORDER_NO, [same])


async def test_payments_that_have_no_number_yet_do_not_clash(connection: AsyncConnection):
    unpaid = make_record(transaction_no=None, state=PaymentState.UNPAID)
    await store.save_payments(connection, ORDER_NO, [unpaid, unpaid])


async def test_the_evidence_of_an_order_counts_duplicates(connection: AsyncConnection):
    await store.save_payments(connection, ORDER_NO, [make_record(), make_record(transaction_no=OTHER_WECHAT_NO)])
    assert (await store.evidence_of(connection, ORDER_NO)).duplicate


async def test_a_lost_order_is_found_by_its_merchant_number(connection: AsyncConnection):
    await store.save_payments(connection, ORDER_NO, [make_record(order_no=None)])
    assert (await store.evidence_of(connection, ORDER_NO)).payment == "PAID"
    assert (await store.evidence_of(connection, OTHER_ORDER_NO)).payment is None


async def test_the_newest_claim_speaks(connection: AsyncConnection):
    wrong = make_claim(amount=Decimal("1.00"))
    await store.save_claim(connection, "alice", wrong, Verdict.CONFLICT, NOW)
    assert (await store.evidence_of(connection, ORDER_NO)).conflict
    await store.save_claim(connection, "alice", make_claim(), Verdict.CLAIMED, NOW + timedelta(minutes=1))
    evidence = await store.evidence_of(connection, ORDER_NO)
    assert (evidence.conflict, evidence.claimed) == (False, True)
    await store.save_claim(connection, "alice", wrong, Verdict.CONFLICT, NOW + timedelta(minutes=2))
    assert (await store.evidence_of(connection, ORDER_NO)).conflict
    assert (await connection.execute(select(func.count()).select_from(store.claims))).scalar_one() == 2


async def test_a_claim_without_proof_says_nothing_about_the_order(connection: AsyncConnection):
    claim = make_claim(order_no=None, merchant_no=ORDER_NO)
    await store.save_claim(connection, "charlie", claim, Verdict.CONFLICT, NOW)
    evidence = await store.evidence_of(connection, ORDER_NO)
    assert (evidence.conflict, evidence.claimed) == (False, False)


async def test_claims_of_the_number_for_other_orders_are_found(connection: AsyncConnection):
    other = make_claim(order_no=OTHER_ORDER_NO)
    for customer, claim in (("bob", other), ("alice", make_claim()), ("charlie", make_claim(order_no=None))):
        await store.save_claim(connection, customer, claim, Verdict.CLAIMED, NOW)
    assert await store.other_claims_for(connection, make_claim()) == [other]
    assert await store.other_claims_for(connection, make_claim(transaction_no=None)) == []


async def test_a_contradicted_claim_does_not_hold_the_number(connection: AsyncConnection):
    await store.save_claim(connection, "bob", make_claim(order_no=OTHER_ORDER_NO), Verdict.CONFLICT, NOW)
    assert await store.other_claims_for(connection, make_claim()) == []


async def test_the_same_claim_is_known_again_however_it_is_written(connection: AsyncConnection):
    await store.save_claim(connection, "alice", make_claim(), Verdict.CLAIMED, NOW)
    assert await store.claim_is_known(connection, "alice", make_claim(amount=Decimal("30")))
    assert not await store.claim_is_known(connection, "alice", make_claim(amount=Decimal("30.01")))
    assert not await store.claim_is_known(connection, "charlie", make_claim())


async def test_a_number_leads_to_its_order(connection: AsyncConnection):
    await store.save_payments(connection, ORDER_NO, [make_record(merchant_no="M1")])
    assert await store.order_no_of_payment(connection, WECHAT_NO) == ORDER_NO
    assert await store.order_no_of_payment(connection, "M1") == ORDER_NO
    assert await store.order_no_of_payment(connection, "M2") is None


async def test_a_number_that_two_orders_share_leads_nowhere(connection: AsyncConnection):
    await store.save_payments(connection, ORDER_NO, [make_record(merchant_no="M1")])
    other = make_record(order_no=OTHER_ORDER_NO, merchant_no="M1", transaction_no=ALIPAY_NO, paid_at=PAID_AT)
    await store.save_payments(connection, OTHER_ORDER_NO, [other])
    assert await store.order_no_of_payment(connection, "M1") is None
