"""Find, open and close incidents, and tell whom they concern."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.events.model import EventType, NewEvent
from bot.backend.events.store import publish
from bot.backend.incidents import store
from bot.backend.incidents.model import CONCERNED, COUNTED, Scope, group_to_open, groups_of
from bot.backend.orders.cases import Case
from bot.backend.orders.model import Diagnosis, diagnose
from bot.backend.tickets.audience import audience_of
from bot.backend.tickets.model import Ticket, digest_of
from bot.backend.timers.model import TimerKind
from bot.backend.timers.store import schedule
from bot.settings import Settings

ALL = "all"


def common_of(case: Case) -> dict[Scope, str | None]:
    """What this order may have in common with others."""
    record, payment = case.record, case.evidence.record
    return {
        Scope.PRODUCT: record.product if record else None,
        Scope.SUPPLIER: record.supplier if record else None,
        Scope.CHANNEL: payment.channel.value if payment else None,
    }


async def join_live(
    connection: AsyncConnection, case: Case, diagnosis: Diagnosis, customer_ref: str, now: datetime
) -> dict[str, Any] | None:
    """The live incident that explains this case, which belongs to it from now on."""
    if diagnosis not in CONCERNED:
        return None
    common = common_of(case)
    incident = await store.live_incident(connection, groups_of(diagnosis, common))
    if incident is None:
        return None
    new = store.IncidentCase(
        order_no=case.order_no, customer_ref=customer_ref, diagnosis=diagnosis, common=common, reported_at=now
    )
    await store.save_case(connection, new, incident.id)
    return view_of(incident)


async def note_report(connection: AsyncConnection, case: Case, ticket: Ticket, now: datetime) -> None:
    """This reported order may be a sign of an incident, or belong to one of which its customer has not heard."""
    diagnosis = diagnose(case.facts).diagnosis
    if diagnosis not in COUNTED:
        return
    common = common_of(case)
    incident = await store.live_incident(connection, groups_of(diagnosis, common))
    for listener in await audience_of(connection, ticket):
        new = store.IncidentCase(
            order_no=case.order_no, customer_ref=listener.customer_ref, conversation_id=listener.conversation_id,
            ticket_no=ticket.ticket_no, diagnosis=diagnosis, common=common, reported_at=ticket.created_at,
        )  # fmt: skip
        knows = incident is not None and await store.belongs(connection, new, incident.id)
        await store.save_case(connection, new, incident.id if incident else None)
        if incident is not None and not knows:
            await _tell(connection, EventType.INCIDENT_OPENED, incident, [new], now)
    if incident is None:
        await schedule(connection, TimerKind.INCIDENTS, ALL, now)


async def find_incidents(connection: AsyncConnection, settings: Settings, now: datetime) -> None:
    """Open what has enough cases by now, and tell their customers."""
    since = now - timedelta(minutes=settings.incident_minutes)
    while group := group_to_open(await store.free_groups(connection, since), settings.incident_cases):
        await open_one(connection, group.scope, group.name, since, now)


async def open_one(connection: AsyncConnection, scope: Scope, name: str, since: datetime, now: datetime) -> Row[Any]:
    """The live incident of this scope and name, with the free cases since then; their customers are told once."""
    incident, _ = await store.open_incident(connection, scope, name, now)
    await store.join_free(connection, incident, since)
    cases = await store.cases_of(connection, incident.id)
    # Who is only told of the incident while asking has no ticket, and needs no message about what they just read.
    await _tell(connection, EventType.INCIDENT_OPENED, incident, (each for each in cases if each.ticket_no), now)
    return incident


async def close_one(connection: AsyncConnection, incident_no: str, now: datetime) -> Row[Any] | None:
    """Close an incident and tell everybody whom it concerns, once; None when there is none of this number."""
    incident = await store.locked(connection, incident_no)
    if incident is not None and incident.closed_at is None:
        await store.close(connection, incident, now)
        cases = await store.cases_of(connection, incident.id)
        await _tell(connection, EventType.INCIDENT_CLOSED, incident, cases, now)
    return incident


def view_of(incident: Row[Any]) -> dict[str, Any]:
    """An incident as the diagnosis of a case names it."""
    return {
        "incident_no": incident.incident_no,
        "scope": incident.scope,
        "name": incident.name,
        "since": incident.opened_at,
    }


async def _tell(
    connection: AsyncConnection,
    type: EventType,
    incident: Row[Any],
    cases: Iterable[Row[Any] | store.IncidentCase],
    now: datetime,
) -> None:
    """One event for each customer, however many of their orders are concerned."""
    data = {"incident_no": incident.incident_no, "scope": incident.scope, "name": incident.name}
    for customer_ref, newest in {each.customer_ref: each for each in cases}.items():
        key = f"{type}:{incident.incident_no}:{digest_of(customer_ref)[:16]}"
        await publish(connection, NewEvent(
            type=type, key=key, customer_ref=customer_ref, conversation_id=newest.conversation_id,
            order_no=newest.order_no, ticket_no=newest.ticket_no, data=data, occurred_at=now,
        ))  # fmt: skip
