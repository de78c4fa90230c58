"""The Bot API server with a forum supergroup in it: topics that are made, closed, deleted, and messages that change."""

import json
from dataclasses import dataclass

from aiohttp import web

from bot.qa.bot_api import BotApi, Json, _error, _ok, _problem

STAFF = -1_001_234_567_890
FORUM = (
    "createForumTopic", "editForumTopic", "closeForumTopic", "reopenForumTopic", "pinChatMessage", "sendMediaGroup",
    "editMessageText", "editMessageCaption",
)  # fmt: skip


@dataclass
class FakeTopic:
    name: str
    closed: bool = False


class ForumApi(BotApi):
    """`staff_plan` is the `plan` of what goes to the group; what goes to customers has none of its trouble."""

    def __init__(self) -> None:
        super().__init__()
        self.topics: dict[int, FakeTopic] = {}
        self.pinned: list[int] = []
        self.staff_plan: list[str] = []

    def in_topic(self, thread: int) -> list[str]:
        """What the staff reads there of the bot."""
        return [each["text"] for each in self.sent if each["chat_id"] == STAFF and each["thread"] == thread]

    def find(self, words: str, chat_id: int = STAFF) -> Json:
        """The last message of the bot that has these words."""
        return next(each for each in reversed(self.sent) if each["chat_id"] == chat_id and words in each["text"])

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if method not in FORUM:
            return await super()._serve(request)
        given: Json = {}
        for name, value in (await request.post()).items():
            given[name] = value.file.read() if isinstance(value, web.FileField) else value
        names = [each["media"].removeprefix("attach://") for each in json.loads(given.get("media", "[]"))]
        files = [given.pop(name) for name in names]
        if problem := _problem(method, given):
            self.wrong.append(f"{method}: {problem}")
            return _error(400, f"Bad Request: {problem}")
        self.calls[method].append({**given, "files": files} if files else given)
        if method.startswith("editMessage"):
            return self._edit(given)
        if method == "pinChatMessage":
            self.pinned.append(int(given["message_id"]))
            return _ok(True)
        if method == "sendMediaGroup":
            return self._album(given, files)
        return self._topic(method, given)

    def _topic(self, method: str, given: Json) -> web.StreamResponse:
        if method == "createForumTopic":
            number = next(self._number)
            self.topics[number] = FakeTopic(given["name"])
            made = {"message_thread_id": number, "name": given["name"], "icon_color": 7322096}
            return _ok(made)
        topic = self.topics.get(int(given["message_thread_id"]))
        if topic is None:
            return _error(400, "Bad Request: TOPIC_ID_INVALID")
        if method == "editForumTopic":
            topic.name = given["name"]
            return _ok(True)
        closed = method == "closeForumTopic"
        if topic.closed == closed:
            return _error(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.closed = closed
        return _ok(True)

    def _shut(self, given: Json) -> web.StreamResponse | None:
        if int(given["chat_id"]) != STAFF or "message_thread_id" not in given:
            return None
        topic = self.topics.get(int(given["message_thread_id"]))
        if topic is None:
            return _error(400, "Bad Request: message thread not found")
        return _error(400, "Bad Request: TOPIC_CLOSED") if topic.closed else None

    async def _send(self, request: web.Request, given: Json) -> web.StreamResponse:
        if int(given["chat_id"]) == STAFF:
            self.plan.insert(0, self.staff_plan.pop(0) if self.staff_plan else "")
            if self.plan[0] == "" and (shut := self._shut(given)):
                self.plan.pop(0)
                return shut
        before = len(self.sent)
        answer = await super()._send(request, given)
        for each in self.sent[before:]:
            each.update(_place(given))
        return answer

    def _album(self, given: Json, files: list[bytes]) -> web.StreamResponse:
        trouble = self.staff_plan.pop(0) if self.staff_plan else ""
        if trouble == "429":
            return _error(429, "Too Many Requests: retry after 1", parameters={"retry_after": 1})
        if shut := self._shut(given):
            return shut
        made = []
        for each, file in zip(json.loads(given["media"]), files, strict=True):
            number = next(self._number)
            words = each.get("caption", "")
            entry = {"chat_id": int(given["chat_id"]), "text": words, "buttons": [], "photo": file}
            self.sent.append({**entry, **_place(given), "message_id": number})
            chat = {"id": int(given["chat_id"]), "type": "supergroup", "title": "staff"}
            made.append({"message_id": number, "date": 1_790_000_000, "chat": chat})
        return _ok(made)

    def _edit(self, given: Json) -> web.StreamResponse:
        place = (int(given["chat_id"]), int(given["message_id"]))
        words = given.get("text", given.get("caption", ""))
        for each in self.sent:
            if (each["chat_id"], each["message_id"]) == place:
                if each["text"] == words:
                    return _error(400, "Bad Request: message is not modified")
                each["text"] = words
                return _ok({"message_id": place[1], "date": 1_790_000_000, "chat": {"id": place[0], "type": "private"}})
        return _error(400, "Bad Request: message to edit not found")


def _place(given: Json) -> Json:
    reply = json.loads(given.get("reply_parameters", "{}")).get("message_id")
    thread = given.get("message_thread_id")
    return {"thread": int(thread) if thread else None, "reply_to": reply}
