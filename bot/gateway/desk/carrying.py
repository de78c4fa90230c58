"""What the bot knew before a human had the conversation, so that it does not begin from zero afterwards."""

import logging
from typing import Any

from bot.errors import BotUnavailableError
from bot.gateway.conversations.model import Conversation
from bot.gateway.rasa_client import RasaClient

log = logging.getLogger(__name__)

# A stretch in which the customer said nothing to the bot knows nothing.
MOST_STRETCHES = 5
_TELLING = ("order_no", "verified_order", "ticket_no", "case", "known_orders")


async def knowledge_before(rasa: RasaClient, conversation: Conversation) -> dict[str, Any]:
    """The slots of the last stretch that knew an order or ticket; else the order that the gateway knows, or nothing."""
    newest = conversation.sender_n - 1
    for number in range(newest, max(0, newest - MOST_STRETCHES), -1):
        try:
            slots = await rasa.slots(f"{conversation.conversation_id}.{number}")
        except BotUnavailableError:
            log.warning("what the bot knew before cannot be read")
            break
        if any(slots.get(name) for name in _TELLING):
            return {name: value for name, value in slots.items() if value is not None}
    return {"order_no": conversation.order_no} if conversation.order_no else {}
