"""Pictures outside and inside of the forms, and what is compared once the order is proven."""

from typing import Any

import pytest

from bot.actions import pictures
from bot.actions.handoff import ActionFallback
from bot.actions.order_form import ValidateOrderForm
from bot.actions.orders import ActionCheckOrder
from bot.actions.payment_form import ValidatePaymentForm
from bot.actions.payments import ActionCheckPayment
from bot.actions.pictures import ActionReadPicture
from bot.actions.readings import UNREAD
from bot.actions.report_form import ValidateReportForm
from bot.actions.smalltalk import ActionDeclineOffer
from bot.actions.tickets import ActionOpenTicket
from bot.errors import BackendUnavailableError, EvidenceReaderBusyError, EvidenceReaderDownError
from tests.actions.acting import act
from tests.actions.fake_backend import ORDER_NO, FakeBackend, make_check, make_diagnosis, make_order
from tests.actions.test_order_form import PROVEN

TRANSACTION = make_check()["reading"]["transaction_no"]
RECORD = make_diagnosis()
NO_RECORD = make_order(states={"payment": {"value": "UNKNOWN", "source": "GATEWAY"}})
UNKNOWN = make_diagnosis(diagnosis="PAYMENT_UNKNOWN", next="evidence", ticket_type="PAYMENT_VERIFY", order=NO_RECORD)
CLAIMED = make_diagnosis(diagnosis="PAYMENT_CLAIMED", ticket_type="PAYMENT_VERIFY", order=NO_RECORD)
DIAGNOSED = {**PROVEN, "case": RECORD}
ASKED = {**PROVEN, "case": UNKNOWN}


def checked(verdict: str, diagnosis: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"verdict": verdict, "missing": [], "mismatches": [], "order_known": True, "diagnosis": diagnosis, **more}


async def send(*evidence: str, slots: dict[str, Any] | None = None) -> Any:
    return await act(ActionReadPicture, "", "send_picture", slots, evidence_id=",".join(evidence))


async def test_a_bill_is_read_at_once_and_leads_to_its_order(backend: FakeBackend):
    backend.checks = {"e1": make_check()}
    acted = await send("e1")
    assert acted.said == ["utter_picture_read", "utter_picture_complete"]
    assert acted.values["reading"] == "微信支付 30.00 元 · 2026-06-25 18:13 · 交易单号 4200…0527"
    assert acted.events == ["followup"]
    filled = ("payment_channel", "payment_no", "payment_amount", "paid_at", "order_no", "pictures")
    assert [acted.slots[name] for name in filled] == [
        "wechat", TRANSACTION, "30.00", "2026-06-25T10:13:00+00:00", TRANSACTION, ["e1"],
    ]  # fmt: skip


async def test_what_was_read_is_told_in_english_too(backend: FakeBackend):
    backend.checks = {"e1": make_check(reading={"status": "REFUNDED"})}
    acted = await send("e1", slots={"language": "en"})
    assert acted.values["reading"] == "WeChat Pay ¥30.00 · refunded · 2026-06-25 18:13 · transaction number 4200…0527"


async def test_a_bill_that_names_the_order_starts_with_it_but_never_replaces_what_was_typed(backend: FakeBackend):
    backend.checks = {"e1": make_check(reading={"merchant_no": ORDER_NO})}
    assert (await send("e1")).slots["order_no"] == ORDER_NO
    assert "order_no" not in (await send("e1", slots={"order_no": "KM202405120009"})).slots


async def test_a_bill_that_fits_the_proven_order_refreshes_the_diagnosis(backend: FakeBackend):
    changed = make_diagnosis(diagnosis="UPSTREAM_STUCK")
    backend.checks = {"e1": make_check(verdict="MATCHED", checked=checked("MATCHED", changed))}
    acted = await send("e1", slots=DIAGNOSED)
    assert acted.said == [
        "utter_picture_read",
        "utter_picture_matched",
        "utter_diagnosis_upstream_stuck",
        "utter_next_report",
    ]
    assert acted.slots["case"]["diagnosis"] == "UPSTREAM_STUCK"
    assert backend.calls == [("check_evidence", ("e1", ORDER_NO))]
    backend.checks["e1"] = make_check(verdict="MATCHED", checked=checked("MATCHED", RECORD))
    acted = await send("e1", slots=DIAGNOSED)
    assert acted.said == ["utter_picture_read", "utter_picture_matched", "utter_next_report"]


async def test_a_bill_that_nothing_confirms_is_a_claim(backend: FakeBackend):
    backend.checks = {"e1": make_check(checked=checked("CLAIMED", CLAIMED))}
    acted = await send("e1", slots=ASKED)
    assert acted.said == [
        "utter_picture_read", "utter_picture_claimed", "utter_diagnosis_payment_claimed", "utter_next_report",
    ]  # fmt: skip


async def test_what_is_missing_is_named_and_shown(backend: FakeBackend):
    half = make_check(
        verdict="INCOMPLETE",
        missing=["transaction_no"],
        page="wechat_bill",
        reading={"transaction_no": None, "merchant_no": None},
    )
    backend.checks = {"e1": half}
    acted = await send("e1", slots=ASKED)
    assert acted.said == ["utter_picture_read", "utter_picture_incomplete", "utter_picture_again"]
    assert (acted.values["fields"], acted.values["page"]) == ("交易单号", "微信的「账单详情」页")
    assert acted.values["example"] == "/examples/wechat-bill-transaction-no.png"
    # Where the record says what became of the money, no other picture is asked for.
    acted = await send("e1", slots=DIAGNOSED)
    assert acted.said == ["utter_picture_read", "utter_picture_enough", "utter_next_report"]
    unread = dict.fromkeys(make_check()["reading"])
    backend.checks["e2"] = make_check(kind="NOT_A_BILL", verdict="NOT_A_BILL", reading=unread)
    assert (await send("e2", slots=DIAGNOSED)).said == ["utter_picture_noted", "utter_next_report"]
    acted = await send("e2", slots={**DIAGNOSED, "ticket_no": "TK1"})
    assert acted.said == ["utter_picture_added"]


async def test_two_halves_of_a_bill_and_what_was_typed_make_a_whole_claim(backend: FakeBackend):
    nothing = dict.fromkeys(("amount", "paid_at", "status", "transaction_no", "merchant_no"))
    upper = {**nothing, "amount": "30.00", "paid_at": "2026-06-25T10:13:00+00:00", "status": "PAID"}
    lower = {**nothing, "transaction_no": TRANSACTION}
    backend.checks = {
        "e1": make_check(verdict="INCOMPLETE", missing=["transaction_no"], reading=upper),
        "e2": make_check(verdict="INCOMPLETE", missing=["amount", "paid_at", "status"], reading=lower),
    }
    backend.payment_answer = checked("CLAIMED", CLAIMED)
    acted = await send("e1", "e2", slots=ASKED)
    assert acted.said[1] == "utter_picture_incomplete"  # The state of the payment is on neither of them.
    backend.checks["e2"] = make_check(verdict="INCOMPLETE", missing=["amount", "paid_at"], reading=lower)
    acted = await send("e1", "e2", slots=ASKED)
    assert acted.said[1] == "utter_picture_claimed"
    claim = dict(backend.calls)["verify_payment"]
    assert (claim["transaction_no"], claim["amount"]) == (TRANSACTION, "30.00")
    backend.calls.clear()
    acted = await send("e1", slots={**ASKED, "payment_no": TRANSACTION})
    assert acted.said[1] == "utter_picture_claimed"


async def test_a_contradiction_is_named_and_a_human_follows(backend: FakeBackend):
    diagnosis = make_diagnosis(diagnosis="EVIDENCE_CONFLICT", ticket_type="PAYMENT_VERIFY")
    backend.checks = {
        "e1": make_check(verdict="CONFLICT", conflicts=["amount", "paid_at"], checked=checked("CONFLICT", diagnosis))
    }
    acted = await send("e1", slots=DIAGNOSED)
    assert acted.said == ["utter_picture_read", "utter_picture_conflict"]
    assert acted.values["fields"] == "金额、付款时间"
    assert acted.sent == [{"handoff": {"reason": "conflict"}}]
    assert acted.slots["case"]["diagnosis"] == "EVIDENCE_CONFLICT"


async def test_the_bill_of_another_order_of_the_customer_is_no_contradiction(backend: FakeBackend):
    backend.checks = {
        "e1": make_check(verdict="CONFLICT", conflicts=["merchant_no"], reading={"merchant_no": "KM202405120009"})
    }
    acted = await send("e1", slots=DIAGNOSED)
    assert acted.said == ["utter_picture_read", "utter_picture_other_order"]
    assert (acted.values["other_order"], acted.sent) == ("KM202405120009", [])
    # It is compared with its own order later.
    assert [each["order_no"] for each in acted.slots["readings"]] == [None]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("DUPLICATE", "utter_picture_duplicate"),
        ("UNREADABLE", "utter_picture_unreadable"),
        ("NOT_A_BILL", "utter_picture_not_a_bill"),
    ],
)
async def test_a_picture_that_does_not_help_fills_in_nothing(backend: FakeBackend, verdict: str, said: str):
    read = {} if verdict == "DUPLICATE" else dict.fromkeys(make_check()["reading"])
    backend.checks = {"e1": make_check(kind="WECHAT_BILL" if read == {} else None, verdict=verdict, reading=read)}
    acted = await send("e1", slots=ASKED)
    assert [each for each in acted.said if each != "utter_picture_read"] == [said, "utter_picture_again"]
    assert not {"payment_no", "payment_amount", "paid_claim"} & set(acted.slots)
    assert acted.slots["pictures"] == ["e1"]
    assert acted.values["example"] == "/examples/wechat-bill.png"


async def test_an_order_page_starts_the_order_form_with_its_number(backend: FakeBackend):
    page = make_check(
        kind="ORDER_PAGE", verdict=None, reading={"order_no": ORDER_NO, "status": "PROCESSING", "transaction_no": None}
    )
    backend.checks = {"e1": page}
    acted = await send("e1")
    assert acted.said == ["utter_picture_read", "utter_picture_noted"]
    assert acted.values["reading"] == f"订单页面 · 订单号 {ORDER_NO} · 处理中 · 30.00 元"
    assert (acted.slots["order_no"], acted.events) == (ORDER_NO, ["followup"])
    acted = await send("e1", slots=DIAGNOSED)
    assert acted.said == ["utter_picture_read", "utter_picture_noted", "utter_next_report"]
    backend.checks["e1"] = {**page, "reading": {**page["reading"], "order_no": None}}
    assert (await send("e1")).said == ["utter_picture_read", "utter_picture_no_order_no"]
    backend.checks["e1"] = {**page, "reading": {**page["reading"], "order_no": "KM202405120009"}}
    acted = await send("e1", slots=DIAGNOSED)
    assert acted.said == ["utter_picture_read", "utter_picture_other_order"]


async def test_several_pictures_get_one_answer_about_the_one_that_counts(backend: FakeBackend):
    backend.checks = {
        "e1": make_check(kind=None, verdict="UNREADABLE", reading=dict.fromkeys(make_check()["reading"])),
        "e2": make_check(verdict="MATCHED", checked=checked("MATCHED", RECORD)),
        "e3": make_check(
            kind="ERROR_PAGE", verdict=None, reading={**dict.fromkeys(make_check()["reading"]), "status": "FAILED"}
        ),
    }
    acted = await send("e1", "e2", "e3", slots=DIAGNOSED)
    assert acted.said == ["utter_picture_read", "utter_picture_matched", "utter_next_report"]
    assert (
        acted.values["reading"]
        == "\n1. 微信支付 30.00 元 · 2026-06-25 18:13 · 交易单号 4200…0527\n2. 报错页面 · 支付失败"
    )
    assert acted.slots["pictures"] == ["e1", "e2", "e3"]


@pytest.mark.parametrize("error", [EvidenceReaderBusyError(), EvidenceReaderDownError(), BackendUnavailableError()])
async def test_a_picture_that_cannot_be_read_now_is_kept_and_read_later(
    backend: FakeBackend, error: Exception, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pictures, "PATIENCE", 0.05)
    monkeypatch.setattr(pictures, "PAUSE", 0.01)
    backend.checks = {"e1": error}
    acted = await send("e1")
    assert acted.said == ["utter_picture_unread"]
    assert (acted.slots["pictures"], acted.slots["unread"], acted.values["evidence_id"]) == (["e1"], ["e1"], "e1")
    backend.checks = {"e1": make_check(), "e2": make_check(kind="NOT_A_BILL", verdict="NOT_A_BILL")}
    acted = await send("e2", slots={"unread": ["e1"], "pictures": ["e1"]})
    assert acted.said == ["utter_picture_read", "utter_picture_complete"]
    assert acted.slots["unread"] == []


async def test_an_expired_proof_leaves_the_picture_readable(backend: FakeBackend):
    backend.checks = {"e1": make_check()}
    original = backend.check_evidence

    async def expired(
        evidence_id: str, customer_ref: str, order_no: str | None = None, proof: str | None = None
    ) -> Any:
        return await original(evidence_id if proof is None else "none", customer_ref, order_no, proof)

    backend.check_evidence = expired  # type: ignore[method-assign]
    acted = await send("e1", slots=DIAGNOSED)
    assert acted.said[:1] == ["utter_picture_read"]


async def test_a_picture_joins_the_open_ticket_with_what_was_read(backend: FakeBackend):
    backend.checks = {"e2": make_check()}
    acted = await send("e2", slots={"ticket_no": "TK1", "pictures": ["e1"]})
    assert acted.said == ["utter_picture_read", "utter_picture_complete", "utter_picture_added"]
    message = dict(backend.calls)["add_ticket_message"]
    assert (message["evidence"], message["text"]) == (["e1", "e2"], acted.values["reading"])
    assert acted.slots["pictures"] == []


async def test_a_picture_outlives_an_action_that_fails(backend: FakeBackend):
    backend.checks = {"e1": make_check(reading={"amount": object(), "paid_at": object()})}
    acted = await send("e1")
    assert acted.said == ["utter_picture_unread"]
    assert acted.slots["pictures"] == ["e1"]


async def test_once_the_order_is_proven_earlier_bills_are_compared(backend: FakeBackend):
    backend.checks = {"e1": make_check()}
    read = (await send("e1")).slots["readings"]
    backend.checks["e1"] = make_check(verdict="MATCHED", checked=checked("MATCHED", RECORD))
    slots = {"order_no": ORDER_NO, "phone_tail": "0001", "readings": read}
    acted = await act(ActionCheckOrder, "0001", "inform", slots)
    assert acted.said == [
        "utter_picture_matched", "utter_order_facts", "utter_diagnosis_callback_missing", "utter_next_report",
    ]  # fmt: skip
    assert ("check_evidence", ("e1", ORDER_NO)) in backend.calls
    # Once is enough.
    backend.calls.clear()
    await act(ActionCheckOrder, "", "check_order_status", {**DIAGNOSED, "readings": acted.slots["readings"]})
    assert "check_evidence" not in dict(backend.calls)


async def test_a_contradiction_that_shows_with_the_order_goes_to_a_human(backend: FakeBackend):
    backend.checks = {"e1": make_check(verdict="CONFLICT", conflicts=["amount"])}
    slots = {"order_no": ORDER_NO, "phone_tail": "0001", "unread": ["e1"], "pictures": ["e1"]}
    acted = await act(ActionCheckOrder, "0001", "inform", slots)
    assert acted.said == ["utter_picture_read", "utter_picture_conflict"]
    assert acted.sent == [{"handoff": {"reason": "conflict"}}]


CORRECTED = {
    "payment_channel": "wechat",
    "payment_no": TRANSACTION,
    "payment_amount": "30.00",
    "paid_at": "2026-06-25T10:13:00+00:00",
}


async def read_slots(backend: FakeBackend, **slots: Any) -> dict[str, Any]:
    """The slots after a bill was read."""
    backend.checks = {"e1": make_check()}
    return {**slots, **(await send("e1", slots=slots)).slots}


@pytest.mark.parametrize(
    ("action", "intent"), [(ActionDeclineOffer, "deny"), (ActionFallback, "nlu_fallback"), (ActionCheckOrder, "inform")]
)
async def test_a_correction_counts_as_the_claim_and_is_compared_anew(backend: FakeBackend, action: Any, intent: str):
    slots = await read_slots(backend, **DIAGNOSED)
    backend.payment_answer = checked("CONFLICT", make_diagnosis(diagnosis="EVIDENCE_CONFLICT"), mismatches=["amount"])
    acted = await act(action, "不对，是50元", intent, {**slots, "payment_amount": "50元"}, amount="50元")
    assert acted.said == ["utter_bill_corrected", "utter_verdict_conflict"]
    assert acted.values["reading"].startswith("微信支付 50.00 元")
    claim = dict(backend.calls)["verify_payment"]
    assert (claim["amount"], claim["transaction_no"]) == ("50.00", TRANSACTION)
    assert claim["merchant_no"] == make_check()["reading"]["merchant_no"]


async def test_a_correction_before_the_order_is_known_waits_for_it(backend: FakeBackend):
    slots = await read_slots(backend)
    slots = {**slots, "order_no": ORDER_NO}
    acted = await act(
        ValidateOrderForm, "不对，是50元", "deny", {**slots, "requested_slot": "phone_tail"}, amount="50元"
    )
    assert acted.said == ["utter_bill_corrected"]
    assert (acted.slots["payment_amount"], acted.slots["requested_slot"]) == ("50.00", "phone_tail")
    backend.payment_answer = checked("CLAIMED", CLAIMED)
    acted = await act(ActionCheckOrder, "0001", "inform", {**slots, **acted.slots, "phone_tail": "0001"})
    assert acted.said[0] == "utter_verdict_claimed"
    assert dict(backend.calls)["verify_payment"]["amount"] == "50.00"
    assert all(each["order_no"] == ORDER_NO for each in acted.slots["readings"])


@pytest.mark.parametrize("text", ["不对", "不对，订单号是 KM202405120009", "是的", "30元没错", "不是昨天付的"])
async def test_other_words_correct_no_bill(backend: FakeBackend, text: str):
    slots = await read_slots(backend, **DIAGNOSED)
    acted = await act(ActionDeclineOffer, text, "deny", slots)
    assert "utter_bill_corrected" not in acted.said


async def test_what_the_bill_did_not_show_may_be_typed(backend: FakeBackend):
    nothing = {"transaction_no": None, "merchant_no": None}
    backend.checks = {"e1": make_check(verdict="INCOMPLETE", missing=["transaction_no"], reading=nothing)}
    slots = {**ASKED, **(await send("e1", slots=ASKED)).slots}
    backend.payment_answer = checked("CLAIMED", CLAIMED)
    form = await act(ValidateOrderForm, TRANSACTION, "inform", slots, payment_no=TRANSACTION)
    assert form.slots["requested_slot"] is None
    assert "order_no" not in form.slots
    slots["payment_no"] = TRANSACTION
    acted = await act(ActionCheckOrder, TRANSACTION, "inform", slots, payment_no=TRANSACTION)
    assert acted.said[:2] == ["utter_bill_corrected", "utter_verdict_claimed"]
    assert dict(backend.calls)["verify_payment"]["transaction_no"] == TRANSACTION


async def test_in_the_order_form_a_picture_is_read_beside_the_question(backend: FakeBackend):
    page = make_check(kind="ORDER_PAGE", verdict=None, reading={"order_no": ORDER_NO})
    backend.checks = {"e1": make_check(kind="NOT_A_BILL", verdict="NOT_A_BILL"), "e2": page}
    acted = await act(ValidateOrderForm, "", "send_picture", {"requested_slot": "order_no"}, evidence_id="e1")
    assert (acted.said, acted.slots["requested_slot"]) == (["utter_picture_not_a_bill"], "order_no")
    acted = await act(ValidateOrderForm, "", "send_picture", {"requested_slot": "order_no"}, evidence_id="e2")
    assert (acted.slots["order_no"], acted.slots["requested_slot"]) == (ORDER_NO, "phone_tail")


async def test_in_the_payment_form_a_bill_answers_every_question(backend: FakeBackend):
    backend.checks = {"e1": make_check()}
    acted = await act(ValidatePaymentForm, "", "send_picture", {"requested_slot": "payment_channel"}, evidence_id="e1")
    assert (acted.said, acted.slots["requested_slot"]) == (["utter_picture_read"], None)
    assert acted.slots.get("form_end") is None
    backend.checks["e1"] = make_check(verdict="MATCHED", checked=checked("MATCHED", RECORD))
    slots = {**DIAGNOSED, "requested_slot": "payment_channel"}
    acted = await act(ValidatePaymentForm, "", "send_picture", slots, evidence_id="e1")
    assert acted.said == [
        "utter_picture_read", "utter_picture_matched", "utter_diagnosis_callback_missing", "utter_next_report",
    ]  # fmt: skip
    assert acted.slots["form_end"] == "done"
    assert (await act(ActionCheckPayment, "", "send_picture", {**slots, **acted.slots})).said == []


async def test_in_the_report_form_pictures_go_with_the_ticket(backend: FakeBackend):
    backend.checks = {"e1": make_check(), "e2": BackendUnavailableError()}
    slots = {**ASKED, "requested_slot": "report_confirmed", "report_field": "unknown"}
    slots |= dict.fromkeys(("initiated_at", "product", "payment_state", "order_state"), "x")
    acted = await act(ValidateReportForm, "", "send_picture", slots, evidence_id="e1")
    assert acted.said == ["utter_picture_read", "utter_picture_noted"]
    assert acted.slots["requested_slot"] == "report_confirmed"
    unread = await act(ValidateReportForm, "", "send_picture", slots, evidence_id="e2")
    assert unread.said == ["utter_picture_unread"]
    opened = await act(ActionOpenTicket, "", "affirm", {**slots, **acted.slots, "report_confirmed": True})
    assert opened.said == ["utter_ticket_opened"]
    body = dict(backend.calls)["open_ticket"]
    assert body["evidence"] == ["e1"]
    assert body["content"].endswith("[截图] 微信支付 30.00 元 · 2026-06-25 18:13 · 交易单号 4200…0527")


def test_what_is_no_verdict_of_the_backend_has_a_name_of_its_own():
    assert UNREAD not in ("MATCHED", "CLAIMED", "INCOMPLETE", "CONFLICT", "DUPLICATE", "UNREADABLE", "NOT_A_BILL")
