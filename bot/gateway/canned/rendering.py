"""Fill a canned reply with what is true of a conversation at this moment."""

from typing import Any

from aiohttp import web

from bot.errors import InvalidError, NotFoundError, StaleDataError
from bot.gateway.accounts.model import Account
from bot.gateway.canned.model import OF_ORDER, Rendered, fill, order_no_in, places_in, values_for
from bot.gateway.canned.store import CannedStore
from bot.gateway.desk_facts.gathering import cases_of, orders_of, proven_orders
from bot.gateway.desk_facts.model import order_numbers
from bot.gateway.desk_facts.store import subject_of
from bot.gateway.keys import ENGINE, SWITCHBOARD
from bot.numbers import normalize_number

CANNED = web.AppKey("CANNED", CannedStore)


async def render(
    app: web.Application, account: Account, canned_id: str, conversation_id: str, order_no: str | None = None
) -> Rendered:
    """NotFoundError for reply or conversation; InvalidError for an order that this conversation is not about."""
    reply = await app[CANNED].reply(canned_id)
    subject = await subject_of(app[ENGINE], conversation_id)
    text = str(reply["text"])
    order: dict[str, Any] | None = None
    case: dict[str, Any] | None = None
    if OF_ORDER.intersection(places_in(text)):
        cases = await cases_of(app, subject)
        numbers = order_numbers(subject, cases, await proven_orders(app, subject))
        if order_no is not None:
            numbers = [each for each in numbers if normalize_number(each[0]) == normalize_number(order_no)]
            if not numbers:
                raise InvalidError("This conversation is not about that order.", fields=["order_no"])
        order = next(iter(await orders_of(app, numbers[:1])), None)
        case = _case_for(order, cases)
    values = values_for(
        order=order,
        case=case,
        customer_name=subject.customer_name,
        agent_name=account.name,
        now=app[SWITCHBOARD].now(),
    )
    return fill(text, values, order)


async def check_current(
    app: web.Application, account: Account, canned_id: str, conversation_id: str, order_version: str | None
) -> None:
    """StaleDataError when what a filled reply says of its order no longer holds, or nobody can know any more."""
    if not order_version:
        return
    try:
        again = await render(app, account, canned_id, conversation_id, order_no_in(order_version))
    except (NotFoundError, InvalidError) as error:
        raise StaleDataError from error
    if again.order_version != order_version:
        raise StaleDataError(order_version=again.order_version)


def _case_for(order: dict[str, Any] | None, cases: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The case of this order, the live one first; without an order the newest one."""
    fitting = [each for each in cases if order is None or each["order_no"] == order["order_no"]]
    live = [each for each in fitting if each["status"] in ("open", "pending")]
    return next(iter([*live, *fitting]), None)
