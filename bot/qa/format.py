"""The script format as tables (pure): the checker, the JSON Schema for editors and the reference table read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

LANGUAGES = ("zh", "en")
CHANNELS = ("widget", "telegram")
# What a customer can do on Telegram only.
TELEGRAM_ACTS = ("show", "edit", "group", "sticker", "voice", "video", "location", "contact")
OWNERS = ("bot", "queue", "agent")
PLACEHOLDERS = frozenset({"order_no", "phone_tail", "transaction_no", "amount", "paid_at", "product", "resume_code"})
# What may happen around the customer.
AROUND = ("event", "agent", "desk", "incident", "clock", "widget", "device", "fault")
# What a turn may expect besides the names.
EXPECTATIONS = ("says", "buttons", "never", "within")
# What an agent may do with the conversation itself.
DESK_ACTS = ("claim", "reply", "note", "transfer", "hand_back", "resolve", "reopen", "come", "go")
# No answer; HTTP 500; broken JSON; a late answer; nobody listens.
FAULTS = ("timeout", "error", "malformed", "slow", "refused")
DURATION = r"(\d{1,3}(?:\.\d+)?)s"


class Kind(Enum):
    """What a value is."""

    TEXT = auto()  # a text of one language, or {zh: …, en: …}
    NAME = auto()
    NUMBER = auto()
    FLAG = auto()
    ONE_OF = auto()
    LIKE = auto()  # a text of a shape
    RESPONSES = auto()  # names of sentences
    PATTERNS = auto()  # one regular expression or several
    TEXTS = auto()  # one text or several
    ANY = auto()
    MAPPING = auto()  # with the keys of another table
    FREE = auto()  # a mapping with keys of its own
    LIST = auto()  # of what another table says


@dataclass(frozen=True)
class Key:
    """One key: what its value is, what it is for, and the details of the kind."""

    kind: Kind
    help: str
    values: tuple[str, ...] = ()
    like: str = ""
    example: str = ""
    table: str = ""
    # A shorter way to write it, besides what the kind says.
    short: Kind | None = None
    required: bool = False


Table = Mapping[str, Key]


def _text(help_: str, **details: object) -> Key:
    return Key(Kind.TEXT, help_, **details)  # type: ignore[arg-type]


def _one_of(help_: str, *values: str, required: bool = False) -> Key:
    return Key(Kind.ONE_OF, help_, values=values, required=required)


def _like(help_: str, like: str, example: str) -> Key:
    return Key(Kind.LIKE, help_, like=like, example=example)


SCRIPT: Table = {
    "name": Key(Kind.NAME, "one sentence that says what holds; used once in a file", required=True),
    "given": Key(Kind.MAPPING, "what the conversation begins with", table="given"),
    "vary": Key(Kind.MAPPING, "play the script once for each of these", table="vary"),
    "turns": Key(Kind.LIST, "what happens, in order", table="turn", required=True),
    "then": Key(Kind.MAPPING, "how things stand at the end", table="then", required=True),
}
GIVEN: Table = {
    "order": Key(Kind.NAME, "a diagnosis (a new order that leads to it), or the number of a demo order"),
    "language": _one_of("in which the widget opens (zh)", *LANGUAGES),
    "channel": _one_of("how the customer writes (widget)", *CHANNELS),
    "amount": _like("another price of the new order", r"\d+\.\d{2}", "'648.00'"),
    "clock": _like(
        "the time is moved first, always ahead; of an hour the next one in Chinese time is meant; closing: of the desk",
        r"\+\d{1,4}[mhd]|\d\d:\d\d|\d{4}-\d\d-\d\d \d\d:\d\d|closing",
        "'+2h', '23:30', '2030-02-14 23:30' or closing",
    ),
    "identity": _one_of("the shop's page signs that this is the order's customer", "signed"),
}
VARY: Table = {
    "language": Key(Kind.TEXTS, "once in each; texts are then written {zh: …, en: …}", values=LANGUAGES),
    "words": Key(Kind.TEXTS, "once with each of these in place of {words}"),
    "channel": Key(Kind.TEXTS, "once on each", values=CHANNELS),
}
TURN: Table = {
    "customer": Key(Kind.MAPPING, "what the customer types, or does", table="customer", short=Kind.TEXT),
    "bot": Key(
        Kind.MAPPING,
        "the names of all sentences that follow, in this order; [] for silence",
        table="bot",
        short=Kind.RESPONSES,
    ),
    "silent": Key(Kind.FLAG, "true: nothing may be said, like bot: []"),
    "says": Key(Kind.PATTERNS, "regular expressions; each must fit one of the answers"),
    "buttons": Key(Kind.TEXTS, "exactly the buttons of the last answer that has any: titles, or payloads with /"),
    "never": Key(Kind.PATTERNS, "no answer may be one of these sentences (utter_…) or fit one of these expressions"),
    "within": _like("seconds until the last answer, a promise and no benchmark", DURATION, "10s"),
    "event": Key(Kind.FREE, "the shop changes the order: type, and what belongs to it"),
    "agent": Key(Kind.FREE, "somebody works on the newest ticket: do, and what belongs to it"),
    "desk": Key(Kind.FREE, "an agent in the conversation: do, and what belongs to it", values=DESK_ACTS),
    "incident": _like("many orders of this product are disturbed, or no longer", "open|close", "open or close"),
    "clock": _like("the time of all processes moves", r"\+\d{1,4}[mhd]", "+3h"),
    "widget": _like("the page is closed, or opened again", "close|open", "close or open"),
    "device": _one_of("another browser or phone, or the channel on which they go on", "new", *CHANNELS),
    "fault": Key(Kind.MAPPING, "a process misbehaves for this conversation; none ends it", table="fault"),
    "wait_for": Key(Kind.RESPONSES, "after what happens around: the sentences that are said unasked, in order"),
    "use": Key(Kind.NAME, "the turns of this name in the folder's _shared.yml"),
}
CUSTOMER: Table = {
    "button": _text("a title that the customer sees, or a payload with /"),
    "picture": Key(Kind.LIST, "a file, or what is drawn for the order; a list goes in one go", table="picture"),
    "twice": _text("the same message comes two times, as after a broken connection; it counts once"),
    "at_once": Key(Kind.TEXTS, "two or more messages without waiting between them"),
    "telegram": Key(
        Kind.MAPPING,
        "what only Telegram has, by its name or with what belongs to it",
        table="telegram",
        short=Kind.NAME,
    ),
}
TELEGRAM: Table = {
    "do": _one_of(
        "show: pictures with words below; group: in a group; edit: other words", *TELEGRAM_ACTS, required=True
    ),
    "text": _text("of edit and group"),
    "picture": Key(Kind.LIST, "of show, as at the customer's picture", table="picture"),
    "caption": _text("of show: the words below it"),
    "file": Key(Kind.FLAG, "of show: sent as files"),
}
PICTURE: Table = {
    "page": _one_of("what is on it", "wechat_bill", "alipay_bill", "order_page", "error_page", "chat", required=True),
    "without": Key(Kind.TEXTS, "lines that are not on it"),
    "damage": _one_of("how it suffered", "none", "telegram", "cropped", "rotated", "blurred", "640 px", "covered"),
    "theme": _one_of("how the app looks", "light", "dark"),
    "status": _one_of("what the bill says", "paid", "refunded", "closed", "pending"),
    "number": _one_of("other: a payment that no record knows", "own", "other"),
    "amount": _text("another amount than that of the order"),
}
BOT: Table = {"any_order": Key(Kind.RESPONSES, "the names of all sentences, in any order", required=True)}
FAULT: Table = {
    "what": _one_of(
        "no answer; HTTP 500; broken JSON; a late answer; nobody listens",
        *FAULTS,
        required=True,
    ),
    "who": _one_of("who misbehaves (backend)", "backend", "rasa", "actions"),
    "path": _like("only calls of this path, * for any part (all calls)", r"/\S*", "/v1/orders/*"),
    "method": _one_of("only calls of this method (all)", "GET", "POST", "PATCH"),
    "times": Key(Kind.NUMBER, "only so many calls, then all is well (until fault: none)"),
    "seconds": Key(Kind.NUMBER, "of slow: how late the answer is (3)"),
    "carried_out": Key(Kind.FLAG, "true: what was asked is done, only its answer is lost"),
}
THEN: Table = {
    "owner": _one_of("who has the conversation", *OWNERS),
    "language": _one_of("of the conversation", *LANGUAGES),
    "tickets": Key(Kind.NUMBER, "how many the customer has"),
    "ticket_type": Key(Kind.NAME, "the type of all of them"),
    "ticket": Key(Kind.MAPPING, "fields of the newest one", table="ticket"),
    "diagnosis": Key(Kind.NAME, "the last one that was said"),
    "slots": Key(Kind.FREE, "what the dialog remembers; null for nothing"),
    "calls": Key(
        Kind.FREE, "'METHOD /path': a number of calls, some, never, same_key, or {count: 3, same_key: true}; * in paths"
    ),
    "never": Key(Kind.PATTERNS, "as in a turn, for everything that was said"),
}
TICKET: Table = {
    "type": Key(Kind.NAME, "like CALLBACK_MISSING"),
    "status": _one_of("where it is", "open", "pending", "resolved", "closed"),
    "priority": _one_of("how urgent", "low", "normal", "high", "urgent"),
    "stage": Key(Kind.NAME, "of its life, see tickets.md"),
    "demand": Key(Kind.NAME, "like CHECK_LOGS"),
    "waiting_for": _one_of("whose turn it is", "agent", "customer", "upstream"),
    "order_no": _text("the order, {order_no} for that of the script"),
    "amount": _text("like '30.00'"),
    "language": _one_of("of the customer", *LANGUAGES),
    "title": Key(Kind.PATTERNS, "a regular expression"),
    "content": Key(Kind.PATTERNS, "a regular expression; what the customer said"),
    "product": _text("of the statement"),
    "payment_state": _text("of the statement"),
    "order_state": _text("of the statement"),
    "assignee": Key(Kind.NAME, "the agent"),
    "stalling": Key(Kind.FLAG, "whether upstream is stalling"),
    "funds_at_platform": Key(Kind.FLAG, "whether the money has come to the platform"),
    "repeats": Key(Kind.NUMBER, "further reports that joined it"),
}
SHARED: Table = {
    "given": Key(Kind.MAPPING, "what scripts of this folder begin with unless they say otherwise", table="given"),
    "turns": Key(Kind.FREE, "lists of turns by name, for `use`"),
}
TABLES: Mapping[str, Table] = {
    "script": SCRIPT, "given": GIVEN, "vary": VARY, "turn": TURN, "customer": CUSTOMER, "picture": PICTURE, "bot": BOT,
    "telegram": TELEGRAM,
    "fault": FAULT, "then": THEN, "ticket": TICKET, "shared": SHARED,
}  # fmt: skip
CALL_WORDS = ("some", "never", "same_key")
