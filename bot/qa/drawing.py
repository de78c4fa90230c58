"""Screenshots for scripts, drawn for the script's order by the generator of the tests."""

import importlib
from collections.abc import Mapping

from bot.qa.model import Drawing


def drawn(drawing: Drawing, values: Mapping[str, str]) -> bytes:
    """The picture as a file; `values` are the blanks of the script. ImportError outside of a working copy."""
    bills = importlib.import_module("tests.evidence.bills")
    picture: bytes = bills.picture_of(values, **{name: getattr(drawing, name) for name in drawing.__dataclass_fields__})
    return picture
