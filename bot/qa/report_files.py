"""The reports of a run for programs, JSON and JUnit XML, and the writing of all reports."""

import json
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from bot.qa.coverage import Coverage, percent_of
from bot.qa.report import failure_of
from bot.qa.report_html import page_of
from bot.qa.result import Result

# What XML 1.0 does not allow, not even escaped.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Report:
    """A whole run; `at` is when it ended, `seconds` how long it took with the start."""

    results: tuple[Result, ...]
    coverage: Coverage
    seconds: float
    model: str
    at: datetime

    @property
    def failed(self) -> list[Result]:
        return [each for each in self.results if not each.passed]


def write_reports(report: Report, files: Mapping[str, Path]) -> list[Path]:
    """Write those that are wanted; the places."""
    texts = {"json": json_of, "junit": junit_of, "html": page_of}
    for kind, path in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[kind](report), encoding="utf-8")
    return list(files.values())


def json_of(report: Report) -> str:
    """All results with their turns, and the coverage."""
    document = {
        "model": report.model,
        "at": report.at.isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 1),
        "passed": len(report.results) - len(report.failed),
        "failed": len(report.failed),
        "scripts": [_script(each) for each in report.results],
        "coverage": {
            part.name: {
                "percent": round(percent_of(part), 1),
                "reached": part.reached,
                "missing": part.missing,
                "excepted": part.excepted,
            }
            for part in report.coverage.parts
        },
        "faults": report.coverage.faults,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _script(result: Result) -> dict[str, Any]:
    return {
        "file": result.script.file,
        "line": result.script.line,
        "name": result.script.name,
        "language": result.script.language,
        "passed": result.passed,
        "seconds": round(result.seconds, 2),
        "failed_at": None if result.passed else result.line,
        "failure": result.failure,
        "turns": [
            {
                "line": turn.line,
                "who": turn.who,
                "said": turn.said,
                "seconds": round(turn.seconds, 2),
                "bot": [{"name": name, "text": text} for name, text in zip(turn.names, turn.texts, strict=True)],
            }
            for turn in result.turns
        ],
    }


def junit_of(report: Report) -> str:
    """One test case for each script; its class name is the file."""
    root = Xml.Element("testsuites")
    suite = Xml.SubElement(
        root,
        "testsuite",
        id="0",
        name="conversations",
        package="tests.conversations",
        hostname=platform.node() or "localhost",
        timestamp=report.at.strftime("%Y-%m-%dT%H:%M:%S"),
        tests=str(len(report.results)),
        failures=str(len(report.failed)),
        errors="0",
        time=f"{report.seconds:.3f}",
    )
    properties = Xml.SubElement(suite, "properties")
    Xml.SubElement(properties, "property", name="model", value=report.model)
    for result in report.results:
        place = result.script.file.removesuffix(".yml").replace("/", ".")
        name = _clean(result.script.name)
        case = Xml.SubElement(suite, "testcase", classname=place, name=name, time=f"{result.seconds:.3f}")
        if not result.passed:
            message = f"{result.script.file}:{result.line}: {result.failure[0]}"
            failure = Xml.SubElement(case, "failure", type="conversation", message=_clean(message))
            failure.text = _clean(failure_of(result))
    Xml.SubElement(suite, "system-out")
    Xml.SubElement(suite, "system-err")
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("�", text)
