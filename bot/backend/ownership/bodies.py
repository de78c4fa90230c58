"""The request body of `/v1/verify`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from bot.backend.http import Body
from bot.backend.ownership.model import Factor


class FactorBody(BaseModel):
    """One factor; a password keeps its blanks."""

    model_config = ConfigDict(extra="forbid")

    type: Factor
    value: Annotated[str, StringConstraints(max_length=200)]


class VerifyBody(Body):
    """Any number of the order, a factor, who asks, and a digest of the address that they ask from."""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    factor: FactorBody
    customer_ref: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    address_key: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
