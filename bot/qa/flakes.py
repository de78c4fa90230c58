"""What several plays of the same script say about it (pure)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.qa.result import Result


@dataclass(frozen=True)
class Plays:
    """How often a script was played and how often it passed; a flake passes sometimes."""

    place: str
    played: int
    passed: int

    @property
    def is_flake(self) -> bool:
        return 0 < self.passed < self.played


def flakes_of(results: Sequence[Result]) -> list[Plays]:
    """One for each script, in order."""
    played = Counter(each.script.place for each in results)
    passed = Counter(each.script.place for each in results if each.passed)
    return [Plays(place, count, passed[place]) for place, count in played.items()]
