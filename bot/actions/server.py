"""The action server: the rasa-sdk's web application with the actions of this package only, on loopback."""

import inspect
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from bot.actions import (
    arrival,
    complaints,
    handoff,
    order_form,
    orders,
    payment_form,
    payments,
    pictures,
    progress,
    questions,
    replies,
    report_form,
    resuming,
    returning,
    smalltalk,
    step3,
    tickets,
)
from bot.actions.base import DialogAction
from bot.actions.turn import Connection
from bot.logs import configure_logs
from bot.settings import Settings

MODULES = (
    arrival, replies, resuming, returning, step3,
    complaints,
    handoff, order_form, orders, payment_form, payments, pictures, progress, questions, report_form, smalltalk, tickets,
)  # fmt: skip


class Executor(ActionExecutor):
    """Our actions do not read the domain, so Rasa need not send it (`enable_selective_domain` in endpoints.yml)."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return payload.get("domain") or {}


def action_classes() -> list[type[DialogAction]]:
    """Every custom action of this package."""
    found = (each for module in MODULES for _, each in inspect.getmembers(module, inspect.isclass))
    return sorted(
        {cls for cls in found if issubclass(cls, DialogAction) and hasattr(cls, "action_name")},
        key=lambda cls: cls.action_name,
    )


def make_executor() -> Executor:
    """An executor that knows every action."""
    executor = Executor()
    for cls in action_classes():
        executor.register_action(cls)
    return executor


def main(settings: Settings) -> None:
    """Serve until stopped."""
    Connection.settings = settings
    configure_logs(settings.log_level)
    app = create_app(make_executor())
    app.run(host="127.0.0.1", port=settings.actions_port, single_process=True, motd=False, access_log=False)
