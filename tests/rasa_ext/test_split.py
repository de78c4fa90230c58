"""Choosing the threshold and the bonus on one half of the rows, measuring on the other."""

from tools.nlu_data import Row
from tools.nlu_split import SEEDS, answer, table

SURE = [("greet", 0.9), ("out_of_scope", 0.1)]
DOUBTFUL = [("greet", 0.24), ("out_of_scope", 0.22), ("thanks", 0.2), ("deny", 0.2), ("affirm", 0.14)]


def test_an_answer_needs_the_threshold():
    assert answer(SURE, 0.0, 0.2, 3.0) == "greet"
    assert answer(DOUBTFUL, 0.0, 0.2, 3.0) == "greet"
    assert answer(DOUBTFUL, 0.0, 0.3, 3.0) == "out_of_scope"  # nlu_fallback counts as that


def test_a_bonus_makes_a_doubtful_message_out_of_scope_and_leaves_a_sure_one():
    assert answer(DOUBTFUL, 0.2, 0.2, 3.0) == "out_of_scope"
    assert answer(SURE, 0.2, 0.2, 3.0) == "greet"


def test_every_seed_has_a_line_and_the_figures_are_those_of_the_half_that_did_not_choose():
    rows = [Row(each, "x", label) for each in ("zh", "en") for label in ("greet", "out_of_scope") for _ in range(20)]
    right = [[(row.label, 0.9), ("thanks", 0.1)] for row in rows]
    lines = table(rows, right, 0.1, 3.0).splitlines()
    assert len(lines) == 2 + len(SEEDS) + 1
    assert lines[-1] == "| mean | | | 1.000 | 1.000 | 1.000 | 1.000 | 0.0% | 0.0% |"
