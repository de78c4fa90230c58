"""Alembic runs this for the gateway's database."""

from bot.gateway.conversations.tables import metadata
from bot.migrate import run_env

run_env(metadata)
