"""Messages without words have a meaning that no model has to guess."""

import pytest

from rasa_ext.sure import sure_intent


@pytest.mark.parametrize(
    "text", ["2222", "２２２２", "KM202405120001", "km 2024-0512-0001", "2026-11-25 11:31", "1380 0138 000。"]
)
def test_a_number_alone_informs(text: str):
    assert sure_intent(text) == "inform"


@pytest.mark.parametrize("text", ["。", "？？", "...", "！ ！", "session_start", 'choose_field{"field":"order_no"}'])
def test_marks_alone_say_nothing(text: str):
    assert sure_intent(text) == "nlu_fallback"


@pytest.mark.parametrize(
    "text", ["88", "666", "1", "3q", "🙏", "尾号 2222", "no 2222 is wrong", "付了3000", "ok 1234 thanks"]
)
def test_everything_else_is_for_the_model(text: str):
    assert sure_intent(text) is None
