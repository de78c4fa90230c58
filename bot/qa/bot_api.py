"""A Bot API server on a free port. It refuses, and writes down, each parameter that is not as documented.

Besides the bot's side it has one for customers (`bot_api_customers.py`).
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from typing import Any, Self

from aiohttp import web

from bot.qa.bot_api_customers import add_customers
from bot.qa.markdown import MarkdownInvalidError, parse_markdown

Json = dict[str, Any]
Check = Callable[[Any], bool]
TOKEN = "4242:test-token"  # noqa: S105  (of no bot)
USERNAME = "daozhang_bot"
# All servers of a process number on: they are the same bot's, and the bot takes no update twice.
UPDATE_IDS = count(500_000_000)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def text(least: int, most: int) -> Check:
    return lambda value: isinstance(value, str) and least <= units(value) <= most


def number(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip("-").isdigit()


def flag(value: Any) -> bool:
    return value in ("true", "false", "True", "False")


def is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("https://")


def keyboard(value: Any) -> bool:
    """InlineKeyboardMarkup with buttons that have a text and 1-64 bytes of callback data."""
    markup = json.loads(value)
    rows = markup["inline_keyboard"]
    buttons = [each for row in rows for each in row]
    fine = all(
        set(each) == {"text", "callback_data"} and each["text"] and 1 <= len(each["callback_data"].encode()) <= 64
        for each in buttons
    )
    return set(markup) == {"inline_keyboard"} and fine and 1 <= len(buttons) <= 100


def commands(value: Any) -> bool:
    found = json.loads(value)
    return 1 <= len(found) <= 100 and all(
        each["command"].isascii() and each["command"].islower() and 1 <= len(each["description"]) <= 256
        for each in found
    )


def update_kinds(value: Any) -> bool:
    known = {"message", "edited_message", "callback_query", "my_chat_member"}
    return set(json.loads(value)) <= known


def secret(value: Any) -> bool:
    return 1 <= len(value) <= 256 and all(char.isalnum() or char in "_-" for char in value)


# Parameter: check, and whether it is required (https://core.telegram.org/bots/api).
METHODS: dict[str, dict[str, tuple[Check, bool]]] = {
    "getMe": {},
    "deleteWebhook": {"drop_pending_updates": (flag, False)},
    "setWebhook": {"url": (is_url, True), "secret_token": (secret, False), "allowed_updates": (update_kinds, False)},
    "setMyCommands": {"commands": (commands, True), "language_code": (text(2, 2), False)},
    "getUpdates": {
        "offset": (number, False),
        "limit": (lambda it: number(it) and 1 <= int(it) <= 100, False),
        "timeout": (number, False),
        "allowed_updates": (update_kinds, False),
    },
    "getFile": {"file_id": (text(1, 200), True)},
    "answerCallbackQuery": {"callback_query_id": (text(1, 64), True)},
    "sendChatAction": {"chat_id": (number, True), "action": (lambda it: it == "typing", True)},
    # Texts and captions are measured as they are seen; see `_words`.
    "sendMessage": {
        "chat_id": (number, True),
        "text": (text(1, 20_000), True),
        "parse_mode": (lambda it: it == "MarkdownV2", False),
        "reply_markup": (keyboard, False),
    },
    "sendPhoto": {
        "chat_id": (number, True),
        "photo": (lambda it: isinstance(it, bytes) and 0 < len(it) <= 10_000_000, True),
        "caption": (text(0, 20_000), False),
        "parse_mode": (lambda it: it == "MarkdownV2", False),
        "reply_markup": (keyboard, False),
    },
}

TROUBLES = {
    "400": "Bad Request: something is wrong with it", "403": "Forbidden: bot was blocked by the user",
    "500": "Internal Server Error", "502": "Bad Gateway",
}  # fmt: skip


# --- forum supergroups, answers to a message, edits ---
def reply_parameters(value: Any) -> bool:
    found = json.loads(value)
    fine = isinstance(found["message_id"], int) and found.get("allow_sending_without_reply") in (None, True, False)
    return fine and set(found) <= {"message_id", "allow_sending_without_reply", "chat_id", "quote"}


def media_group(value: Any) -> bool:
    """Two to ten photos, each attached under a name."""
    found = json.loads(value)
    return 2 <= len(found) <= 10 and all(
        each["type"] == "photo"
        and each["media"].startswith("attach://")
        and units(each.get("caption", "")) <= 1024
        and set(each) <= {"type", "media", "caption"}
        for each in found
    )


def scope(value: Any) -> bool:
    found = json.loads(value)
    return set(found) == {"type", "chat_id"} and found["type"] == "chat"


_TOPIC: dict[str, tuple[Check, bool]] = {"chat_id": (number, True), "message_thread_id": (number, True)}
_PLACE: dict[str, tuple[Check, bool]] = {
    "message_thread_id": (number, False), "reply_parameters": (reply_parameters, False),
}  # fmt: skip
METHODS["sendMessage"] |= _PLACE
METHODS["sendPhoto"] |= _PLACE
METHODS["setMyCommands"] |= {"scope": (scope, False)}
METHODS |= {
    "createForumTopic": {"chat_id": (number, True), "name": (text(1, 128), True)},
    "editForumTopic": {**_TOPIC, "name": (text(0, 128), False)},
    "closeForumTopic": _TOPIC,
    "reopenForumTopic": _TOPIC,
    "pinChatMessage": {"chat_id": (number, True), "message_id": (number, True), "disable_notification": (flag, False)},
    "sendMediaGroup": {"chat_id": (number, True), "media": (media_group, True), **_PLACE},
    "editMessageText": {
        "chat_id": (number, True), "message_id": (number, True), "text": (text(1, 4096), True),
        "reply_markup": (keyboard, False),
    },
    "editMessageCaption": {
        "chat_id": (number, True), "message_id": (number, True), "caption": (text(0, 1024), False),
        "reply_markup": (keyboard, False),
    },
}  # fmt: skip
# ---


class BotApi:
    """`plan` holds what goes wrong with the next messages that are sent, `polls` with the next getUpdates.

    `429`, `500`, `502`, `403`, `400`: answered so, without effect. `cut`: no answer, without effect.
    `lost`: carried out, no answer. `hang`: carried out, the answer comes too late. `unreadable`: a 400 for MarkdownV2.
    """

    def __init__(self) -> None:
        self.updates: list[Json] = []
        self.files: dict[str, bytes] = {}
        self.sent: list[Json] = []
        self.calls: dict[str, list[Json]] = defaultdict(list)
        self.wrong: list[str] = []
        self.plan: list[str] = []
        self.polls: list[str] = []
        self.blocked: set[int] = set()
        # Updates with smaller numbers were confirmed by the bot.
        self.offset = 0
        self.url = ""
        self.ended = asyncio.Event()
        self._changed = asyncio.Event()
        self._number = count(1)
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path}", self._file)
        add_customers(app, self)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.ended.set()
        self._changed.set()
        await self._runner.cleanup()

    def put(self, *updates: Json) -> None:
        """Customers did something; from any thread."""
        self._loop.call_soon_threadsafe(self._put, updates)

    def numbered(self, *updates: Json) -> tuple[Json, ...]:
        """The updates with numbers of this server's own, as Telegram numbers them and the messages in them."""
        numbered = tuple({**each, "update_id": next(UPDATE_IDS)} for each in updates)
        for each in numbered:
            if "message" in each:
                each["message"]["message_id"] = next(self._number)
        return numbered

    def keep_file(self, file: bytes) -> str:
        """The id of a file that somebody sends."""
        file_id = f"file-{next(self._number)}"
        self.files[file_id] = file
        return file_id

    def _put(self, updates: tuple[Json, ...]) -> None:
        self.updates += updates
        self._changed.set()

    def texts(self, chat_id: int) -> list[str]:
        """What a customer sees of the bot."""
        return [each["text"] for each in self.sent if each["chat_id"] == chat_id]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has happened."""
        try:
            async with asyncio.timeout(90):
                while not condition():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"it did not happen; sent: {self.sent}; wrong: {self.wrong}") from None

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        method = request.match_info["method"]
        given: Json = {}
        for name, value in (await request.post()).items():
            given[name] = value.file.read() if isinstance(value, web.FileField) else value
        if problem := _problem(method, given):
            self.wrong.append(f"{method}: {problem}")
            return _error(400, f"Bad Request: {problem}")
        self.calls[method].append(given)
        if method in ("sendMessage", "sendPhoto"):
            return await self._send(request, given)
        if method == "getUpdates":
            return await self._get_updates(request, given)
        if method == "getFile":
            return self._get_file(given["file_id"])
        if method == "getMe":
            me = {"id": 4242, "is_bot": True, "first_name": "DaoZhang", "username": USERNAME}
            return _ok(me)
        return _ok(True)

    async def _send(self, request: web.Request, given: Json) -> web.StreamResponse:
        chat_id = int(given["chat_id"])
        trouble = self.plan.pop(0) if self.plan else ""
        if chat_id in self.blocked:
            trouble = "403"
        if trouble == "429":
            return _error(429, "Too Many Requests: retry after 1", parameters={"retry_after": 1})
        if trouble in TROUBLES:
            return _error(int(trouble), TROUBLES[trouble])
        if trouble == "cut":
            return _hang_up(request)
        if trouble == "unreadable" and "parse_mode" in given:
            return _error(400, "Bad Request: can't parse entities: Character '.' is reserved")
        try:
            words, code = _words(given)
        except (MarkdownInvalidError, ValueError) as error:
            self.wrong.append(f"{error}: {given}")
            return _error(400, f"Bad Request: {error}")
        number = next(self._number)
        markup = json.loads(given.get("reply_markup", "{}"))
        buttons = [each for row in markup.get("inline_keyboard", []) for each in row]
        seen = {"message_id": number, "chat_id": chat_id, "text": words, "code": code, "buttons": buttons}
        self.sent.append(seen | {"photo": given.get("photo")})
        if trouble == "lost":
            return _hang_up(request)
        if trouble == "hang":
            await self.ended.wait()
        chat = {"id": chat_id, "type": "private", "first_name": "Alice"}
        return _ok({"message_id": number, "date": 1_790_000_000, "chat": chat, "text": words})

    async def _get_updates(self, request: web.Request, given: Json) -> web.StreamResponse:
        if self.polls:
            trouble = self.polls.pop(0)
            if trouble == "cut":
                return _hang_up(request)
            return _error(int(trouble), "Conflict" if trouble == "409" else "trouble")
        self.offset = max(self.offset, int(given.get("offset", 0)))
        self.updates = [each for each in self.updates if each["update_id"] >= self.offset]
        if not self.updates:
            self._changed.clear()
            try:
                async with asyncio.timeout(int(given.get("timeout", 0))):
                    await self._changed.wait()
            except TimeoutError:
                pass
        return _ok(self.updates[: int(given.get("limit", 100))])

    def _get_file(self, file_id: str) -> web.StreamResponse:
        if file_id not in self.files:
            return _error(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[file_id])
        return _ok({"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": f"{file_id}.png"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.files[request.match_info["path"].removesuffix(".png")])


def _words(given: Json) -> tuple[str, list[str]]:
    """What is seen of the text or caption, and its pieces in monospace; ValueError when it is too long."""
    most = 4096 if "text" in given else 1024
    words, code = str(given.get("text", given.get("caption", ""))), list[str]()
    if "parse_mode" in given:
        words, code = parse_markdown(words)
    if units(words) > most:
        raise ValueError("message is too long")
    return words, code


def _problem(method: str, given: Json) -> str | None:
    if method not in METHODS:
        return "no such method"
    known = METHODS[method]
    if foreign := set(given) - set(known):
        return f"unknown parameters {sorted(foreign)}"
    for name, (check, required) in known.items():
        if name not in given:
            if required:
                return f"{name} is missing"
        elif not check(given[name]):
            return f"{name} is not as documented: {given[name]!r:.200}"
    return None


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(code: int, description: str, **more: Any) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description, **more}
    return web.json_response(body, status=code)


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
