"""Pictures: kept for the next ticket, or added to the open one at once."""

from bot.actions.base import DialogAction
from bot.actions.turn import Turn
from bot.errors import BackendUnavailableError, NotFoundError

MOST_PICTURES = 12


def note_picture(turn: Turn) -> str | None:
    """Keep the picture of this message in the slot `pictures`; its evidence id, or None without one."""
    evidence_id = turn.entities.get("evidence_id")
    if not evidence_id:
        return None
    kept = [each for each in turn.slot("pictures") or [] if each != evidence_id]
    turn.set(pictures=[*kept, evidence_id][-MOST_PICTURES:])
    return str(evidence_id)


class ActionKeepPicture(DialogAction):
    """Add a picture to the open ticket, else keep it and say what is still needed as text."""

    action_name = "action_keep_picture"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        evidence_id = note_picture(turn)
        ticket_no = turn.slot("ticket_no")
        if evidence_id and ticket_no:
            try:
                await turn.backend.add_ticket_message(
                    ticket_no,
                    {"author": "customer", "text": "", "evidence": turn.slot("pictures"),
                     "customer_ref": turn.customer_ref},
                    idempotency_key=f"{turn.message_id}:picture",
                    proof=turn.proof,
                )  # fmt: skip
            except (BackendUnavailableError, NotFoundError):
                pass  # The picture stays in the slot and goes with the next report.
            else:
                turn.set(pictures=[])
                turn.say("utter_picture_added", ticket_no=ticket_no)
                return
        order_no = turn.slot("verified_order") if turn.proof else None
        if order_no:
            turn.say("utter_picture_kept_order", order_no=order_no)
        else:
            turn.say("utter_picture_kept")
