"""The reports for programs and for people."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as Xml

from bot.qa.coverage import Coverage, Part
from bot.qa.report_files import Report, json_of, junit_of, write_reports
from bot.qa.report_html import page_of
from bot.qa.result import PlayedTurn
from tests.qa.dialogs import result

TURNS = (
    PlayedTurn(1, "arrival", "", ("utter_greet",), ("您好",)),
    PlayedTurn(4, "customer", "<b>我付了</b> & 没到\x00", ("utter_here",), ("在的\n<script>alert(1)</script>",), 0.8),
    PlayedTurn(5, "meanwhile", "[clock] +24h"),
)
GOOD = result(name="好的", turns=TURNS[:1])
BAD = result(name='坏 "的"', failure=("- utter_here\x00", "+ utter_greet"), turns=TURNS)
COVERAGE = Coverage(
    (Part("rules", ("a", "b", "c"), ("d <e>",), {"f": "only on Telegram"}), Part("intents", ("a",), (), {})),
    ("something & else",),
)
REPORT = Report((GOOD, BAD), COVERAGE, 61.25, "daozhang-1.tar.gz", datetime(2026, 11, 30, 9, 0, tzinfo=UTC))


def test_the_json_holds_results_turns_and_coverage():
    found = json.loads(json_of(REPORT))
    assert (found["passed"], found["failed"], found["seconds"]) == (1, 1, 61.2)
    assert [each["passed"] for each in found["scripts"]] == [True, False]
    assert found["scripts"][0]["failed_at"] is None
    assert found["scripts"][1]["failed_at"] == 4
    assert found["scripts"][1]["turns"][0]["bot"] == [{"name": "utter_greet", "text": "您好"}]
    assert found["coverage"]["rules"] == {
        "percent": 75.0,
        "reached": ["a", "b", "c"],
        "missing": ["d <e>"],
        "excepted": {"f": "only on Telegram"},
    }
    assert found["faults"] == ["something & else"]


def test_the_junit_file_has_what_its_schema_asks_for():
    root = Xml.fromstring(junit_of(REPORT))
    assert root.tag == "testsuites"
    assert root.attrib == {}
    (suite,) = root
    needed = {"id", "name", "package", "hostname", "timestamp", "tests", "failures", "errors", "time"}
    assert set(suite.attrib) == needed
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    assert [each.tag for each in suite] == ["properties", "testcase", "testcase", "system-out", "system-err"]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("2", "1")
    good, bad = suite.findall("testcase")
    assert set(good.attrib) == {"classname", "name", "time"}
    assert good.attrib["classname"] == "tests.conversations.some"
    assert list(good) == []
    (failure,) = bad
    assert (failure.tag, failure.attrib["type"]) == ("failure", "conversation")
    assert failure.attrib["message"].startswith("tests/conversations/some.yml:4: - utter_here")
    assert "customer: 你好" in (failure.text or "")


class _Page(HTMLParser):
    """Tags that were opened and closed, and everything that points elsewhere."""

    EMPTY = frozenset({"meta", "br", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.elsewhere += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "action", "srcset")]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else():
    page = _Page()
    page.feed(page_of(REPORT))
    assert page.open == []
    assert page.elsewhere == []
    assert "link" not in page.tags
    assert page.tags.count("script") == 1
    assert "url(" not in page_of(REPORT)
    assert "@import" not in page_of(REPORT)


def test_the_page_shows_what_was_said_as_text():
    text = page_of(REPORT)
    assert "&lt;b&gt;我付了&lt;/b&gt; &amp; 没到" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "d &lt;e&gt;" in text
    assert "not counted: only on Telegram" in text
    assert "something &amp; else" in text
    assert "[clock] +24h" in text


def test_failures_come_first_and_open():
    found = re.findall(r'<details class="conversation (\w+)"( open)?>', page_of(REPORT))
    assert found == [("failed", " open"), ("passed", "")]


def test_reports_are_written_where_they_are_wanted(tmp_path: Path):
    places = write_reports(REPORT, {"html": tmp_path / "new" / "a.html", "json": tmp_path / "b.json"})
    assert places == [tmp_path / "new" / "a.html", tmp_path / "b.json"]
    assert places[0].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert json.loads(places[1].read_text(encoding="utf-8"))["failed"] == 1
