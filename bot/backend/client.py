"""The backend's client for our other processes: bodies and answers of the `/v1` contract, errors of `bot.errors`."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.backend.evidence.answers import EvidenceCheck
from bot.backend.ownership.headers import PROOF_HEADER
from bot.errors import BackendUnavailableError, EvidenceReaderBusyError, EvidenceReaderDownError, error_from

# Seconds before each further attempt. No new attempt begins later than PATIENCE after the first.
DELAYS = (0.3, 1.0, 2.0)
TIMEOUT = 5.0
PATIENCE = 8.0
# A picture may have to be read first, which the backend itself gives up earlier.
CHECK_TIMEOUT = 15.0
# Large pictures are looked into two at a time.
UPLOAD_TIMEOUT = 30.0
REPORT_TIMEOUT = 15.0
# A 5xx that says more than that the backend is in trouble.
TOLD = (EvidenceReaderBusyError, EvidenceReaderDownError)

Form = Callable[[], aiohttp.FormData]


class BackendClient:
    """One per process, over the process's own session. Every method may raise any class of `bot.errors`.

    A call that may be repeated without harm is repeated when the backend cannot be reached or fails (5xx); the
    others only when the connection was refused, because then nothing can have happened.
    """

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def health(self) -> dict[str, Any]:
        """`GET /healthz`."""
        return await self._call("GET", "/healthz")

    async def verify(
        self, reference: str, factor: dict[str, str], customer_ref: str, address_key: str | None = None
    ) -> dict[str, Any]:
        """`POST /v1/verify`; factor is `{"type", "value"}`."""
        body = {"reference": reference, "factor": factor, "customer_ref": customer_ref, "address_key": address_key}
        return await self._call("POST", "/v1/verify", body=body, repeatable=False)  # each try counts

    async def order(self, order_no: str, proof: str) -> dict[str, Any]:
        """`GET /v1/orders/{order_no}`."""
        return await self._call("GET", f"/v1/orders/{_part(order_no)}", proof=proof)

    async def order_of_payment(self, payment_no: str, proof: str) -> dict[str, Any]:
        """`GET /v1/orders?payment_no=`."""
        return await self._call("GET", "/v1/orders", query={"payment_no": payment_no}, proof=proof)

    async def diagnose(self, order_no: str, proof: str, claims: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/orders/{order_no}/diagnosis`; claims is the body. It changes nothing, so it is repeated."""
        return await self._call("POST", f"/v1/orders/{_part(order_no)}/diagnosis", body=claims, proof=proof)

    async def risk(self, account_ref: str, proof: str) -> dict[str, Any]:
        """`GET /v1/accounts/{ref}/risk`."""
        return await self._call("GET", f"/v1/accounts/{_part(account_ref)}/risk", proof=proof)

    async def verify_payment(
        self, order_no: str | None, claim: dict[str, Any], customer_ref: str, proof: str | None = None
    ) -> dict[str, Any]:
        """`POST /v1/payments/verify`; it may count as a try, so it is not repeated."""
        body = {"order_no": order_no, "claim": claim, "customer_ref": customer_ref}
        return await self._call("POST", "/v1/payments/verify", body=body, proof=proof, repeatable=False)

    async def open_ticket(self, body: dict[str, Any], idempotency_key: str, proof: str | None = None) -> dict[str, Any]:
        """`POST /v1/tickets`; TicketExistsError when the open ticket took the report."""
        return await self._call("POST", "/v1/tickets", body=body, proof=proof, key=idempotency_key)

    async def tickets(
        self, *, order_no: str | None = None, customer_ref: str | None = None, proof: str | None = None
    ) -> list[dict[str, Any]]:
        """`GET /v1/tickets`, the list itself, newest first."""
        query = {"order_no": order_no, "customer_ref": customer_ref}
        answer = await self._call("GET", "/v1/tickets", query=query, proof=proof)
        return list(answer["tickets"])

    async def ticket(
        self, ticket_no: str, *, customer_ref: str | None = None, proof: str | None = None
    ) -> dict[str, Any]:
        """`GET /v1/tickets/{ticket_no}` with its step-3 state."""
        query = {"customer_ref": customer_ref}
        return await self._call("GET", f"/v1/tickets/{_part(ticket_no)}", query=query, proof=proof)

    async def update_ticket(self, ticket_no: str, changes: dict[str, Any]) -> dict[str, Any]:
        """`PATCH /v1/tickets/{ticket_no}`."""
        return await self._call("PATCH", f"/v1/tickets/{_part(ticket_no)}", body=changes)

    async def add_ticket_message(
        self, ticket_no: str, body: dict[str, Any], idempotency_key: str, proof: str | None = None
    ) -> dict[str, Any]:
        """`POST /v1/tickets/{ticket_no}/messages`."""
        path = f"/v1/tickets/{_part(ticket_no)}/messages"
        return await self._call("POST", path, body=body, proof=proof, key=idempotency_key)

    async def rate_ticket(
        self,
        ticket_no: str,
        score: int,
        comment: str | None = None,
        *,
        customer_ref: str | None = None,
        proof: str | None = None,
    ) -> dict[str, Any]:
        """`POST /v1/tickets/{ticket_no}/rating`: 1 to 5; the first score stays, so it repeats harmlessly."""
        body = {"score": score, "comment": comment, "customer_ref": customer_ref}
        body = {name: value for name, value in body.items() if value is not None}
        return await self._call("POST", f"/v1/tickets/{_part(ticket_no)}/rating", body=body, proof=proof)

    async def desk_tickets(self, **query: str | list[str] | None) -> dict[str, Any]:
        """`GET /v1/desk/tickets`: a page of cases and the cursor of the next one."""
        return await self._call("GET", "/v1/desk/tickets", query=query)

    async def desk_ticket(self, ticket_no: str) -> dict[str, Any]:
        """`GET /v1/desk/tickets/{ticket_no}`: the case with everything."""
        return await self._call("GET", f"/v1/desk/tickets/{_part(ticket_no)}")

    async def act_on_ticket(
        self, ticket_no: str, action: str, body: dict[str, Any], idempotency_key: str
    ) -> dict[str, Any]:
        """`POST /v1/desk/tickets/{ticket_no}/{action}`; `state` is `approval_needed` until a second person agrees."""
        path = f"/v1/desk/tickets/{_part(ticket_no)}/{_part(action)}"
        return await self._call("POST", path, body=body, key=idempotency_key)

    async def approvals(self) -> list[dict[str, Any]]:
        """`GET /v1/desk/approvals`, the list itself: what waits for a second person."""
        answer = await self._call("GET", "/v1/desk/approvals")
        return list(answer["approvals"])

    async def decide_approval(self, approval_no: str, body: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """`POST /v1/desk/approvals/{approval_no}`: the word of the second person."""
        return await self._call("POST", f"/v1/desk/approvals/{_part(approval_no)}", body=body, key=idempotency_key)

    async def desk_order(self, order_no: str) -> dict[str, Any]:
        """`GET /v1/desk/orders/{order_no}`: an order for agents, without a proof."""
        return await self._call("GET", f"/v1/desk/orders/{_part(order_no)}")

    async def desk_orders(self, customer_ref: str) -> list[dict[str, Any]]:
        """`GET /v1/desk/orders`, the list itself: what this customer has proved, the last asked first."""
        answer = await self._call("GET", "/v1/desk/orders", query={"customer_ref": customer_ref})
        return list(answer["orders"])

    async def desk_evidence(self, evidence_ids: list[str], order_nos: list[str]) -> list[dict[str, Any]]:
        """`GET /v1/desk/evidence`, the list itself: pictures, and what they are worth for one of the orders."""
        query: dict[str, str | list[str] | None] = {"evidence_id": evidence_ids, "order_no": order_nos}
        answer = await self._call("GET", "/v1/desk/evidence", query=query, timeout=CHECK_TIMEOUT)
        return list(answer["evidence"])

    async def incidents(self, *, live: bool = True) -> list[dict[str, Any]]:
        """`GET /v1/incidents`, the list itself, the newest first."""
        answer = await self._call("GET", "/v1/incidents", query={"live": "true" if live else "false"})
        return list(answer["incidents"])

    async def desk_report(self, days: int = 30) -> dict[str, Any]:
        """`GET /v1/desk/report`: numbers about the cases of the last days."""
        return await self._call("GET", "/v1/desk/report", query={"days": str(days)})

    async def report_cases(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """`GET /v1/desk/report/cases`, all pages: a short row for each case that was opened in [since, until)."""
        query: dict[str, str | None] = {"since": since.isoformat(), "until": until.isoformat(), "cursor": None}
        cases: list[dict[str, Any]] = []
        while True:
            page = await self._call("GET", "/v1/desk/report/cases", query=query, timeout=REPORT_TIMEOUT)
            cases += page["cases"]
            query["cursor"] = page["next_cursor"]
            if query["cursor"] is None:
                return cases

    async def upload_evidence(
        self, data: bytes, customer_ref: str, order_no: str | None = None, filename: str = "picture"
    ) -> dict[str, Any]:
        """`POST /v1/evidence`: a JPEG, PNG or WebP picture. An upload saved twice is marked, but may stay unused."""

        def form() -> aiohttp.FormData:
            fields = aiohttp.FormData({"customer_ref": customer_ref, **({"order_no": order_no} if order_no else {})})
            fields.add_field("file", data, filename=filename, content_type="application/octet-stream")
            return fields

        return await self._call("POST", "/v1/evidence", form=form, repeatable=False, timeout=UPLOAD_TIMEOUT)

    async def evidence(self, evidence_id: str) -> tuple[bytes, str]:
        """`GET /v1/evidence/{evidence_id}`: the bytes of the picture and its media type."""
        content, mime = await self._fetch("GET", f"/v1/evidence/{_part(evidence_id)}")
        return content, mime

    async def check_evidence(
        self, evidence_id: str, customer_ref: str, order_no: str | None = None, proof: str | None = None
    ) -> EvidenceCheck:
        """`POST /v1/evidence/{evidence_id}/check`, up to 15 s; EvidenceReaderBusyError when it is not read by then."""
        path = f"/v1/evidence/{_part(evidence_id)}/check"
        body = {"customer_ref": customer_ref, "order_no": order_no}
        return cast(EvidenceCheck, await self._call("POST", path, body=body, proof=proof, timeout=CHECK_TIMEOUT))

    async def demo_orders(self, every_line: bool = False) -> list[dict[str, Any]]:
        """`GET /v1/demo/orders`, the list itself; NotFoundError outside the demo."""
        answer = await self._call("GET", "/v1/demo/orders", query={"every_line": "true" if every_line else None})
        return list(answer["orders"])

    async def shop_hook(self, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """`POST /v1/hooks/shop`: a shop's webhook as it came, with its `webhook-*` headers. It repeats harmlessly."""
        return await self._call("POST", "/v1/hooks/shop", raw=body, headers=headers)

    async def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        content, _ = await self._fetch(method, path, **options)
        answer = _json(content)
        if not isinstance(answer, dict):
            raise BackendUnavailableError("The backend's answer is not JSON.")
        return answer

    async def _fetch(self, method: str, path: str, *, repeatable: bool = True, **options: Any) -> tuple[bytes, str]:
        """One call with its repetitions; the content and the media type."""
        began = time.monotonic()
        for delay in (*DELAYS, None):
            try:
                return await self._once(method, path, **options)
            except (TimeoutError, aiohttp.ClientError, BackendUnavailableError) as error:
                refused = isinstance(error, aiohttp.ClientConnectorError)
                in_time = delay is not None and time.monotonic() - began + delay < PATIENCE
                if delay is None or not in_time or not (repeatable or refused):
                    raise BackendUnavailableError from error
                await asyncio.sleep(delay)
        raise AssertionError("unreachable")

    async def _once(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        form: Form | None = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        query: Mapping[str, str | list[str] | None] | None = None,
        proof: str | None = None,
        key: str | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109
    ) -> tuple[bytes, str]:
        sent = {**(headers or {}), **self._headers}
        if proof:
            sent[PROOF_HEADER] = proof
        if key:
            sent["Idempotency-Key"] = key
        async with self._session.request(
            method,
            URL(self._base_url + path, encoded=True),
            params=_parameters(query or {}),
            json=body,
            data=form() if form else raw,
            headers=sent,
            timeout=aiohttp.ClientTimeout(total=timeout),
        ) as answer:
            content = await answer.read()
            error = error_from(_json(content), answer.status) if answer.status >= 400 else None
            if answer.status >= 500 and not isinstance(error, TOLD):
                raise BackendUnavailableError(f"HTTP {answer.status}")
            if error:
                raise error
            return content, answer.content_type


def _part(text: str) -> str:
    """One segment of a path, whatever it contains; `.` and `..` would change the path."""
    return quote(text, safe="").replace(".", "%2E") or "%20"


def _parameters(query: Mapping[str, str | list[str] | None]) -> list[tuple[str, str]]:
    """A parameter for each value, for each element of a list; none for None."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
    return [(name, each) for name, values in lists.items() for each in values if each is not None]


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
