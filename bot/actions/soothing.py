"""Anger: one human sentence, then only action, and a human when it goes on."""

from bot.actions.turn import Turn

COMPLAINTS_BEFORE_HUMAN = 3


def count_complaint(turn: Turn) -> int:
    """How often this customer has complained, with this time."""
    count = int(turn.slot("complaints") or 0) + 1
    turn.set(complaints=float(count))
    return count


def call_human_for_complaint(turn: Turn) -> None:
    turn.leave_form()
    turn.say("utter_complain_human")
    turn.handoff("complaint")
    turn.set(offer=None, complaints=0.0)
