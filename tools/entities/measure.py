"""How exactly entities are read in made messages: `.venv/bin/python -m tools.entities.measure`, a line for each kind.

`--json` prints the figures and the messages that failed, for tools/nlu_report.py. A message counts as exact when
everything that was put into it is found with its normalised value, and nothing else.
"""

import argparse
import json
import random
import sys
from dataclasses import dataclass, field

from bot.numbers import find_time
from rasa_ext.numbers import find_all
from tools.entities.cases import KINDS, NOW, Case
from tools.entities.numbers import has_reference
from tools.entities.plain import texts_without

SEED = 20261124
PER_KIND = 500
WITHOUT = 1000


@dataclass
class Result:
    """How many messages of a kind were read exactly, and the texts of those that were not."""

    cases: int = 0
    exact: int = 0
    failed: list[str] = field(default_factory=list)


def cases(kind: str, seed: int = SEED, count: int = PER_KIND) -> list[Case]:
    """So many messages of a kind."""
    made = KINDS[kind](random.Random(f"{seed} {kind}"))
    return [next(made) for _ in range(count)]


def is_exact(case: Case) -> bool:
    """Whether the message is read as it was made."""
    if case.kind == "time":
        moment = find_time(case.text, NOW)
        return (moment.isoformat() if moment else None) == case.moment
    found = {(each.kind, each.value) for each in find_all(case.text)}
    # The sentence around a number may name a way to pay or a product; each of them has messages of its own.
    ignored = {"payment_channel", "product_line"} - {case.kind}
    return {each for each in found if each[0] not in ignored} == case.entities


def measure(seed: int = SEED, count: int = PER_KIND) -> dict[str, Result]:
    """The result of each kind, and of the messages without a number under `without`."""
    results = {}
    for kind in KINDS:
        made = cases(kind, seed, count)
        failed = [case.text for case in made if not is_exact(case)]
        results[kind] = Result(len(made), len(made) - len(failed), failed)
    texts = texts_without(seed, WITHOUT)
    failed = [text for text in texts if has_reference(text)]
    results["without"] = Result(len(texts), len(texts) - len(failed), failed)
    return results


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Measure how exactly entities are read in made messages.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    results = measure(asked.seed)
    if asked.json:
        print(json.dumps({kind: vars(result) for kind, result in results.items()}, ensure_ascii=False))
        return
    for kind, result in results.items():
        print(f"{kind}: {result.exact} of {result.cases} exact")
        sys.stderr.writelines(f"  {text!r}\n" for text in result.failed[:20])


if __name__ == "__main__":
    main()
