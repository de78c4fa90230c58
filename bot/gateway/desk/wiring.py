"""Builds the desk inside the gateway."""

from datetime import timedelta

from bot.gateway.conversations.standing import Standards
from bot.gateway.desk.hours import Hours
from bot.gateway.desk.reception import Reception
from bot.settings import Settings
from bot.texts import Texts


def standards_of(settings: Settings) -> Standards:
    """Within what time a human should answer."""
    return Standards(
        first=timedelta(minutes=settings.desk_first_answer_minutes),
        next=timedelta(minutes=settings.desk_next_answer_minutes),
    )


def reception_of(settings: Settings, texts: Texts) -> Reception:
    """What a handoff becomes; ValueError for opening hours that are none."""
    return Reception(
        texts.render,
        Hours.parse(settings.desk_hours, settings.desk_days),
        settings.desk_minutes_per_case,
        timedelta(minutes=settings.desk_booked_minutes),
    )
