"""A backend that a shop may tell of changes, and a gateway for what comes of it."""

from tests.backend.town_fixtures import client, gateway_port, receiver, settings

__all__ = ["client", "gateway_port", "receiver", "settings"]
