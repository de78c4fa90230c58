"""Read when something happened from what a customer writes, in Chinese time (pure)."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A moment a little ahead is a clock that goes fast; more than this is another day.
_AHEAD = timedelta(minutes=10)
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DAYS = {
    "大前天": 3, "前天": 2, "昨天": 1, "昨晚": 1, "昨夜": 1, "昨日": 1, "今天": 0, "今早": 0, "今晚": 0, "今日": 0,
    "day before yesterday": 2, "yesterday": 1, "last night": 1, "today": 0, "tonight": 0, "this morning": 0,
}  # fmt: skip
_MORNING = ("凌晨", "早上", "早晨", "上午", "今早", "清晨", "am", "a.m", "morning")
_AFTERNOON = ("下午", "傍晚", "晚上", "今晚", "昨晚", "昨夜", "夜里", "pm", "p.m", "afternoon", "evening", "night")

_NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_FULL = re.compile(
    r"(?<!\d)(20\d{2})\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*[日号]?\s*T?\s*"
    r"(\d{1,2})\s*:\s*(\d{2})(?:\s*:\s*(\d{2})(?:\.\d{1,6})?)?\s*(Z|[+-]\d{2}:?\d{2})?(?!\d)"
)
_AGO = re.compile(
    rf"({_NUMBER}|半|几|an?\s|half\s+an\s)\s*(?:个)?(半)?\s*(分钟|分|小时|钟头|天|days?|hours?|hrs?|h|minutes?|mins?)(半)?\s*"
    r"(?:以|之)?(?:前|ago)"
)
_YEAR_DAY = re.compile(r"(?<!\d)(?:(20\d{2})\s*[年\-/.]\s*)?(\d{1,2})\s*[月\-/]\s*(\d{1,2})\s*[日号]?(?!\d)")
_DAY_WORD = re.compile("|".join(sorted(_DAYS, key=len, reverse=True)))
_HALF_DAY = re.compile("|".join([*_MORNING[:6], *_AFTERNOON[:7], "中午", "noon"]))
_COLON = re.compile(r"(?<![\d:.])(\d{1,2})\s*:\s*(\d{2})(?::\d{2})?\s*([ap]\.?m)?(?![\d:])")
_POINT = re.compile(rf"(?<!\d)({_NUMBER})\s*[点點时](?!\d{{3}})\s*(?:(半)|(一刻)|({_NUMBER})分?|钟|整)?(?!卡)")
_ENGLISH = re.compile(r"(?<![\d:.])(\d{1,2})\s*([ap]\.?m)(?![a-z])")
_JUST_NOW = re.compile(r"刚刚|刚才|just now|right now|a moment ago")


def find_time(text: str, now: datetime) -> datetime | None:
    """The moment that a text names, aware UTC; None when none is named to the hour at least.

    Without a zone it is Chinese time, without a day the last such moment before `now`.
    """
    line = unicodedata.normalize("NFKC", text).lower()
    try:
        moment = _full(line) or _ago(line, now) or _clock_time(line, now)
    except (ValueError, OverflowError):  # a 13th month, a 25th hour
        return None
    if moment is None and _JUST_NOW.search(line):
        moment = now
    return moment.astimezone(UTC) if moment else None


def _full(line: str) -> datetime | None:
    match = _FULL.search(line.upper())
    if not match or _HALF_DAY.search(line):
        return None
    year, month, day, hour, minute, second = (int(each or 0) for each in match.groups()[:6])
    moment = datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
    if zone := match.group(7):
        offset = "+00:00" if zone == "Z" else zone
        return datetime.strptime(f"{moment:%Y%m%d%H%M%S}{offset.replace(':', '')}", "%Y%m%d%H%M%S%z")
    return moment


def _ago(line: str, now: datetime) -> datetime | None:
    match = _AGO.search(line)
    if not match or match[1] == "几":
        return None
    amount = (
        0.5 if match[1].startswith(("半", "half")) else 1.0 if match[1].startswith("a") else float(_count(match[1]))
    )
    amount += 0.5 if match[2] or match[4] else 0.0
    if match[3].startswith(("天", "day")):
        return None  # a day is too coarse to compare with a bill
    unit = "minutes" if match[3].startswith(("分", "min")) else "hours"
    return now - timedelta(**{unit: amount})


def _count(text: str) -> int:
    """`15`, `十五`, `二十` as a number; raises ValueError."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or tens == "十":
        raise ValueError(text)
    if not ten:
        return _DIGITS[text]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _clock_time(line: str, now: datetime) -> datetime | None:
    day, rest = _day(line, now)
    found = _hour_and_minute(rest)
    if found is None:
        return None
    hour, minute, exact = found
    half = _HALF_DAY.search(line)
    period = half.group() if half else ""
    hour, exact = _in_period(hour, exact, period, line)
    local_now = now.astimezone(SHANGHAI)
    base = day or local_now
    moment = base.replace(hour=hour % 24, minute=minute, second=0, microsecond=0)
    if not exact and 1 <= hour <= 6 and moment + timedelta(hours=12) <= local_now + _AHEAD:
        moment += timedelta(hours=12)  # "at 3" is the afternoon, unless that is still to come
    if day is None and moment > local_now + _AHEAD:
        moment -= timedelta(days=1)
    return moment


def _day(line: str, now: datetime) -> tuple[datetime | None, str]:
    """The day that is named, if any, and the text without it."""
    local = now.astimezone(SHANGHAI)
    if match := _YEAR_DAY.search(line):
        year = int(match[1] or local.year)
        day = local.replace(year=year, month=int(match[2]), day=int(match[3]))
        if not match[1] and day > local + _AHEAD and day.date() != local.date():
            day = day.replace(year=year - 1)
        return day, line[: match.start()] + " " + line[match.end() :]
    if match := _DAY_WORD.search(line):
        return local - timedelta(days=_DAYS[match.group()]), line
    return None, line


def _hour_and_minute(line: str) -> tuple[int, int, bool] | None:
    """Hour, minute and whether the hour is unmistakable."""
    if match := _COLON.search(line):
        hour = _half(int(match[1]), match[3])
        return hour, _minute(int(match[2])), len(match[1]) == 2 or bool(match[3])
    if match := _ENGLISH.search(line):
        return _half(int(match[1]), match[2]), 0, True
    if match := _POINT.search(line):
        minute = 30 if match[2] else 15 if match[3] else _count(match[4]) if match[4] else 0
        hour = _count(match[1])
        # "充了30点" names points of a game, not a time.
        return (hour, _minute(minute), hour > 12) if hour <= 24 else None
    return None


def _half(hour: int, half: str | None) -> int:
    if not half:
        if hour > 24:
            raise ValueError(hour)
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half.startswith("p") else 0)


def _minute(minute: int) -> int:
    if minute > 59:
        raise ValueError(minute)
    return minute


def _in_period(hour: int, exact: bool, period: str, line: str) -> tuple[int, bool]:
    """Apply 下午, 晚上, "in the evening" to an hour below 12."""
    if not period:
        period = next((each for each in (*_MORNING[8:], *_AFTERNOON[9:]) if re.search(rf"\b{each}\b", line)), "")
    if period in ("中午", "noon"):
        return (hour + 12 if 1 <= hour <= 3 else hour), True
    if period in _AFTERNOON:
        if hour == 12 and period not in ("下午", "afternoon"):
            return 24, True  # 晚上12点 is midnight
        return (hour + 12 if hour < 12 else hour), True
    return hour, exact or bool(period)
