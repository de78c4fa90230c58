"""Alembic runs this for the backend's database; importing the stores fills the metadata."""

from bot.backend.changes import store as changes
from bot.backend.events import store as events
from bot.backend.evidence import store as evidence
from bot.backend.incidents import store as incidents
from bot.backend.orders import operations
from bot.backend.orders import store as orders
from bot.backend.ownership import store as ownership
from bot.backend.payments import store as payments
from bot.backend.tickets import answers
from bot.backend.tickets import tables as tickets
from bot.backend.timers import store as timers
from bot.migrate import run_env

STORES = (orders, ownership, payments, tickets, answers, operations, evidence, events, timers, changes, incidents)

run_env(orders.metadata)
