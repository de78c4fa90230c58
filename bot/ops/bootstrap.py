"""From a bare Python to `.venv`: look at what is cheap to look at, fetch uv, install the locked packages.

Standard library only, and readable by old Pythons down to the version check.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("daozhang: Python 3.11 or newer is needed, this is %d.%d" % sys.version_info[:2])  # noqa: UP031

import subprocess
from collections.abc import Sequence
from pathlib import Path

from bot.ops.ports import check_ports, ports_from
from bot.ops.stamps import hash_of, is_fresh, leave
from bot.ops.steps import Problem, raise_on_signals, run_step

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / ".tools"
LOG = ROOT / "var" / "log" / "setup.log"


def lock_hash(lock: str, python: str) -> str:
    """What a stamp of an environment holds: the locked packages and the Python they are for."""
    path = ROOT / "requirements" / lock
    return hash_of([path], ROOT, python)


def version_of(python: str) -> str:
    """The version of this interpreter, such as `3.11.7`; empty if it does not start."""
    try:
        return subprocess.run(  # noqa: S603
            [python, "-c", "import platform; print(platform.python_version())"],
            capture_output=True, text=True, timeout=60, check=True,
        ).stdout.strip()  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""


def fetch_uv() -> Path:
    """uv in a private environment, from PyPI at the locked version."""
    uv, stamp = TOOLS / "bin" / "uv", TOOLS / ".stamp"
    wanted = lock_hash("tools.lock", version_of(sys.executable))
    if is_fresh(stamp, wanted) and uv.exists():
        return uv
    try:
        run_step("uv: private environment", [sys.executable, "-m", "venv", "--clear", str(TOOLS)], LOG)
    except Problem as problem:
        raise Problem(f"{problem} (on Debian and Ubuntu: apt install python3-venv)") from problem
    run_step("uv: download", [*pip(), "-r", str(ROOT / "requirements/tools.lock")], LOG)
    leave(stamp, wanted)
    return uv


def pip() -> list[str]:
    """The command that installs a locked list with hashes into the private environment."""
    python = str(TOOLS / "bin" / "python")
    return [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--require-hashes"]


def sync_environment(uv: Path, folder: Path, python: str, lock: str, title: str) -> None:
    """Make the environment hold exactly the locked packages; nothing is done if it already does."""
    stamp = folder / ".stamp"
    wanted = lock_hash(lock, version_of(python))
    if is_fresh(stamp, wanted) and version_of(str(folder / "bin" / "python")):
        return
    # An environment of another Python (or a broken one) is made anew; a good one is only brought up to date.
    if version_of(str(folder / "bin" / "python")) != version_of(python):
        run_step(f"{title}: new environment", [str(uv), "venv", "--clear", "--python", python, str(folder)], LOG)
    stamp.unlink(missing_ok=True)
    argv = [
        str(uv), "pip", "sync", "--require-hashes", "--python", str(folder / "bin" / "python"),
        str(ROOT / "requirements" / lock),
    ]  # fmt: skip
    run_step(f"{title}: packages of requirements/{lock}", argv, LOG)
    leave(stamp, wanted)


def main(argv: Sequence[str]) -> int:
    """`bootstrap run` prepares running, `bootstrap dev` also what the tests need; returns the exit code."""
    purpose = argv[0] if argv else "run"
    try:
        raise_on_signals()
        if purpose == "run":
            check_ports(ports_from(ROOT / ".env"))
        folder = ROOT / ".venv"
        # Who has the test tools keeps them: dev.lock holds the same versions of all that is in bot.lock.
        has_dev = (folder / "bin" / "pytest").exists()
        lock = "dev.lock" if purpose == "dev" or has_dev else "bot.lock"
        sync_environment(fetch_uv(), folder, sys.executable, lock, "DaoZhang's Python")
    except Problem as problem:
        print(f"daozhang: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
