"""Plays scripts: says what the customer says, names what the bot answers, and compares."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp

from bot.qa.blanks import spoken
from bot.qa.comparing import Found, Heard, compare_heard, compare_outcome, said_never
from bot.qa.customer import CustomerError
from bot.qa.desk import NEW_STRETCH
from bot.qa.model import Act, Script, Turn
from bot.qa.promises import broken_limits, kept_secrets, told_secrets
from bot.qa.result import PlayedTurn, Result
from bot.qa.stage import House, Stage
from bot.recording.naming import Said, TurnEvents, name_answers, said_in, turns_events

POLL_SECONDS = 0.15
RESUME_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z])")
# The helpdesk greets before anybody has said anything.
WELCOME = Turn(0, Act("nothing"), ("utter_greet",))


class Performance:
    """One script, played once."""

    def __init__(self, house: House, script: Script, order: Mapping[str, Any] | None) -> None:
        self._house = house
        self._script = script
        self._stage = Stage(house, script, order)
        # Up to here everything that the customer was told has been judged.
        self._judged = 0
        self._answered_at = 0.0
        # What the customer wrote last and what was not answered yet: the answer may come after something has happened.
        self._unanswered: Sequence[Mapping[str, Any]] = ()
        self.result = Result(script, line=script.line)

    @property
    def conversation_id(self) -> str:
        """Of the device that the customer used last."""
        return str(self._stage.customer.conversation_id)

    async def play(self) -> Result:
        """To the end or to the first failure; never raises for what a script or the helpdesk does wrong."""
        started = time.monotonic()
        try:
            self.result.failure = await self._play()
        except (CustomerError, aiohttp.ClientError, OSError, TimeoutError) as error:
            self.result.failure = [f"{type(error).__name__}: {error}"]
        finally:
            await self._stage.leave()
            with contextlib.suppress(aiohttp.ClientError, OSError):
                self.result.trackers = list(self.result.trackers or await self._stage.trackers())
        self.result.seconds = time.monotonic() - started
        return self.result

    async def _play(self) -> list[str]:
        stage, script = self._stage, self._script
        await stage.arrive()
        customer = stage.customer
        await customer.wait(lambda: bool(customer.answers), self._house.pace.delivery, "the welcome has come")
        self.result.turns.append(PlayedTurn(script.line, "arrival", ""))
        failure = self._judge(WELCOME, customer.answers, (), {script.language})
        for turn in script.turns:
            if failure:
                return failure
            self.result.line = turn.line
            who = "customer" if turn.act.by_customer else "meanwhile"
            said = spoken(turn.act, stage.values, shown=True)
            self.result.transcript.append(f"{who}: {said}")
            self.result.turns.append(PlayedTurn(turn.line, who, said))
            failure = await (self._turn(turn) if turn.act.by_customer else self._meanwhile(turn))
        if failure:
            return failure
        self.result.line = script.then.line
        return await self._end()

    async def _end(self) -> list[str]:
        """How things stand, and what holds in every conversation."""
        stage, then = self._stage, self._script.then
        failure = compare_outcome(then, await self._found(), stage.values)
        for turn in self.result.turns:
            failure += said_never(then.never, turn.names, turn.texts, stage.values)
        self.result.trackers = list(await stage.trackers())
        trackers = json.dumps(self.result.trackers, ensure_ascii=False)
        failure += kept_secrets("the tracker", trackers, [*stage.secrets, *stage.typed_secrets])
        messages = json.dumps(stage.customer.kept, ensure_ascii=False)
        failure += kept_secrets("the conversation", messages, stage.typed_secrets)
        if stage.typed_secrets:
            for name, text in (await asyncio.to_thread(self._house.insight.logs)).items():
                failure += kept_secrets(name, text, stage.typed_secrets)
        return failure + stage.faults + stage.customer.faults + self._leaked()

    def _leaked(self) -> list[str]:
        """What agents wrote for colleagues and this customer was shown."""
        acts = [turn.act for turn in self._script.turns if turn.act.kind == "desk"]
        notes = [str(act.fields.get("text" if act.value == "note" else "note") or "") for act in acts]
        private = {note for act, note in zip(acts, notes, strict=True) if note and act.value != "reply"}
        shown = {str(each["text"]) for each in self._stage.customer.messages.values()}
        return [f"the customer was shown the note {each!r}" for each in sorted(private & shown)]

    async def _found(self) -> Found:
        insight, conversation = self._house.insight, self._stage.customer.conversation
        tracker = await self._stage.tracker()
        tickets = await insight.tickets_of(tracker)
        newest = await insight.ticket(tickets[0]["ticket_no"]) if tickets and self._script.then.ticket else None
        calls = self._house.wires.calls_of(self._stage.marks) if self._house.wires else ()
        slots = tracker.get("slots") or {}
        return Found(conversation["owner"], conversation["language"], tickets, slots, newest, calls)

    async def _turn(self, turn: Turn) -> list[str]:
        customer = self._stage.customer
        languages = {customer.conversation["language"]}
        messages = await self._stage.act(turn.act)
        accepted_at = time.monotonic()
        # Where names do not matter, a bot that has the conversation says something.
        least = int(customer.conversation["owner"] == "bot")
        said = await self._listen(messages, least if turn.bot is None else len(turn.bot))
        self.result.turns[-1].seconds = max(0.0, self._answered_at - accepted_at)
        languages.add(customer.conversation["language"])
        answers = self._answers_after(messages[0])
        self._unanswered = () if answers else messages
        return self._judge(turn, answers, said, languages)

    async def _meanwhile(self, turn: Turn) -> list[str]:
        """Something happens around the customer; then what they are told unasked, if the script listens."""
        if turn.act.kind == "device":
            self._judged = 0
        await self._stage.happen(turn.act)
        if not turn.listens:
            return []
        began_at = time.monotonic()
        await self._wait_unasked(len(turn.bot) if turn.bot is not None else 1)
        self.result.turns[-1].seconds = max(0.0, self._answered_at - began_at)
        said = await self._said_meanwhile(turn.act)
        return self._judge(turn, self._unjudged(), said, {self._stage.customer.conversation["language"]})

    async def _said_meanwhile(self, act: Act) -> tuple[Said, ...]:
        """What the dialog said without being asked just now: after a hand-back, or late."""
        events = await self._stage.events()
        if act.kind == "desk" and act.value in NEW_STRETCH:
            return said_in(events)
        turns = [turns_events(events, dialogs_of(each)) for each in self._unanswered]
        said = tuple(each for turn in turns if turn for each in turn.said)
        self._unanswered = () if said else self._unanswered
        return said

    async def _wait_unasked(self, expected: int) -> None:
        """Until so many have come and no more follow."""
        pace = self._house.pace
        deadline = time.monotonic() + (pace.answer if expected else pace.unasked)
        count, self._answered_at = 0, time.monotonic()
        while (now := time.monotonic()) < deadline:
            if len(self._unjudged()) != count:
                count, self._answered_at = len(self._unjudged()), now
            if expected and count >= expected and now - self._answered_at > pace.unasked:
                return
            await asyncio.sleep(POLL_SECONDS)

    def _unjudged(self) -> list[dict[str, Any]]:
        return [each for each in self._said_by_the_helpdesk() if each["seq"] > self._judged]

    def _said_by_the_helpdesk(self) -> list[dict[str, Any]]:
        """What people wrote is in the script's own words."""
        return [each for each in self._stage.customer.answers if each["sender"] != "agent"]

    async def _listen(self, messages: Sequence[Mapping[str, Any]], expected: int) -> tuple[Said, ...]:
        """Wait until the turns of these messages are over; what Rasa said in them."""
        deadline = time.monotonic() + self._house.pace.answer
        changed_at, before = time.monotonic(), (0, False)
        self._answered_at = 0.0
        while True:
            events = await self._stage.events()
            turns = [turns_events(events, dialogs_of(each)) for each in messages]
            known = [each for each in turns if each]
            received = len(self._answers_after(messages[0]))
            now = time.monotonic()
            if received != before[0]:
                self._answered_at = now
            state = (received, len(known) == len(turns) and all(each.finished for each in known))
            if state != before:
                changed_at, before = now, state
            if now > deadline or self._is_over(turns, received, expected, now - changed_at):
                return tuple(said for each in known for said in each.said)
            await self._next_answer(messages[0], received)

    async def _next_answer(self, message: Mapping[str, Any], known: int) -> None:
        """Until there are more answers than those that are known, or it is time to look again."""
        with contextlib.suppress(CustomerError):
            await self._stage.customer.wait(
                lambda: len(self._answers_after(message)) > known, POLL_SECONDS, "the next answer has come"
            )

    def _is_over(self, turns: Sequence[TurnEvents | None], received: int, expected: int, quiet: float) -> bool:
        pace = self._house.pace
        known = [each for each in turns if each]
        if len(known) < len(turns):  # Rasa was not asked, or has not answered yet
            return received >= expected and quiet > (pace.quiet if received else pace.silence)
        # What Rasa said or the script names and did not arrive is waited for, then it counts as lost or missing.
        due = max(expected, sum(len(each.said) for each in known))
        return all(each.finished for each in known) and quiet > (pace.quiet if received >= due else pace.delivery)

    def _answers_after(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The answers to this message; whether there is a word of patience before them depends on the machine."""
        answers = [each for each in self._said_by_the_helpdesk() if each["seq"] > message["seq"]]
        return [each for each in answers if not self._house.sentences.asks_for_patience(str(each["text"]))]

    def _judge(
        self, turn: Turn, answers: Sequence[Mapping[str, Any]], said: Sequence[Said], languages: set[str]
    ) -> list[str]:
        """What does not hold of the answers to a turn; they are written down for the result."""
        sentences, stage = self._house.sentences, self._stage
        self._judged = max(stage.customer.messages, default=0)
        texts = [str(each["text"]) for each in answers]
        if codes := [code for text in texts for code in RESUME_CODE.findall(text)]:
            stage.values["resume_code"] = codes[-1]
        named = name_answers(texts, said, sentences)
        played = self.result.turns[-1]
        played.names, played.texts = named.names, tuple(texts)
        shown = [f"bot: {name} | {_short(text)}" for name, text in zip(named.names, texts, strict=True)]
        self.result.transcript += shown or ["bot: (silence)"]
        buttons = next((each["buttons"] for each in reversed(answers) if each.get("buttons")), ())
        heard = Heard(named.names, texts, [str(each["title"]) for each in buttons], played.seconds)
        failure = compare_heard(turn, heard, sentences.titles, stage.values)
        failure += [f"lost on the way to the customer: {each.name}" for each in named.lost]
        failure += [line for each in answers for line in broken_limits(each)]
        failure += told_secrets(texts, [*stage.secrets, *stage.typed_secrets])
        for name, text in zip(named.names, texts, strict=True):
            found = sentences.languages(name, text)
            if found and not found & languages:
                failure.append(f"{name} was said in {', '.join(found)} in a conversation in {', '.join(languages)}")
        return failure


def dialogs_of(message: Mapping[str, Any]) -> list[str]:
    """The turns of the dialog that this message began; on Telegram one message may begin several."""
    return message.get("turns") or [str(message["message_id"])]


def _short(text: str, longest: int = 70) -> str:
    line = " / ".join(text.splitlines())
    return line if len(line) <= longest else line[: longest - 1] + "…"


async def play_all(
    scripts: Sequence[Script], play: Callable[[Script], Awaitable[Result]], at_once: int
) -> list[Result]:
    """Play the scripts, up to `at_once` together; the results in the order of the scripts."""
    places = asyncio.Semaphore(at_once)

    async def one(script: Script) -> Result:
        async with places:
            return await play(script)

    return list(await asyncio.gather(*(one(script) for script in scripts)))
