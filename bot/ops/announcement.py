"""What `make run` says when everything works (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.settings import Settings

FLAGSHIP = "KM202405120001"
# The gateway writes it when it makes the demo's agent.
DEMO_AGENT = "demo-agent.txt"


def announcement(settings: Settings, orders: Sequence[Mapping[str, Any]]) -> str:
    """Addresses, and a demo order to try if there are demo orders."""
    lines = [
        "",
        "到账 DaoZhang is running.",
        f"  Demo shop with the widget   {settings.public_url}/",
        f"  Desk for agents             {settings.public_url}/desk",
        f"  Customer API                {settings.public_url}/openapi.json",
        f"  Health                      {settings.public_url}/readyz",
        f"  Logs                        {settings.var_dir.resolve() / 'log'}",
    ]
    for order in sorted(orders, key=lambda each: each["order_no"] != FLAGSHIP)[:1]:
        number, tail = order["order_no"], order["phone_tail"]
        lines += [
            "",
            f"Try it: open the demo shop, then the chat, and write “{number} 付款了但没到账”;",
            f"the last four digits of the phone are {tail}. All {len(orders)} demo orders are on the page.",
        ]
    secret = settings.var_dir.resolve() / DEMO_AGENT
    if settings.demo and secret.exists():
        lines += ["", f"At the desk you are the demo's agent; name and password are in {secret} (only in the demo).",
                  "More agents: .venv/bin/python -m bot accounts add NAME --name \"…\""]  # fmt: skip
    return "\n".join([*lines, "", "Ctrl-C stops everything.", ""])
