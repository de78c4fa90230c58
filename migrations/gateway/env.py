"""Alembic runs this for the gateway's database; importing the stores fills the metadata."""

from bot.gateway.accounts import tables as accounts
from bot.gateway.canned import tables as canned
from bot.gateway.channels.telegram import tables as telegram
from bot.gateway.conversations import tables as conversations
from bot.gateway.desk import tables as desk
from bot.gateway.news import store as news
from bot.gateway.resume import store as resume
from bot.migrate import run_env

TABLES = (conversations, desk, news, resume, accounts, canned, telegram)

run_env(conversations.metadata)
