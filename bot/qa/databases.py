"""Reads of databases that only a tester makes: without the processes, and without writing."""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

# Rasa's own table of its tracker store.
_EVENTS = sa.table("events", sa.column("id"), sa.column("sender_id"), sa.column("data"))


def read_only(url: str) -> sa.Engine:
    """An engine that cannot write and keeps no connection, for a URL of our own processes or of Rasa.

    FileNotFoundError for an SQLite file that is not there.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        if not path.exists():
            raise FileNotFoundError(f"there is no {path}")
        url = f"sqlite:///file:{path}?mode=ro&uri=true"
        return sa.create_engine(url, hide_parameters=True, poolclass=sa.NullPool)
    url_of_driver = parsed.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url_of_driver, hide_parameters=True, poolclass=sa.NullPool)
    return engine.execution_options(postgresql_readonly=True)


def rasa_events(connection: sa.Connection, sender_id: str) -> list[dict[str, Any]]:
    """What Rasa has kept of one sender, oldest first: each turn from its end on."""
    query = sa.select(_EVENTS.c.data).where(_EVENTS.c.sender_id == sender_id).order_by(_EVENTS.c.id)
    return [json.loads(each) for each in connection.scalars(query)]
