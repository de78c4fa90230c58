"""Which language a customer writes (pure): by script, and never from a message that does not tell."""

import re

LANGUAGES = ("zh", "en")

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_NOISE = re.compile(
    r"https?://\S+|\S+@\S+|\S*\d\S*|[\w.]*_\w*",  # addresses, numbers and whatever contains a digit
    re.ASCII,
)
_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
# Words that leave no doubt, for messages of one or two words; names of products and greetings are used by all.
_ENGLISH = frozenset(
    re.findall(
        r"\S+",
        """
        agent and are arrived been can't cannot charged could didn't does doesn't english failed from get got
        has have help how human i'm it's just missing money need never not nothing paid person please problem
        received refund refunded speak still support talk the this ticket top-up want was what when where why
        with wrong yet you your
        """,
    )
)


def detect_language(text: str, current: str) -> str:
    """The language of `text` if it is plain, else `current`.

    Two Chinese characters that are not outweighed by Latin words mean zh. Three Latin words, or one or two
    of which one is plainly English, mean en. "ok", digits and order numbers change nothing.
    """
    bare = _NOISE.sub(" ", text)
    han = len(_HAN.findall(text))
    words = _WORD.findall(bare)
    if han >= 2 and han >= 2 * len(words):
        return "zh"
    if han and han >= len(words):
        return current
    if len(words) >= 3 and len({word.lower() for word in words}) >= 2:
        return "en"
    if not han and any(word.lower() in _ENGLISH for word in words):
        return "en"
    return current


def check_language(language: str | None, default: str = "zh") -> str:
    """The base language of a tag like `en-GB` if we speak it, else the default."""
    base = (language or "").replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else default
