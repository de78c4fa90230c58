"""What became of a script, and what is kept of it for reports (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.qa.model import Script


@dataclass
class PlayedTurn:
    """One turn as it was played: who acted, what they said or did, and what was then said to the customer.

    `who` is `customer`, `meanwhile` (something around them) or `arrival`; `names` are the utter names of `texts`;
    `seconds` from the accepted message to the last answer, 0.0 when nothing was said.
    """

    line: int
    who: str
    said: str
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass
class Result:
    """What became of one script; `failure` is empty when it passed, `line` is where it failed.

    `trackers` are Rasa's trackers of all stretches with their events, also of a script that failed (as far as Rasa
    still answers); `seconds` is how long the whole script took.
    """

    script: Script
    failure: list[str] = field(default_factory=list)
    line: int = 0
    transcript: list[str] = field(default_factory=list)
    seconds: float = 0.0
    trackers: list[Mapping[str, Any]] = field(default_factory=list)
    turns: list[PlayedTurn] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.failure
