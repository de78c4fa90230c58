"""Pictures that a customer sends in one go are answered together (pure)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.gateway.conversations.model import Turn, TurnState, payload

PICTURE = "/send_picture{"


@dataclass(frozen=True)
class Joined:
    """The turn to answer, and the ids of the earlier ones that its answer is for too."""

    turn: Turn
    earlier: tuple[str, ...] = ()


def is_picture(turn: Turn) -> bool:
    return turn.ask.startswith(PICTURE)


def join_pictures(waiting: Sequence[Turn]) -> Joined:
    """The first waiting turn, with the pictures that follow it when it is one.

    They are asked about under the id of the last. A turn that was asked before a crash stays the last of its own.
    """
    pictures: list[Turn] = []
    for turn in waiting:
        if not is_picture(turn):
            break
        pictures.append(turn)
        if turn.state is TurnState.ASKED:
            break
    if len(pictures) < 2:
        return Joined(waiting[0])
    ids = [str(json.loads(each.ask.partition("{")[1] + each.ask.partition("{")[2])["evidence_id"]) for each in pictures]
    asks = payload("send_picture", evidence_id=",".join(dict.fromkeys(ids)))
    last = replace(pictures[-1], ask=asks, redacted=any(each.redacted for each in pictures))
    return Joined(last, tuple(each.turn_id for each in pictures[:-1]))
