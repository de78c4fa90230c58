"""A customer on Telegram, through a Bot API server (`bot_api.py`): the same acts as at the widget."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import Any, Self

import aiohttp

from bot.qa.customer import CustomerError
from bot.qa.telegram_book import Book

Message = dict[str, Any]
LOOK_SECONDS = 0.05
WAIT_SECONDS = 0.2
NOW = 1_790_000_000
LANGUAGES = {"zh": "zh-hans", "en": "en"}
UNREADABLE: dict[str, Any] = {
    "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"},
    "voice": {"duration": 2, "mime_type": "audio/ogg", "file_size": 900},
    "video": {"duration": 4, "width": 320, "height": 240, "file_size": 900},
    "location": {"latitude": 31.2, "longitude": 121.4},
    "contact": {"phone_number": "+8613800008000", "first_name": "Bob"},
}  # fmt: skip
HAVE_FILE = ("sticker", "voice", "video")


class TelegramCustomer:
    """One person with a private chat. `messages` holds what their screen shows, by place, theirs too.

    `faults` has what no bot may do: a message twice without a word about it, or an earlier one after a later one.
    """

    def __init__(self, session: aiohttp.ClientSession, book: Book) -> None:
        self._session = session
        self._book = book
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._place = 0
        self._offset = 0
        self._words: tuple[int, Message] = (0, {})
        self._language = "zh"
        self.chat_id = 7_000_000_000 + secrets.randbelow(1_000_000_000)
        self.conversation: dict[str, Any] = {}
        self.messages: dict[int, Message] = {}
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
        """Of what the helpdesk keeps, the part that the phone shows: what was typed stands there as it was."""
        return self.answers

    async def arrive(self, language: str = "zh", start: str = "", **_: Any) -> Self:
        """Open the bot and press Start, perhaps through a link with `start`."""
        if not self._book.token:
            raise CustomerError("this helpdesk has no bot on Telegram")
        self._language = language
        self.come_back()
        await self.say(f"/start {start}".strip())
        self.conversation = await self._book.conversation(self.chat_id)
        return self

    async def leave(self) -> None:
        """Put the phone away."""
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader

    def come_back(self) -> None:
        """Look at the chat again; what was missed is there."""
        self._reader = asyncio.create_task(self._read())

    async def say(self, text: str) -> Message:
        message = await self._send(text, self._message(text=text, **_entities(text)))
        return message

    async def press(self, titles: set[str]) -> Message:
        """Press the newest button with one of these titles, whether it is still good or not."""
        for shown in reversed(self.answers):
            for button in shown.get("buttons") or []:
                if button["title"] in titles:
                    under = {"message_id": shown["message_no"], "chat": self._chat(), "date": NOW, "text": "…"}
                    query = {"id": secrets.token_hex(8), "from": self._person(), "chat_instance": "-31",
                             "data": button["id"], "message": under}  # fmt: skip
                    return await self._send(button["title"], {"callback_query": query})
        raise CustomerError(f"no button has the title {' / '.join(sorted(titles)) or '(no such payload)'}")

    async def show(self, *pictures: bytes, caption: str = "", file: bool = False) -> Message:
        """Send a photo, or several as an album, with words below it; as files if so wanted. The last message."""
        group = {"media_group_id": secrets.token_hex(6)} if len(pictures) > 1 else {}
        sent = [self._message(**await self._picture(each, file=file), **group) for each in pictures]
        if caption:
            sent[0]["message"]["caption"] = caption
        return await self._send(caption, *sent)

    async def do(self, what: str, pictures: list[bytes], **fields: Any) -> Message:
        """What there is on Telegram only; see TELEGRAM_ACTS in `model.py`."""
        text = str(fields.get("text", ""))
        if what == "show":
            return await self.show(*pictures, caption=str(fields.get("caption", "")), file=bool(fields.get("file")))
        if what == "edit":
            number, body = self._words
            return await self._send(text, {"edited_message": {**body, "message_id": number, "text": text}})
        if what == "group":
            where = {"id": -self.chat_id, "title": "shop friends", "type": "supergroup"}
            return await self._send(text, self._message(text=text, **_entities(text)) | {}, chat=where)
        file = {"file_id": f"{what}-1", "file_unique_id": f"u{what}"} if what in HAVE_FILE else {}
        return await self._send(f"[{what}]", self._message(**{what: UNREADABLE[what] | file}))

    async def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until the condition holds; CustomerError after that many seconds."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            raise CustomerError(f"waited {seconds:.0f} s until {what}") from None

    async def _send(self, text: str, *sent: dict[str, Any], chat: dict[str, Any] | None = None) -> Message:
        """Post the updates of one moment and wait until the helpdesk has them."""
        for each in sent:
            if chat:
                each["message"]["chat"] = chat
        before = set(await self._book.turns(self.chat_id))
        shown: Message = {"kind": "incoming", "sender": "customer", "text": text, "message_id": "", "turns": []}
        self._show(shown)
        numbers = await self._post("updates", json=list(sent))
        if "text" in sent[-1].get("message", {}):
            self._words = (int(numbers[-1]["message_id"]), sent[-1]["message"])
        ids = [int(each["update_id"]) for each in numbers]
        await self._until_done(ids)
        found = await self._book.message_ids(ids)
        new = [each for each in await self._book.turns(self.chat_id) if each not in before]
        shown["message_id"] = found[-1] if found else ""
        # Of pictures in one go the last is answered.
        shown["turns"] = [each for each in new if each not in found[:-1]]
        return shown

    async def _until_done(self, update_ids: list[int]) -> None:
        try:
            async with asyncio.timeout(30):
                while self._offset <= max(update_ids):
                    await self._look(WAIT_SECONDS)
                for each in update_ids:
                    while not await self._book.is_done(each):  # noqa: ASYNC110
                        await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise CustomerError("the helpdesk did not take what was sent") from None

    async def _read(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                found = await self._look(WAIT_SECONDS)
                for each in found["messages"]:
                    if each["place"] > self._place:
                        self._place = each["place"]
                        await self._receive(each)
                self.faults += [f"Bot API: {each}" for each in found["wrong"] if f"Bot API: {each}" not in self.faults]
            self.conversation = await self._book.conversation(self.chat_id)
            async with self._changed:
                self._changed.notify_all()

    async def _look(self, wait: float) -> dict[str, Any]:
        params = {"chats": f"{self.chat_id},{-self.chat_id}", "after": str(self._place), "wait": str(wait)}
        async with self._session.get(f"{self._book.url}/customers/messages", params=params) as response:
            response.raise_for_status()
            found: dict[str, Any] = await response.json()
        self._offset = found["offset"]
        return found

    async def _receive(self, sent: dict[str, Any]) -> None:
        """Something appears on the screen; who said it is known as soon as the helpdesk has marked it."""
        plain = {"kind": "outgoing", "sender": "bot", "message_id": "", "message_no": sent["message_id"]}
        buttons = [{"title": each["text"], "id": each["callback_data"]} for each in sent["buttons"]]
        shown: Message = plain | {"buttons": buttons} | {name: sent[name] for name in ("text", "code", "photo")}
        if sent["chat_id"] != self.chat_id:
            self._show(shown)
            return
        known = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                while (known := await self._book.delivered(self.chat_id, sent["message_id"])) is None:  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_SECONDS)
        if known is None:
            self.faults.append(f"nobody knows this message: {sent['text']}")
            self._show(shown)
            return
        first = next((each for each in self.answers if each["message_id"] == known["message_id"]), None)
        if first and first["part"] < known["part"]:
            first |= {"part": known["part"], "text": f"{first['text']}\n{sent['text']}", "buttons": buttons}
            return
        if any(each.get("position", 0) >= known["position"] for each in self.answers):
            self.faults.append(f"it came twice, or too late: {sent['text']}")
        self._show(shown | known)

    def _show(self, message: Message) -> None:
        message["seq"] = len(self.messages) + 1
        self.messages[message["seq"]] = message

    async def _post(self, path: str, **body: Any) -> Any:
        async with self._session.post(f"{self._book.url}/customers/{path}", **body) as response:
            response.raise_for_status()
            return await response.json()

    async def _picture(self, picture: bytes, *, file: bool) -> dict[str, Any]:
        """A photo comes in several sizes, of which only the largest can be read."""
        kept = await self._post("files", data=picture)
        one = kept | {"file_unique_id": f"u{kept['file_id']}"}
        if file:
            return {"document": one | {"file_name": "bill.png", "mime_type": "image/png"}}
        small = {"file_id": "thumbnail", "file_unique_id": "uthumbnail", "file_size": 900}
        return {"photo": [small | {"width": 67, "height": 90}, one | {"width": 960, "height": 1280}]}

    def _message(self, **fields: Any) -> dict[str, Any]:
        return {"message": {"from": self._person(), "chat": self._chat(), "date": NOW, **fields}}

    def _person(self) -> dict[str, Any]:
        code = LANGUAGES.get(self._language, self._language)
        return {"id": self.chat_id, "is_bot": False, "first_name": "Alice", "language_code": code}

    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat_id, "first_name": "Alice", "type": "private"}


def _entities(text: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {}
    return {"entities": [{"offset": 0, "length": len(text.split()[0]), "type": "bot_command"}]}
