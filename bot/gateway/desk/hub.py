"""Live frames to the agents' sockets of this process, numbered, with the last ones kept for who comes back."""

import contextlib
import secrets
from collections import deque
from collections.abc import Iterator
from typing import Any

from bot.errors import RateLimitedError
from bot.gateway.conversations.hub import Client, Frame
from bot.gateway.conversations.model import Conversation, Message, Status
from bot.gateway.conversations.store import Written
from bot.gateway.desk.rows import message_of, row_of

QUEUE_SIZE = 1000
RING_SIZE = 5000
MOST_TABS = 20


class DeskClient(Client):
    """One tab of one agent."""

    def __init__(self, size: int, username: str) -> None:
        super().__init__(size)
        self.username = username
        self.watching: str | None = None


class DeskHub:
    """Everybody at the desk hears of everything; `epoch` names the life of this process."""

    def __init__(self, queue_size: int = QUEUE_SIZE, ring_size: int = RING_SIZE) -> None:
        self.epoch = secrets.token_hex(8)
        self.n = 0
        self._queue_size = queue_size
        self._ring: deque[Frame] = deque(maxlen=ring_size)
        self._clients: set[DeskClient] = set()
        # Set with each change of a conversation, cleared by who counts.
        self.changed = False

    @contextlib.contextmanager
    def listen(self, username: str) -> Iterator[DeskClient]:
        """A client for as long as the block lasts. RateLimitedError when somebody has too many tabs."""
        if sum(each.username == username for each in self._clients) >= MOST_TABS:
            raise RateLimitedError("Too many tabs.")
        client = DeskClient(self._queue_size, username)
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)
            self.watch(client, None)

    def publish(self, frame: Frame) -> None:
        """Number a frame, keep it, and give it to everybody; over a copy, as closing changes the set."""
        self.n += 1
        numbered = {**frame, "n": self.n}
        self._ring.append(numbered)
        for client in tuple(self._clients):
            client.put(numbered)

    def missed(self, epoch: str | None, n: int) -> list[Frame] | None:
        """The frames after `n`; None when they are not all here any more."""
        if epoch != self.epoch or n > self.n:
            return None
        first = self._ring[0]["n"] if self._ring else self.n + 1
        if n + 1 < first:
            return None
        return [frame for frame in self._ring if frame["n"] > n]

    def watch(self, client: DeskClient, conversation_id: str | None) -> None:
        """What this tab shows; the others see who looks at the same."""
        before, client.watching = client.watching, conversation_id
        for each in {before, conversation_id} - {None}:
            if before != conversation_id:
                self.publish(
                    {"type": "watchers_changed", "conversation_id": each, "usernames": self.watchers(str(each))}
                )

    def watchers(self, conversation_id: str) -> list[str]:
        """Who has it open, by username."""
        return sorted({each.username for each in self._clients if each.watching == conversation_id})

    def usernames(self) -> set[str]:
        """Everybody with an open socket here."""
        return {each.username for each in self._clients}

    def hear(self, written: Written) -> None:
        """A conversation was written to."""
        now = written.conversation
        for message in written.messages:
            self.publish(message_created(message, now))
        self.publish({"type": "conversation_changed", "conversation": row_of(now)})
        self.changed = True

    def set_typing(self, conversation_id: str, sender: str, typing: bool, agent: str | None = None) -> None:
        """Somebody types; this is not worth keeping for later."""
        frame: dict[str, Any] = {
            "type": "typing_changed",
            "conversation_id": conversation_id,
            "sender": sender,
            "typing": typing,
            "n": self.n,
        }
        for client in tuple(self._clients):
            client.put(frame | ({"agent": agent} if agent else {}))

    def close(self) -> None:
        """Close every client."""
        for client in tuple(self._clients):
            client.close()

    def __len__(self) -> int:
        return len(self._clients)


def message_created(message: Message, conversation: Conversation) -> Frame:
    """The frame for a new message. What is being sent is `sent` by the time that somebody sees it."""
    body = message_of(message, conversation.read_seq)
    if message.status is Status.PENDING:
        body["status"] = Status.SENT.value
    return {"type": "message_created", "conversation_id": message.conversation_id, "message": body}
