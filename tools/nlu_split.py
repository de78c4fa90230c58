"""How the threshold and the bonus hold on rows that did not choose them.

A random half of the labelled rows chooses the two numbers, the other half is measured with them; several seeds.
"""

import math
import random
from collections.abc import Iterable, Sequence
from itertools import product
from statistics import mean

from tools.nlu_data import OUTSIDE, Row, Scores, label_of, scores_of

Ranking = list[tuple[str, float]]
LANGUAGES = ("zh", "en")
SEEDS = range(10)
# What is added to the configured bonus, and the thresholds, that a half chooses from.
BONUSES = (-0.2, -0.1, 0.0, 0.1, 0.2)
THRESHOLDS = (0.15, 0.2, 0.25, 0.3)
HEAD = "| seed | chosen bonus | threshold | F1 zh | F1 en | outside zh | outside en | refused zh | refused en |\n|---|---|---|---|---|---|---|---|---|"


def answer(ranking: Ranking, added: float, threshold: float, sharpness: float) -> str:
    """The label of a ranking when `added` is added to the margin of the messages outside."""
    odds = [(name, chance * (math.exp(added * sharpness) if name == OUTSIDE else 1)) for name, chance in ranking]
    name, chance = max(odds, key=lambda each: each[1])
    return label_of(name if chance >= threshold * sum(each for _, each in odds) else "nlu_fallback")


def scores_by_language(rows: Sequence[Row], found: Sequence[str]) -> list[Scores]:
    """The scores of both languages."""
    pairs = list(zip(rows, found, strict=True))
    return [
        scores_of(
            [row for row, _ in pairs if row.language == each], [label for row, label in pairs if row.language == each]
        )
        for each in LANGUAGES
    ]


def worth(scores: Iterable[Scores]) -> float:
    """What a choice is judged by: F1 and recall count for it, refusals against it."""
    return sum(each.macro_f1 + each.outside_recall - each.refused for each in scores)


def table(rows: Sequence[Row], rankings: Sequence[Ranking], bonus: float, sharpness: float) -> str:
    """A line for each seed with the figures of the half that did not choose, and their means."""
    settings = list(product(BONUSES, THRESHOLDS))
    found = {each: [answer(ranking, *each, sharpness) for ranking in rankings] for each in settings}
    lines, figures = [HEAD], []
    for seed in SEEDS:
        order = random.Random(seed).sample(range(len(rows)), len(rows))
        half = len(rows) // 2

        def scores(part: list[int], setting: tuple[float, float]) -> list[Scores]:
            return scores_by_language([rows[i] for i in part], [found[setting][i] for i in part])

        best = max(settings, key=lambda each: worth(scores(order[:half], each)))
        zh, en = scores(order[half:], best)
        figures.append([zh.macro_f1, en.macro_f1, zh.outside_recall, en.outside_recall, zh.refused, en.refused])
        lines.append(f"| {seed} | {bonus + best[0]:.1f} | {best[1]:.2f} | {_cells(figures[-1])} |")
    lines.append(f"| mean | | | {_cells([mean(column) for column in zip(*figures, strict=True)])} |")
    return "\n".join(lines)


def _cells(figures: Sequence[float]) -> str:
    return " | ".join([*(f"{each:.3f}" for each in figures[:4]), *(f"{each:.1%}" for each in figures[4:])])
