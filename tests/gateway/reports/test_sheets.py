"""Tables for spreadsheets, which run what looks like a formula."""

import csv
import io

import pytest

from bot.gateway.reports.sheets import MARK, cell, csv_of


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_a_formula_becomes_a_text(text: str):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "expected"), [("angry", "angry"), (-3, "-3"), (0.5, "0.5"), (None, ""), ("", "")])
def test_the_rest_stays(value: object, expected: str):
    assert cell(value) == expected


def test_quotes_commas_and_lines_come_back():
    rows = [{"reason": 'a "b", c\nd', "count": 1}, {"reason": "到账", "count": 2}]
    text = csv_of(rows)
    assert text.startswith(MARK)
    assert list(csv.reader(io.StringIO(text.removeprefix(MARK), newline=""))) == [
        ["reason", "count"], ['a "b", c\nd', "1"], ["到账", "2"],
    ]  # fmt: skip


def test_no_rows_are_no_lines():
    assert csv_of([]) == MARK
