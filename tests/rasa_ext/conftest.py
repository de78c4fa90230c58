"""Runs a few lines in the Rasa environment, because numpy and scikit-learn are only there."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from bot.settings import ROOT

PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# Few examples of three intents: enough for a model, fitted in a moment.
SETUP = """
import json, sys, tempfile
from pathlib import Path
from rasa_ext.features import compile_concepts, features
from rasa_ext.linear import LinearModel, Options
SAID = {
    "paid_not_received": "paid but nothing came|the money is gone and no coins|付了钱没到账|扣款了没收到|钱扣了没给我",
    "request_human": "talk to an agent|a human please|call a person|转人工|找客服|要真人",
    "out_of_scope": "how do i cook rice|weather in rome|who wrote hamlet|红烧肉怎么做|明天天气|推荐一部电影",
}
def model(**options):
    pairs = [(text, intent) for intent, texts in SAID.items() for text in texts.split("|") * 2]
    return LinearModel.train([t for t, _ in pairs], [i for _, i in pairs], [("human", "人工|agent")], Options(**options))
"""


@pytest.fixture(scope="session")
def in_rasa() -> Callable[[str], Any]:
    """Run lines after SETUP; what they print last comes back from JSON."""
    if not PYTHON.exists():
        pytest.skip("the Rasa environment is not set up: make setup")

    def run(lines: str) -> Any:
        argv = [str(PYTHON), "-c", SETUP + lines]
        done = subprocess.run(argv, capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run
