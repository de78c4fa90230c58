"""Typed words that stand for a button of the question before them."""

import pytest

from bot.gateway.conversations.model import IncomingMessage
from bot.gateway.conversations.typed import means
from tests.fakes import FakeRasa
from tests.gateway.house import House

ARRIVED = ("到账了", '/confirm_delivery{"field":"arrived","about":"TK1"}')
NOT_ARRIVED = ("还没有", '/confirm_delivery{"field":"not_arrived","about":"TK1"}')


@pytest.mark.parametrize(
    "text",
    [
        "到了", "到账了", "收到了，谢谢", "嗯到了", "已到账", "好了", "解决了", "对",
        "Yes, it arrived", "got it, thanks", "it's there now",
    ],
)  # fmt: skip
def test_it_is_there(text: str):
    assert (means(text, *ARRIVED), means(text, *NOT_ARRIVED)) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "还没有", "没到", "没有", "还是没到账", "没收到啊", "未到账",
        "not yet", "no", "Nothing yet", "it hasn’t arrived yet",
    ],
)  # fmt: skip
def test_it_is_not_there(text: str):
    assert (means(text, *ARRIVED), means(text, *NOT_ARRIVED)) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        "没有扣款", "我没有订单号", "什么时候能收到", "没到账怎么办", "转人工", "好的", "谢谢", "还好吗", "1234",
        "ok", "no refund", "", "?",
    ],
)  # fmt: skip
def test_anything_else_is_for_the_bot(text: str):
    assert not means(text, *ARRIVED) and not means(text, *NOT_ARRIVED)


@pytest.mark.parametrize("text", ["5", "5分", "打5分", "五星", "5 stars", "５"])
def test_points_can_be_typed(text: str):
    assert means(text, "5 非常满意", '/rate_case{"score":"5","about":"TK1"}')


@pytest.mark.parametrize("text", ["4", "15", "55", "不是5", "5元"])
def test_other_numbers_are_no_points(text: str):
    assert not means(text, "5 非常满意", '/rate_case{"score":"5","about":"TK1"}')


def test_other_buttons_are_not_meant_by_words():
    assert not means("转人工", "转人工", "/request_human")


async def test_only_the_question_that_was_asked_last_is_answered_and_once(house: House, rasa: FakeRasa):
    question = [{"text": "到了吗", "buttons": [{"title": ARRIVED[0], "payload": ARRIVED[1]}]}]
    rasa.answer = lambda _: question
    await house.open()
    await house.send("在吗")
    rasa.answer = lambda _: [{"text": "ok"}]
    await house.send("到了")
    await house.send("到了")
    assert rasa.asked_texts() == ["在吗", ARRIVED[1], "到了"]
    assert await house.texts() == ["> 在吗", "到了吗", "> 到了", "ok", "> 到了", "ok"]


async def test_a_click_at_the_same_time_is_not_doubled(house: House, rasa: FakeRasa):
    rasa.answer = lambda _: [{"text": "到了吗", "buttons": [{"title": ARRIVED[0], "payload": ARRIVED[1]}]}]
    await house.open()
    await house.send("在吗")
    (button,) = (await house.store.messages_after("c1", 2, 10))[-1].buttons
    await house.switchboard.receive("c1", IncomingMessage(button_id=button.button_id))
    await house.switchboard.receive("c1", IncomingMessage(text="到了"))
    await house.workers.settle()
    assert rasa.asked_texts() == ["在吗", ARRIVED[1], "到了"]
