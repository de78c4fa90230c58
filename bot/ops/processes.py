"""The four processes: how each is started and how one asks whether it works."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from pydantic import SecretStr

from bot.ops.endpoints import write_endpoints
from bot.settings import ROOT, Settings

NAMES = ("backend", "actions", "rasa", "gateway")  # in the order in which they are started

RASA_ENVIRONMENT = {
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class Process:
    """One process of the helpdesk; `health_url` answers 200 as soon as it works."""

    name: str
    argv: list[str]
    port: int
    health_url: str
    environment: dict[str, str] = field(repr=False)  # what is set besides the environment that we have ourselves


def environment_from(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, so that a child process reads exactly these."""
    found: dict[str, str] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        text = json.dumps(value) if isinstance(value, list | dict) else str(value)
        found[f"DAOZHANG_{name.upper()}"] = str(value.resolve()) if isinstance(value, Path) else text
    return found


def make_processes(settings: Settings, model_path: Path) -> list[Process]:
    """The four processes on these settings; writes Rasa's endpoints file.

    model_path: the trained model (a `.tar.gz` file).
    """
    rasa_token = settings.derived_key("rasa")
    rasa_argv = [
        str(ROOT / ".venv-rasa/bin/rasa"), "run", "--enable-api",
        "--model", str(model_path.resolve()),
        "--endpoints", str(write_endpoints(settings)),
        "--credentials", str(ROOT / "credentials.yml"),
        "--interface", "127.0.0.1", "--port", str(settings.rasa_port),
        "--auth-token", rasa_token,
    ]  # fmt: skip
    rasa_status = f"{settings.rasa_url}/status?{urlencode({'token': rasa_token})}"
    ours = {**environment_from(settings), "PYTHONUNBUFFERED": "1"}

    def own(name: str, port: int, health_url: str) -> Process:
        return Process(name, [sys.executable, "-m", "bot", name], port, health_url, ours)

    host = "127.0.0.1" if settings.gateway_host in ("0.0.0.0", "::") else settings.gateway_host  # noqa: S104
    return [
        own("backend", settings.backend_port, f"{settings.backend_url}/healthz"),
        own("actions", settings.actions_port, f"{settings.actions_url}/health"),
        Process("rasa", rasa_argv, settings.rasa_port, rasa_status, RASA_ENVIRONMENT),
        own("gateway", settings.gateway_port, f"http://{host}:{settings.gateway_port}/healthz"),
    ]
