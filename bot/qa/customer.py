"""A customer at the widget: the same socket, sequence numbers and client ids, without a browser."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable
from typing import Any, Self

import aiohttp

Message = dict[str, Any]
RECONNECT_SECONDS = 0.3


class CustomerError(Exception):
    """The gateway refused something, or did not do it in time."""


class Customer:
    """One person with one conversation. The socket is opened again whenever it breaks, as the widget does.

    `messages` holds what this customer was shown, by sequence number; `frames` every frame of the server, oldest
    first; `faults` what no gateway may do, such as one number for two messages.
    """

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._unsent: dict[str, Message] = {}
        self.token = ""
        self.conversation: dict[str, Any] = {}
        self.messages: dict[int, Message] = {}
        self.accepted: dict[str, Message] = {}
        self.refused: dict[str, str] = {}
        self.frames: list[dict[str, Any]] = []
        self.faults: list[str] = []

    @property
    def conversation_id(self) -> str:
        return str(self.conversation["conversation_id"])

    @property
    def answers(self) -> list[Message]:
        """Every message to this customer, oldest first."""
        return [each for _, each in sorted(self.messages.items()) if each["kind"] == "outgoing"]

    @property
    def kept(self) -> list[Message]:
        """What the helpdesk keeps of the conversation, both sides, as it shows it."""
        return list(self.messages.values())

    @property
    def all_sent(self) -> bool:
        """Whether the gateway has accepted or refused everything that was posted."""
        return not self._unsent

    async def arrive(self, **body: Any) -> Self:
        """Open a conversation (`language`, `identity`, `page_url`) and the socket to it."""
        async with self._session.post(f"{self._base_url}/api/conversations", json=body) as response:
            if response.status != 201:
                raise CustomerError(f"no conversation: HTTP {response.status} {await response.text()}")
            opened = await response.json()
        self.token, self.conversation = opened["token"], opened["conversation"]
        self._reader = asyncio.create_task(self._stay_connected())
        return self

    async def leave(self) -> None:
        """Close the socket."""
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader

    def come_back(self) -> None:
        """Open the socket again after `leave`; what was missed comes first."""
        self._reader = asyncio.create_task(self._stay_connected())

    async def send(self, seconds: float = 10.0, **message: Any) -> Message:
        """Send `type` with `text`, `button_id` or `picture_id`; the saved message. CustomerError when refused."""
        client_id = await self.post(**message)
        await self.wait(
            lambda: client_id in self.accepted or client_id in self.refused, seconds, "the message is saved"
        )
        if client_id in self.refused:
            raise CustomerError(f"the gateway refused the message: {self.refused[client_id]}")
        return self.accepted[client_id]

    async def post(self, **message: Any) -> str:
        """Send without waiting; it is sent again after each reconnect until it is accepted. Returns the client id."""
        client_id = str(message.setdefault("client_id", uuid.uuid4().hex))
        self._unsent[client_id] = message
        await self._transmit(message)
        return client_id

    async def say(self, text: str) -> Message:
        return await self.send(type="text", text=text)

    async def say_twice(self, text: str, seconds: float = 10.0) -> Message:
        """One message that comes two times, as after a broken connection; the saved message."""
        message = {"type": "text", "text": text, "client_id": uuid.uuid4().hex}
        await self.wait(lambda: self._socket is not None, seconds, "the socket is open")
        for _ in range(2):
            await self.post(**message)
        await self.wait(
            lambda: len(self._accepted_as(message["client_id"])) > 1, seconds, "the message is accepted two times"
        )
        if len(set(self._accepted_as(message["client_id"]))) > 1:
            self.faults.append("a message that came two times was saved two times")
        return self.accepted[message["client_id"]]

    async def say_at_once(self, *texts: str, seconds: float = 10.0) -> list[Message]:
        """Several messages without waiting between them, in the order in which they were saved."""
        ids = [await self.post(type="text", text=each) for each in texts]
        await self.wait(lambda: all(each in self.accepted for each in ids), seconds, "all messages are saved")
        return sorted((self.accepted[each] for each in ids), key=lambda message: int(message["seq"]))

    def _accepted_as(self, client_id: str) -> list[str]:
        frames = [each for each in self.frames if each["type"] == "message_accepted" and each["client_id"] == client_id]
        return [str(each["message"]["message_id"]) for each in frames]

    async def press(self, titles: set[str]) -> Message:
        """Press the newest button with one of these titles, whether it is still good or not."""
        return await self.send(**self.button(titles))

    def button(self, titles: set[str]) -> Message:
        """What pressing the newest button with one of these titles sends."""
        for message in reversed(self.answers):
            for button in message.get("buttons") or []:
                if button["title"] in titles:
                    return {"type": "button", "button_id": button["id"], "text": button["title"]}
        raise CustomerError(f"no button has the title {' / '.join(sorted(titles)) or '(no such payload)'}")

    async def show(self, *pictures: bytes) -> Message:
        """Upload pictures and send them in one go; the last message."""
        ids = [await self.upload(each) for each in pictures]
        for each in ids[:-1]:
            await self.send(type="picture", picture_id=each, more=True)
        return await self.send(type="picture", picture_id=ids[-1])

    async def upload(self, picture: bytes) -> str:
        """The id of the picture for a message."""
        form = aiohttp.FormData()
        form.add_field("file", picture, filename="picture")
        url = f"{self._base_url}/api/conversations/{self.conversation_id}/pictures"
        async with self._session.post(url, data=form, headers=self._authorization) as response:
            if response.status != 201:
                raise CustomerError(f"the picture was refused: HTTP {response.status} {await response.text()}")
            return str((await response.json())["picture_id"])

    async def change_language(self, language: str) -> None:
        """What the language switch of the widget does."""
        url = f"{self._base_url}/api/conversations/{self.conversation_id}"
        async with self._session.patch(url, json={"language": language}, headers=self._authorization) as response:
            if response.status != 200:
                raise CustomerError(f"no change of language: HTTP {response.status} {await response.text()}")

    async def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until the condition holds; CustomerError after that many seconds."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            raise CustomerError(f"waited {seconds:.0f} s until {what}") from None

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def _transmit(self, message: Message) -> None:
        if self._socket and not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_json({"type": "message_send", "message": message})

    async def _stay_connected(self) -> None:
        url = f"{self._base_url}/api/conversations/{self.conversation_id}/socket"
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                async with self._session.ws_connect(url) as socket:
                    after = max(self.messages, default=0)
                    await socket.send_json({"type": "hello", "token": self.token, "after": after})
                    async for frame in socket:
                        if frame.type is aiohttp.WSMsgType.TEXT:
                            await self._read(json.loads(frame.data), socket)
            self._socket = None
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _read(self, frame: dict[str, Any], socket: aiohttp.ClientWebSocketResponse) -> None:
        async with self._changed:
            self.frames.append(frame)
            kind = frame["type"]
            if kind in ("message_created", "message_accepted"):
                self._keep(frame["message"])
            if kind == "message_accepted":
                self.accepted[frame["client_id"]] = frame["message"]
                self._unsent.pop(frame["client_id"], None)
            elif kind in ("hello_accepted", "conversation_changed"):
                self.conversation = frame["conversation"]
                self._socket = socket
            elif kind == "error" and frame.get("client_id"):
                self.refused[frame["client_id"]] = frame["code"]
                self._unsent.pop(frame["client_id"], None)
            elif kind == "error":
                self.faults.append(f"error frame {frame['code']}")
            self._changed.notify_all()
        if kind == "hello_accepted":
            for message in list(self._unsent.values()):
                await self._transmit(message)

    def _keep(self, message: Message) -> None:
        known = self.messages.get(message["seq"])
        if known and known["message_id"] != message["message_id"]:
            self.faults.append(f"two messages have the number {message['seq']}")
        if any(
            each["message_id"] == message["message_id"] for seq, each in self.messages.items() if seq != message["seq"]
        ):
            self.faults.append(f"message {message['message_id']} came under two numbers")
        self.messages[message["seq"]] = message
