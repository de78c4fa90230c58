"""Write data/made/examples.tsv, a line `intent<TAB>text` each: examples made of the lists in tools/problems/ and tools/out_of_scope/.

Run `.venv/bin/python tools/make_examples.py` after a change; the output is checked in. A list file has `words` by kind
and `frames`. Out of scope, frames stand under the kind of word that `{}` takes, and `lines` are whole sentences; among
the problems they stand under their intent and name the kinds themselves. Many frames outside use words of the helpdesk
(limit, card, safe, how long …) about something else, because those are the sentences that a model gets wrong.
"""

import random
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

LISTS = Path(__file__).parent
OUTPUT = Path(__file__).parent.parent / "data" / "made" / "examples.tsv"
PER_FRAME = 14
# One in ten sentences begins as a polite customer's does, one in ten ends so: a greeting must not make a subject ours.
POLITE_EVERY = 10
OPENERS = {
    "chinese": "你好，|您好，|请问|请问一下，|我想问下|亲，|问一下|在吗，|你好 |想了解一下",
    "english": "hi, |hello, |hey, |please |can you tell me |i want to know |hi |good morning, |excuse me, |sir, |hi there, |"
    "hello i'd like to ask, |i was wondering, |could you help me, ",
}
CLOSERS = {
    "chinese": "？|呢|啊|呀|？？|谢谢|谢谢啦|，麻烦了|。谢谢|啊？|。|嘛",
    "english": "?|??| please| thanks|, thank you|. thx| asap| pls| sir|.",
}


def pieces(text: str) -> list[str]:
    """The parts of a list, which stand on several lines and between bars."""
    return [each.strip() for line in text.strip().splitlines() for each in line.strip().strip("|").split("|")]


def filled(frame: str, words: dict[str, str], chance: random.Random) -> list[str]:
    """A few fillings of a frame, another choice of words for each frame."""
    kinds = re.findall(r"{(\w+)}", frame)
    chosen = []
    for kind in kinds:
        choices = pieces(words[kind])
        chosen.append(chance.sample(choices, min(len(choices), PER_FRAME)))
    return [frame.format(**dict(zip(kinds, picked, strict=True))) for picked in zip(*chosen, strict=False)]


def polite(lines: Iterable[str], language: str, chance: random.Random) -> list[str]:
    """The lines, some of them with an opener or a closer."""
    result = []
    for line in lines:
        drawn = chance.randrange(POLITE_EVERY)
        opener = chance.choice(OPENERS[language].split("|")) if drawn == 0 else ""
        closer = chance.choice(CLOSERS[language].split("|")) if drawn == 1 else ""
        result.append(f"{opener}{line}{closer}")
    return result


def out_of_scope(lists: dict, chance: random.Random) -> dict[str, list[str]]:
    """The examples of one list file about other subjects."""
    frames = [
        frame.replace("{}", f"{{{kind}}}") for kind, options in lists["frames"].items() for frame in pieces(options)
    ]
    lines = [line for frame in frames for line in filled(frame, lists["words"], chance)]
    return {"out_of_scope": lines + pieces(lists["lines"])}


def problems(lists: dict, chance: random.Random) -> dict[str, list[str]]:
    """The examples of one list file about the helpdesk's own subjects."""
    return {
        intent: [line for frame in pieces(options) for line in filled(frame, lists["words"], chance)]
        for intent, options in lists["frames"].items()
    }


def text_of_file() -> str:
    """The whole file; the same lists give the same text."""
    lines = []
    for folder, read in (("out_of_scope", out_of_scope), ("problems", problems)):
        for path in sorted((LISTS / folder).glob("*.yml")):
            chance = random.Random(path.stem)
            for intent, made in read(yaml.safe_load(path.read_text(encoding="utf-8")), chance).items():
                lines += [f"{intent}\t{line}\n" for line in polite(made, path.stem.split("_")[0], chance)]
    return "".join(dict.fromkeys(lines))


if __name__ == "__main__":
    OUTPUT.write_text(text_of_file(), encoding="utf-8")
