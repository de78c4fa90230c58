"""Alembic runs this for the backend's database; importing the stores fills the metadata."""

from bot.backend.orders import store as orders
from bot.backend.ownership import store as ownership
from bot.backend.payments import store as payments
from bot.migrate import run_env

STORES = (orders, ownership, payments)

run_env(orders.metadata)
