"""The log of a conversation as the turns of a script (pure)."""

import json
from datetime import datetime, timedelta
from typing import Any

from bot.recording.hiding import Blanks
from bot.recording.knowledge import Knowledge, drawing_of
from bot.recording.model import Asked, History, Line, Step
from bot.recording.naming import Sentences, name_answers
from bot.recording.outside import act_of, joined_acts

# A wait as long as this is part of the story; the clock is moved.
LONG = timedelta(minutes=10)
MOST_MINUTES = 48 * 60
NEWS, HAND_BACK, SWITCH, RESUME = "news:", "/hand_back", "/switch_language", "/resume_case"
CLAIMS = ("claimed", "taken_over", "stepped_in")
# What the desk writes down of itself, which nobody in the conversation notices or which follows from something else.
UNNOTICED = ("handed_off", "booked", "lost", "scored")
# Codes that nobody has, of the right and of the wrong make.
CODES = {"unknown": "H4KX-2M9B", "typo": "AB2D-EFGH"}
# A turn of which only the remark is written.
UNWRITTEN = "unwritten"
SWITCHES = {"en": "please speak English", "zh": "请说中文"}


class Stenographer:
    """Reads the log line by line; `steps` grows."""

    def __init__(self, history: History, known: Knowledge, blanks: Blanks, sentences: Sentences) -> None:
        self._history = history
        self._known = known
        self._blanks = blanks
        self._sentences = sentences
        self._told = {each.event_id: each for each in history.told}
        self._asked: dict[int, list[Asked]] = {}
        for each in history.asked:
            self._asked.setdefault(each.position, []).append(each)
        self._by_turn: dict[str, Step] = {}
        self._titles: set[str] = set()
        self._last_at: datetime | None = None
        self._agent: str | None = None
        self.steps: list[Step] = []

    def write(self) -> list[Step]:
        """All turns; the names of what was said in each are found at last."""
        started = False
        for line in self._history.lines:
            started = started or line.kind == "incoming" or line.kind == "activity"
            if started:
                self._read(line)
            self._titles |= set(line.titles)
            self._last_at = line.created_at
        for step in self.steps:
            self._name(step)
        return joined_acts(self.steps)

    def _read(self, line: Line) -> None:
        if line.kind == "incoming":
            self._customer(line)
        elif line.kind == "activity":
            self._activity(line)
        elif line.sender == "agent":
            self._agent_says(line)
        elif line.kind == "outgoing":
            self._hear(line)

    def _add(self, line: Line, kind: str, act: Any, *remarks: str) -> Step:
        """A new turn, after the time that went by."""
        self._let_time_pass(line)
        step = Step(kind, act, line.position, remarks=list(remarks))
        self.steps.append(step)
        return step

    def _let_time_pass(self, line: Line) -> None:
        waited = line.created_at - self._last_at if self._last_at else timedelta(0)
        if waited < LONG:
            return
        minutes = round(waited.total_seconds() / 60)
        by = f"+{minutes}m" if minutes <= MOST_MINUTES else f"+{round(minutes / 60)}h"
        self.steps.append(Step("clock", by, line.position))
        self._last_at = line.created_at

    # The customer

    def _customer(self, line: Line) -> None:
        asked = self._asked.get(line.position, [])
        own = next((each for each in asked if each.turn_id == line.message_id), None)
        ask = own.ask if own else ""
        if line.has_picture:
            step = self._picture(line)
            if line.text:
                step = self._add(line, "customer", self._blanks.clean(line.text))
            captions = [each.turn_id for each in asked if own is None or each.turn_id != own.turn_id]
            self._belongs(step, *captions)
        elif ask.startswith(RESUME):
            step = self._resume(line, ask)
        elif ask.startswith("/") and line.text in self._titles:
            step = self._button(line)
        else:
            step = self._add(line, "customer", self._typed(line.text))
        if own and not (line.has_picture and line.text):
            self._belongs(step, own.turn_id)
        self._belongs(step, line.message_id)

    def _typed(self, text: str) -> str:
        digits = text.strip()
        if len(digits) == 4 and digits.isdigit() and digits != self._blanks.values.get("phone_tail"):
            return self._blanks.other_tail(digits)
        return self._blanks.clean(text)

    def _button(self, line: Line) -> Step:
        title = self._blanks.clean(line.text)
        # A made-up order number stands in the script's own texts, too, so its button is offered again.
        if "{" in title or (title != line.text and "TK" in title):
            return self._add(line, "customer", title, "a button whose title holds a number, typed here")
        return self._add(line, "customer", {"button": title})

    def _picture(self, line: Line) -> Step:
        entry = self._known.readings.get(line.evidence_id or "")
        drawn = drawing_of(entry, self._blanks.values) if entry else {"page": "chat"}
        remarks = [] if entry else ["what this picture showed: it was never read"]
        before = self.steps[-1] if self.steps else None
        if before and before.kind == "customer" and isinstance(before.act, list) and not before.heard:
            before.act.append(drawn)
            before.remarks += remarks
            return before
        return self._add(line, "customer", [drawn], *remarks)

    def _resume(self, line: Line, ask: str) -> Step:
        result = json.loads(ask.removeprefix(RESUME)).get("field")
        if result == "same":
            return self._add(line, "customer", "resume {resume_code}")
        if code := CODES.get(result):
            return self._add(line, "customer", f"resume {code}")
        return self._add(line, UNWRITTEN, None, "the code of another conversation, with which this one went on")

    # People and what they do

    def _activity(self, line: Line) -> None:
        found = line.activity or {}
        what = str(found.get("type") or line.text)
        by = found.get("by")
        if what in CLAIMS:
            remarks = [f"another agent {what.replace('_', ' ')}"] if self._agent and by != self._agent else []
            self._agent = by
            self._add(line, "desk", {"do": "claim"}, *remarks)
        elif what == "transferred" and found.get("reason") == "transferred":
            self._transfer(line, found)
        elif what == "handed_back":
            self._add(line, "desk", {"do": "hand_back"})
            self._hand_back_turns()
        elif what in ("resolved", "reopened"):
            self._add(line, "desk", {"do": "resolve" if what == "resolved" else "reopen"})
        elif what in UNNOTICED:
            self._let_time_pass(line)
        else:
            self._remark(f"at the desk: {what.replace('_', ' ')}")

    def _transfer(self, line: Line, found: Any) -> None:
        team = str(found.get("to") or "")
        if any(each.author == team for each in self._history.lines):
            self._remark("given to another agent")
        else:
            self._add(line, "desk", {"do": "transfer", "team": team})

    def _hand_back_turns(self) -> None:
        """The turn that brings the bot back has no message of its own."""
        step = self.steps[-1]
        later = [each for each in self._history.asked if each.ask.startswith(HAND_BACK)]
        taken = {turn for other in self.steps for turn in other.turn_ids}
        mine = [each.turn_id for each in later if each.turn_id not in taken and each.position >= step.position]
        self._belongs(step, *mine[:1])

    def _agent_says(self, line: Line) -> None:
        text, before = self._blanks.clean(line.text), self.steps[-1] if self.steps else None
        if line.has_picture:
            self._remark("a picture that an agent has sent")
        if not text.strip():
            return
        along = before and before.kind == "desk" and before.act["do"] in ("transfer", "hand_back")
        if before and along and line.kind == "note" and line.created_at == self._last_at:
            before.act["note"] = text
            return
        self._add(line, "desk", {"do": "note" if line.kind == "note" else "reply", "text": text})

    # What is said

    def _hear(self, line: Line) -> None:
        key = line.reply_key or ""
        if self._sentences.asks_for_patience(line.text):
            return
        step = self._by_turn.get(line.reply_to or "")
        if key.startswith(NEWS):
            step = self._news(line, key.removeprefix(NEWS).rsplit(":", 1)[0])
        elif step is None and line.reply_to:
            step = self._switch(line)
        if step is None:
            self._let_time_pass(line)
            step = self.steps[-1] if self.steps else self._add(line, "", None)
        step.heard.append(line.text)

    def _news(self, line: Line, event_id: str) -> Step:
        told = self._told.get(event_id)
        act = act_of(told, self._blanks) if told else None
        if act is None:
            self._let_time_pass(line)
            waits = self.steps and self.steps[-1].kind != "customer"
            return self.steps[-1] if waits else self._add(line, "", None)
        kind, fields = act
        step = self._add(line, kind, fields)
        step.turn_ids.append(f"{told.occurred_at.isoformat()} {told.ticket_no}" if told else "")
        return step

    def _switch(self, line: Line) -> Step | None:
        """The customer used the switch of the widget; typed, the same is said."""
        turn = next((each for each in self._history.asked if each.turn_id == line.reply_to), None)
        if turn is None or not turn.ask.startswith(SWITCH):
            return None
        language = json.loads(turn.ask.removeprefix(SWITCH)).get("language", "en")
        step = self._add(line, "customer", SWITCHES[language], "the switch of the widget, typed here")
        self._belongs(step, turn.turn_id)
        return step

    def _belongs(self, step: Step, *turn_ids: str) -> None:
        for each in turn_ids:
            self._by_turn[each] = step
            step.turn_ids.append(each)

    def _remark(self, text: str) -> None:
        if self.steps:
            self.steps[-1].remarks.append(text)

    def _name(self, step: Step) -> None:
        said = self._known.said_to(step.turn_ids)
        for name in name_answers(step.heard, said, self._sentences).names:
            if name.startswith("("):
                step.remarks.append("an answer with words that domain.yml does not have now")
            elif name == "utter_bot_unavailable":
                step.remarks.append("the bot was away here")
            else:
                step.names.append(name)
