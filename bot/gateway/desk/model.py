"""Who owns a conversation: bot, queue or agent, and how it passes from one to the other (pure).

Each rule gets the conversation as it is under its lock and gives what is to be written, or None when it is so already.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.errors import ClaimedError, NotOwnerError
from bot.gateway.conversations.model import (
    SCORE,
    Conversation,
    Kind,
    Outcome,
    Owner,
    Said,
    Sender,
    State,
    payload,
)
from bot.texts import Reply

Render = Callable[..., Reply]
# What the bot is asked when it gets a conversation back.
HAND_BACK = payload("hand_back")
# Cases that come to a human for these reasons should not stand behind the others.
URGENT_REASONS = frozenset({"angry", "conflict", "amount", "agent_silent"})
REASONS = (
    "customer_request", "not_understood", "angry", "conflict", "locked", "backend_unavailable", "bot_unavailable",
    "amount", "agent_silent", "transferred", "taken_over", "no_reading", "other",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """An agent; a supervisor may act on what others own."""

    username: str
    name: str
    team: str | None = None
    supervisor: bool = False


@dataclass(frozen=True)
class Draft:
    """What an agent sends: a reply to the customer, or a note that no customer sees.

    `origin` and `quotes` are as in a message.
    """

    client_id: str
    text: str
    note: bool = False
    picture_id: str | None = None
    origin: str | None = None
    quotes: str | None = None


def activity(
    what: str, by: Person | None = None, to: str | None = None, reason: str | None = None, **more: Any
) -> Said:
    """A line in the history that only the desk sees."""
    details = {"type": what, "by": by.username if by else None, "to": to, "reason": reason, **more}
    return Said(
        what,
        kind=Kind.ACTIVITY,
        sender=Sender.SYSTEM,
        author=by.username if by else None,
        author_name=by.name if by else None,
        activity=details,
    )


def claim_outcome(conversation: Conversation, person: Person, now: datetime, *, force: bool = False) -> Outcome | None:
    """An agent takes it, from the queue or without being asked from the bot; ClaimedError when another has it."""
    if conversation.owner is Owner.AGENT and conversation.agent == person.username:
        return None
    if conversation.owner is Owner.AGENT and not (force and person.supervisor):
        raise ClaimedError(agent=conversation.agent)
    asked_for = conversation.owner is Owner.QUEUE or conversation.booked
    what = "claimed" if asked_for else "stepped_in" if conversation.owner is Owner.AGENT else "taken_over"
    waited = (now - conversation.waiting_since).total_seconds() if conversation.waiting_since else None
    changes = _given_to(person, now)
    if what == "taken_over":
        changes["handoff_reason"] = "taken_over"
    said = activity(what, person, to=conversation.agent, reason=conversation.handoff_reason, waited=waited)
    return Outcome(said=(said,), owner=Owner.AGENT, agent=person.username, changes=changes)


def transfer_outcome(
    conversation: Conversation, by: Person, to: Person | str, note: str, render: Render, now: datetime
) -> Outcome | None:
    """To a colleague at once, or (a text) into the queue of a team."""
    check_may_act(conversation, by)
    notes = _notes(note, by)
    if isinstance(to, Person):
        if conversation.agent == to.username and conversation.owner is Owner.AGENT:
            return None
        said = activity("transferred", by, to=to.username, reason="transferred")
        changes = _given_to(to, now) | {"handoff_reason": "transferred"}
        return Outcome(said=(said, *notes), owner=Owner.AGENT, agent=to.username, changes=changes)
    said = activity("transferred", by, to=to, reason="transferred")
    changes = {"team": to, "state": State.OPEN.value, "booked": False, "handoff_reason": "transferred"}
    words: tuple[Said, ...] = ()
    if conversation.owner is not Owner.QUEUE:
        words = (Said(render("utter_transferred", conversation.language).text, sender=Sender.SYSTEM),)
        changes["queue_told_at"] = now
    return Outcome(said=(said, *notes, *words), owner=Owner.QUEUE, reason="transferred", changes=changes)


def hand_back_outcome(conversation: Conversation, by: Person | None = None, note: str = "") -> Outcome | None:
    """The bot goes on, with a fresh sender id so that no half-filled form waits there; older buttons are stale."""
    if conversation.owner is Owner.BOT and not conversation.booked:
        return None
    if by:
        check_may_act(conversation, by)
    if conversation.owner is Owner.BOT:  # only the booking ends
        return Outcome(said=(activity("handed_back", by), *_notes(note, by)), changes=_nobodys())
    marker = activity("handed_back", by or _owner_of(conversation))
    marker = Said(**{**marker.__dict__, "dialog": True})
    return Outcome(
        said=(marker, *_notes(note, by)), owner=Owner.BOT, fresh_sender=True, ask=HAND_BACK, changes=_nobodys()
    )


def resolve_outcome(
    conversation: Conversation, by: Person, render: Render, *, silent: bool = False, cause: str | None = None
) -> Outcome | None:
    """Settled: the customer is asked for a score, unless `silent`; the bot answers what comes next."""
    if conversation.state is State.RESOLVED:
        return None
    check_may_act(conversation, by)
    marker = activity("resolved", by, reason=conversation.handoff_reason, cause=cause)
    marker = Said(**{**marker.__dict__, "dialog": True})
    said: tuple[Said, ...] = (marker,)
    if not silent:
        reply = render("utter_desk_resolved", conversation.language)
        said += (Said(reply.text, reply.buttons, sender=Sender.SYSTEM, dialog=True),)
    changes = _nobodys() | {"state": State.RESOLVED.value}
    return Outcome(said=said, owner=Owner.BOT, fresh_sender=conversation.owner is not Owner.BOT, changes=changes)


def reopen_outcome(conversation: Conversation, by: Person, now: datetime) -> Outcome | None:
    """An agent goes on with what was settled."""
    if conversation.state is State.OPEN:
        return None
    changes = _given_to(by, now)
    return Outcome(said=(activity("reopened", by),), owner=Owner.AGENT, agent=by.username, changes=changes)


def lose_outcome(conversation: Conversation, before: datetime, render: Render) -> Outcome | None:
    """An assignee who has not answered since `before` loses the case to the queue; the customer is told."""
    if not is_silent(conversation, before):
        return None
    words = Said(render("utter_agent_silent", conversation.language).text, sender=Sender.SYSTEM)
    said = activity("lost", _owner_of(conversation), reason="agent_silent")
    return Outcome(said=(said, words), owner=Owner.QUEUE, reason="agent_silent")


def is_silent(conversation: Conversation, before: datetime) -> bool:
    """Whether the customer waits since `before` for an agent who has had the case as long."""
    if conversation.owner is not Owner.AGENT or conversation.waiting_since is None:
        return False
    return max(conversation.waiting_since, conversation.owner_since) <= before


def message_outcome(conversation: Conversation, by: Person, draft: Draft) -> Outcome:
    """A reply of the owner, or a note of anybody. NotOwnerError."""
    if not draft.note and (conversation.owner is not Owner.AGENT or conversation.agent != by.username):
        raise NotOwnerError(agent=conversation.agent)
    said = Said(
        draft.text,
        kind=Kind.NOTE if draft.note else Kind.OUTGOING,
        sender=Sender.AGENT,
        author=by.username,
        author_name=by.name,
        picture_id=draft.picture_id,
        client_id=draft.client_id or None,
        origin=draft.origin,
        quotes=draft.quotes,
        # What the human says goes on with the dialog: the bot's buttons from before are over.
        dialog=not draft.note,
    )
    return Outcome(said=(said,))


def answer_outcome(conversation: Conversation, by: Person, draft: Draft, now: datetime) -> Outcome:
    """A reply that claims what no other agent has, both in one; NotOwnerError, also for what is settled."""
    if conversation.state is State.RESOLVED:
        raise NotOwnerError(agent=None)
    if conversation.owner is Owner.AGENT:
        return message_outcome(conversation, by, draft)
    claim = claim_outcome(conversation, by, now)
    assert claim is not None
    reply = message_outcome(replace(conversation, owner=Owner.AGENT, agent=by.username), by, draft)
    return replace(claim, said=(*claim.said, *reply.said))


def edit_outcome(conversation: Conversation, by: Person, before: str, *, note: bool) -> Outcome:
    """The author of a message gave it other words; those from before stay in the history. NotOwnerError."""
    if not note:
        check_may_act(conversation, by)
    return Outcome(said=(activity("edited", by, before=before),))


def tags_outcome(conversation: Conversation, by: Person, tags: Sequence[str]) -> Outcome | None:
    """Other tags; their order does not matter."""
    wanted = list(dict.fromkeys(tags))
    if set(wanted) == set(conversation.tags):
        return None
    return Outcome(said=(activity("tagged", by, to=", ".join(wanted)),), changes={"tags": wanted})


def priority_outcome(conversation: Conversation, by: Person, priority: str) -> Outcome | None:
    """Before or behind others."""
    if conversation.priority == priority:
        return None
    return Outcome(said=(activity("priority", by, to=priority),), changes={"priority": priority})


def handoff_outcome(conversation: Conversation, reason: str) -> Outcome | None:
    """To a human; how that is said depends on who is there. None when it is with one already."""
    if conversation.owner is not Owner.BOT:
        return None
    return Outcome(owner=Owner.QUEUE, reason=reason)


def score_outcome(conversation: Conversation, score: int, render: Render) -> Outcome:
    """The customer's points for how a human settled it; the last ones count."""
    reply = render("utter_desk_scored", conversation.language)
    return Outcome(
        said=(activity("scored", to=str(score)), Said(reply.text, reply.buttons, sender=Sender.SYSTEM, dialog=True)),
        changes={"score": score},
    )


def score_in(ask: str) -> int | None:
    """The points that a turn gives."""
    prefix = f'/{SCORE}{{"score":"'
    return int(ask[len(prefix)]) if ask.startswith(prefix) and ask[len(prefix) :][:1] in tuple("12345") else None


def check_may_act(conversation: Conversation, person: Person) -> None:
    """NotOwnerError when another agent has it; a supervisor may."""
    others = conversation.owner is Owner.AGENT and conversation.agent != person.username
    if others and not person.supervisor:
        raise NotOwnerError(agent=conversation.agent)


def check_may_type(conversation: Conversation, username: str) -> bool:
    """Only the owner's typing is shown to the customer."""
    return conversation.owner is Owner.AGENT and conversation.agent == username


def raised(priority: str, reason: str | None) -> str:
    """The priority after a handoff; a reason never lowers it."""
    return "high" if reason in URGENT_REASONS and priority in ("low", "normal") else priority


def masked(name: str | None) -> str | None:
    """A customer's name as the desk shows it: 张** or A**."""
    return f"{name.strip()[0]}**" if name and name.strip() else None


def _given_to(person: Person, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "agent": person.username,
        "agent_name": person.name,
        "owner_since": now,
        "state": State.OPEN.value,
        "booked": False,
    }
    return changes | ({"team": person.team} if person.team else {})


def _nobodys() -> dict[str, Any]:
    return {"booked": False, "team": None, "state": State.OPEN.value, "unread": 0}


def _owner_of(conversation: Conversation) -> Person | None:
    if conversation.agent is None:
        return None
    return Person(conversation.agent, conversation.agent_name or conversation.agent)


def _notes(text: str, by: Person | None) -> tuple[Said, ...]:
    if not text:
        return ()
    author = (by.username, by.name) if by else (None, None)
    return (Said(text, kind=Kind.NOTE, sender=Sender.AGENT, author=author[0], author_name=author[1]),)
