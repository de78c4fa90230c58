"""What an update of the Bot API means, and how a message is cut for Telegram (pure).

Updates are read as JSON, so that one of a kind that nobody knows yet is ignored instead of ending the loop.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from bot.gateway.conversations.model import Button, clean_text
from bot.gateway.resume.model import Result, find_code
from bot.redact import redact

# The Bot API takes 4096 and 1024 UTF-16 units; the rest is room for a line that may come before.
LONGEST_TEXT = 4000
LONGEST_CAPTION = 950
# What getFile gives at most.
LARGEST_FILE = 20_000_000
COMMANDS = ("start", "status", "human", "language", "help")
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")
# What a person sends and the bot cannot read; what the service itself reports about a chat is not in here.
UNREADABLE = (
    "sticker", "voice", "video", "video_note", "audio", "animation", "document", "location", "venue", "contact",
    "poll", "dice", "story", "game", "paid_media", "checklist",
)  # fmt: skip
Json = Mapping[str, Any]


class What(StrEnum):
    """What is to be done about an update."""

    TEXT = "text"
    PICTURE = "picture"
    BUTTON = "button"
    COMMAND = "command"
    UNREADABLE = "unreadable"
    GROUP = "group"  # a command or a mention where others read along
    STAFF = "staff"  # from the staff's group, or an account of the staff to be linked; never a customer's
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Arrival:
    """One update. `argument` follows a command, `message_no` counts in the chat, `query_id` has to be answered.

    The fields below the line are filled by `without_secrets` and while it is worked on.
    """

    update_id: int
    what: What = What.IGNORED
    chat_id: int = 0
    message_no: int | None = None
    name: str | None = None
    app_language: str | None = None
    text: str = ""
    command: str | None = None
    argument: str = ""
    button_id: str | None = None
    query_id: str | None = None
    reply_to: int | None = None
    user_id: int = 0
    thread_id: int | None = None
    file_id: str | None = None
    file_size: int = 0
    album: str | None = None
    edited: bool = False
    # ---
    redacted: bool = False
    resume_code: str | None = None
    resume_refused: str | None = None
    picture_id: str | None = None
    language: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Without what is empty."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "") and value is not False}


def arrival_from(update: Any, username: str, staff_chat: int = 0) -> Arrival | None:
    """What an update means to the bot of this name, with the group of its staff; None when it has no number."""
    number = _get(update, "update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    try:
        return _read(number, update, username, staff_chat)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return Arrival(number)


def without_secrets(arrival: Arrival) -> Arrival:
    """The arrival as it may be kept: secrets and resume code are out of its text."""
    found = find_code(arrival.text) if arrival.what is What.TEXT else None
    if arrival.what is What.TEXT and arrival.command == "start":
        # What a link brings in the shape of a code is meant as one, also with a slip in it.
        found = found or find_code(f"resume {arrival.text}")
    redaction = redact(found.text if found else arrival.text)
    hides = arrival.what is What.STAFF and arrival.command != "link"
    return replace(
        arrival,
        text=redaction.text,
        argument=redact(arrival.argument).text if hides else arrival.argument,
        name=redact(arrival.name).text[:100] if arrival.name else None,
        redacted=redaction.found,
        resume_code=found.code if found else None,
        resume_refused=Result.TYPO.value if found and not found.code else None,
    )


def _read(number: int, update: Json, username: str, staff_chat: int) -> Arrival:
    if query := _get(update, "callback_query"):
        return _callback(number, query)
    if change := _get(update, "my_chat_member"):
        return _membership(number, change)
    edited = "message" not in update
    message = _get(update, "edited_message" if edited else "message")
    if not isinstance(message, Mapping):
        return Arrival(number)
    arrival = _message(number, message, username, staff_chat)
    if not edited or arrival.what is What.STAFF:
        return replace(arrival, edited=edited)
    # Whoever corrects their words means the new ones; a picture was looked at when it came.
    if arrival.what in (What.PICTURE, What.UNREADABLE) and arrival.text:
        arrival = replace(arrival, what=What.TEXT, file_id=None, album=None)
    return replace(arrival, edited=True) if arrival.what is What.TEXT else Arrival(number)


def _message(number: int, message: Json, username: str, staff_chat: int) -> Arrival:
    chat, sender = message["chat"], _get(message, "from") or {}
    text = clean_text(str(_get(message, "text") or _get(message, "caption") or ""))
    base = Arrival(
        number,
        chat_id=int(chat["id"]),
        message_no=int(message["message_id"]),
        name=_name(sender),
        app_language=_get(sender, "language_code"),
        text=text,
        reply_to=_get(_get(message, "reply_to_message"), "message_id"),
    )
    if staff_chat and base.chat_id == staff_chat:
        return _of_staff(base, message, username)
    if _get(sender, "is_bot") or _get(message, "via_bot"):
        return Arrival(number)
    if chat["type"] != "private":
        return _in_group(base, chat["type"], message, username)
    if file := _picture(message):
        album = _get(message, "media_group_id")
        return replace(
            base,
            what=What.PICTURE,
            file_id=str(file["file_id"]),
            file_size=int(_get(file, "file_size") or 0),
            album=str(album) if album else None,
        )
    if any(kind in message for kind in UNREADABLE):
        return replace(base, what=What.UNREADABLE)
    if not text:
        return Arrival(number)
    command, argument, _ = _command(text)
    if command == "link" and staff_chat:
        return replace(base, what=What.STAFF, command=command, argument=argument, user_id=base.chat_id, text="")
    if command == "start" and argument:
        return replace(base, what=What.TEXT, command=command, text=argument)
    if command in COMMANDS:
        return replace(base, what=What.COMMAND, command=command, argument=argument)
    return replace(base, what=What.TEXT)


def _of_staff(base: Arrival, message: Json, username: str) -> Arrival:
    """What a member of the staff wrote (one who writes as the group has no id); not what the service reports."""
    # Chinese keyboards make these of a slash; what was meant for colleagues must not go to the customer.
    command, argument, addressed = _command(re.sub("^[／、]", "/", base.text))
    sender, file = _get(message, "from") or {}, _picture(message)
    anonymous = _get(_get(message, "sender_chat"), "id") == base.chat_id
    foreign = addressed.lower() not in ("", username.lower()) or (_get(sender, "is_bot") and not anonymous)
    unreadable = file is None and any(kind in message for kind in UNREADABLE)
    if foreign or not (base.text or file or unreadable):
        return Arrival(base.update_id)
    if unreadable:  # its words make no sense without it
        base, argument = replace(base, text=""), ""
    album = _get(message, "media_group_id")
    thread = message["message_thread_id"] if _get(message, "is_topic_message") else None
    return replace(
        base,
        what=What.STAFF,
        user_id=0 if anonymous else int(sender["id"]),
        thread_id=thread,
        reply_to=None if base.reply_to == thread else base.reply_to,
        command=command,
        argument=argument,
        file_id=str(file["file_id"]) if file else None,
        file_size=int(_get(file, "file_size") or 0),
        album=str(album) if album else None,
    )


def _in_group(base: Arrival, kind: str, message: Json, username: str) -> Arrival:
    """Only who speaks to the bot gets an answer, and nothing of what they said is kept."""
    if kind not in ("group", "supergroup"):
        return Arrival(base.update_id)
    command, _, addressed = _command(base.text)
    ours = command in COMMANDS and addressed.lower() in ("", username.lower())
    if ours or _mentions(base.text, username):
        return replace(base, what=What.GROUP, text="", name=None)
    return Arrival(base.update_id)


def _mentions(text: str, username: str) -> bool:
    words = (word.strip(".,!?:;，。！？：；()（）").lower() for word in text.split())
    return bool(username) and any(word == f"@{username.lower()}" for word in words)


def _command(text: str) -> tuple[str | None, str, str]:
    """Command, argument, and the bot that it is addressed to ("" for none)."""
    if not text.startswith("/"):
        return None, "", ""
    first, *rest = text[1:].split(maxsplit=1) or [""]
    command, _, addressed = first.partition("@")
    return command.lower(), rest[0].strip() if rest else "", addressed


def _picture(message: Json) -> Json | None:
    """The largest size of a photo, or a document that is a picture."""
    sizes = _get(message, "photo")
    if isinstance(sizes, Sequence) and sizes:
        largest: Json = max(sizes, key=lambda each: int(each["width"]) * int(each["height"]))
        return largest
    document = _get(message, "document")
    if document and _get(document, "mime_type") in PICTURE_TYPES:
        return document  # type: ignore[no-any-return]
    return None


def _callback(number: int, query: Json) -> Arrival:
    """A click. One under a message that Telegram no longer shows has to be answered, too."""
    query_id = str(query["id"])
    chat = _get(_get(query, "message") or {}, "chat") or {}
    data = _get(query, "data")
    if _get(chat, "type") != "private" or not data:
        return Arrival(number, query_id=query_id)
    sender = query["from"]
    return Arrival(
        number,
        What.BUTTON,
        chat_id=int(chat["id"]),
        name=_name(sender),
        app_language=_get(sender, "language_code"),
        button_id=clean_text(str(data))[:64],
        query_id=query_id,
    )


def _membership(number: int, change: Json) -> Arrival:
    if change["chat"]["type"] != "private":
        return Arrival(number)
    status = change["new_chat_member"]["status"]
    what = {"kicked": What.BLOCKED, "left": What.BLOCKED, "member": What.UNBLOCKED}.get(status, What.IGNORED)
    return Arrival(number, what, chat_id=int(change["chat"]["id"]))


def _name(sender: Json) -> str | None:
    parts = (_get(sender, "first_name"), _get(sender, "last_name"))
    return clean_text(" ".join(str(each) for each in parts if each)) or None


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


@dataclass(frozen=True)
class Part:
    """One call of the Bot API: a text, or a picture that may have one below it. Buttons are the last part's."""

    text: str = ""
    buttons: tuple[Button, ...] = ()
    picture: bool = False


def parts_of(text: str, buttons: tuple[Button, ...], picture: bool) -> list[Part]:
    """A message in pieces that Telegram takes; a short text goes below the picture, a long one before it."""
    if picture and units(text) <= LONGEST_CAPTION:
        return [Part(text, buttons, picture=True)]
    parts = [Part(each) for each in split(text)]
    if picture:
        parts.append(Part(picture=True))
    if parts:
        parts[-1] = replace(parts[-1], buttons=buttons)
    return parts


def split(text: str, most: int = LONGEST_TEXT) -> Iterator[str]:
    """Pieces of at most so many UTF-16 units, cut at a line, else at a blank, else anywhere."""
    rest = text.strip()
    while units(rest) > most:
        end = _fitting(rest, most)
        cut = max(rest.rfind("\n", 0, end + 1), 0) or max(rest.rfind(" ", 0, end + 1), 0) or end
        yield rest[:cut].rstrip()
        rest = rest[cut:].strip()
    if rest:
        yield rest


def units(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def _fitting(text: str, most: int) -> int:
    """How many characters fit."""
    used = 0
    for index, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > most:
            return index
    return len(text)
