"""Typed words that answer a question which only the gateway knows was asked (pure).

News and the question for a rating wait for a click, but people type "到了" or "5". The dialog cannot know what was
asked, so such words are taken for the button here: right after the question, and only when they say nothing else.
"""

import re
import unicodedata

_FILLERS = re.compile(
    r"嗯+|是的|好的|谢谢|感谢|多谢|已经|刚刚?|现在|终于|全部|仍然|依然|一直|目前|暂时|[都钱已还是你您了啦啊呢呀哦吧账帐]"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ARRIVED = _words("到 收到 收 看到 解决 充上 到齐 没问题")
_ARRIVED_WHOLE = _words("是 是的 对 对的 有 有了 好了 可以了 嗯 嗯嗯")
_NOT_ARRIVED = _words("没 没有 未 没到 没有到 未到 没收到 没有收到 没看到 没解决 没充上 没好 不到")
_EN_FILLERS = _words("it its has have is i all now thanks thank you still the money top up yes yep yeah ok")
_EN_ARRIVED = _words("arrived received got there here solved fixed works working come came")
_EN_NOT = _words("no nope not nothing hasnt isnt didnt havent none")
_EN_NOT_ALONG = _words("yet arrive receive get at")
_REPLY = re.compile(r'/reply_ticket\{"about":"([^"]+)"\}')
_SCORE = re.compile(r'"score":"([1-5])"')
_POINTS = re.compile(r"(?:打|给|评)?([1-5一二三四五])(?:分|颗?星|points?|stars?)?")
_DIGITS = dict(zip("一二三四五", "12345", strict=True))


def means(text: str, title: str, payload: str) -> bool:
    """Whether the typed text stands for the button with this title and payload."""
    line = unicodedata.normalize("NFKC", text).lower().replace("'", "").replace("’", "")
    plain = _letters(line)
    if score := _SCORE.search(payload):
        points = _POINTS.fullmatch(plain)
        return points is not None and _DIGITS.get(points[1], points[1]) == score[1]
    if '"field":"arrived"' in payload:
        return plain == _letters(title.lower()) or _arrival(line, plain) is True
    if '"field":"not_arrived"' in payload:
        return plain == _letters(title.lower()) or _arrival(line, plain) is False
    return False


def reply_wanted(payload: str) -> str | None:
    """The ticket that this button would answer to."""
    found = _REPLY.fullmatch(payload)
    return found[1] if found else None


def _arrival(line: str, plain: str) -> bool | None:
    """True for "it is there", False for "not yet", None for everything else."""
    if plain.isascii():
        return _english_arrival(re.findall(r"[a-z0-9]+", line))
    if plain in _ARRIVED_WHOLE:
        return True
    rest = _FILLERS.sub("", plain)
    return True if rest in _ARRIVED else False if rest in _NOT_ARRIVED else None


def _english_arrival(words: list[str]) -> bool | None:
    said = set(words)
    if not said or said - _EN_FILLERS - _EN_ARRIVED - _EN_NOT - _EN_NOT_ALONG:
        return None
    if said & _EN_NOT:
        return False
    return True if said & _EN_ARRIVED or said & {"yes", "yep", "yeah"} else None


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
