"""Whatever the backend refuses, the agent reads why."""

import re
from itertools import chain

import pytest

from bot.backend.orders.repairs import Obstacle
from bot.backend.tickets.approvals import Objection
from bot.backend.tickets.life import Refusal
from bot.settings import ROOT

WRITTEN = r'ActionRefusedError\([^)]*reason="(\w+)"|_refused\("(\w+)"'


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_reason_of_a_refusal_has_words_at_the_desk(language: str):
    backend = "".join(each.read_text(encoding="utf-8") for each in (ROOT / "bot" / "backend").rglob("*.py"))
    written = {first or second for first, second in re.findall(WRITTEN, backend)}
    assert {"refund_approved", "same_ticket", "approval_pending"} < written
    reasons = written | {each.value for each in chain(Obstacle, Objection, Refusal)}
    page = (ROOT / "web" / "desk" / "panel" / f"texts.{language}.ts").read_text(encoding="utf-8")
    words = re.search(r"refusals: \{(.*?)\n  \}", page, re.DOTALL)
    assert words is not None
    assert set(re.findall(r'(\w+): "', words[1])) == reasons
