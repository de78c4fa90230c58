"""What the tools that measure the model share: the examples, the labelled rows, the scores. Runs in .venv-rasa too."""

import csv
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
OUTSIDE = "out_of_scope"
DEFAULT_ROWS = "../shared/nlu-dev"
_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Row:
    """A labelled message of a measuring set."""

    language: str
    text: str
    label: str


def rows_from(folder: str | None) -> list[Row]:
    """The rows of `zh.tsv` and `en.tsv`; ends the program with one line when they are not there."""
    path = ROOT / (folder or os.environ.get("NLU_DEV") or DEFAULT_ROWS)
    rows = []
    for language in ("zh", "en"):
        try:
            with (path / f"{language}.tsv").open(encoding="utf-8", newline="") as file:
                lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        except FileNotFoundError:
            sys.exit(f"daozhang: no {language}.tsv in {path}: name the folder of labelled rows with NLU_DEV=")
        rows += [Row(language, line["text"], line["label"]) for line in lines]
    return rows


def examples() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """`(intent, text)` of every training example, and `(name, pattern)` of every concept."""
    found, patterns = [], []
    for path in [ROOT / "data" / "nlu.yml", *sorted((ROOT / "data" / "nlu").glob("*.yml"))]:
        for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            lines = [line.strip()[2:] for line in block["examples"].splitlines() if line.strip().startswith("- ")]
            if "intent" in block:
                found += [(block["intent"], _MARKED.sub(r"\1", line)) for line in lines]
            elif "regex" in block:
                patterns += [(block["regex"], line) for line in lines]
    made = (ROOT / "data" / "made" / "examples.tsv").read_text(encoding="utf-8").splitlines()
    found += [tuple(line.split("\t", 1)) for line in made]
    return found, patterns


def classifier_options() -> dict:
    """The options of our classifier in config.yml."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    return next(each for each in config["pipeline"] if each["name"].endswith("LinearIntentClassifier"))


def threshold() -> float:
    """Below this chance the FallbackClassifier of config.yml answers for every intent."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    return next(each for each in config["pipeline"] if each["name"] == "FallbackClassifier")["threshold"]


def memory_mb() -> float:
    """The resident memory of this process in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@cache
def _labels() -> dict[str, str]:
    labels = yaml.safe_load((ROOT / "tests" / "nlu_labels.yml").read_text(encoding="utf-8"))
    return {each: label for label, intents in labels.items() for each in intents}


def label_of(intent: str) -> str:
    """The label that stands for an intent; the intent itself when no label does."""
    return _labels().get(intent, intent)


@dataclass(frozen=True)
class Scores:
    """How well the labels of one language were found."""

    f1: dict[str, float]
    macro_f1: float
    outside_recall: float
    refused: float
    false_accepts: int


def scores_of(rows: list[Row], found: list[str]) -> Scores:
    """Compare labels found with labels given; the mean is over the labels that the rows have."""
    given = Counter(row.label for row in rows)
    got = Counter(found)
    right = Counter(row.label for row, label in zip(rows, found, strict=True) if row.label == label)
    f1 = {label: 2 * right[label] / (given[label] + got[label]) for label in sorted(given)}
    inside = len(rows) - given[OUTSIDE]
    return Scores(
        f1,
        sum(f1.values()) / len(f1),
        right[OUTSIDE] / max(1, given[OUTSIDE]),
        (got[OUTSIDE] - right[OUTSIDE]) / max(1, inside),
        given[OUTSIDE] - right[OUTSIDE],
    )
