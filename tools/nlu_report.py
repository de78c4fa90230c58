"""Write var/nlu-report/report.md: how the model of the training data does on the labelled rows (`make nlu-report`).

Runs in .venv-rasa, which has scikit-learn and matplotlib. It trains the classifier alone with the options of
config.yml and applies the threshold of its FallbackClassifier, as the server does.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.nlu_data import OUTSIDE, ROOT, Row, Scores, label_of, rows_from, scores_of

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


def main() -> None:
    """Train, measure, write the page and print the table."""
    parser = argparse.ArgumentParser(description="Measure the intent model on labelled rows.")
    parser.add_argument("--dev", help="folder of zh.tsv and en.tsv; also NLU_DEV")
    rows = rows_from(parser.parse_args().dev)
    from tools.nlu_candidates import train_linear

    start = time.perf_counter()
    find = train_linear({})
    seconds = time.perf_counter() - start
    answers = [find(row.text) for row in rows]
    found = [label_of(intent) for intent, _ in answers]
    scores = {}
    for language in ("zh", "en"):
        chosen = [(row, label) for row, label in zip(rows, found, strict=True) if row.language == language]
        scores[language] = scores_of([row for row, _ in chosen], [label for _, label in chosen])
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw_confusions(rows, found, FOLDER / "confusions.png")
    worst = worst_table(rows, [(label, chance) for label, (_, chance) in zip(found, answers, strict=True)])
    page = [
        "# The intent model on labelled rows",
        table(scores, rows),
        f"Fitted in {seconds:.1f} s. Recall and refusals are of `{OUTSIDE}`, for which the fallback counts too.",
        f"## F1 by label\n\n{label_table(scores)}",
        "## Confusions\n\n![Confusion matrix](confusions.png)",
        f"## The {WORST} wrong answers that the model was surest of\n\n{worst}",
    ]
    (FOLDER / "report.md").write_text("\n\n".join(page) + "\n", encoding="utf-8")
    print(f"{table(scores, rows)}\n\n{label_table(scores)}\n\nreport: {(FOLDER / 'report.md').relative_to(ROOT)}")


if __name__ == "__main__":
    main()
