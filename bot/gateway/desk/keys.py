"""What the application holds for the desk, by typed key."""

from aiohttp import web

from bot.gateway.desk.hub import DeskHub
from bot.gateway.desk.keeper import Keeper
from bot.gateway.desk.presence import PresenceStore
from bot.gateway.desk.search import Search
from bot.gateway.desk.store import DeskStore

DESK = web.AppKey("DESK", DeskStore)
DESK_HUB = web.AppKey("DESK_HUB", DeskHub)
PRESENCES = web.AppKey("PRESENCES", PresenceStore)
SEARCH = web.AppKey("SEARCH", Search)
KEEPER = web.AppKey("KEEPER", Keeper)
