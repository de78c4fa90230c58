"""Rasa's endpoints file for one run: the committed `endpoints.yml` with the ports and databases of the settings."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import make_url

from bot.settings import ROOT, Settings


def endpoints_from(base: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """A copy of the committed endpoints with the action server and the tracker store of these settings."""
    action_endpoint = {**base.get("action_endpoint", {}), "url": f"{settings.actions_url}/webhook"}
    return {**base, "action_endpoint": action_endpoint, "tracker_store": tracker_store_from(base, settings)}


def tracker_store_from(base: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Rasa's tracker store on `settings.rasa_database_url`.

    Rasa has SQLAlchemy 1.4 and psycopg2, so the driver that the URL names is not the one that is used.
    """
    url = make_url(settings.rasa_database_url)
    dialect = url.get_backend_name()
    kept = {k: v for k, v in base.get("tracker_store", {}).items() if k == "type"}
    store: dict[str, Any] = {"type": "SQL", **kept, "dialect": dialect, "db": url.database}
    if dialect == "sqlite":
        return store
    found = {"url": url.host, "port": url.port, "username": url.username, "password": url.password}
    store |= {key: value for key, value in found.items() if value is not None}
    return store | ({"query": dict(url.query)} if url.query else {})


def write_endpoints(settings: Settings) -> Path:
    """Write the file below `var_dir`, readable by the owner only since it may hold a database password."""
    base = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    path = settings.var_dir.resolve() / "endpoints.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(endpoints_from(base, settings)), encoding="utf-8")
    return path
