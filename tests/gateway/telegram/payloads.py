"""Updates as the Bot API documents them; each function gives a new one."""

from typing import Any

from bot.qa.bot_api import UPDATE_IDS

Json = dict[str, Any]
ALICE = 7_001_000_001  # ids of users have up to 52 bits
NUMBERS = UPDATE_IDS
DATE = 1_790_000_000


def user(number: int = ALICE, language: str = "zh-hans", **more: Any) -> Json:
    names = {"first_name": "Alice", "last_name": "Zhang", "username": "alice"}
    return {"id": number, "is_bot": False, **names, "language_code": language, **more}


def chat(number: int = ALICE) -> Json:
    return {"id": number, "first_name": "Alice", "last_name": "Zhang", "username": "alice", "type": "private"}


def group(kind: str = "supergroup") -> Json:
    return {"id": -1_001_234_567_890, "title": "shop friends", "type": kind}


def update(kind: str, body: Any) -> Json:
    return {"update_id": next(NUMBERS), kind: body}


def message(kind: str = "message", *, who: int = ALICE, language: str = "zh-hans", **fields: Any) -> Json:
    base = {"message_id": next(NUMBERS), "from": user(who, language), "chat": chat(who), "date": DATE}
    return update(kind, {**base, **fields})


def text(words: str, **more: Any) -> Json:
    entities = [{"offset": 0, "length": len(words.split()[0]), "type": "bot_command"}] if words[:1] == "/" else []
    return message(text=words, **({"entities": entities} if entities else {}), **more)


def size(file_id: str, width: int, height: int, size: int = 1000) -> Json:
    unique = f"u{file_id}"
    return {"file_id": file_id, "file_unique_id": unique, "width": width, "height": height, "file_size": size}


def photo(file_id: str = "large", **more: Any) -> Json:
    sizes = [size("small", 90, 67), size(file_id, 1280, 960), size("middle", 320, 240)]
    return message(photo=sizes, **more)


def document(file_id: str = "doc", mime: str = "image/png", **more: Any) -> Json:
    body = {"file_name": "bill.png", "mime_type": mime, "file_id": file_id, "file_unique_id": "ud", "file_size": 1000}
    return message(document=body, **more)


def click(data: str, who: int = ALICE, **more: Any) -> Json:
    under = {"message_id": 5, "from": {"id": 4242, "is_bot": True, "first_name": "B"}, "chat": chat(who), "date": DATE}
    body = {"id": "4382bfdwdsb323b2d9", "from": user(who), "chat_instance": "-31", "data": data, "message": under}
    return update("callback_query", {**body, **more})


def member(status: str, old: str = "member", where: Json | None = None) -> Json:
    def one(each: str) -> Json:
        bot = {"id": 4242, "is_bot": True, "first_name": "DaoZhang", "username": "daozhang_bot"}
        return {"user": bot, "status": each, **({"until_date": 0} if each == "kicked" else {})}

    body = {"chat": where or chat(), "from": user(), "date": DATE}
    return update("my_chat_member", {**body, "old_chat_member": one(old), "new_chat_member": one(status)})


def in_topic(
    thread: int | None, *, who: int, kind: str = "message", reply_to: int | None = None, **fields: Any
) -> Json:
    """What somebody of the staff wrote; each message of a topic answers its first one, if it answers no other."""
    place: Json = {}
    if thread is not None:
        root = {"message_id": reply_to or thread, "chat": group(), "date": DATE}
        place = {"message_thread_id": thread, "is_topic_message": True, "reply_to_message": root}
    return message(kind, **{"chat": group(), "from": user(who), **place, **fields})


UNREADABLE = {
    "sticker": {"file_id": "s", "file_unique_id": "us", "type": "regular", "width": 512, "height": 512,
                "is_animated": False, "is_video": False, "emoji": "👍"},
    "voice": {"duration": 2, "mime_type": "audio/ogg", "file_id": "v", "file_unique_id": "uv", "file_size": 9},
    "video": {"duration": 4, "width": 1, "height": 1, "file_id": "m", "file_unique_id": "um", "file_size": 9},
    "video_note": {"duration": 4, "length": 240, "file_id": "n", "file_unique_id": "un"},
    "audio": {"duration": 9, "file_id": "a", "file_unique_id": "ua"},
    "location": {"latitude": 31.2, "longitude": 121.4},
    "contact": {"phone_number": "+8613800008000", "first_name": "Bob"},
    "dice": {"emoji": "🎲", "value": 3},
    "document": {"file_name": "a.pdf", "mime_type": "application/pdf", "file_id": "p", "file_unique_id": "up"},
}  # fmt: skip
