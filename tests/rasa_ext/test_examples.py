"""The training examples: made ones equal their lists, none is copied from the labelled rows."""

import os
import re
import unicodedata

import pytest
import yaml

from bot.settings import ROOT
from tools.make_examples import OUTPUT, text_of_file
from tools.nlu_candidates import sample_of
from tools.nlu_data import DEFAULT_ROWS, examples, rows_from, scores_of

LABELLED = ROOT / os.environ.get("NLU_DEV", DEFAULT_ROWS)
# Shorter ones are words that everybody says: 谢谢, hi, 要人工, top up limit.
COMMON = {"zh": 6, "en": 14}
# Two texts of more than COMMON characters are one, reworded, when they share more of their pairs than this.
NEARLY_THE_SAME = 0.7
# What the forms ask for must reach them.
ANSWERS = ("inform", "affirm", "deny")


def bare(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())


def test_the_made_examples_equal_what_the_lists_make():
    assert OUTPUT.read_text(encoding="utf-8") == text_of_file(), "run .venv/bin/python tools/make_examples.py"


def test_made_examples_are_of_intents_in_the_domain():
    intents = yaml.load((ROOT / "domain.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)["intents"]
    known = {each if isinstance(each, str) else next(iter(each)) for each in intents}
    assert {intent for intent, _ in examples()[0]} <= known


def test_nothing_that_a_form_asks_for_is_an_example_of_another_subject():
    found = examples()[0]
    answers = {bare(text) for intent, text in found if intent in ANSWERS}
    assert [text for intent, text in found if intent == "out_of_scope" and bare(text) in answers] == []


def test_no_example_is_a_labelled_row():
    if not (LABELLED / "zh.tsv").exists():
        pytest.skip(f"no labelled rows in {DEFAULT_ROWS}; NLU_DEV names another folder")
    said = {bare(text) for _, text in examples()[0]}
    rows = [row for row in rows_from(str(LABELLED)) if len(bare(row.text)) > COMMON[row.language]]
    assert [row.text for row in rows if bare(row.text) in said] == []


def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbours: of characters in Chinese, of words in English."""
    words = list(bare(text)) if re.search("[\u3400-\u9fff]", text) else re.findall(r"[a-z']+|\d+|[\^$]", f"^ {text.lower()} $")
    return frozenset(" ".join(pair) for pair in zip(words, words[1:], strict=False))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the pairs of both that they have in common, 0..1."""
    return len(one & other) / max(1, len(one | other))


def test_a_reworded_line_is_seen_and_another_line_of_the_subject_is_not():
    row = pairs("i would like to know when my parcel comes")
    assert likeness(row, pairs("I would like to know when my parcel comes please")) > NEARLY_THE_SAME
    assert likeness(row, pairs("when does my parcel come")) < NEARLY_THE_SAME


def test_no_example_is_a_labelled_row_reworded():
    if not (LABELLED / "zh.tsv").exists():
        pytest.skip(f"no labelled rows in {DEFAULT_ROWS}; NLU_DEV names another folder")
    rows = [row.text for row in rows_from(str(LABELLED)) if len(bare(row.text)) > COMMON[row.language]]
    holders: dict[str, set[str]] = {}
    said = {text: pairs(text) for _, text in examples()[0]}
    for text, found in said.items():
        for pair in found:
            holders.setdefault(pair, set()).add(text)
    near = []
    for row in rows:
        wanted = pairs(row)
        candidates = set().union(*(holders.get(pair, set()) for pair in wanted))
        near += [(row, text) for text in candidates if likeness(wanted, said[text]) > NEARLY_THE_SAME]
    assert near == []


def test_scores_count_refusals_apart_from_false_accepts():
    class Row:
        def __init__(self, label: str) -> None:
            self.label = label

    rows = [Row(each) for each in ("greet", "greet", "out_of_scope", "out_of_scope")]
    scores = scores_of(rows, ["greet", "out_of_scope", "out_of_scope", "greet"])
    assert (scores.outside_recall, scores.refused, scores.false_accepts) == (0.5, 0.5, 1)
    assert scores.macro_f1 == 0.5


def test_a_sample_has_at_most_so_many_of_each_intent_and_always_the_same():
    found = [("greet", f"hi {number}") for number in range(9)] + [("thanks", "thx")]
    sample = sample_of(found, 3)
    assert sorted(intent for intent, _ in sample) == ["greet", "greet", "greet", "thanks"]
    assert set(sample) <= set(found)
    assert sample_of(found, 3) == sample
    assert sample_of(found, None) == found
