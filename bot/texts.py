"""The sentences of `domain.yml`, for the part of the helpdesk that speaks without Rasa."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

# Where a sentence of the dialog has the customer's resume code; only the gateway knows it.
RESUME_MARK = "[[resume code]]"


@dataclass(frozen=True)
class TextButton:
    """A button of a sentence; the payload is for Rasa only and never leaves the server."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """One sentence, ready to be said."""

    text: str
    buttons: tuple[TextButton, ...] = ()
    image: str | None = None  # the path of a picture that the gateway serves


class Texts:
    """All responses of a domain file, by name and language."""

    def __init__(self, responses: dict[str, list[dict[str, Any]]]) -> None:
        self._responses = responses

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a Rasa domain file; raises OSError, YAMLError, or KeyError when it has no responses."""
        # The loader in C is ten times as fast; it is missing only where libyaml is.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return cls(yaml.load(path.read_text(encoding="utf-8"), loader)["responses"])  # noqa: S506

    @property
    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """The variations of every sentence, as the file has them."""
        return self._responses

    def render(self, name: str, language: str, **slots: Any) -> Reply:
        """The sentence in `language` (else the one without a condition), its blanks filled from `slots`.

        KeyError when there is no such sentence or a blank has no value.
        """
        variation = self._variation(name, {**slots, "language": language})
        # As in Rasa, the payloads of buttons are filled like texts, so their own braces are doubled.
        return Reply(
            text=str(variation["text"]).format_map(slots),
            buttons=tuple(
                TextButton(str(button["title"]).format_map(slots), str(button["payload"]).format_map(slots))
                for button in variation.get("buttons") or ()
            ),
            image=str(variation["image"]).format_map(slots) if variation.get("image") else None,
        )

    def _variation(self, name: str, slots: dict[str, Any]) -> dict[str, Any]:
        variations = self._responses[name]
        for variation in variations:
            if variation.get("condition") and _holds(variation["condition"], slots):
                return variation
        return next(each for each in variations if not each.get("condition"))


def _holds(conditions: list[dict[str, Any]], slots: dict[str, Any]) -> bool:
    return all(each.get("type") == "slot" and slots.get(each["name"]) == each["value"] for each in conditions)
