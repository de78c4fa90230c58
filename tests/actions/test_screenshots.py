"""Screenshots are asked for where the case needs them, and only those."""

import pytest

from bot.actions.readings import entry_of, example_of
from bot.actions.screenshots import WANTED, record_decides, screenshots_hint, wanted_screenshots
from bot.gateway.static import EXAMPLES
from tests.actions.fake_backend import make_check, make_diagnosis, make_order
from tests.test_contract import responses

BILL = entry_of({**make_check(), "evidence_id": "e1"}, None)


@pytest.mark.parametrize(
    ("case", "readings", "wanted"),
    [
        ({}, [], ["bill", "order_page", "error_page"]),
        ({}, [BILL], ["order_page", "error_page"]),
        (make_diagnosis(), [], []),
        (make_diagnosis(diagnosis="PAYMENT_UNKNOWN"), [], ["bill"]),
        (make_diagnosis(diagnosis="PAYMENT_UNKNOWN"), [BILL], []),
        (make_diagnosis(diagnosis="PAYMENT_UNKNOWN"), [{**BILL, "verdict": "DUPLICATE"}], ["bill"]),
        (make_diagnosis(diagnosis="UNPAID", ticket_type="PAYMENT_VERIFY"), [], ["bill"]),
        (make_diagnosis(diagnosis="UNPAID", ticket_type=None), [], []),
        (make_diagnosis(diagnosis="PAYMENT_FAILED"), [], ["error_page"]),
    ],
)
def test_only_what_the_case_needs_is_wanted(case: dict, readings: list, wanted: list[str]):
    assert wanted_screenshots(case, readings) == wanted


def test_the_hint_names_the_pages():
    assert screenshots_hint({}, [BILL], "zh") == "可以现在把订单详情、错误提示的截图发给我，一并附上。"
    assert "the order page, the error message" in screenshots_hint({}, [BILL], "en")
    assert screenshots_hint(make_diagnosis(), [], "zh") == "资料已经够了，不用再补截图。"


def test_a_record_of_the_money_decides_unless_evidence_is_asked_for():
    assert record_decides(make_diagnosis())
    assert not record_decides(make_diagnosis(next="evidence"))
    claimed = make_order(states={"payment": {"value": "CLAIMED_PAID", "source": "USER_CLAIM"}})
    assert not record_decides(make_diagnosis(order=claimed))
    assert not record_decides({})


def test_every_diagnosis_in_the_table_exists():
    assert {f"utter_diagnosis_{each.lower()}" for each in WANTED} <= set(responses())


@pytest.mark.parametrize("page", ["wechat_bill", "alipay_bill", "bill", "order_page", None])
@pytest.mark.parametrize(
    "missing", [[], ["transaction_no"], ["amount"], ["paid_at"], ["status"], ["amount", "paid_at"]]
)
def test_every_example_is_drawn(page: str | None, missing: list[str]):
    for channel in ("wechat", "alipay", None):
        assert (EXAMPLES / example_of(page, missing, channel).removeprefix("/examples/")).is_file()
