"""Tickets as tables on a terminal."""

import re
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.backend.tickets.model import SHANGHAI

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COLOURS = {"urgent": "bold red", "high": "yellow", "normal": "default", "low": "dim"}


def clock(text: str | None) -> str:
    """A time of the backend in Chinese time, to the minute; `-` for none."""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%m-%d %H:%M}" if text else "-"


def plain(text: object) -> str:
    """What a customer wrote, without what could steer the terminal."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", str(text))


def print_list(answer: dict[str, Any]) -> None:
    table = _table(
        "ticket", "priority", "stage", "who has it", "type", "order", "amount", "promised", "again", "broken"
    )
    for each in answer["tickets"]:
        promised = Text(clock(each["next_promise_at"]), style="bold red" if each["overdue"] else "")
        _add(
            table,
            each["ticket_no"], Text(each["priority"], COLOURS[each["priority"]]), each["stage"],
            each["assignee"] or "-", each["type"], each["order_no"] or each["claimed_no"] or "-", each["amount"] or "-",
            promised, _number(each["repeats"]), _number(each["broken_promises"]),
        )  # fmt: skip
    _console().print(table)
    if answer["next_cursor"]:
        _console().print(f"more: --cursor {answer['next_cursor']}", markup=False)


def print_case(case: dict[str, Any]) -> None:
    """Facts, then everything that was said and done in the order of time."""
    console, facts = _console(), _table("", "", headless=True)
    for name, value in _facts(case):
        if value:
            _add(facts, name, str(value))
    console.print(facts)
    told = _table("when", "who", "what", "")
    texts = {each["message_id"]: each for each in case["messages"]}
    for event in case["history"]:
        message = texts.get(event["message_id"])
        _add(
            told,
            clock(event["at"]), f"{event['actor']['name']} ({event['actor']['kind']})",
            Text(event["action"], "dim" if message and message["internal"] else ""), _told(event, message),
        )  # fmt: skip
    console.print(told)
    waiting = [each for each in case["approvals"] if each["state"] == "pending"]
    if waiting:
        print_approvals(waiting)


def print_approvals(approvals: list[dict[str, Any]]) -> None:
    table = _table("approval", "ticket", "what", "amount", "asked for by", "until")
    for each in approvals:
        _add(
            table,
            each["approval_no"], each["ticket_no"], each["action"], each["amount"] or "unknown",
            each["asked_by"]["name"], clock(each["expires_at"]),
        )  # fmt: skip
    _console().print(table)


def print_done(answer: dict[str, Any]) -> None:
    """What was done, in one line."""
    said = [answer["ticket_no"], answer["action"], answer["state"]]
    if answer["state"] == "approval_needed":
        until = clock(answer["expires_at"])
        said += [f"→ a second person, by {until}: python -m bot tickets approve {answer['approval_no']}"]
    elif "order" in answer:
        before, after = answer["order"]["before"], answer["order"]["after"]
        said += [f"payment {answer['order']['payment'] or 'unknown'}"]
        said += [f"{axis} {before[axis]} → {after[axis]}" for axis in after]
    elif "stage" in answer:
        said += [f"now {answer['stage']}", f"promised {clock(answer['next_promise_at'])}"]
    _console().print("  ".join(said), markup=False)


def print_report(report: dict[str, Any]) -> None:
    content = report["satisfaction"]
    table = _table("", "", headless=True)
    minutes = {name: report[name] for name in ("first_answer_minutes", "solution_minutes")}
    for name, value in {
        "from": clock(report["since"]), "opened": report["opened"], "live now": report["live"],
        "overdue now": report["overdue"], "broken promises": report["broken_promises"],
        "reported again": report["repeats"],
        **{name.replace("_", " ") + " (median)": "-" if value is None else value for name, value in minutes.items()},
        "satisfaction (1–5)": f"{content['mean'] or '-'} from {content['ratings']} ratings",
    }.items():  # fmt: skip
        _add(table, name, str(value))
    _console().print(table)
    for name, title in (("by_status", "status"), ("by_type", "type"), ("live_by_priority", "priority (live)")):
        counts = _table(title, "tickets")
        for each, number in report[name].items():
            _add(counts, each, str(number))
        _console().print(counts)
    for each in report["comments"]:
        _console().print(f"{each['ticket_no']}  {'★' * each['score']}  {plain(each['comment'])}", markup=False)


def _facts(case: dict[str, Any]) -> list[tuple[str, Any]]:
    step3 = case["step3"]
    ways = [name for name in ("complaint", "platform", "legal") if step3[name]]
    refund = case["refund"]
    return [
        ("ticket", case["ticket_no"]), ("also", ", ".join(case["merged"])), ("type", case["type"]),
        ("stage", case["stage"]), ("priority", case["priority"]), ("who has it", case["assignee"]),
        ("order", case["order_no"]), ("claimed", None if case["order_no"] else case["claimed_no"]),
        ("amount", case["amount"]), ("customer", case["customer_ref"]), ("opened", clock(case["created_at"])),
        ("promised", clock(case["next_promise_at"])), ("waits since", clock(case["waiting_since"])),
        ("reported again", case["repeats"]), ("broken promises", case["broken_promises"]),
        ("when / what", " · ".join(filter(None, (case["initiated_at"], case["product"])))),
        ("payment / order", " · ".join(filter(None, (case["payment_state"], case["order_state"])))),
        ("demand", case["demand"]), ("refund", refund and _refund(refund)), ("beyond", ", ".join(ways)),
        ("rating", case["rating"] and f"{case['rating']['score']} {case['rating']['comment']}"),
    ]  # fmt: skip


def _refund(refund: dict[str, Any]) -> str:
    parts = (
        refund["decision"],
        refund["amount"],
        refund["expected_at"] and clock(refund["expected_at"]),
        refund["reason"],
    )
    return " ".join(str(each) for each in parts if each)


def _told(event: dict[str, Any], message: dict[str, Any] | None) -> str:
    """What was said, why, and what moved."""
    moved = event["changes"].get("status"), event["changes"].get("priority")
    lines = [message["text"] if message else "", event["reason"]]
    lines += [f"{before} → {after}" for before, after in filter(None, moved) if before]
    if message and message["evidence"]:
        lines.append(f"pictures: {', '.join(message['evidence'])}")
    return "\n".join(filter(None, lines))


def _number(number: int) -> str:
    return str(number) if number else "-"


def _add(table: Table, *cells: str | Text) -> None:
    """A row whose texts are shown as they are."""
    table.add_row(*(each if isinstance(each, Text) else Text(plain(each)) for each in cells))


def _table(*titles: str, headless: bool = False) -> Table:
    table = Table(box=None, show_header=not headless, header_style="bold", pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _console() -> Console:
    """Plain where the output is no terminal, and then never folded at eighty columns."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=200)
