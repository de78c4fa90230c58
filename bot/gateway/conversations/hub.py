"""Live frames to the customers' sockets and long polls of this process."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from bot.errors import RateLimitedError

Frame = dict[str, Any]
QUEUE_SIZE = 200
MOST_CLIENTS = 20


class Client:
    """One listener with a bounded queue. When it is full the client is closed: it comes back and reads the store."""

    def __init__(self, size: int) -> None:
        self._queue: asyncio.Queue[Frame | None] = asyncio.Queue(size)
        self.closed = False
        self.on_overflow: Callable[[], None] = lambda: None

    def put(self, frame: Frame) -> None:
        """Queue a frame; never waits."""
        if self.closed:
            return
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.close()
            self.on_overflow()

    def close(self) -> None:
        """No more frames; `get` gives None once. What is still queued is dropped if there is no room."""
        if self.closed:
            return
        self.closed = True
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def get(self) -> Frame | None:
        """The next frame, or None at the end."""
        return await self._queue.get()


class Hub:
    """Who listens to which conversation, and in which of them the bot is typing."""

    def __init__(self, queue_size: int = QUEUE_SIZE, most_clients: int = MOST_CLIENTS) -> None:
        self._queue_size = queue_size
        self._most_clients = most_clients
        self._clients: dict[str, set[Client]] = {}
        self._typing: set[str] = set()
        # For a channel whose customers do not listen here.
        self.tell_typing: Callable[[str, bool], None] = lambda conversation_id, typing: None

    @contextlib.contextmanager
    def listen(self, conversation_id: str) -> Iterator[Client]:
        """A client for as long as the block lasts. RateLimitedError when the conversation has too many."""
        clients = self._clients.setdefault(conversation_id, set())
        if len(clients) >= self._most_clients:
            raise RateLimitedError("Too many connections to this conversation.")
        client = Client(self._queue_size)
        clients.add(client)
        try:
            yield client
        finally:
            clients.discard(client)
            if not clients and self._clients.get(conversation_id) is clients:
                del self._clients[conversation_id]

    def publish(self, conversation_id: str, frame: Frame) -> None:
        """Give a frame to everybody who listens; over a copy, as closing changes the set."""
        for client in tuple(self._clients.get(conversation_id, ())):
            client.put(frame)

    def is_typing(self, conversation_id: str) -> bool:
        """Whether the bot is thinking about an answer."""
        return conversation_id in self._typing

    def set_typing(self, conversation_id: str, typing: bool) -> None:
        """Show or hide the typing sign; nothing is sent when it does not change."""
        if typing == (conversation_id in self._typing):
            return
        (self._typing.add if typing else self._typing.discard)(conversation_id)
        self.publish(conversation_id, {"type": "typing_changed", "typing": typing, "sender": "bot"})
        self.tell_typing(conversation_id, typing)

    def close(self) -> None:
        """Close every client."""
        for clients in tuple(self._clients.values()):
            for client in tuple(clients):
                client.close()

    def __len__(self) -> int:
        return sum(len(clients) for clients in self._clients.values())
