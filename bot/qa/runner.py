"""Plays scripts: says what the customer says, names what the bot answers, and compares."""

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.qa.blanks import placeholders, spoken
from bot.qa.comparing import Found, compare_answers, compare_outcome
from bot.qa.customer import Customer, CustomerError
from bot.qa.desk import NEW_STRETCH, DeskAgent
from bot.qa.drawing import drawn
from bot.qa.insight import Insight
from bot.qa.model import Act, Drawing, Script, Turn
from bot.qa.naming import Said, Sentences, TurnEvents, name_answers, said_in, turn_events
from bot.qa.outside import Outside
from bot.qa.result import PlayedTurn, Result
from bot.settings import ROOT

POLL_SECONDS = 0.15
ANSWER_SECONDS = 0.6
RESUME_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z])")


@dataclass(frozen=True)
class Pace:
    """How long to wait, in seconds: for an answer at all, and for what may come after it."""

    answer: float = 90.0
    delivery: float = 10.0
    # An answer too much would follow at once: all answers of a turn are saved together.
    quiet: float = 0.4
    # Where nothing is to be said, longer, since the answer would still be on its way.
    silence: float = 2.0
    # What comes unasked was published by the backend and posted to the gateway before.
    unasked: float = 3.0


@dataclass(frozen=True)
class House:
    """A running helpdesk, as far as playing needs it."""

    session: aiohttp.ClientSession
    public_url: str
    insight: Insight
    sentences: Sentences
    outside: Outside
    desk: DeskAgent
    pace: Pace = Pace()


class Performance:
    """One script, played once."""

    def __init__(self, house: House, script: Script, order: Mapping[str, Any] | None) -> None:
        self._house = house
        self._script = script
        self._values = placeholders(order)
        self._order_no = str(order["order_no"]) if order else ""
        self._customer = Customer(house.session, house.public_url)
        # Up to here everything that the customer was told has been judged.
        self._judged = 0
        self._incidents: list[str] = []
        # Which dialog of the bot it is; each time that an agent lets it go on a new one begins.
        self._stretch = 1
        # Conversations on devices before, with their last stretch.
        self._left: list[tuple[str, int]] = []
        self._answered_at = 0.0
        self.result = Result(script, line=script.line)

    async def play(self) -> Result:
        """To the end or to the first failure; never raises for what a script or the helpdesk does wrong."""
        started = time.monotonic()
        try:
            self.result.failure = await self._play()
        except (CustomerError, aiohttp.ClientError, OSError, TimeoutError) as error:
            self.result.failure = [f"{type(error).__name__}: {error}"]
        finally:
            await self._customer.leave()
            with contextlib.suppress(aiohttp.ClientError, OSError):
                for each in self._incidents:
                    await self._house.outside.close_incident(each)
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._keep_trackers()
        self.result.seconds = time.monotonic() - started
        return self.result

    async def _play(self) -> list[str]:
        customer, script = self._customer, self._script
        await customer.arrive(language=script.language)
        await customer.wait(lambda: bool(customer.answers), self._house.pace.delivery, "the welcome has come")
        self.result.turns.append(PlayedTurn(script.line, "arrival", ""))
        failure = self._judge(["utter_greet"], customer.answers, (), {script.language})
        for turn in script.turns:
            if failure:
                return failure
            self.result.line = turn.line
            who = "customer" if turn.act.by_customer else "meanwhile"
            said = spoken(turn.act, self._values)
            self.result.transcript.append(f"{who}: {said}")
            self.result.turns.append(PlayedTurn(turn.line, who, said))
            failure = await (self._turn(turn) if turn.act.by_customer else self._meanwhile(turn))
        if failure:
            return failure
        self.result.line = script.then.line
        return compare_outcome(script.then, await self._found()) + customer.faults

    async def _keep_trackers(self) -> None:
        """For reports, of all stretches on all devices."""
        dialogs = list(self._left)
        if self._customer.conversation:
            dialogs.append((self._customer.conversation_id, self._stretch))
        for conversation_id, last in dialogs:
            for stretch in range(1, last + 1):
                self.result.trackers.append(await self._house.insight.tracker(conversation_id, stretch))

    async def _found(self) -> Found:
        insight, conversation = self._house.insight, self._customer.conversation
        tracker = await self._tracker()
        tickets = await insight.tickets_of(tracker)
        return Found(conversation["owner"], conversation["language"], tickets, tracker.get("slots") or {})

    async def _turn(self, turn: Turn) -> list[str]:
        languages = {self._customer.conversation["language"]}
        message = await self._act(turn.act)
        accepted_at = time.monotonic()
        said = await self._listen(message, len(turn.bot or ()))
        self.result.turns[-1].seconds = max(0.0, self._answered_at - accepted_at)
        languages.add(self._customer.conversation["language"])
        return self._judge(turn.bot or (), self._answers_to(message), said, languages)

    async def _meanwhile(self, turn: Turn) -> list[str]:
        """Something happens around the customer; then what they are told unasked, if the script listens."""
        await self._happen(turn.act)
        if turn.bot is None:
            return []
        await self._wait_unasked(len(turn.bot))
        is_back = turn.act.kind == "desk" and turn.act.value in NEW_STRETCH
        said = said_in((await self._tracker()).get("events") or []) if is_back else ()
        return self._judge(turn.bot, self._unjudged(), said, {self._customer.conversation["language"]})

    async def _tracker(self) -> dict[str, Any]:
        return await self._house.insight.tracker(self._customer.conversation_id, self._stretch)

    async def _happen(self, act: Act) -> None:
        outside = self._house.outside
        if act.kind == "event":
            await outside.change_order(self._order_no, act.fields)
        elif act.kind == "agent":
            tracker = await self._tracker()
            tickets = await self._house.insight.tickets_of(tracker)
            if not tickets:
                raise CustomerError("there is no ticket to work on")
            await outside.work_on(tickets[0]["ticket_no"], act.fields)
        elif act.kind == "desk":
            await self._house.desk.act(self._customer.conversation_id, act.fields)
            self._stretch += act.value in NEW_STRETCH
        elif act.kind == "incident" and act.value == "open":
            self._incidents.append(await outside.open_incident(self._values["product"]))
        elif act.kind == "incident":
            await outside.close_incident(self._incidents[-1])
        elif act.kind == "clock":
            outside.move_clock(act.value)
        elif act.kind == "widget" and act.value == "close":
            await self._customer.leave()
        elif act.kind == "widget":
            self._customer.come_back()
        elif act.kind == "device":
            await self._customer.leave()
            self._left.append((self._customer.conversation_id, self._stretch))
            self._stretch = 1
            self._customer, self._judged = Customer(self._house.session, self._house.public_url), 0
            await self._customer.arrive(language=self._script.language)

    async def _wait_unasked(self, expected: int) -> None:
        """Until so many have come and no more follow."""
        pace = self._house.pace
        deadline = time.monotonic() + (pace.answer if expected else pace.unasked)
        count, changed_at = 0, time.monotonic()
        while (now := time.monotonic()) < deadline:
            if len(self._unjudged()) != count:
                count, changed_at = len(self._unjudged()), now
            if expected and count >= expected and now - changed_at > pace.unasked:
                return
            await asyncio.sleep(POLL_SECONDS)

    def _unjudged(self) -> list[dict[str, Any]]:
        return [each for each in self._said_by_the_helpdesk() if each["seq"] > self._judged]

    def _said_by_the_helpdesk(self) -> list[dict[str, Any]]:
        """What people wrote is in the script's own words."""
        return [each for each in self._customer.answers if each["sender"] != "agent"]

    async def _act(self, act: Act) -> dict[str, Any]:
        if act.kind == "picture":
            return await self._customer.show(*[await self._picture(each) for each in act.pictures])
        if act.kind == "button":
            titles = self._house.sentences.titles(act.value) if act.value.startswith("/") else {act.value}
            return await self._customer.press(titles)
        return await self._customer.say(spoken(act, self._values))

    async def _picture(self, wanted: str | Drawing) -> bytes:
        if isinstance(wanted, Drawing):
            return await asyncio.to_thread(drawn, wanted, self._values)
        return await asyncio.to_thread((ROOT / Path(self._script.file).parent / wanted).read_bytes)

    async def _listen(self, message: dict[str, Any], expected: int) -> tuple[Said, ...]:
        """Wait until the turn of this message is over; what Rasa said in it."""
        deadline = time.monotonic() + self._house.pace.answer
        changed_at, count = time.monotonic(), (0, False)
        self._answered_at = 0.0
        while True:
            tracker = await self._tracker()
            turn = turn_events(tracker.get("events") or [], str(message["message_id"]))
            received = len(self._answers_to(message))
            now = time.monotonic()
            state = (received, bool(turn and turn.finished))
            if received != count[0]:
                self._answered_at = now
            if state != count:
                changed_at, count = now, state
            if now > deadline or self._is_over(turn, received, expected, now - changed_at):
                return turn.said if turn else ()
            # To tell a whole tracker is work for Rasa, so it is asked rarely until what is expected has come.
            await self._next_answer(message, received, POLL_SECONDS if received >= expected else ANSWER_SECONDS)

    async def _next_answer(self, message: dict[str, Any], known: int, seconds: float) -> None:
        """Until there are more answers than those that are known, at most so long."""
        with contextlib.suppress(CustomerError):
            await self._customer.wait(
                lambda: len(self._answers_to(message)) > known, seconds, "the next answer has come"
            )

    def _is_over(self, turn: TurnEvents | None, received: int, expected: int, quiet: float) -> bool:
        pace = self._house.pace
        if turn is None:  # Rasa was not asked, or has not answered yet
            return received >= expected and quiet > (pace.quiet if received else pace.silence)
        # What Rasa said and did not arrive is waited for, then it counts as lost.
        return turn.finished and quiet > (pace.quiet if received >= len(turn.said) else pace.delivery)

    def _answers_to(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """The answers to this message; whether there is a word of patience before them depends on the machine."""
        answers = [each for each in self._said_by_the_helpdesk() if each["seq"] > message["seq"]]
        return [each for each in answers if not self._house.sentences.asks_for_patience(str(each["text"]))]

    def _judge(
        self, expected: Sequence[str], answers: list[dict[str, Any]], said: Sequence[Said], languages: set[str]
    ) -> list[str]:
        self._judged = max(self._customer.messages, default=0)
        texts = [str(each["text"]) for each in answers]
        if codes := [code for text in texts for code in RESUME_CODE.findall(text)]:
            self._values["resume_code"] = codes[-1]
        named = name_answers(texts, said, self._house.sentences)
        shown = [f"bot: {name} | {_short(text)}" for name, text in zip(named.names, texts, strict=True)]
        played = self.result.turns[-1]
        played.names, played.texts = named.names, tuple(texts)
        self.result.transcript += shown or ["bot: (silence)"]
        failure = compare_answers(expected, named.names)
        failure += [f"lost on the way to the customer: {each.name}" for each in named.lost]
        for name, text in zip(named.names, texts, strict=True):
            found = self._house.sentences.languages(name, text)
            if found and not found & languages:
                failure.append(f"{name} was said in {', '.join(found)} in a conversation in {', '.join(languages)}")
        return failure


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
