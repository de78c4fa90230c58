"""Runs in Python 3.10 inside the Rasa server: plain words that the goods are there (standard library only)."""

import re
import unicodedata

_MARKS = r"[\s,.!~，。、！]*"
# Whatever is repeated can be read in one way only: else a long row of it would be tried in ever so many.
_THANKS_ZH = r"(?:好[了的]?|嗯|哦|噢|ok|谢谢(?:你们?|您|了)?|多谢|感谢|辛苦了?|不用[查管弄催]了|没事了|可以了|啦|哈)"
# Which goods; "收到了" alone may be about a message.
_GOODS_ZH = r"(?:我的?|那个?|这个?)?(?:钱|话费|充值|订单|会员|卡密?|货|流量|q币|点券|点卡|钻石|东西)"
_WHEN_ZH = r"(?:(?:现在|刚才|刚|已经?|终于|总算|居然|都|也|又|今天)+)"
_BY_NOW_ZH = r"(?:刚刚?|刚才|已经?|终于|总算)"
_THERE_ZH = r"(?:到[账帐賬]了|到了(?:到了)?|充上了|充进去了)"
_CHINESE = re.compile(
    rf"(?:{_THANKS_ZH}{_MARKS})*"
    rf"(?:(?:{_GOODS_ZH})?{_WHEN_ZH}?{_THERE_ZH}|(?:{_GOODS_ZH})?{_BY_NOW_ZH}(?:收到了?|到[账帐賬]?)|{_GOODS_ZH}收到了)"
    rf"(?:{_MARKS}{_THANKS_ZH})*{_MARKS}"
)
_THANKS_EN = (
    r"(?:ok(?:ay)?|oh|hey|hi|never ?mind|all good|good news|great|cool|yes|yeah|yep|fine|now|already|no worries|cheers|"
    r"thx|ty|thanks?(?: you)?(?: (?:so|very) much| a lot)?|sorry)"
)
_GOODS_EN = r"(?:it|(?:the|my) (?:money|order|top ?-?up|recharge|credits?|balance|code|card|data|membership|diamonds))"
# What is longer tells more.
LONGEST = 80
_ENGLISH = re.compile(
    rf"(?:{_THANKS_EN}{_MARKS})*"
    rf"(?:{_GOODS_EN}(?:'?s| has| have| is| was)?(?: just| finally| now| already)*(?: been)? "
    r"(?:arrived|came through|come through|came in|here|there|credited|delivered)(?: now| already| just now)?|"
    rf"(?:i(?:'ve| have)? )?(?:(?:just|finally|already) )?received {_GOODS_EN}(?: now| already)?|"
    rf"(?:i(?:'ve| have)? )(?:just |finally )?got {_GOODS_EN} now|arrived|received now)"
    rf"(?:{_MARKS}{_THANKS_EN})*{_MARKS}"
)


def says_arrived(text: str) -> bool:
    """Whether the whole message says that it is there; a question, a "but" or a "not" is for the model."""
    line = unicodedata.normalize("NFKC", text).lower().replace("’", "'").strip()
    return len(line) <= LONGEST and any(pattern.fullmatch(line) for pattern in (_CHINESE, _ENGLISH))
