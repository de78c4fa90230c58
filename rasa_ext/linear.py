"""Runs in Python 3.10 inside the Rasa server: the linear intent model, free of Rasa so that it can be tried alone.

Training uses scikit-learn; what is kept are plain arrays and JSON, so loading a model runs no foreign code and an answer
needs only the rows of the features that the message has.
"""

import json
import math
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np

from rasa_ext.features import BLOCKS, Concepts, compile_concepts, features

Ranking = List[Tuple[str, float]]


@dataclass(frozen=True)
class Options:
    """What config.yml may choose about the model.

    `weights` are those of the blocks of features, a feature counts when `min_count` examples have it, `cost` is
    scikit-learn's C, `smoothing` (0..1) says how far small intents are weighed up, `sharpness` turns margins into
    chances, and `bonus` is added to the margin of the intent `outside`.
    """

    weights: Dict[str, float] = field(default_factory=lambda: {"characters": 1.0, "words": 1.0, "concepts": 0.6})
    min_count: int = 2
    cost: float = 0.5
    smoothing: float = 0.0
    sharpness: float = 3.0
    outside: str = "out_of_scope"
    bonus: float = 0.1


class LinearModel:
    """One linear classifier for each intent over TF-IDF features; each block of features has its own weight."""

    def __init__(
        self,
        intents: List[str],
        patterns: List[Tuple[str, str]],
        options: Options,
        index: Dict[str, int],
        idf: np.ndarray,
        coefficients: np.ndarray,
        intercept: np.ndarray,
    ) -> None:
        self.intents = intents
        self.patterns = patterns
        self.concepts: Concepts = compile_concepts(patterns)
        self.options = options
        self.index = index
        self.idf = idf
        self.coefficients = coefficients
        self.intercept = intercept

    @classmethod
    def train(
        cls, texts: Sequence[str], labels: Sequence[str], patterns: List[Tuple[str, str]], options: Options
    ) -> "LinearModel":
        """Fit the model; there must be three intents or more."""
        from scipy.sparse import csr_matrix
        from sklearn.svm import LinearSVC

        concepts = compile_concepts(patterns)
        documents = [features(text, concepts) for text in texts]
        counts = Counter(
            f"{block[0]}:{name}" for document in documents for block in BLOCKS for name in set(document[block])
        )
        names = sorted(name for name, count in counts.items() if count >= options.min_count)
        index = {name: i for i, name in enumerate(names)}
        idf = np.array([math.log((1 + len(texts)) / (1 + counts[name])) + 1 for name in names], dtype=np.float32)
        intents = sorted(set(labels))
        model = cls(intents, patterns, options, index, idf, np.zeros((0, 0)), np.zeros(0))
        rows = [model._row(document) for document in documents]
        matrix = csr_matrix(
            (
                np.concatenate([values for _, values in rows]),
                np.concatenate([columns for columns, _ in rows]),
                np.cumsum([0, *(len(columns) for columns, _ in rows)]),
            ),
            shape=(len(rows), len(names)),
        )
        sizes = Counter(labels)
        mean = len(labels) / len(intents)
        weights = {each: (mean / sizes[each]) ** options.smoothing for each in intents}
        fit = LinearSVC(C=options.cost, class_weight=weights, random_state=7).fit(matrix, labels)
        model.coefficients = np.ascontiguousarray(fit.coef_.T, dtype=np.float32)
        model.intercept = fit.intercept_.astype(np.float32)
        if options.outside in intents:
            model.intercept[intents.index(options.outside)] += options.bonus
        return model

    def _row(self, document: Dict[str, List[str]]) -> Tuple[np.ndarray, np.ndarray]:
        columns: List[int] = []
        values: List[np.ndarray] = []
        for block in BLOCKS:
            counted = Counter(f"{block[0]}:{name}" for name in document[block])
            known = [(self.index[name], count) for name, count in counted.items() if name in self.index]
            if not known:
                continue
            found = [column for column, _ in known]
            value = self.idf[found] * np.array([1 + math.log(count) for _, count in known], dtype=np.float32)
            columns.extend(found)
            values.append(value * (self.options.weights[block] / np.linalg.norm(value)))
        return np.array(columns, dtype=np.int32), np.concatenate(values) if values else np.zeros(0, dtype=np.float32)

    def rank(self, text: str) -> Ranking:
        """All intents with their chance, the best first."""
        columns, values = self._row(features(text, self.concepts))
        scores = (self.intercept + values @ self.coefficients[columns]) * self.options.sharpness
        odds = np.exp(scores - scores.max())
        odds /= odds.sum()
        return [(self.intents[i], float(odds[i])) for i in np.argsort(-odds)]

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        about = {
            "intents": self.intents,
            "patterns": self.patterns,
            "options": asdict(self.options),
            "names": list(self.index),
        }
        (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "arrays.npz", idf=self.idf, coefficients=self.coefficients, intercept=self.intercept)

    @classmethod
    def load(cls, folder: Path) -> "LinearModel":
        """Read a model from a folder; raises OSError or ValueError when it is not there or broken."""
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            return cls(
                about["intents"],
                [(name, pattern) for name, pattern in about["patterns"]],
                Options(**about["options"]),
                {name: i for i, name in enumerate(about["names"])},
                arrays["idf"],
                arrays["coefficients"],
                arrays["intercept"],
            )
