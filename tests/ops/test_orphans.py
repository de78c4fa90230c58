"""Whoever dies takes along what they have started, and only that."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, subprocess, sys
from bot.ops.orphans import Guard

# It holds the output open until it ends.
code = "import signal, time; signal.signal(signal.SIGTERM, signal.{stubborn}); print('up', flush=True); time.sleep(100)"
guard = Guard(patience=1.0)
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
child.stdout.readline()
guard.started(child.pid)
{then}
"""
DIE = "os.kill(os.getpid(), signal.{number})"
END_AND_CLOSE = """
guard.ended(child.pid)
guard.close()
print(child.poll())
child.kill()
"""


def run(then: str, stubborn: str = "SIG_DFL") -> "subprocess.CompletedProcess[str]":
    """Over when the program and all that hold its errors' output open are gone."""
    program = PROGRAM.format(then=then, stubborn=stubborn)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM"])
@pytest.mark.parametrize("stubborn", ["SIG_DFL", "SIG_IGN"])
def test_what_was_started_ends_with_who_dies(number: str, stubborn: str):
    done = run(DIE.format(number=number), stubborn)
    assert (done.returncode < 0, done.stderr) == (True, "")


def test_it_ends_when_the_guard_is_closed():
    assert run("guard.close()\nprint(child.wait())").stdout == "-15\n"


def test_what_has_ended_is_left_alone():
    assert run(END_AND_CLOSE).stdout == "None\n"
