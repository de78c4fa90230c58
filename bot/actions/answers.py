"""What a customer says to the people who work on a ticket: it goes there as it is."""

from bot.actions.cases import case_of
from bot.actions.step3 import due_at
from bot.actions.turn import Turn
from bot.errors import NotFoundError


async def pass_on(turn: Turn, about: str, text: str, pictures: list[str]) -> None:
    """Put it into the ticket; a closed one cannot take it, so a new report is offered."""
    case = await case_of(turn, about)
    try:
        if case is None:
            raise NotFoundError
        await turn.backend.add_ticket_message(
            about,
            {"author": "customer", "text": text, "evidence": pictures, "customer_ref": case["seen_as"]},
            idempotency_key=f"{turn.message_id}:reply",
            proof=turn.proof,
        )
    except NotFoundError:
        turn.set(offer="report")
        turn.say("utter_reply_closed", ticket_no=about)
        return
    turn.set(pictures=[], ticket_no=about)
    case = await case_of(turn, about) or case
    turn.say("utter_reply_sent", ticket_no=about, due_at=due_at(case))


async def answer_news(turn: Turn) -> bool:
    """Whether a person asked or wrote just before these typed words, which then are the answer."""
    if not turn.news or not turn.typed:
        return False
    turn.leave_form()
    await pass_on(turn, turn.news, turn.text.strip(), [])
    return True
