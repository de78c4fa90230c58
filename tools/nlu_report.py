"""Write var/nlu-report/report.md: how the model does on labelled rows, how fast, how entities are read (`make nlu-report`).

Runs in .venv-rasa, which has scikit-learn and matplotlib. It trains the classifier alone with the options of
config.yml and applies the threshold of its FallbackClassifier, as the server does.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools import nlu_split
from tools.nlu_data import OUTSIDE, ROOT, Row, Scores, memory_mb, rows_from, threshold

FOLDER = ROOT / "var" / "nlu-report"
WORST = 30
HEAD = (
    "| language | rows | macro-F1 | out-of-scope recall | refused in scope | false accepts |\n|---|---|---|---|---|---|"
)


def table(scores: dict[str, Scores], rows: list[Row]) -> str:
    """The main figures, a line for each language."""
    lines = [HEAD]
    for language, each in scores.items():
        count = sum(row.language == language for row in rows)
        lines.append(
            f"| {language} | {count} | {each.macro_f1:.3f} | {each.outside_recall:.3f} | {each.refused:.1%} | {each.false_accepts} |"
        )
    return "\n".join(lines)


def label_table(scores: dict[str, Scores]) -> str:
    """F1 of each label in both languages; a dash where a language has no such row."""
    lines = ["| label | zh | en |", "|---|---|---|"]
    for label in sorted({label for each in scores.values() for label in each.f1}):
        cells = [f"{each.f1[label]:.2f}" if label in each.f1 else "–" for each in scores.values()]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def worst_table(rows: list[Row], found: list[tuple[str, float]]) -> str:
    """The wrong answers that the model was surest of."""
    wrong = [(chance, row, label) for row, (label, chance) in zip(rows, found, strict=True) if label != row.label]
    lines = ["| chance | language | is | taken for | text |", "|---|---|---|---|---|"]
    for chance, row, label in sorted(wrong, key=lambda each: -each[0])[:WORST]:
        text = row.text.replace("|", "\\|")
        lines.append(f"| {chance:.2f} | {row.language} | {row.label} | {label} | {text} |")
    return "\n".join(lines)


def draw_confusions(rows: list[Row], found: list[str], path: Path) -> None:
    """The confusion matrix of both languages as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    labels = sorted({row.label for row in rows} | set(found))
    counts = Counter((row.label, label) for row, label in zip(rows, found, strict=True))
    figure, axes = pyplot.subplots(figsize=(13, 12))
    axes.imshow([[min(counts[given, got], 20) for got in labels] for given in labels], cmap="Blues")
    for y, given in enumerate(labels):
        for x, got in enumerate(labels):
            if counts[given, got]:
                color = "white" if counts[given, got] > 10 else "black"
                axes.text(x, y, str(counts[given, got]), ha="center", va="center", fontsize=8, color=color)
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("taken for")
    axes.set_ylabel("is")
    figure.tight_layout()
    figure.savefig(path, dpi=90)


def entity_table() -> str:
    """How exactly entities are read in made messages; the program that makes them runs in the other environment."""
    argv = [str(ROOT / ".venv" / "bin" / "python"), "-m", "tools.entities.measure", "--json"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603
    lines = ["| entity | made messages | exact | share |", "|---|---|---|---|"]
    for kind, each in json.loads(done.stdout).items():
        name = "no order or payment number (none must be found)" if kind == "without" else kind
        lines.append(f"| {name} | {each['cases']} | {each['exact']} | {each['exact'] / each['cases']:.1%} |")
    return "\n".join(lines)


def speed_table(train: tuple[float, float], clocks: list[tuple[float, float]]) -> str:
    """Seconds of the training and milliseconds of a message, by the clock and of the processor, and the memory."""
    lines = [
        "| | by the clock | of the processor |",
        "|---|---|---|",
        f"| training | {train[0]:.1f} s | {train[1]:.1f} s |",
    ]
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        wall, own = (1000 * sorted(times)[int(len(clocks) * share)] for times in zip(*clocks, strict=True))
        lines.append(f"| a message, {name} | {wall:.2f} ms | {own:.2f} ms |")
    return "\n".join([*lines, f"| memory (RSS) | {memory_mb():.0f} MB | |"])


def clock() -> tuple[float, float]:
    """Seconds by the clock and of the processor; only their differences mean something."""
    return time.perf_counter(), time.process_time()


def since(start: tuple[float, float]) -> tuple[float, float]:
    """What has passed since `clock()` gave `start`."""
    now = clock()
    return now[0] - start[0], now[1] - start[1]


def main() -> None:
    """Train, measure, write the page and print the figures."""
    parser = argparse.ArgumentParser(description="Measure the intent model on labelled rows.")
    parser.add_argument("--dev", help="folder of zh.tsv and en.tsv; also NLU_DEV")
    rows = rows_from(parser.parse_args().dev)
    from tools.nlu_candidates import fit_linear

    start = clock()
    model = fit_linear({})
    train = since(start)
    rankings, clocks = [], []
    for row in rows:
        start = clock()
        rankings.append(model.rank(row.text))
        clocks.append(since(start))
    sharpness, bonus = model.options.sharpness, model.options.bonus
    found = [nlu_split.answer(ranking, 0.0, threshold(), sharpness) for ranking in rankings]
    scores = dict(zip(nlu_split.LANGUAGES, nlu_split.scores_by_language(rows, found), strict=True))
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw_confusions(rows, found, FOLDER / "confusions.png")
    worst = worst_table(rows, [(label, ranking[0][1]) for label, ranking in zip(found, rankings, strict=True)])
    figures = {
        "Intents": f"{table(scores, rows)}\n\nRecall and refusals are of `{OUTSIDE}`, for which the fallback counts too.",
        "Entities": entity_table(),
        "Speed": speed_table(train, clocks),
        "Split halves": "Each line: a random half of the rows chose bonus and threshold, the figures are those of the other half.\n\n"
        + nlu_split.table(rows, rankings, bonus, sharpness),
        "F1 by label": label_table(scores),
    }
    page = ["# The intent model on labelled rows", *(f"## {name}\n\n{text}" for name, text in figures.items())]
    page += ["## Confusions\n\n![Confusion matrix](confusions.png)"]
    page += [f"## The {WORST} wrong answers that the model was surest of\n\n{worst}"]
    (FOLDER / "report.md").write_text("\n\n".join(page) + "\n", encoding="utf-8")
    print(
        "\n\n".join([*page[1:-2], page[-1], f"report: {(FOLDER / 'report.md').relative_to(ROOT)} with confusions.png"])
    )


if __name__ == "__main__":
    main()
