"""Alembic runs this for the backend's database; importing the stores fills the metadata."""

from bot.backend.evidence import store as evidence
from bot.backend.orders import store as orders
from bot.backend.ownership import store as ownership
from bot.backend.payments import store as payments
from bot.backend.tickets import answers
from bot.backend.tickets import store as tickets
from bot.migrate import run_env

STORES = (orders, ownership, payments, tickets, answers, evidence)

run_env(orders.metadata)
