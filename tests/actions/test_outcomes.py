"""The table of what each action may end with."""

from fnmatch import fnmatchcase

import pytest
import yaml

from bot.actions.outcomes import OUTCOMES
from bot.settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
OTHER_SIGNS = {"asked", "ended", "left", "silent", "draft"}


def test_every_action_of_the_domain_has_outcomes():
    assert set(OUTCOMES) == set(DOMAIN["actions"])
    assert all(OUTCOMES.values())


@pytest.mark.parametrize("action", OUTCOMES)
def test_every_sign_is_a_sentence_of_the_domain_or_one_of_the_others(action: str):
    signs = {sign for signs in OUTCOMES[action].values() for sign in signs} - OTHER_SIGNS
    sentences = [sign for sign in signs if not sign.startswith("handoff:")]
    assert [each for each in sentences if not any(fnmatchcase(name, each) for name in DOMAIN["responses"])] == []
