"""The request body of an incident that somebody opens by hand."""

from typing import Annotated

from pydantic import StringConstraints

from bot.backend.http import Body
from bot.backend.incidents.model import Scope


class IncidentBody(Body):
    """What its cases have in common: the product's title, the supplier's name or the payment channel."""

    scope: Scope
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
