"""Compare the pipelines of tools/nlu_candidates.yml on the labelled rows, each in a process of its own.

Run `.venv-rasa/bin/python tools/nlu_candidates.py`, with `--stock` for the slow ones too. Training seconds are those of
the pipeline alone, milliseconds those of one message in process, both of the processor; RSS is the process's memory with the model loaded.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.nlu_data import ROOT, classifier_options, examples, label_of, memory_mb, rows_from, scores_of, threshold

if TYPE_CHECKING:
    from rasa_ext.linear import LinearModel

CANDIDATES = ROOT / "tools" / "nlu_candidates.yml"
HEAD = "candidate|F1 zh|F1 en|outside zh|outside en|refused zh|refused en|false accepts|train s|p50 ms|p95 ms|RSS MB"
Find = Callable[[str], tuple[str, float]]  # the intent of a message and its chance


def sample_of(found: list[tuple[str, str]], most: int | None) -> list[tuple[str, str]]:
    """At most so many examples of each intent, the same ones every time; all of them without a number."""
    if most is None:
        return found
    by_intent: dict[str, list[str]] = {}
    for intent, text in found:
        by_intent.setdefault(intent, []).append(text)
    chance = random.Random(0)
    chosen = {name: chance.sample(texts, most) if len(texts) > most else texts for name, texts in by_intent.items()}
    return [(name, text) for name, texts in chosen.items() for text in texts]


def fit_linear(changed: dict, most: int | None = None) -> "LinearModel":
    """Our classifier's model with some options changed, and at most so many examples of each intent."""
    from rasa_ext.linear import LinearModel, Options

    configured = classifier_options()
    named = {each.name: configured[each.name] for each in fields(Options) if each.name in configured}
    kept = [
        (intent, text) for intent, text in sample_of(examples()[0], most) if intent not in configured["not_learned"]
    ]
    return LinearModel.train(
        [text for _, text in kept], [intent for intent, _ in kept], examples()[1], Options(**{**named, **changed})
    )


def train_linear(changed: dict, most: int | None) -> Find:
    """Our classifier with some options changed, and the configured threshold."""
    model = fit_linear(changed, most)
    lowest = threshold()

    def find(text: str) -> tuple[str, float]:
        intent, chance = model.rank(text)[0]
        return (intent if chance >= lowest else "nlu_fallback"), chance

    return find


def train_rasa(pipeline: list[dict], most: int | None) -> Find:
    """A pipeline of Rasa's own components, with at most so many examples of each intent."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    found, patterns = examples()
    by_intent: dict[str, list[str]] = {}
    for intent, text in sample_of(found, most):
        by_intent.setdefault(intent, []).append(text)
    for name, pattern in patterns:
        by_intent.setdefault(f"regex {name}", []).append(pattern)
    blocks = [
        {key.split()[0] if " " in key else "intent": key.split()[-1], "examples": "".join(f"- {x}\n" for x in texts)}
        for key, texts in by_intent.items()
    ]
    with tempfile.TemporaryDirectory() as folder:
        data, config = Path(folder, "nlu.yml"), Path(folder, "config.yml")
        data.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), encoding="utf-8")
        config.write_text(
            yaml.safe_dump({"recipe": "default.v1", "language": "zh", "pipeline": pipeline, "policies": []}),
            encoding="utf-8",
        )
        agent = Agent.load(train_nlu(str(config), str(data), folder))
    loop = asyncio.new_event_loop()

    def find(text: str) -> tuple[str, float]:
        intent = loop.run_until_complete(agent.parse_message(text))["intent"]
        return intent["name"], intent["confidence"]

    return find


def measure(name: str, rows_folder: str | None) -> dict:
    """Train a candidate and measure it on the rows."""
    about = yaml.safe_load(CANDIDATES.read_text(encoding="utf-8"))[name]
    rows = rows_from(rows_folder)
    start = time.process_time()
    find = (
        train_rasa(about["pipeline"], about.get("most"))
        if "pipeline" in about
        else train_linear(about["options"], about.get("most"))
    )
    train_seconds = time.process_time() - start
    find(rows[0].text)
    found, times = [], []
    for row in rows:
        start = time.process_time()
        found.append(label_of(find(row.text)[0]))
        times.append(1000 * (time.process_time() - start))
    times.sort()
    both = [
        scores_of(
            [row for row in rows if row.language == each],
            [f for r, f in zip(rows, found, strict=True) if r.language == each],
        )
        for each in ("zh", "en")
    ]
    return {
        "scores": [[one.macro_f1, one.outside_recall, one.refused, one.false_accepts] for one in both],
        "figures": [train_seconds, times[len(times) // 2], times[int(len(times) * 0.95)], memory_mb()],
    }


def table_row(name: str, result: dict) -> str:
    """One line of the Markdown table."""
    (f1_zh, outside_zh, refused_zh, false_zh), (f1_en, outside_en, refused_en, false_en) = result["scores"]
    seconds, middle, high, memory = result["figures"]
    cells = [f"{f1_zh:.3f}", f"{f1_en:.3f}", f"{outside_zh:.3f}", f"{outside_en:.3f}"]
    cells += [f"{refused_zh:.1%}", f"{refused_en:.1%}", str(false_zh + false_en)]
    cells += [f"{seconds:.1f}", f"{middle:.2f}", f"{high:.2f}", f"{memory:.0f}"]
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table, a line as soon as its candidate is measured."""
    parser = argparse.ArgumentParser(description="Compare pipelines on labelled rows.")
    parser.add_argument("--dev", help="folder of zh.tsv and en.tsv; also NLU_DEV")
    parser.add_argument("--stock", action="store_true", help="the slow ones too")
    parser.add_argument("--only", help="this candidate alone")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one, asked.dev)))
        return
    rows_from(asked.dev)
    print(f"| {' | '.join(HEAD.split('|'))} |\n|{'---|' * len(HEAD.split('|'))}", flush=True)
    for name, about in yaml.safe_load(CANDIDATES.read_text(encoding="utf-8")).items():
        if name != asked.only if asked.only else about.get("slow") and not asked.stock:
            continue
        argv = [sys.executable, __file__, "--one", name, *(["--dev", asked.dev] if asked.dev else [])]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            sys.exit(f"daozhang: {name} failed: {done.stderr.strip().splitlines()[-1]}")
        print(table_row(name, json.loads(done.stdout.strip().splitlines()[-1])), flush=True)


if __name__ == "__main__":
    main()
