"""Alembic runs this for the gateway's database; importing the stores fills the metadata."""

from bot.gateway.conversations import tables as conversations
from bot.gateway.news import store as news
from bot.migrate import run_env

TABLES = (conversations, news)

run_env(conversations.metadata)
