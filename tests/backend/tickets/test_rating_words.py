"""The points come with a click, the words about them may follow."""

from aiohttp.test_utils import TestClient

from tests.backend.tickets.desk import Answer, case, prove, report, send


async def rate(client: TestClient, ticket_no: str, **body: object) -> Answer:
    values = {"score": 4, "customer_ref": "alice", **body}
    return await send(client, "POST", f"/v1/tickets/{ticket_no}/rating", values)


async def test_words_may_follow_once(backend_client: TestClient):
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    assert (await rate(backend_client, ticket["ticket_no"]))[0] == 201
    status, rating = await rate(backend_client, ticket["ticket_no"], score=1, comment="patient people")
    assert (status, rating["score"], rating["comment"]) == (200, 4, "patient people")
    _, rating = await rate(backend_client, ticket["ticket_no"], comment="something else")
    assert rating["comment"] == "patient people"
    assert [each["action"] for each in (await case(backend_client, ticket["ticket_no"]))["history"]] == ["open", "rate"]


async def test_the_words_of_another_owner_are_not_added(backend_client: TestClient):
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    await rate(backend_client, ticket["ticket_no"])
    body = {"score": 4, "comment": "mine"}
    await send(
        backend_client,
        "POST",
        f"/v1/tickets/{ticket['ticket_no']}/rating",
        body,
        proof=await prove(backend_client, "bob"),
    )
    assert (await rate(backend_client, ticket["ticket_no"]))[1]["comment"] == ""


async def test_the_case_says_whether_it_was_rated(backend_client: TestClient):
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    path = f"/v1/tickets/{ticket['ticket_no']}?customer_ref=alice"
    assert (await send(backend_client, "GET", path))[1]["rated"] is False
    await rate(backend_client, ticket["ticket_no"])
    assert (await send(backend_client, "GET", path))[1]["rated"] is True
