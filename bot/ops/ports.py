"""Are our ports free?

Standard library only: this runs before any environment exists.
"""

import errno
import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path

from bot.ops.steps import Problem

PORTS = {"gateway": 8000, "backend": 8001, "rasa": 5005, "actions": 5055}
_LINE = re.compile(r"^\s*(?:export\s+)?(DAOZHANG_\w+)\s*=\s*(.*?)\s*$", re.IGNORECASE)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there. Raises Problem if this machine does not have the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Problem(f"port {port} may be opened by root only; set another DAOZHANG_*_PORT") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise Problem(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return True


def check_ports(ports: Mapping[str, tuple[str, int]]) -> None:
    """Raise a Problem for the first that is busy or given twice; ports: process name -> host, port."""
    seen: dict[int, str] = {}
    for name, (host, port) in ports.items():
        if port in seen:
            raise Problem(f"port {port} is set for {seen[port]} and {name}; change DAOZHANG_{name.upper()}_PORT")
        seen[port] = name
        if not is_free(host, port):
            variable = f"DAOZHANG_{name.upper()}_PORT"
            raise Problem(f"port {port} for {name} is busy: stop what listens there, or set {variable} to a free port")


def ports_from(env_file: Path, environ: Mapping[str, str] | None = None) -> dict[str, tuple[str, int]]:
    """A first look at the settings before pydantic can be imported: hosts and ports only. Raises Problem."""
    found = dict(_lines(env_file)) | {
        name.upper(): value
        for name, value in (os.environ if environ is None else environ).items()
        if name.upper().startswith("DAOZHANG_")
    }
    ports: dict[str, tuple[str, int]] = {}
    for name, default in PORTS.items():
        variable = f"DAOZHANG_{name.upper()}_PORT"
        text = found.get(variable, str(default))
        if not text.strip().isdecimal() or not 1 <= int(text) <= 65535:
            raise Problem(f"bad setting: {variable}={text}: a port is a number from 1 to 65535")
        host = found.get("DAOZHANG_GATEWAY_HOST", "127.0.0.1") if name == "gateway" else "127.0.0.1"
        ports[name] = (host, int(text))
    return ports


def _lines(env_file: Path) -> list[tuple[str, str]]:
    if not env_file.is_file():
        return []
    matches = (_LINE.match(line) for line in env_file.read_text(encoding="utf-8").splitlines())
    return [(each[1].upper(), re.sub(r"\s+#.*$", "", each[2]).strip("\"'")) for each in matches if each]
