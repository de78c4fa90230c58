"""The configuration of supervisor, the process manager of `make run`, and a look at what it writes."""

import configparser
import io
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.ops.processes import Process
from bot.settings import ROOT

_NEWS = re.compile(r" [A-Z]+ (?P<what>exited|gave up|spawned): '?(?P<name>\w+)'?\b")
_LONGEST_SOCKET = 100  # a Unix socket's path may have 107 bytes on Linux, less elsewhere


def config_text(processes: Sequence[Process], var_dir: Path) -> str:
    """supervisord.conf: in the foreground, every process restarted whenever it ends."""
    log_dir = var_dir / "log"
    parser = configparser.RawConfigParser()
    parser["supervisord"] = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": _literal(log_dir / "supervisord.log"),
        "logfile_maxbytes": "1MB",
        "logfile_backups": "2",
        "pidfile": _literal(pid_file(var_dir)),
        "childlogdir": _literal(log_dir),
    }
    if os.getuid() == 0:
        parser["supervisord"]["user"] = "root"  # said aloud, else supervisor warns at every start
    socket = var_dir / "supervisor.sock"
    if len(str(socket)) <= _LONGEST_SOCKET:
        parser["unix_http_server"] = {"file": _literal(socket), "chmod": "0700"}
        parser["supervisorctl"] = {"serverurl": _literal(f"unix://{socket}")}
        factory = "supervisor.rpcinterface:make_main_rpcinterface"
        parser["rpcinterface:supervisor"] = {"supervisor.rpcinterface_factory": factory}
    for process in processes:
        parser[f"program:{process.name}"] = {
            "command": _literal(shlex.join(process.argv)),
            "directory": _literal(ROOT),
            "environment": ",".join(f'{k}="{_literal(v)}"' for k, v in own_environment(process).items()),
            "autorestart": "true",
            # One that ends within a second is tried this often, each time a second later than the last.
            "startsecs": "1",
            "startretries": "10",
            "stopasgroup": "true",
            "killasgroup": "true",
            "stopwaitsecs": "15",
            "redirect_stderr": "true",
            "stdout_logfile": _literal(log_dir / f"{process.name}.log"),
            "stdout_logfile_maxbytes": "10MB",
            "stdout_logfile_backups": "3",
        }
    out = io.StringIO()
    parser.write(out)
    return out.getvalue()


def own_environment(process: Process) -> dict[str, str]:
    """What is this process's alone; the settings come to all through the environment of supervisord."""
    return {k: v for k, v in process.environment.items() if not k.startswith("DAOZHANG_")}


def write_config(processes: Sequence[Process], var_dir: Path) -> Path:
    """Write the file, readable by the owner only since it holds Rasa's token."""
    path = var_dir / "supervisord.conf"
    (var_dir / "log").mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(config_text(processes, var_dir), encoding="utf-8")
    return path


def pid_file(var_dir: Path) -> Path:
    """Where supervisord keeps its process id while it runs."""
    return var_dir / "supervisord.pid"


def running_pid(var_dir: Path) -> int | None:
    """The process id of the supervisord of this `var_dir`, if one is running."""
    try:
        pid = int(pid_file(var_dir).read_text())
        command = Path(f"/proc/{pid}/cmdline")
        if command.parent.parent.joinpath("self").exists() and b"supervisord" not in command.read_bytes():
            return None  # the number belongs to another program by now
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


@dataclass(frozen=True)
class News:
    """What happened to a process: `spawned`, `exited` (it is started again) or `gave up`."""

    name: str
    what: str

    def __str__(self) -> str:
        words = {"exited": "ended, starting it again", "gave up": "does not start, gave up", "spawned": "started"}
        return f"{self.name} {words[self.what]}"


def news_from(line: str) -> News | None:
    """What a line of supervisord's log says about a process."""
    found = _NEWS.search(line)
    return News(found["name"], found["what"]) if found else None


def news_since(log: Path, start: int) -> list[News]:
    """The news in supervisord's log from this byte on; a log that was rotated is read from its beginning."""
    try:
        with log.open("rb") as file:
            file.seek(start if start <= log.stat().st_size else 0)
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [news for line in lines if (news := news_from(line))]


def _literal(value: object) -> str:
    """supervisor expands `%(name)s` in values."""
    return str(value).replace("%", "%%")
