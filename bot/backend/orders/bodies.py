"""The request body of a diagnosis."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from bot.backend.http import Body
from bot.backend.orders.model import Input


class DiagnosisBody(Body):
    """What the customer says; null is "did not say"."""

    symptom: Annotated[str, StringConstraints(max_length=40)] | None = None
    paid: bool | None = None
    input: Literal[Input.BAD_FORMAT, Input.MISMATCH, Input.WRONG_TYPE] | None = None
    login_expired: bool | None = None
