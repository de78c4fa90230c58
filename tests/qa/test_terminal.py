"""What a run prints while it goes on."""

import io

import pytest
from rich.console import Console

from bot.qa.terminal import Terminal
from tests.qa.dialogs import result

FAILED = result(name="坏", failure=("- utter_here", "+ utter_greet"))


def printed(*, quiet: bool = False, **console: object) -> str:
    out = io.StringIO()
    made = Console(file=out, highlight=False, markup=False, soft_wrap=True, **console)  # type: ignore[arg-type]
    terminal = Terminal(quiet=quiet, console=made)
    terminal.begin(10)
    terminal.note("starting …")
    for each in (result(), FAILED, FAILED):
        terminal.show(each)
    return out.getvalue()


def test_every_result_has_its_line_and_the_first_failure_is_shown_in_full_at_once():
    assert printed() == (
        "starting …\n"
        " 1 of 10 ok     tests/conversations/some.yml::充值没到账 (1.5 s)\n"
        " 2 of 10 FAILED tests/conversations/some.yml::坏 (1.5 s)\n"
        "tests/conversations/some.yml:4: 坏\n"
        "      as expected, - missing, + too much:\n"
        "    - utter_here\n"
        "    + utter_greet\n"
        "  the conversation:\n"
        "    customer: 你好\n"
        "    bot: utter_here | 在的\n"
        " 3 of 10 FAILED tests/conversations/some.yml::坏 (1.5 s)\n"
    )


def test_quiet_leaves_out_what_went_well():
    assert "ok" not in printed(quiet=True)
    assert "starting" not in printed(quiet=True)
    assert "FAILED" in printed(quiet=True)


def test_colours_are_for_terminals_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31m" in printed(force_terminal=True, color_system="standard")
    assert "\x1b" not in printed()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in printed(force_terminal=True, color_system="standard")


def test_a_table_shows_brackets_as_they_are_and_folds_long_cells():
    out = io.StringIO()
    terminal = Terminal(console=Console(file=out, highlight=False, width=60))
    terminal.table(("script", "what"), [("a.yml::[en] " + "x" * 80, "[red]intent")])
    text = out.getvalue()
    assert "[red]intent" in text
    assert "[en]" in text
    assert text.count("x") == 80
