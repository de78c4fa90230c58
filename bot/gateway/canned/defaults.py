"""The replies and macros that a new demo starts with, from a file beside this one."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.gateway.canned.bodies import NewCanned, NewMacro
from bot.gateway.canned.store import CannedStore

FILE = Path(__file__).parent / "defaults.yml"


def load_defaults() -> dict[str, list[dict[str, Any]]]:
    """`replies` and `macros`; a macro names a reply by shortcut and language."""
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


async def add_defaults(store: CannedStore, now: datetime) -> bool:
    """Add them where there is neither a reply nor a macro; whether they were added."""
    if not await store.is_empty():
        return False
    defaults, ids = load_defaults(), {}
    for each in defaults["replies"]:
        made = await store.add_reply(NewCanned.model_validate(each).model_dump(), None, now)
        ids[each["shortcut"], each["language"]] = made["canned_id"]
    for each in defaults["macros"]:
        steps = [_with_id(step, ids) for step in each["steps"]]
        macro = NewMacro.model_validate({"title": each["title"], "steps": steps})
        await store.add_macro(macro.title, [step.model_dump() for step in macro.steps], None, now)
    return True


def _with_id(step: dict[str, Any], ids: dict[tuple[str, str], str]) -> dict[str, Any]:
    if step["do"] != "reply_canned":
        return step
    return {"do": step["do"], "canned_id": ids[step["shortcut"], step["language"]]}
