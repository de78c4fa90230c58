"""The sentences and the names of tools/entities/frames.yml."""

from pathlib import Path

import yaml


def _parts(text: str) -> list[str]:
    joined = "".join(line.strip() for line in text.splitlines())
    return [each.replace("/n", "\n") for each in joined.split("|")]


_LISTS = yaml.safe_load(Path(__file__).with_name("frames.yml").read_text(encoding="utf-8"))
FRAMES: dict[str, list[str]] = {kind: _parts(text) for kind, text in _LISTS["frames"].items()}
WORDS: dict[str, dict[str, list[str]]] = {
    kind: {value: _parts(text) for value, text in _LISTS[kind].items()} for kind in ("payment_channel", "product_line")
}
