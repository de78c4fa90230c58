"""Whatever agents do: no note, no activity and no word meant for another ever reaches a customer."""

import asyncio
import json
import shutil
import tempfile
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.desk.talking import HANDOFF, tab
from tests.gateway.desks import Browser, agent
from tests.gateway.gateways import Customer, Gateway, Socket

WHOM = st.integers(0, 1)  # which customer
WHO = st.integers(0, 2)  # which agent; the last is a supervisor
STEPS = st.one_of(
    st.tuples(st.sampled_from(["note", "reply", "draft", "claim", "step_in", "tag", "type"]), WHO, WHOM),
    st.tuples(st.sampled_from(["transfer", "team", "hand_back", "resolve", "reopen", "priority", "read"]), WHO, WHOM),
    st.tuples(st.sampled_from(["says", "asks_for_human", "slow_turn", "clicks"]), WHO, WHOM),
)
NAMES = ("bob", "carol", "sue")


class Scene:
    """Two customers and three agents at one gateway; every word has a mark that says whom it is for."""

    def __init__(self, gateway: Gateway, rasa: FakeRasa) -> None:
        self.gateway = gateway
        self.rasa = rasa
        self.numbers = count()
        self.agents: list[Browser] = []
        self.customers: list[Customer] = []
        self.sockets: list[Socket] = []
        self.typing: list[Socket] = []
        self.handoff: set[str] = set()
        self.notes = 0

    async def begin(self) -> None:
        self.rasa.answer = self._answer
        for name in NAMES:
            role = "supervisor" if name == "sue" else "agent"
            self.agents.append(await agent(self.gateway, name, role))
            self.typing.append((await tab(self.agents[-1]))[0])
        for _ in range(2):
            self.customers.append(await self.gateway.customer())
            self.sockets.append(await self.customers[-1].connect())

    def _answer(self, body: dict) -> list[dict]:
        """The bot's own words are for the customer who asked; while an agent has the case they are for nobody."""
        for index, each in enumerate(self.customers):
            if body["sender"].startswith(each.conversation_id):
                mark = f"<bot for {index}>"
                return [{"text": mark}, *(HANDOFF[1:] if "人工" in body["message"] else [])]
        return []

    async def act(self, step: tuple[str, int, int]) -> None:
        what, who, whom = step
        browser, alice = self.agents[who], self.customers[whom]
        mark = f"{next(self.numbers)}"
        path = f"/conversations/{alice.conversation_id}"

        async def post(end: str, **body: object) -> int:
            status, _ = await browser.call("POST", path + end, json=body)
            assert status in (200, 201, 204, 409), (what, status)
            return status

        if what == "note":
            self.notes += await post("/messages", client_id=mark, kind="note", text=f"<secret {mark}>") == 201
        elif what == "reply":
            await post("/messages", client_id=mark, kind="reply", text=f"<reply for {whom}, {mark}>")
        elif what == "draft":
            status, _ = await browser.call("PUT", path + "/draft", json={"text": f"<secret {mark}>"})
            assert status == 204
        elif what in ("claim", "step_in"):
            await post("/claim", force=what == "step_in")
        elif what == "tag":
            await post("/tags", tags=[f"<secret {mark}>"])
        elif what == "type":
            await self.typing[who].send("typing", conversation_id=alice.conversation_id, typing=True)
        elif what == "transfer":
            await post("/transfer", to=NAMES[(who + 1) % 3], note=f"<secret {mark}>")
        elif what == "team":
            await post("/transfer", team=f"<secret {mark}>", note=f"<secret {mark}>")
        elif what == "hand_back":
            await post("/hand_back", note=f"<secret {mark}>")
        elif what == "resolve":
            await post("/resolve", silent=who == 0, summary={"cause": "C1", "text": f"<secret {mark}>"})
        elif what == "reopen":
            await post("/reopen")
        elif what == "priority":
            await post("/priority", priority="high")
        elif what == "read":
            await post("/read", position=3)
        elif what == "clicks":
            await self._click(alice, mark)
        elif what == "slow_turn":
            self.rasa.go_on.clear()
            await alice.send(mark, text=f"<said by {whom}>")
            await asyncio.sleep(0.01)
            await browser.call("POST", path + "/claim", json={"force": True})
            self.rasa.go_on.set()
        else:
            text = "转人工" if what == "asks_for_human" else f"<said by {whom}>"
            await alice.send(mark, text=text)

    async def _click(self, alice: Customer, mark: str) -> None:
        offered = [each for each in await alice.messages() if each["buttons"]]
        if offered:
            await alice.send(mark, type="button", button_id=offered[-1]["buttons"][0]["id"])

    async def seen_by(self, whom: int) -> str:
        """Everything that reached a customer, by socket and API."""
        alice = self.customers[whom]
        frames = []
        socket = self.sockets[whom]
        await socket.send("ping")
        while (frame := await socket.next())["type"] != "pong":
            frames.append(frame)
        shown = [
            await alice.call("GET"),
            await alice.call("GET", "/messages", params={"after": 0, "limit": 200}),
            await alice.call("PATCH", json={"read_seq": 1}),
        ]
        return json.dumps([frames, shown], ensure_ascii=False)


async def play(template: Path, steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{shutil.copy(template, folder)}"
        configured = Settings(
            _env_file=None,
            var_dir=Path(folder),
            secret_key="for tests",
            gateway_database_url=url,
            demo=False,
            messages_per_minute=10_000,
            conversations_per_minute=10_000,
        )
        async with FakeRasa() as rasa, FakeBackendServer(configured.derived_key("backend")) as backend:
            rasa.token = configured.derived_key("rasa")
            configured.rasa_url, configured.backend_url = (f"http://127.0.0.1:{each.port}" for each in (rasa, backend))
            async with Gateway(configured) as gateway:
                scene = Scene(gateway, rasa)
                await scene.begin()
                for step in steps:
                    await scene.act(step)
                await asyncio.sleep(0.05)
                await check(scene)


async def check(scene: Scene) -> None:
    everything = ""
    for whom in range(2):
        seen = await scene.seen_by(whom)
        other = 1 - whom
        for foreign in (
            "<secret", f"<reply for {other}", f"<bot for {other}>", f"<said by {other}>", '"activity"', '"note"',
            scene.customers[other].conversation_id, "handed_off", "taken_over", *NAMES,
        ):  # fmt: skip
            assert foreign not in seen, foreign
        _, shown = await scene.agents[2].call("GET", f"/conversations/{scene.customers[whom].conversation_id}")
        everything += json.dumps(shown["messages"])
    # The desk has every note, or the test would have looked for what was never there.
    assert scene.notes <= everything.count("<secret")


def test_no_customer_ever_sees_what_is_for_the_desk_or_for_another(sqlite_template: Path):
    @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEPS, min_size=1, max_size=14))
    def always(steps: list[tuple[str, int, int]]) -> None:
        asyncio.run(play(sqlite_template, steps))

    always()
