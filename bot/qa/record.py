"""`python -m bot qa record CONVERSATION`: a script from a real conversation, of a helpdesk that runs or is stopped."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
import yaml
from sqlalchemy.exc import SQLAlchemyError

from bot.gateway.conversations.tables import conversations
from bot.gateway.recording.store import read_history
from bot.qa.databases import rasa_events, read_only
from bot.qa.model import ScriptInvalidError
from bot.qa.scripts import load_vocabulary, read_scripts
from bot.recording.naming import Sentences
from bot.recording.script import script_of
from bot.settings import ROOT, Settings


class NotRecordedError(Exception):
    """The message says why there is no script."""


def main(argv: Sequence[str] | None = None) -> int:
    """0 with a script that can be played, 1 with one that needs work first, 2 without one."""
    parser = argparse.ArgumentParser(
        prog="python -m bot qa record", description="Make a script from a real conversation; nothing is changed."
    )
    parser.add_argument(
        "conversation", metavar="CONVERSATION", help="its id, the beginning of it, or the number of its order"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of to the screen")
    parser.add_argument("--var-dir", type=Path, metavar="DIR", help="the data of another helpdesk than that of .env")
    found = parser.parse_args(argv)
    settings = Settings(var_dir=found.var_dir) if found.var_dir else Settings()
    try:
        text = record(settings, found.conversation)
    except NotRecordedError as error:
        print(f"qa record: {error}", file=sys.stderr)  # noqa: T201
        return 2
    if found.out:
        found.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")  # noqa: T201
    faults = faults_of(text)
    for each in faults:
        print(each, file=sys.stderr)  # noqa: T201
    return 1 if faults else 0


def record(settings: Settings, wanted: str) -> str:
    """The script of this conversation. NotRecordedError."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    try:
        with read_only(settings.gateway_database_url).connect() as connection:
            history = read_history(connection, _find(connection, wanted))
        senders = [f"{history.conversation_id}.{number}" for number in range(1, history.stretches + 1)]
        with read_only(settings.rasa_database_url).connect() as connection:
            trackers = [rasa_events(connection, sender) for sender in senders]
        return script_of(history, trackers, Sentences(domain["responses"]))
    except FileNotFoundError as error:
        raise NotRecordedError(f"{error}; --var-dir names the folder of the data") from error
    except SQLAlchemyError as error:
        raise NotRecordedError(f"the databases cannot be read: {str(error).splitlines()[0]}") from error
    except ValueError as error:
        raise NotRecordedError(str(error)) from error


def _find(connection: sa.Connection, wanted: str) -> str:
    """The id of the one conversation that is meant."""
    by_id = conversations.c.conversation_id.startswith(wanted.lower(), autoescape=True)
    query = sa.select(conversations.c.conversation_id).where(sa.or_(by_id, conversations.c.order_no == wanted.upper()))
    found = list(connection.scalars(query.order_by(conversations.c.updated_at.desc()).limit(10)))
    if not found:
        raise NotRecordedError(f"there is no conversation {wanted!r}")
    if len(found) > 1:
        raise NotRecordedError(f"{wanted!r} may be one of these: {', '.join(found)}")
    return str(found[0])


def faults_of(text: str) -> list[str]:
    """What the checker of scripts says of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recorded.yml"
        path.write_text(text, encoding="utf-8")
        try:
            read_scripts(path, load_vocabulary())
        except ScriptInvalidError as error:
            return [f"line {each.line}: {each.message}" for each in error.faults]
    return []
