"""A run that is ended puts things in order first."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, signal
from bot.qa.ending import end_in_order
end_in_order()
try:
    os.kill(os.getpid(), signal.{number})
finally:
    os.kill(os.getpid(), signal.SIGTERM)  # the end itself cannot be ended
    print("put in order")
"""


@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_ends_the_program_after_it_has_put_things_in_order(number: str, code: int):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(number=number)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "put in order\n", "")
