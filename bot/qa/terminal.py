"""What a run prints while it goes on; colours only on a terminal and not with NO_COLOR."""

from collections.abc import Iterable

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bot.qa.report import failure_of, line_of
from bot.qa.result import Result


class Terminal:
    """Counts the results as they come; quiet says only what failed and the end."""

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._quiet = quiet
        self._count = self._total = self._failed = 0

    def begin(self, total: int) -> None:
        """So many results will come."""
        self._count, self._total, self._failed = 0, total, 0

    def note(self, text: str) -> None:
        """Something that quiet leaves out."""
        if not self._quiet:
            self._console.print(text, style="dim")

    def say(self, text: str, *, style: str = "") -> None:
        self._console.print(text, style=style or None)

    def say_all(self, lines: Iterable[str]) -> None:
        for each in lines:
            self.say(each)

    def table(self, titles: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """Rows below titles; long cells are folded."""
        table = Table(*(Column(Text(each)) for each in titles), box=SIMPLE)
        for row in rows:
            table.add_row(*(Text(each, overflow="fold") for each in row))
        self._console.print(table, soft_wrap=False)

    def show(self, result: Result) -> None:
        """A result's line with how many there are; the first failure in full."""
        self._count += 1
        self._failed += not result.passed
        width = len(str(self._total))
        line = f"{self._count:>{width}} of {self._total} {line_of(result)}"
        if not result.passed:
            self.say(line, style="red")
            if self._failed == 1:
                self.say(failure_of(result))
        elif not self._quiet:
            self.say(line)
