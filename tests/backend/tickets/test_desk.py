"""What agents and programs do to cases, on both databases."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from tests.backend.conftest import Clock
from tests.backend.evidence.making import make_picture, upload
from tests.backend.tickets.desk import act, add_owner, case, look, prove, report, save_order, say, send
from tests.backend.tickets.making import NOW, ORDER_NO
from tests.backend.tickets.test_history import check_complete, due, published

DAY = timedelta(hours=24)
ROBOT = {"kind": "automation", "name": "autopilot"}


@pytest.fixture
async def ticket_no(backend_client: TestClient) -> str:
    """Alice's ticket for her proven order of 30 yuan."""
    await save_order(backend_client, amount="30.00")
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    return ticket["ticket_no"]


async def test_an_agent_answers(backend_client: TestClient, ticket_no: str, clock: Clock):
    clock.now += timedelta(hours=1)
    promised = (NOW + timedelta(hours=3)).isoformat()
    status, done = await act(backend_client, ticket_no, "reply", text="在查", promised_at=promised)
    assert (status, done["stage"], done["assignee"], done["next_promise_at"]) == (200, "in_progress", "Bob", promised)
    _, seen = await look(backend_client, ticket_no, "alice")
    assert (seen["history"][-1]["text"], seen["next_promise_at"]) == ("在查", promised)
    assert (await due(backend_client, ticket_no))["promise"] == NOW + timedelta(hours=3)


@pytest.mark.parametrize("moment", [NOW.isoformat(), "9999-12-31T23:59:59-14:00", "9999-12-31T00:00:00Z"])
async def test_nobody_promises_the_past_nor_the_end_of_the_calendar(
    backend_client: TestClient, ticket_no: str, moment: str
):
    status, body = await act(backend_client, ticket_no, "reply", text="x", promised_at=moment)
    assert (status, body["error"]["fields"]) == (422, ["promised_at"])
    status, body = await act(backend_client, ticket_no, "wait", waiting_for="upstream", until=moment)
    assert (status, body["error"]["fields"]) == (422, ["until"])
    status, body = await act(backend_client, ticket_no, "refund", decision="approved", expected_at=moment)
    assert (status, body["error"]["fields"]) == (422, ["expected_at"])


async def test_a_report_about_too_many_days_is_refused(backend_client: TestClient):
    for days in ("0", "367", "x", f"{'0' * 8}1{'9' * 20}"):
        status, body = await send(backend_client, "GET", f"/v1/desk/report?days={days}")
        assert (status, body["error"]["fields"]) == (422, ["days"])


async def test_what_a_program_writes_is_no_answer_of_a_human(backend_client: TestClient, ticket_no: str):
    status, done = await act(backend_client, ticket_no, "reply", text="已收到", actor=ROBOT)
    assert (status, done["stage"], done["assignee"]) == (200, "queued", None)
    found = await case(backend_client, ticket_no)
    assert (found["last_agent_reply_at"], found["messages"][-1]["author"]) == (None, "system")
    assert [each["type"] for each in await published(backend_client)] == ["ticket.reply"]


async def test_no_note_ever_reaches_a_customer(backend_client: TestClient, ticket_no: str):
    await act(backend_client, ticket_no, "note", text="look at the fraud score")
    await act(backend_client, ticket_no, "resolve", reason="told by phone")
    _, seen = await look(backend_client, ticket_no, "alice")
    assert "fraud" not in str(seen) and "phone" not in str(seen)
    assert "fraud" not in str(await published(backend_client))
    found = await case(backend_client, ticket_no)
    assert [(each["text"], each["internal"]) for each in found["messages"]] == [
        ("钱付了没到账", False), ("look at the fraud score", True),
    ]  # fmt: skip
    assert found["history"][-1]["reason"] == "told by phone"


async def test_waiting_for_the_customer_asks_them(backend_client: TestClient, ticket_no: str, clock: Clock):
    status, done = await act(backend_client, ticket_no, "wait", waiting_for="customer", text="请补一张截图")
    assert (status, done["stage"], done["next_promise_at"]) == (200, "waiting_customer", None)
    (event,) = await published(backend_client)
    assert (event["type"], event["data"]) == ("ticket.waiting_customer", {"text": "请补一张截图"})
    _, seen = await look(backend_client, ticket_no, "alice")
    assert (seen["holder"], seen["waiting_for"]) == ({"kind": "customer", "name": None}, "customer")
    assert await due(backend_client, ticket_no) == {"requery": NOW + timedelta(minutes=1)}
    clock.now += timedelta(hours=2)
    await say(backend_client, ticket_no)
    found = await case(backend_client, ticket_no)
    assert (found["stage"], found["next_promise_at"]) == ("in_progress", (NOW + timedelta(hours=26)).isoformat())


async def test_the_customer_is_not_waited_for_in_silence(backend_client: TestClient, ticket_no: str):
    assert (await act(backend_client, ticket_no, "wait", waiting_for="customer"))[0] == 422


async def test_waiting_for_upstream_says_until_when(backend_client: TestClient, ticket_no: str):
    until = (NOW + timedelta(days=2)).isoformat()
    status, done = await act(backend_client, ticket_no, "wait", waiting_for="upstream", until=until)
    assert (status, done["stage"], done["next_promise_at"]) == (200, "waiting_upstream", until)
    _, seen = await look(backend_client, ticket_no, "alice")
    assert (seen["holder"]["kind"], seen["waiting_for"]) == ("upstream", "upstream")
    assert (await act(backend_client, ticket_no, "resume"))[1]["stage"] == "in_progress"


async def test_a_case_is_given_and_taken_back(backend_client: TestClient, ticket_no: str):
    assert (await act(backend_client, ticket_no, "assign", assignee="Dora"))[1]["assignee"] == "Dora"
    (event,) = await published(backend_client)
    assert event["data"] == {"from": "queued", "to": "in_progress", "who": "Dora"}
    status, done = await act(backend_client, ticket_no, "assign", assignee=None)
    assert (status, done["assignee"], done["stage"]) == (200, None, "queued")


async def test_customers_read_the_name_that_they_are_to_know(backend_client: TestClient, ticket_no: str):
    await act(backend_client, ticket_no, "assign", assignee="dora_7", assignee_shown="朵拉")
    _, seen = await look(backend_client, ticket_no, "alice")
    assert seen["holder"] == {"kind": "agent", "name": "朵拉"}
    (event,) = await published(backend_client)
    assert event["data"]["who"] == "朵拉"
    assert (await case(backend_client, ticket_no))["assignee"] == "dora_7"
    await act(backend_client, ticket_no, "assign", assignee=None)
    actor = {"kind": "agent", "name": "bob_8", "shown": "阿宝"}
    await act(backend_client, ticket_no, "reply", text="在查", actor=actor)
    _, seen = await look(backend_client, ticket_no, "alice")
    assert seen["holder"] == {"kind": "agent", "name": "阿宝"}
    await act(backend_client, ticket_no, "assign", assignee="eve")
    _, seen = await look(backend_client, ticket_no, "alice")
    assert seen["holder"] == {"kind": "agent", "name": "eve"}


async def test_a_case_is_solved_put_away_and_reopened(backend_client: TestClient, ticket_no: str, clock: Clock):
    assert (await act(backend_client, ticket_no, "resolve", text="到账了"))[1]["stage"] == "resolved"
    assert (await act(backend_client, ticket_no, "close"))[1]["stage"] == "closed"
    clock.now += DAY
    status, done = await act(backend_client, ticket_no, "reopen")
    assert (status, done["stage"], done["next_promise_at"]) == (200, "queued", (NOW + 2 * DAY).isoformat())
    assert [each["type"] for each in await published(backend_client)] == [
        "ticket.reply", "ticket.status_changed", "ticket.status_changed",
    ]  # fmt: skip
    await check_complete(backend_client, ticket_no)


async def test_what_the_stage_does_not_allow_is_refused_with_a_reason(backend_client: TestClient, ticket_no: str):
    status, body = await act(backend_client, ticket_no, "reopen")
    assert status == 409
    assert {name: body["error"][name] for name in ("code", "action", "stage", "reason")} == {
        "code": "action_refused", "action": "reopen", "stage": "queued", "reason": "not_finished",
    }  # fmt: skip
    assert len((await case(backend_client, ticket_no))["history"]) == 1


async def test_a_case_does_not_live_again_beside_another(backend_client: TestClient, ticket_no: str):
    await act(backend_client, ticket_no, "resolve")
    _, second = await report(backend_client, "m9", await prove(backend_client))
    status, body = await act(backend_client, ticket_no, "reopen")
    assert (status, body["error"]["code"], body["error"]["ticket_no"]) == (409, "ticket_exists", second["ticket_no"])


ACTIONS = [
    ("reply", {"text": "在查"}), ("note", {"text": "x"}), ("wait", {"waiting_for": "upstream"}),
    ("assign", {"assignee": "Dora"}),
    ("resolve", {"text": "好了"}), ("close", {}), ("requery", {}),
    ("refund", {"decision": "rejected", "reason": "已到账"}),
]  # fmt: skip


@pytest.mark.parametrize(("action", "body"), ACTIONS, ids=[name for name, _ in ACTIONS])
async def test_the_same_key_does_it_once(backend_client: TestClient, ticket_no: str, action: str, body: dict):
    await add_owner(backend_client)
    results = await asyncio.gather(*(act(backend_client, ticket_no, action, "k1", **body) for _ in range(5)))
    assert results[0][0] == 200
    assert all(each == results[0] for each in results)
    found = await case(backend_client, ticket_no)
    assert len(found["history"]) == 2
    assert found["history"][1]["actor"] == {"kind": "agent", "name": "Bob"}
    events = await published(backend_client)
    assert len(events) == len({each["key"] for each in events}) <= 2


async def test_the_same_key_for_something_else_is_refused(backend_client: TestClient, ticket_no: str):
    await act(backend_client, ticket_no, "reply", "k1", text="在查")
    status, body = await act(backend_client, ticket_no, "reply", "k1", text="别的")
    assert (status, body["error"]["code"]) == (409, "idempotency_mismatch")


async def test_the_keys_of_two_agents_have_nothing_to_do_with_each_other(backend_client: TestClient, ticket_no: str):
    await act(backend_client, ticket_no, "reply", "k1", text="在查")
    assert (await act(backend_client, ticket_no, "reply", "k1", "Dora", text="我也在查"))[0] == 200


async def test_a_refused_action_does_not_use_up_its_key(backend_client: TestClient, ticket_no: str):
    assert (await act(backend_client, ticket_no, "reopen", "k1"))[0] == 409
    await act(backend_client, ticket_no, "resolve")
    assert (await act(backend_client, ticket_no, "reopen", "k1"))[0] == 200


async def test_a_picture_goes_along(backend_client: TestClient, ticket_no: str):
    _, picture = await upload(backend_client, make_picture())
    await act(backend_client, ticket_no, "reply", text="补发记录", evidence=[picture["evidence_id"]])
    assert (await case(backend_client, ticket_no))["messages"][-1]["evidence"] == [picture["evidence_id"]]
    assert (await act(backend_client, ticket_no, "note", evidence=[picture["evidence_id"]]))[0] == 200
    assert (await act(backend_client, ticket_no, "note", evidence=["0" * 32]))[0] == 404


@pytest.mark.parametrize("text", ["", " ", "\u3000\n", "\u200b\ufeff"])
async def test_a_customer_is_never_sent_nothing(backend_client: TestClient, ticket_no: str, text: str):
    _, picture = await upload(backend_client, make_picture())
    with_picture = {"text": text, "evidence": [picture["evidence_id"]]}
    for action, body in (
        ("reply", {"text": text}), ("reply", with_picture), ("reply", {}), ("resolve", with_picture),
        ("wait", {"text": text, "waiting_for": "customer"}), ("reply", {"text": text, "actor": ROBOT}),
    ):  # fmt: skip
        status, answer = await act(backend_client, ticket_no, action, **body)
        assert (status, answer["error"]["code"], answer["error"]["fields"]) == (422, "invalid", ["text"])
    status, answer = await say(backend_client, ticket_no, author="agent", customer_ref=None, **with_picture)
    assert (status, answer["error"]["fields"]) == (422, ["text"])
    assert await published(backend_client) == []
    assert len((await case(backend_client, ticket_no))["history"]) == 1


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("reply", {"text": " "}, "text"), ("note", {"text": " "}, "body"),
        ("reply", {"text": "x", "actor": {"kind": "customer", "name": "a"}}, "actor.kind"),
        ("reply", {"text": "x", "actor": None}, "actor"), ("assign", {}, "assignee"), ("wait", {}, "waiting_for"),
        ("resolve", {"more": 1}, "more"), ("merge", {}, "into"), ("refund", {"decision": "approved"}, "body"),
        ("refund", {"decision": "rejected"}, "body"), ("refund", {"decision": "maybe"}, "decision"),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named(backend_client: TestClient, ticket_no: str, action: str, body: dict, field: str):
    status, answer = await act(backend_client, ticket_no, action, **body)
    assert (status, answer["error"]["fields"]) == (422, [field])


async def test_a_missing_ticket_and_a_missing_key(backend_client: TestClient, ticket_no: str):
    assert (await act(backend_client, "TK000000000000", "resolve"))[0] == 404
    path = f"/v1/desk/tickets/{ticket_no}/resolve"
    assert (await send(backend_client, "POST", path, {"actor": ROBOT}))[0] == 400


async def test_an_agent_sees_everything(backend_client: TestClient, ticket_no: str):
    found = await case(backend_client, ticket_no)
    assert (found["order_no"], found["customer_ref"], found["holder"]) == (
        ORDER_NO, "alice", {"kind": "queue", "name": None},
    )  # fmt: skip
    assert (found["initiated_at"], found["messages"][0]["report"], found["rating"]) == ("2026-11-24 12:00", True, None)
