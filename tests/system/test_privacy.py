"""Nobody sees what is another's, nor whether there is anything: on the sockets, in the dialog, by the API."""

import asyncio
import json
import re
import time
from typing import Any

import aiohttp
import pytest

from bot.qa.customer import Customer
from bot.settings import ROOT
from tests.system.people import Person, Town

MISSING = "KM202405128888"
# Nobody is at the desk in these tests.
LOCKED = ["utter_verify_locked", "utter_handoff_away"]
NOBODY = "0" * 32
PICTURE = ROOT / "tests" / "conversations" / "pictures" / "charge.png"
WRONG = "0001"
Json = dict[str, Any]


def screen(person: Person) -> str:
    """Everything that this customer's program was sent."""
    return json.dumps(person.customer.frames, ensure_ascii=False)


async def test_two_customers_at_once_see_nothing_of_each_other(town: Town):
    orders = [await town.make_order(), await town.make_order()]
    async with town.customer() as one, town.customer() as two:
        people = (one, two)
        await asyncio.gather(*(person.reach_report(order) for person, order in zip(people, orders, strict=True)))
        for person, other, order in ((one, two, orders[1]), (two, one, orders[0])):
            assert order["order_no"] not in screen(person)
            assert other.customer.conversation_id not in screen(person)
            assert not {str(each["message_id"]) for each in other.customer.messages.values()} & {
                str(each["message_id"]) for each in person.customer.messages.values()
            }
        await asyncio.gather(*(person.press("/affirm", "utter_ticket_opened") for person in people))
        for person, order, other in ((one, *orders), (two, *reversed(orders))):
            (own,), (foreign,) = town.tickets_for(order), town.tickets_for(other)
            assert own["ticket_no"] in screen(person)
            assert foreign["ticket_no"] not in screen(person)
            await town.check_log(person.customer)


async def test_asking_about_each_others_order_tells_as_much_as_asking_about_none(town: Town):
    orders = [await town.make_order(), await town.make_order()]
    async with town.customer() as one, town.customer() as two, town.customer() as three:
        people = (one, two)
        for person, order in zip(people, orders, strict=True):
            await person.tell(order)
        for person, order in zip(people, orders, strict=True):
            await person.answers(*person.facts_of(order))
        # With their own digits; the second order has a ticket by then, which changes nothing.
        await two.press("/report_problem", "utter_ask_report_form_report_confirmed")
        await two.press("/affirm", "utter_ticket_opened")
        tails = [str(each["phone_tail"]) for each in orders]
        await one.say(f"订单 {orders[1]['order_no']} 尾号 {tails[0]}", "utter_verify_failed")
        await two.say(f"订单 {orders[0]['order_no']} 尾号 {tails[1]}", "utter_verify_failed")
        await three.say(f"订单 {MISSING} 尾号 {tails[0]}", "utter_verify_failed")
        seen = [[(each["text"], titles(each)) for each in person.heard] for person in (one, two, three)]
        assert seen[0] == seen[1] == seen[2]
        # The failed look at another's order leaves nothing of it with the customer.
        await one.say("查一下工单进度")
        await one.hear(1)
        (ticket,) = town.tickets_for(orders[1])
        assert ticket["ticket_no"] not in screen(one)


def titles(message: Json) -> list[str]:
    return [str(each["title"]) for each in message["buttons"]]


async def look(person: Person, number: str, tail: str) -> list[Any]:
    """Ask with these; what the screen shows of it, with the number that was typed left out."""
    if person.last["seq"] == 0:
        await person.say(f"查订单 {number}", "utter_ask_order_form_phone_tail")
        first = [(each["text"].replace(number, "N"), titles(each)) for each in person.heard]
    else:
        first = []
    asked = person.customer.conversation["owner"] == "bot"
    await person.say(tail)
    if asked:
        await person.hear(1)
    await person.town.settle(person.customer)
    shown = [(re.sub(number + r"|\d+ 位", "N", each["text"]), titles(each)) for each in person.heard]
    return [*first, await person.names(), shown, person.customer.conversation["owner"]]


async def test_a_wrong_tail_and_a_missing_order_are_the_same_until_the_lock(town: Town):
    order = await town.make_order()
    number = str(order["order_no"])
    async with town.customer() as owner, town.customer() as stranger:
        failed = ["utter_verify_failed"]
        for tail, names in (("0001", failed), ("0002", failed), ("0003", LOCKED)):
            wrong, missing = await look(owner, number, tail), await look(stranger, "KM202405128887", tail)
            assert wrong == missing
            assert wrong[-3] == names
        assert wrong[-1] == "queue"
        # The fourth try, with the right digits.
        right, nothing = await look(owner, number, order["phone_tail"]), await look(stranger, number, WRONG)
        assert right == nothing
        assert right[-3] == []
        assert str(order["product"]) not in screen(owner)


@pytest.mark.parametrize("exists", [True, False])
async def test_a_fourth_try_at_one_order_is_locked_for_everyone(exists: bool, town: Town):
    order = await town.make_order()
    number = str(order["order_no"]) if exists else "KM202405128886"
    async with town.customer() as one, town.customer() as two, town.customer() as owner:
        assert (await look(one, number, "0001"))[-3] == ["utter_verify_failed"]
        assert (await look(one, number, "0002"))[-3] == ["utter_verify_failed"]
        assert (await look(two, number, "0003"))[-3] == LOCKED
        names, _, owned_by = (await look(owner, number, order["phone_tail"]))[-3:]
        assert (names, owned_by) == (LOCKED, "queue")
        assert "utter_order_facts" not in await owner.names()


async def verify(town: Town, reference: str, tail: str, customer_ref: str) -> tuple[int, Json, float]:
    """The backend's answer to one try, without the id of the request, and how many seconds it took."""
    settings = town.stack.settings
    body = {"reference": reference, "factor": {"type": "phone_tail", "value": tail}, "customer_ref": customer_ref}
    headers = {"Authorization": f"Bearer {settings.derived_key('backend')}"}
    started = time.monotonic()
    async with town.house.session.post(f"{settings.backend_url}/v1/verify", json=body, headers=headers) as response:
        answer = await response.json()
        answer.pop("request_id", None)
        return response.status, answer, time.monotonic() - started


async def test_a_fourth_try_of_one_customer_is_locked_whatever_the_order(town: Town):
    order = await town.make_order()
    number, tail = str(order["order_no"]), str(order["phone_tail"])
    async with town.customer() as person:
        missing = [f"KM20240512{each}" for each in (8881, 8882, 8883)]
        assert (await look(person, missing[0], "0001"))[-3] == ["utter_verify_failed"]
        await person.say(f"订单 {missing[1]} 尾号 0001", "utter_verify_failed")
        await person.say(f"订单 {missing[2]} 尾号 0001", *LOCKED)
        await town.settle(person.customer)
        assert person.customer.conversation["owner"] == "queue"
        # Their dialog is with a human now; the backend would refuse the right digits too, but not another customer's.
        status, answer, _ = await verify(town, number, tail, person.customer.conversation_id)
        assert (status, answer["error"]["code"]) == (423, "verify_locked")
        status, answer, _ = await verify(town, number, tail, "somebody else")
        assert (status, answer["order_no"]) == (200, number)


async def test_every_try_takes_at_least_the_floor(town: Town):
    """Wrong, missing, locked and right go through the same wait, so that the time tells nothing."""
    floor = town.stack.settings.verify_floor
    assert floor > 0
    order = await town.make_order()
    number = str(order["order_no"])
    wrong = [await verify(town, number, f"000{each}", "floor wrong") for each in range(4)]
    missing = [await verify(town, "KM202405128880", f"000{each}", "floor missing") for each in range(4)]
    own = await town.make_order()
    right = await verify(town, str(own["order_no"]), str(own["phone_tail"]), "floor right")
    assert right[0] == 200
    assert [each[:2] for each in wrong] == [each[:2] for each in missing]
    assert [each[0] for each in wrong] == [404, 404, 404, 423]
    assert min(each[2] for each in (*wrong, *missing, right)) >= floor


async def answer_of(town: Town, method: str, path: str, token: str, **options: Any) -> tuple[int, Json]:
    url = town.stack.settings.public_url + path
    headers = {"Authorization": f"Bearer {token}"}
    async with town.house.session.request(method, url, headers=headers, **options) as response:
        answer = await response.json()
        answer.pop("request_id", None)
        return response.status, answer


CALLS: list[tuple[str, str, Json]] = [
    ("GET", "", {}),
    ("PATCH", "", {"json": {"language": "en"}}),
    ("GET", "/messages", {}),
    ("POST", "/messages", {"json": {"client_id": "intruder", "type": "text", "text": "你好"}}),
    ("POST", "/pictures", {}),
]


async def test_with_another_token_a_conversation_does_not_exist(town: Town):
    async with town.customer() as person, town.customer() as intruder:
        before = town.log_of(person.customer)
        for method, path, options in CALLS:
            answers = [
                await answer_of(town, method, f"/api/conversations/{each}{path}", intruder.customer.token, **options)
                for each in (person.customer.conversation_id, NOBODY)
            ]
            assert answers[0] == answers[1]
            assert (answers[0][0], answers[0][1]["error"]["code"]) == (404, "not_found")
        assert town.log_of(person.customer) == before
        assert person.customer.conversation["language"] == "zh"


async def test_with_another_token_a_socket_gives_nothing(town: Town):
    async with town.customer() as person, town.customer() as intruder:
        seen = []
        for conversation_id in (person.customer.conversation_id, NOBODY):
            url = f"{town.stack.settings.public_url}/api/conversations/{conversation_id}/socket"
            async with town.house.session.ws_connect(url) as socket:
                await socket.send_json({"type": "hello", "token": intruder.customer.token, "after": 0})
                frames = [json.loads(each.data) async for each in socket if each.type is aiohttp.WSMsgType.TEXT]
                seen.append((frames, socket.close_code))
        assert seen[0] == seen[1]
        frames, code = seen[0]
        assert ([each["type"] for each in frames], code) == (["error"], 4401)


async def test_buttons_of_another_are_as_good_as_none(town: Town):
    async with town.customer() as person, town.customer() as intruder:
        button_id = person.customer.answers[0]["buttons"][0]["id"]
        refused = [await refusal(intruder.customer, "button", button_id=each) for each in (button_id, NOBODY)]
        assert refused == ["invalid", "invalid"]
        assert [each["kind"] for each in town.log_of(person.customer)] == ["outgoing"]


async def test_pictures_of_another_are_as_good_as_none(town: Town):
    picture = await asyncio.to_thread(PICTURE.read_bytes)
    async with town.customer() as person, town.customer() as intruder:
        picture_id = str((await person.customer.show(picture))["picture_id"])
        refused = [await refusal(intruder.customer, "picture", picture_id=each) for each in (picture_id, NOBODY)]
        assert refused == ["invalid", "invalid"]


async def refusal(customer: Customer, kind: str, **message: str) -> str:
    """The code of the error that answers this message."""
    client_id = await customer.post(type=kind, **message)
    await customer.wait(lambda: client_id in customer.refused, 30, "the message is refused")
    return customer.refused[client_id]
