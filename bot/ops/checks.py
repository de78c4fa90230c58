"""What `doctor` looks at; every check returns findings and raises nothing."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.exc import ArgumentError

from bot.ops import web
from bot.ops.bootstrap import lock_hash, version_of
from bot.ops.environments import NODE_AT_LEAST, RASA_PYTHON, node_version
from bot.ops.health import answers, events_of
from bot.ops.ports import is_free
from bot.ops.processes import Process, make_processes
from bot.ops.stamps import hash_of, is_fresh
from bot.ops.steps import Problem
from bot.ops.supervisor import running_pid
from bot.ops.train import model_path
from bot.settings import ROOT, Settings

LOW_DISK, FULL_DISK = 5.0, 1.0  # GB that are free
SET_UP = "run `make setup` (or `make run`)"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor; `advice` says what to do if it is not ok."""

    level: Literal["ok", "warn", "fail"]
    what: str
    says: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.level:4}  {self.what:18} {self.says}" + (f" → {self.advice}" if self.advice else "")


def check_environments(root: Path = ROOT) -> Iterator[Finding]:
    """Both Pythons, and whether their packages are those of the locks."""
    for folder, wanted, locks in (
        (".venv", "3.", ("bot.lock", "dev.lock")),
        (".venv-rasa", RASA_PYTHON, ("rasa.lock",)),
    ):
        version = version_of(str(root / folder / "bin" / "python"))
        stamp = root / folder / ".stamp"
        if not version:
            yield Finding("fail", folder, "is missing or broken", SET_UP)
        elif not version.startswith(wanted):
            yield Finding("fail", folder, f"has Python {version}, not {wanted}", f"remove {folder}, then {SET_UP}")
        elif not any(is_fresh(stamp, lock_hash(lock, version)) for lock in locks):
            yield Finding("warn", folder, f"Python {version}, packages are not those of requirements/", SET_UP)
        else:
            yield Finding("ok", folder, f"Python {version}, packages as locked")


def check_tools() -> Iterator[Finding]:
    """Programs of the machine."""
    for tool in ("git", "make"):
        path = shutil.which(tool)
        yield Finding("ok", tool, path) if path else Finding("fail", tool, "is missing", "install it")
    version = node_version(shutil.which("node") or "node")
    text = ".".join(map(str, version))
    if version >= NODE_AT_LEAST and shutil.which("npm"):
        yield Finding("ok", "node", text)
    else:
        yield Finding("ok", "node", f"{text or 'none'} on this machine; one from PyPI is used instead")
    for tool, use in (("chromium", "browser tests"), ("initdb", "PostgreSQL tests")):
        if not (shutil.which(tool) or any(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"))):
            yield Finding("warn", tool, f"is missing: {use} are skipped", "install it to run them")


def check_model() -> Iterator[Finding]:
    """Is there a model of the present config, domain and data?"""
    path = model_path()
    if path.exists():
        yield Finding("ok", "model", path.name)
    else:
        yield Finding("warn", "model", "there is none of the present config, domain and data", "run `make train`")


def check_web() -> Iterator[Finding]:
    """Is the built web part that of the present sources?"""
    if is_fresh(web.BUILT / ".stamp", hash_of(web.sources(), web.WEB)):
        yield Finding("ok", "web", "is built")
    else:
        yield Finding("warn", "web", "is not built from the present sources", SET_UP)


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Is there room for databases, uploads and logs?"""
    folder = settings.var_dir.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    level: Literal["ok", "warn", "fail"] = "fail" if free < FULL_DISK else "warn" if free < LOW_DISK else "ok"
    yield Finding(level, "disk", f"{free:.1f} GB free at {folder}", "" if level == "ok" else "make room")


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Settings that can be read, but that a shop would not want."""
    if settings.gateway_host not in ("127.0.0.1", "localhost", "::1"):
        if settings.demo:
            advice = "set DAOZHANG_DEMO=false where strangers can reach it"
            yield Finding("warn", "settings", "the demo's orders and phone digits are public", advice)
        if settings.public_url.startswith("http://"):
            yield Finding("warn", "settings", "DAOZHANG_PUBLIC_URL is not https", "put it behind a proxy with TLS")
    yield Finding("ok", "settings", f"read; data below {settings.var_dir.resolve()}")


def check_ports_and_processes(settings: Settings) -> Iterator[Finding]:
    """Ports are free, or held by our own helpdesk, whose processes answer."""
    pid = running_pid(settings.var_dir.resolve())
    yield Finding("ok", "helpdesk", f"is running (supervisord {pid})" if pid else "is not running")
    try:
        processes = make_processes(settings, model_path())
    except (OSError, ArgumentError) as error:
        yield Finding("fail", "processes", f"cannot be started: {error}", "change the setting")
        return
    for process in processes:
        yield _port_or_process(process, settings, pid is not None)


def check_events(settings: Settings) -> Iterator[Finding]:
    """Has the gateway taken what the backend has to tell?"""
    found = events_of(settings)
    if found is None:
        return
    if found["dead"]:
        advice = "run `python -m bot events list --dead`, then `python -m bot events retry`"
        yield Finding("warn", "events", f"{found['dead']} were given up", advice)
    else:
        yield Finding("ok", "events", f"{found['waiting']} wait for the gateway")


def _port_or_process(process: Process, settings: Settings, running: bool) -> Finding:
    host = settings.gateway_host if process.name == "gateway" else "127.0.0.1"
    try:
        free = is_free(host, process.port)
    except Problem as problem:
        return Finding("fail", process.name, str(problem))
    log = settings.var_dir.resolve() / "log" / f"{process.name}.log"
    if running and free:
        return Finding("fail", process.name, f"does not listen on port {process.port}", f"see {log}")
    if running:
        start = time.monotonic()
        if answers(process.health_url, 5.0):
            return Finding("ok", process.name, f"port {process.port}, answers in {time.monotonic() - start:.2f} s")
        return Finding("fail", process.name, f"port {process.port} gives no good answer", f"see {log}")
    if free:
        return Finding("ok", process.name, f"port {process.port} is free")
    variable = f"DAOZHANG_{process.name.upper()}_PORT"
    return Finding("fail", process.name, f"port {process.port} is busy", f"stop what listens there or set {variable}")
