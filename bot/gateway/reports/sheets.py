"""The tables of a report as CSV."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Rows = Sequence[Mapping[str, Any]]
Table = Callable[[Mapping[str, Any]], Rows]


def _all_of(name: str) -> Table:
    return lambda report: report[name]


def _part_of(name: str, part: str) -> Table:
    return lambda report: report[name][part]


def _numbers_of(name: str) -> Table:
    return lambda report: [report[name]]


TABLES: Mapping[str, Table] = {
    **{name: _all_of(name) for name in ("volume", "reasons", "causes", "by_channel", "by_product")},
    **{name: _part_of(name, "by_day") for name in ("first_response", "resolution")},
    **{name: _numbers_of(name) for name in ("containment", "sla")},
    "csat": _part_of("csat", "by_score"),
}
# What cannot be told without the backend.
OF_THE_BACKEND = frozenset({"causes", "sla", "csat", "by_product"})
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets read UTF-8 only with it.
MARK = "\ufeff"


def cell(value: object) -> str:
    """A cell; a text that a spreadsheet would take for a formula gets a quote before it, what is unknown is empty."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.lstrip(" \n").startswith(_BEGINS_FORMULA) and not is_number else text


def csv_of(rows: Rows) -> str:
    """The rows under the names of their columns, after RFC 4180; nothing but the mark without rows."""
    out = io.StringIO()
    writer = csv.writer(out)
    if rows:
        writer.writerow(rows[0])
    writer.writerows([cell(value) for value in row.values()] for row in rows)
    return MARK + out.getvalue()
