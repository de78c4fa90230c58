"""The request bodies of `/v1/evidence`."""

from typing import Annotated

from pydantic import StringConstraints

from bot.backend.http import Body
from bot.backend.payments.bodies import Number

CustomerRef = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class EvidenceBody(Body):
    """The fields beside the file."""

    customer_ref: CustomerRef
    order_no: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None


class CheckBody(Body):
    """`order_no` counts only with its proof."""

    customer_ref: CustomerRef
    order_no: Number | None = None
