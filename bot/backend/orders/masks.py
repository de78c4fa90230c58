"""What of a customer's data may be shown in a chat. Pure rules."""

import re


def mask_target(target: str) -> str:
    """`13800138000` → `138****8000`, `alice@example.com` → `a****@example.com`, `10002001` → `100****01`."""
    name, at, host = target.partition("@")
    if at:
        return f"{name[:1]}****@{host}"
    if re.fullmatch(r"1\d{10}", target):
        return f"{target[:3]}****{target[-4:]}"
    if len(target) < 8:
        return f"{target[: len(target) // 3]}****" if target else ""
    return f"{target[:3]}****{target[-2:]}"


def mask_number(number: str | None) -> str | None:
    """The first and last four of a payment number; a short one shows less."""
    if not number:
        return None
    shown = min(4, len(number) // 4)
    return f"{number[:shown]}****{number[len(number) - shown :]}"
