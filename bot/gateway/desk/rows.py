"""Conversations and messages as the desk's page gets them (pure)."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.errors import InvalidError
from bot.gateway.conversations.model import Conversation, Message
from bot.gateway.desk.model import masked

CHANNELS = {"widget": "web"}
PictureUrl = Callable[[str, str], str]


def row_of(conversation: Conversation) -> dict[str, Any]:
    """A line of the lists."""
    return {
        "conversation_id": conversation.conversation_id,
        "channel": CHANNELS.get(conversation.channel, conversation.channel),
        "customer_name": masked(conversation.customer_name),
        "language": conversation.language,
        "owner": conversation.owner.value,
        "agent": conversation.agent,
        "agent_name": conversation.agent_name,
        "team": conversation.team,
        "state": conversation.state.value,
        "booked": conversation.booked,
        "priority": conversation.priority,
        "reason": conversation.handoff_reason,
        "waiting_since": moment(conversation.waiting_since),
        "due_at": moment(conversation.due_at),
        "last_message": dict(conversation.last_message) if conversation.last_message else None,
        "unread": conversation.unread,
        "tags": list(conversation.tags),
        "order_no": conversation.order_no,
        "created_at": moment(conversation.created_at),
        "updated_at": moment(conversation.updated_at or conversation.created_at),
        "version": conversation.version,
    }


def message_of(message: Message, read_seq: int) -> dict[str, Any]:
    """A message with what only agents may know; `read`: the customer has seen it."""
    url = None
    if message.picture_id:
        url = f"/desk/api/conversations/{message.conversation_id}/pictures/{message.picture_id}"
    return {
        "message_id": message.message_id,
        "position": message.position,
        "seq": message.seq,
        "kind": message.kind.value,
        "sender": message.sender.value,
        "author": message.author,
        "author_name": message.author_name,
        "text": message.text,
        "buttons": [{"title": each.title} for each in message.buttons],
        "picture": {"url": url} if url else None,
        "image": message.image,
        "activity": _activity(message),
        "origin": message.origin,
        "status": message.status.value,
        "read": message.seq is not None and message.seq <= read_seq,
        "client_id": message.desk_client_id,
        "created_at": moment(message.created_at),
    }


def _activity(message: Message) -> dict[str, Any] | None:
    found = message.activity
    if message.kind.value != "activity":
        return None
    found = found or {"type": message.text, "by": message.author}
    return {name: found.get(name) for name in ("type", "by", "to", "reason")}


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return value.isoformat() if value else None


def cursor_of(*values: Any) -> str:
    """Where a page ends; opaque to the client."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def cursor_from(text: str, *types: type) -> tuple[Any, ...]:
    """What `cursor_of` was given; InvalidError when it is none of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (ValueError, RecursionError) as error:
        raise InvalidError(fields=["cursor"]) from error
    if not isinstance(values, list) or [type(each) for each in values] != list(types):
        raise InvalidError(fields=["cursor"])
    return tuple(values)
