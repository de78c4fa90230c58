"""What `POST /v1/evidence/{evidence_id}/check` answers (standard library only, as clients need it too)."""

from typing import Any, Literal, TypedDict


class ReadFields(TypedDict):
    """What was read; None is unknown. Money as text with two decimals, time as ISO 8601, numbers without blanks."""

    channel: str | None
    status: str | None
    amount: str | None
    paid_at: str | None
    transaction_no: str | None
    merchant_no: str | None
    order_no: str | None
    payee: str | None
    method: str | None


class EvidenceCheck(TypedDict):
    """The verdict on a picture.

    `kind` is None when the picture could not be read, `verdict` for an order page or an error page. `missing` names
    what an INCOMPLETE bill does not show, `page` where the customer finds it. `checked` is the answer of
    `/v1/payments/verify` when an order was proven and the fields suffice; then the claim is recorded.
    """

    evidence_id: str
    kind: Literal["WECHAT_BILL", "ALIPAY_BILL", "ORDER_PAGE", "ERROR_PAGE", "NOT_A_BILL"] | None
    verdict: Literal["MATCHED", "CLAIMED", "INCOMPLETE", "CONFLICT", "DUPLICATE", "UNREADABLE", "NOT_A_BILL"] | None
    reading: ReadFields
    missing: list[Literal["transaction_no", "amount", "paid_at", "status"]]
    page: Literal["wechat_bill", "alipay_bill", "bill", "order_page"] | None
    conflicts: list[Literal["channel", "transaction_no", "merchant_no", "status", "amount", "paid_at"]]
    duplicate: Literal["same_picture", "near_duplicate", "same_transaction"] | None
    checked: dict[str, Any] | None
