"""A gateway with a real backend."""

from tests.gateway.desk_facts.conftest import backend_template, gateway, shop

__all__ = ["backend_template", "gateway", "shop"]
