"""`/v1/orders` and `/v1/accounts`: what a proven owner may see, and the diagnosis."""

from aiohttp import web

from bot.backend.database import DATABASE
from bot.backend.http import body_of, check_query, json_answer, now_of
from bot.backend.orders.asking import diagnose_for
from bot.backend.orders.bodies import DiagnosisBody
from bot.backend.orders.cases import Said, case_of, with_decision
from bot.backend.orders.views import order_view, risk_view
from bot.backend.ownership.access import access_order, order_no_of, proven_order_no
from bot.errors import BackendUnavailableError, InvalidError, NotFoundError
from bot.numbers import normalize_number

routes = web.RouteTableDef()


@routes.get("/v1/orders/{order_no}")
async def show_order(request: web.Request) -> web.Response:
    """The order that the proof is for."""
    return await _answer_order(request, normalize_number(request.match_info["order_no"]))


@routes.get("/v1/orders")
async def find_order(request: web.Request) -> web.Response:
    """The same by a payment's transaction or merchant number."""
    check_query(request, "payment_no")
    if "payment_no" not in request.query:
        raise InvalidError(fields=["payment_no"])
    async with request.app[DATABASE].begin() as connection:
        order_no = await order_no_of(connection, normalize_number(request.query["payment_no"]))
    return await _answer_order(request, order_no)


async def _answer_order(request: web.Request, order_no: str) -> web.Response:
    await access_order(request, order_no)
    case = await case_of(request.app, order_no, now_of(request))
    async with request.app[DATABASE].begin() as connection:
        return json_answer(order_view(await with_decision(connection, case)))


@routes.post("/v1/orders/{order_no}/diagnosis")
async def diagnose_order(request: web.Request) -> web.Response:
    """What is wrong with the order; a source that is down is a diagnosis of its own, not an error."""
    order_no = normalize_number(request.match_info["order_no"])
    body = await body_of(request, DiagnosisBody)
    proof = await access_order(request, order_no)
    said = Said(symptom=body.symptom, paid=body.paid, input=body.input, login_expired=body.login_expired)
    return json_answer(await diagnose_for(request.app, order_no, proof.customer_ref, now_of(request), said))


@routes.get("/v1/accounts/{ref}/risk")
async def show_risk(request: web.Request) -> web.Response:
    """The account of the order that the proof is for; any other looks missing."""
    order_no = await proven_order_no(request)
    if order_no is None:
        raise NotFoundError
    case = await case_of(request.app, order_no, now_of(request))
    if case.unreachable:
        raise BackendUnavailableError("The order source cannot be reached.")
    if case.risk is None or case.risk.ref != request.match_info["ref"]:
        raise NotFoundError
    return json_answer(risk_view(case.risk))
