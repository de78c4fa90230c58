"""Words right after news answer that news, whatever else waits for words; a button answers what it is about."""

from typing import Any

import pytest

from bot.actions.arrival import ValidateRatingForm
from bot.actions.handoff import ActionFallback
from bot.actions.order_form import ValidateOrderForm
from bot.actions.orders import ActionCheckOrder
from bot.actions.pictures import ActionReadPicture
from bot.actions.replies import ActionReplyTicket, ValidateReplyForm
from bot.actions.report_form import ValidateReportForm
from bot.actions.smalltalk import ActionDeclineOffer, ActionSayYes
from bot.actions.tickets import ActionOpenTicket
from bot.errors import NotFoundError
from tests.actions.acting import Acted, act
from tests.actions.fake_backend import ORDER_NO, FakeBackend, make_ticket
from tests.actions.test_cases import OTHER_NO, TICKET_NO

RATING = {"rating": {"about": TICKET_NO, "score": 5, "seen_as": "alice"}, "requested_slot": "rating_comment"}
ANSWERING = {"reply_to": TICKET_NO, "requested_slot": "ticket_reply"}


def written(backend: FakeBackend) -> list[tuple[str, list[str]]]:
    """Words and pictures that went into a ticket."""
    return [(body["text"], body["evidence"]) for name, body in backend.calls if name == "add_ticket_message"]


@pytest.mark.parametrize(
    ("action", "text", "intent"),
    [
        (ActionFallback, "艾欧尼亚一区", "nlu_fallback"),
        (ActionFallback, "我妈妈帮我付的", "out_of_scope"),
        (ActionDeclineOffer, "没有", "deny"),
        (ActionSayYes, "是的", "affirm"),
    ],
)
async def test_words_after_a_question_go_to_who_asked(backend: FakeBackend, action: Any, text: str, intent: str):
    backend.ticket_answer = make_ticket()
    acted = await act(action, text, intent, news=TICKET_NO)
    assert (acted.said, acted.slots["ticket_no"]) == (["utter_reply_sent"], TICKET_NO)
    assert (written(backend), backend.written_to) == ([(text, [])], [TICKET_NO])


@pytest.mark.parametrize(
    ("action", "text", "intent", "said"),
    [
        (ActionDeclineOffer, "没有", "deny", "utter_nothing_to_decline"),
        (ActionDeclineOffer, "根本没有扣款", "deny", "utter_not_charged"),
        (ActionSayYes, "是的", "affirm", "utter_what_next"),
        (ActionFallback, "天气不错", "out_of_scope", "utter_out_of_scope"),
    ],
)
async def test_without_a_question_they_go_nowhere(
    backend: FakeBackend, action: Any, text: str, intent: str, said: str
):  # fmt: skip
    for news in (None, ""):
        assert (await act(action, text, intent, news=news)).said == [said]
    assert written(backend) == []


async def test_nothing_charged_is_no_answer_to_a_person(backend: FakeBackend):
    assert (await act(ActionDeclineOffer, "根本没有扣款", "deny", news=TICKET_NO)).said == ["utter_not_charged"]
    assert written(backend) == []


async def begin(form: Any, conclusion: Any, text: str, intent: str, **entities: Any) -> tuple[Acted, Acted]:
    """A form that would begin with these words, right after a person's question."""
    started = await act(form, text, intent, {"offer": "report"}, news=TICKET_NO, **entities)
    return started, await act(conclusion, text, intent, started.slots, news=TICKET_NO, **entities)


@pytest.mark.parametrize(
    ("form", "conclusion", "text", "intent"),
    [
        (ValidateOrderForm, ActionCheckOrder, "尾号3595", "inform"),
        (ValidateReportForm, ActionOpenTicket, "是的", "affirm"),
    ],
)
async def test_no_form_begins_with_an_answer(
    backend: FakeBackend, form: Any, conclusion: Any, text: str, intent: str
):  # fmt: skip
    backend.ticket_answer = make_ticket()
    started, ended = await begin(form, conclusion, text, intent)
    assert (started.said, started.slots["requested_slot"]) == ([], None)
    assert ended.said == ["utter_reply_sent"]
    assert written(backend) == [(text, [])]


async def test_an_order_number_is_another_matter(backend: FakeBackend):
    text = f"再查一下 {ORDER_NO}"
    started, _ = await begin(ValidateOrderForm, ActionCheckOrder, text, "inform", order_no=ORDER_NO)
    assert started.slots["requested_slot"] == "phone_tail"
    assert written(backend) == []


async def test_a_picture_goes_to_who_asked_last(backend: FakeBackend):
    backend.ticket_answer = make_ticket()
    await act(ActionReadPicture, "", "send_picture", {"ticket_no": OTHER_NO}, news=TICKET_NO, evidence_id="e1")
    assert [each[1] for each in written(backend)] == [["e1"]]
    assert backend.written_to == [TICKET_NO]


async def test_an_open_answer_is_for_whoever_asked_last(backend: FakeBackend):
    backend.ticket_answer = make_ticket()
    told = await act(ValidateReplyForm, "二区", "inform", ANSWERING, form="reply_form", news=OTHER_NO)
    assert told.slots["reply_to"] == OTHER_NO
    sent = await act(ActionReplyTicket, "二区", "inform", {**ANSWERING, **told.slots}, news=OTHER_NO)
    assert sent.said == ["utter_reply_sent"] and backend.written_to == [OTHER_NO]
    same = await act(ValidateReplyForm, "二区", "inform", ANSWERING, form="reply_form", news="")
    assert "reply_to" not in same.slots


async def test_the_word_about_the_points_gives_way_to_what_was_told_since(backend: FakeBackend):
    for news in (OTHER_NO, ""):
        acted = await act(ValidateRatingForm, "二区", "inform", RATING, form="rating_form", news=news)
        assert acted.events == ["action_execution_rejected"]
    refused = await act(ValidateRatingForm, "", "deny", RATING, form="rating_form", news=OTHER_NO)
    assert refused.slots["rating_comment"] == "-"


async def test_a_ticket_that_is_closed_by_now_says_so(backend: FakeBackend):
    backend.ticket_answer, backend.refused = make_ticket(status="closed"), NotFoundError()
    acted = await act(ActionFallback, "二区", "nlu_fallback", news=TICKET_NO)
    assert (acted.said, acted.slots["offer"]) == (["utter_reply_closed"], "report")


async def test_a_button_of_older_news_answers_its_own_ticket(backend: FakeBackend):
    started = await act(ValidateReplyForm, "", "reply_ticket", {}, form="reply_form", news=OTHER_NO, about=TICKET_NO)
    assert started.slots["reply_to"] == TICKET_NO
