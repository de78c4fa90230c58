"""`python -m bot run`: everything from the environments to four running processes, until Ctrl-C."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.migrate import upgrade
from bot.ops import web
from bot.ops.announcement import announcement
from bot.ops.databases import reach_rasa, reason_of
from bot.ops.endpoints import endpoints_from
from bot.ops.environments import sync_rasa_environment
from bot.ops.health import answers, demo_orders
from bot.ops.ports import check_ports
from bot.ops.problems import load_settings
from bot.ops.processes import Process, environment_from, make_processes
from bot.ops.steps import Problem, Said, raise_on_signals
from bot.ops.supervisor import news_since, running_pid, write_config
from bot.ops.train import train
from bot.settings import Settings

READY_TIMEOUT = 240.0  # seconds from the start of the processes until all of them answer
STOP_TIMEOUT = 40.0  # seconds: longer than supervisor waits for a process before it kills it


def main(argv: Sequence[str]) -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit code."""
    try:
        if argv:
            raise Problem(f"unrecognized arguments: {' '.join(argv)}")
        raise_on_signals()
        settings = load_settings()
        check_before(settings)
        migrate(settings)  # takes a second, and tells early that a database cannot be reached
        sync_rasa_environment()
        web.build()
        model = train()
        run(settings, make_processes(settings, model))
        return 0
    except Problem as problem:
        print(f"daozhang: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130


def check_before(settings: Settings) -> None:
    """What would stop us later, before anything long is begun. Raises Problem."""
    try:
        endpoints_from({}, settings)
    except ArgumentError as error:
        raise Problem(f"bad setting: DAOZHANG_RASA_DATABASE_URL: {error}") from error
    var_dir = settings.var_dir.resolve()
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"DAOZHANG_VAR_DIR={var_dir} cannot be made: {error.strerror}") from error
    if not os.access(var_dir, os.W_OK):
        raise Problem(f"DAOZHANG_VAR_DIR={var_dir} cannot be written to")
    if pid := running_pid(var_dir):
        raise Problem(
            f"the helpdesk of {var_dir} is running already (process {pid}): stop it by Ctrl-C there or `kill {pid}`"
        )
    ports = {each: ("127.0.0.1", int(getattr(settings, f"{each}_port"))) for each in ("backend", "rasa", "actions")}
    check_ports({"gateway": (settings.gateway_host, settings.gateway_port), **ports})


def migrate(settings: Settings) -> None:
    """Bring our two databases to the newest revision, and see whether Rasa's is there. Raises Problem."""
    for name in ("backend", "gateway"):
        with Said(f"{name} database: migrations"):
            try:
                upgrade(settings, name)
            except (SQLAlchemyError, OSError, ModuleNotFoundError) as error:
                raise Problem(f"DAOZHANG_{name.upper()}_DATABASE_URL: {reason_of(error)}") from error
    try:
        asyncio.run(reach_rasa(settings.rasa_database_url))
    except (SQLAlchemyError, OSError) as error:
        raise Problem(f"DAOZHANG_RASA_DATABASE_URL: {reason_of(error)}") from error


def run(settings: Settings, processes: Sequence[Process]) -> None:
    """Start supervisord, tell when everything works, stay until Ctrl-C and stop it all."""
    var_dir = settings.var_dir.resolve()
    config = write_config(processes, var_dir)
    log = var_dir / "log" / "supervisord.log"
    seen = size_of(log)
    argv = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
    # In a session of its own: Ctrl-C at the terminal reaches us only, and we stop the rest in order.
    child = subprocess.Popen(  # noqa: S603
        argv, cwd=var_dir, env={**os.environ, **environment_from(settings)},
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        wait_ready(child, processes, log, seen)
        seen = size_of(log)
        print(announcement(settings, demo_orders(settings)), flush=True)  # noqa: T201
        with contextlib.suppress(KeyboardInterrupt):  # the ordinary end
            while child.poll() is None:
                time.sleep(1)
                news, seen = news_since(log, seen), size_of(log)
                for each in news:
                    print(f"· {each}", flush=True)  # noqa: T201
            raise Problem(f"supervisord ended with {child.returncode}; see {log}")
    finally:
        stop(child)


def wait_ready(child: "subprocess.Popen[bytes]", processes: Sequence[Process], log: Path, start: int) -> None:
    """Wait until every process answers and all are ready together. Raises Problem when that does not come.

    start: how many bytes of supervisord's log are older than this run.
    """
    deadline = time.monotonic() + READY_TIMEOUT
    waits = [(each.name, each.health_url) for each in processes]
    waits.append(("gateway", processes[-1].health_url.replace("/healthz", "/readyz")))
    with Said(f"starting {', '.join(each.name for each in processes)}") as said:
        for name, url in waits:
            said.add(name)
            while not answers(url):
                ended = {news.name for news in news_since(log, start) if news.what != "spawned"}
                if child.poll() is not None:
                    raise Problem(f"supervisord ended with {child.returncode}: {last_line(log)}")
                if ended or time.monotonic() > deadline:
                    broken = min(ended, default=name)
                    own = log.with_name(f"{broken}.log")
                    why = last_line(own) if ended else f"no answer for {READY_TIMEOUT:.0f} s"
                    raise Problem(f"{broken} does not start: {why} — see {own}")
                said()
                time.sleep(0.3)


def size_of(path: Path) -> int:
    """Its size in bytes, 0 if it is not there."""
    return path.stat().st_size if path.exists() else 0


def last_line(path: Path) -> str:
    """The last line of a log."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else []
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "it said nothing")


def stop(child: "subprocess.Popen[bytes]") -> None:
    """Stop supervisord and through it all processes; a second Ctrl-C does not interrupt this."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if child.poll() is None:
        with Said("stopping") as said:
            child.terminate()
            deadline = time.monotonic() + STOP_TIMEOUT
            while child.poll() is None and time.monotonic() < deadline:
                said()
                time.sleep(0.2)
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            child.wait()
