"""For all tests: which are slow, and a run in which none may be skipped."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.running import bot_api, helpdesk  # noqa: F401  (fixtures for all folders)

# `DAOZHANG_NO_SKIPS=1` turns every skip into a failure: where all tools are installed, all tests must run.
NO_SKIPS = os.environ.get("DAOZHANG_NO_SKIPS") == "1"
HERE = Path(__file__).parent
MARKS = {"browser": "browser", "conversations": "system", "system": "system"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests below these folders, and those of the whole helpdesk, need more than Python."""
    for item in items:
        folder = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""
        if folder in MARKS:
            item.add_marker(MARKS[folder])
        if "helpdesk" in getattr(item, "fixturenames", ()):
            item.add_marker("system")
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    """The whole helpdesk comes last, and its browser tests before those that kill its processes and move its clock."""
    if item.path.name == "test_news.py" and item.path.parent.name == "system":
        return 4
    marked = [item.get_closest_marker(each) is not None for each in ("system", "browser")]
    return {(False, False): 0, (False, True): 1, (True, True): 2, (True, False): 3}[marked[0], marked[1]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    return without_skip(report) if NO_SKIPS else report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    report = yield
    return without_skip(report) if NO_SKIPS else report


def without_skip(report: Any) -> Any:
    """A report of a failure instead of one of a skip; an expected failure stays what it is."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"skipped although DAOZHANG_NO_SKIPS=1: {reason}"
    return report
