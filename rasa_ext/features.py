"""Runs in Python 3.10 inside the Rasa server: a message as named features (standard library only).

Character n-grams survive typing errors, word n-grams carry the order of words, and the concepts of data/nlu.yml (its
`regex` entries) say that different words mean the same. Pairs of concepts make "not" + "arrive" one feature.
"""

import re
from typing import Dict, Iterable, List, Tuple

from rasa_ext.text import is_chinese, normalise, subject_of, words

Concepts = List[Tuple[str, "re.Pattern[str]"]]
BLOCKS = ("characters", "words", "concepts")


def compile_concepts(patterns: Iterable[Tuple[str, str]]) -> Concepts:
    """Compile `(name, pattern)` pairs; a name may come several times."""
    return [(name, re.compile(pattern)) for name, pattern in patterns]


def _grams(text: str, sizes: Iterable[int]) -> List[str]:
    return [text[i : i + n] for n in sizes for i in range(len(text) - n + 1)]


def _characters(text: str) -> List[str]:
    if is_chinese(text):
        return _grams(f"^{text.replace(' ', '')}$", (1, 2, 3, 4))
    return [gram for word in words(text) for gram in _grams(f" {word} ", (3, 4, 5))]


def _words(text: str) -> List[str]:
    pieces = words(text)
    if is_chinese(text):
        # Chinese has no word boundaries; pairs of near characters catch a word that something was put into.
        found = ["…".join(pair) for gap in (2, 3) for pair in zip(pieces, pieces[gap:])]
        return found + [f"len{min(len(pieces), 24) // 3}"]
    bounded = ["^", *(each for each in pieces if each.isalnum()), "$"]
    found = [" ".join(bounded[i : i + n]) for n in (1, 2, 3) for i in range(len(bounded) - n + 1)]
    return found + [f"len{min(len(pieces), 24) // 2}"]


def _concepts(text: str, concepts: Concepts) -> List[str]:
    found = sorted({name for name, pattern in concepts if pattern.search(text)})
    pairs = [f"{a}+{b}" for i, a in enumerate(found) for b in found[i + 1 :]]
    return found + pairs + [f"concepts{min(len(found), 4)}"]


def features(text: str, concepts: Concepts) -> Dict[str, List[str]]:
    """The features of a message by block; a feature that comes twice is listed twice."""
    text = normalise(text)
    subject = subject_of(text)
    return {"characters": _characters(subject), "words": _words(subject), "concepts": _concepts(text, concepts)}
