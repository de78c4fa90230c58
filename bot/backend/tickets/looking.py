"""Which case a customer gets to see under a number: a merged one leads to its survivor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.history import history_of
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Ticket, may_see
from bot.backend.tickets.progress import history_view, view_of
from bot.backend.tickets.store import family_of, messages_of, survivor_of

# What a case shares with the one that it was merged into, also when that belongs to somebody else.
PROGRESS = (
    "status", "waiting_for", "assignee", "assignee_shown", "next_promise_at", "resolved_at", "last_agent_reply_at",
)  # fmt: skip


@dataclass(frozen=True)
class Looker:
    """A customer at the door: the proven order and who proved it, and who they say that they are."""

    proof: tuple[str, str] | None
    customer_ref: str | None

    def may_see(self, ticket: Ticket) -> bool:
        return may_see(ticket, self.proof, self.customer_ref)

    @property
    def customer_refs(self) -> set[str]:
        return {each for each in (self.customer_ref, self.proof[1] if self.proof else None) if each}


async def case_for(connection: AsyncConnection, ticket: Ticket, looker: Looker) -> Ticket:
    """The case behind a ticket that this customer may see.

    When it was merged into one that they may not see, they keep their own number and facts, with the progress of the
    survivor.
    """
    survivor = await survivor_of(connection, ticket)
    if survivor is ticket or looker.may_see(survivor):
        return survivor
    return replace(ticket, merged_into=None, **{name: getattr(survivor, name) for name in PROGRESS})


async def cases_for(connection: AsyncConnection, found: Sequence[Ticket], looker: Looker) -> list[Ticket]:
    """The cases behind these tickets, each once."""
    cases = [await case_for(connection, ticket, looker) for ticket in found]
    return list({case.ticket_no: case for case in cases}.values())


async def progress_view(
    connection: AsyncConnection, case: Ticket, looker: Looker, now: datetime, legal_amount: Decimal
) -> dict[str, Any]:
    """The case with what happened to it and to the tickets that were merged into it, as far as they may see these."""
    numbers = [each.ticket_no for each in await family_of(connection, case) if looker.may_see(each)]
    rows, messages = await history_of(connection, *numbers), await messages_of(connection, *numbers)
    history = history_view(rows, messages, looker.customer_refs)
    rated = any(row["action"] == Action.RATE for row in rows)
    return {**view_of(case, now, legal_amount), "rated": rated, "history": history}
