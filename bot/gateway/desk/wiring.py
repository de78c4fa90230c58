"""Builds the desk inside the gateway."""

from datetime import timedelta

from aiohttp import web

from bot.gateway.accounts.http import STANDINGS, Standing
from bot.gateway.conversations.standing import Standards
from bot.gateway.desk.hours import Hours
from bot.gateway.desk.keeper import Keeper
from bot.gateway.desk.keys import DESK, DESK_HUB, KEEPER, PRESENCES, SEARCH
from bot.gateway.desk.presence import PresenceStore
from bot.gateway.desk.reception import Reception
from bot.gateway.desk.search import Search
from bot.gateway.desk.store import DeskStore
from bot.gateway.keys import ENGINE, SWITCHBOARD
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
        standards_of(settings).first,
    )


def fill_desk(app: web.Application, settings: Settings) -> Keeper:
    """Put the desk's parts into the application, which has its engine and switchboard; the loop to run."""
    engine, switchboard = app[ENGINE], app[SWITCHBOARD]
    app[DESK], app[SEARCH], app[PRESENCES] = DeskStore(engine), Search(engine), PresenceStore(engine)
    switchboard.tell_desk = app[DESK_HUB].hear
    silent = timedelta(minutes=settings.desk_silent_minutes)
    keeper = Keeper(switchboard, app[DESK_HUB], app[DESK], app[PRESENCES], silent)
    app[KEEPER] = keeper

    async def standings() -> dict[str, Standing]:
        return {name: Standing(*each) for name, each in (await keeper.standings()).items()}

    app[STANDINGS] = standings
    return keeper
