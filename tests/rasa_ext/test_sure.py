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
    "text",
    [
        "到账了", "已经到账了", "刚刚到账了，谢谢", "到了到了", "钱到账了谢谢", "话费到了", "充值到账了，不用查了", "终于到账了！",
        "好了，已经到了", "刚到", "现在到賬了", "哦哦，钱收到了", "it arrived now",
        "It’s there now", "ok it came through", "just received it, thanks", "I got it now, thank you", "it has been credited",
        "never mind it arrived", "all good now, it arrived", "my top up arrived", "The money is here. Thanks a lot!",
    ],
)  # fmt: skip
def test_plain_words_that_it_is_there_are_good_news(text: str):
    assert sure_intent(text) == "confirm_delivery"


@pytest.mark.parametrize(
    "text",
    [
        "到账了吗", "到账了？", "还没到账", "没到", "到账了但是少了", "显示到账了可是没收到", "是不是到账了", "收到了", "收到", "钱扣了",
        "到账时间", "今天到账", "显示到账了", "充好了", "退款到账了吗", "到了没有", "什么时候到", "到账了50，少了", "received?", "it arrived?", "is it there", "it never arrived",
        "it arrived but the wrong amount", "it has not arrived", "got it", "received", "thanks", "it says arrived",
    ],
)  # fmt: skip
def test_what_may_mean_something_else_is_left_to_the_model(text: str):
    assert sure_intent(text) is None


@pytest.mark.parametrize("row", ["嗯", "哈", "哦", "谢谢啦", "刚刚", "已经", "好了", "thanks ", "ok ", "it is now "])
def test_a_long_row_of_the_same_is_read_at_once(row: str):
    """It would never end if the row could be read in several ways."""
    text = row * (78 // len(row))
    assert [sure_intent(text + "x"), sure_intent(text * 20)] == [None, None]


@pytest.mark.parametrize(
    "text", ["88", "666", "1", "3q", "🙏", "尾号 2222", "no 2222 is wrong", "付了3000", "ok 1234 thanks"]
)
def test_everything_else_is_for_the_model(text: str):
    assert sure_intent(text) is None
