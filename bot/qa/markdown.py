"""MarkdownV2 as the Bot API reads it, as far as the helpdesk uses it: escapes and monospace. All else is refused."""

RESERVED = "_*[]()~`>#+-=|{}.!"


class MarkdownInvalidError(Exception):
    """What the Bot API answers with "can't parse entities"."""


def parse_markdown(text: str) -> tuple[str, list[str]]:
    """What the customer sees, and the pieces in monospace. Raises MarkdownInvalidError."""
    visible: list[str] = []
    pieces: list[str] = []
    begun: int | None = None
    signs = iter(enumerate(text))
    for place, sign in signs:
        if sign == "\\":
            _, sign = next(signs, (0, ""))
            if not (sign and 1 <= ord(sign) <= 126):
                raise MarkdownInvalidError(f"nothing that can be escaped at {place}")
        elif sign == "`":
            if begun is not None:
                pieces.append("".join(visible[begun:]))
            begun = len(visible) if begun is None else None
            continue
        elif sign in RESERVED and begun is None:
            raise MarkdownInvalidError(f"character {sign!r} is reserved and must be escaped")
        visible.append(sign)
    if begun is not None or "" in pieces:
        raise MarkdownInvalidError("an entity has no end, or nothing in it")
    return "".join(visible), pieces
