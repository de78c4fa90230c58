"""Building the widget and the demo page, and running their tests."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.ops.bootstrap import LOG, ROOT
from bot.ops.environments import find_npm
from bot.ops.stamps import files_below, hash_of, is_fresh, leave
from bot.ops.steps import Problem, raise_on_signals, run_step

WEB = ROOT / "web"
BUILT = WEB / "dist"
QUIET = ["--no-audit", "--no-fund", "--no-update-notifier"]


def sources() -> list[Path]:
    """Everything that the build reads."""
    return files_below(WEB, without=("node_modules", "dist", "tests"))


def install_packages() -> None:
    """`npm ci`, if the lock changed since the last."""
    modules = WEB / "node_modules"
    wanted = hash_of([WEB / "package.json", WEB / "package-lock.json"], WEB)
    if not is_fresh(modules / ".stamp", wanted):
        npm, env = find_npm()
        run_step("web: packages of package-lock.json", [*npm, "ci", *QUIET], LOG, env, WEB)
        leave(modules / ".stamp", wanted)


def build() -> None:
    """Build `web/dist`, if a source changed since the last time."""
    wanted = hash_of(sources(), WEB)
    if is_fresh(BUILT / ".stamp", wanted):
        return
    install_packages()
    npm, env = find_npm()
    run_step("web: build", [*npm, "run", "build"], LOG, env, WEB)
    leave(BUILT / ".stamp", wanted)


def test() -> None:
    """The unit tests of the web part, with their output on the screen at the end."""
    install_packages()
    npm, env = find_npm()
    log = LOG.with_name("web-test.log")
    log.unlink(missing_ok=True)
    try:
        run_step("web: unit tests", [*npm, "test"], log, env, WEB)
    finally:
        if log.exists():
            print(log.read_text(encoding="utf-8"))  # noqa: T201


def main(argv: Sequence[str]) -> int:
    """`build` or `test`; returns the exit code."""
    try:
        raise_on_signals()
        {"build": build, "test": test}[argv[0]]()
    except Problem as problem:
        print(f"daozhang: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
