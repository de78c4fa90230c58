import pytest

from bot.actions import meanings, statement
from bot.actions.asides import aside_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没扣钱", True),
        ("没有被扣款", True),
        ("还没有扣款", True),
        ("I was not charged", True),
        ("wasn't charged", True),
        ("no money was taken", True),
        ("没扣钱吗", False),
        ("是不是没扣款", False),
        ("没扣钱但是没到账", False),
        ("was I not charged?", False),
        ("no money back", False),
        ("没到账", False),
        ("钱扣了", False),
    ],
)
def test_not_charged_is_said_plainly(text: str, expected: bool):
    assert meanings.says_not_charged(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("找不到", True),
        ("不知道", True),
        ("没有", True),
        ("忘了", True),
        ("I can't find it", True),
        ("no idea", True),
        ("不少钱呢", False),
        ("没到账", False),
        ("还没收到", False),
        ("not arrived", False),
    ],
)
def test_unknown_is_a_missing_answer(text: str, expected: bool):
    assert meanings.says_unknown(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不", True),
        ("不用了", True),
        ("取消吧", True),
        ("no", True),
        ("don't send it", True),
        ("不少钱呢", False),
        ("不错", False),
    ],
)
def test_a_refusal_is_a_no_to_what_was_proposed(text: str, expected: bool):
    assert meanings.is_refusal(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("等一下，你们安全吗", "utter_about_us"),
        ("is this safe?", "utter_about_us"),
        ("why do you need my phone", "utter_about_us"),
        ("为什么要手机号", "utter_about_us"),
        ("会不会泄露我的信息", "utter_about_us"),
        ("你们是骗子吧", "utter_about_us"),
        ("你们是骗子吧，我要投诉你们", None),
        ("你们要我手机号干嘛", "utter_about_us"),
        ("why need my phone", "utter_about_us"),
        ("你是机器人吗", "utter_about_bot"),
        ("你是真人吗？", "utter_about_bot"),
        ("你叫什么", "utter_about_bot"),
        ("你能干嘛", "utter_about_bot"),
        ("are you a real person?", "utter_about_bot"),
        ("am i talking to a bot", "utter_about_bot"),
        ("what can you do", "utter_about_bot"),
        ("你是机器人吧，给我转人工", None),
        ("are you a bot? get me a human", None),
        ("is there a real person here", None),
        ("还有别的可能吗", "utter_causes"),
        ("还有其他原因吗", "utter_causes"),
        ("what else could it be", "utter_causes"),
        ("any other reason?", "utter_causes"),
        ("充的是别的号", None),
        ("什么意思？", "utter_once_more"),
        ("你说的啥意思啊", "utter_once_more"),
        ("没看懂", "utter_once_more"),
        ("不明白", "utter_once_more"),
        ("你在说什么", "utter_once_more"),
        ("what do you mean?", "utter_once_more"),
        ("i dont understand", "utter_once_more"),
        ("huh?", "utter_once_more"),
        ("sorry?", "utter_once_more"),
        ("sorry", None),
        ("i dont get it", None),  # the goods, perhaps
        ("处理中是什么意思", None),
        ("不懂英文", None),
        ("what is this charge", None),
        ("能不能快点", "utter_how_long"),
        ("孩子等着用", "utter_how_long"),
        ("急急急！！！", "utter_how_long"),
        ("hurry up please", "utter_how_long"),
        ("没到账，急急急", None),
        ("我快点了两次付款", None),
        ("那我再付一次可以吗", "utter_pay_again"),
        ("能不能重新下单", "utter_pay_again"),
        ("can I just pay again", "utter_pay_again"),
        ("多久能好", "utter_how_long"),
        ("什么时候能到账", "utter_how_long"),
        ("how long will it take", "utter_how_long"),
        ("I'll send a screenshot", "utter_picture_awaited"),
        ("我发截图给你", "utter_picture_awaited"),
        ("。。。", "utter_here_short"),
        ("😭", "utter_here_short"),
        ("没到账", None),
        ("KM202405120001", None),
        ("昨天重新充了一次", None),
        ("你们是骗子", None),
        ("paid but nothing arrived", None),
    ],
)
def test_an_aside_is_known_by_its_words(text: str, expected: str | None):
    assert aside_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("回到第一个订单", 0),
        ("the first order", 0),
        ("上一个订单", -1),
        ("刚才那个", -1),
        ("back to the previous one", -1),
        ("这个订单", None),
    ],
)
def test_an_earlier_order_is_named(text: str, expected: int | None):
    assert meanings.earlier_order(text) == expected


@pytest.mark.parametrize(
    ("text", "part", "value"),
    [
        ("商品改成50元点卡", "product", "50元点卡"),
        ("the product should be 30 yuan card", "product", "30 yuan card"),
        ("商品不对", "product", None),
        ("支付时间错了", "initiated_at", None),
        ("付款状态不对，是已扣款", "payment_state", "已扣款"),
        ("你好", None, None),
    ],
)
def test_a_correction_names_its_part_and_value(text: str, part: str | None, value: str | None):
    assert statement.named_part(text) == part
    assert (statement.new_value(text, part) if part else None) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("谢谢", True), ("好的，谢谢您！", True), ("Thank you so much", True), ("你好", True), ("hello", True),
        ("谢谢，区服是艾欧尼亚", False), ("你好，钱到了", False), ("thanks, it was the wrong server", False),
    ],
)  # fmt: skip
def test_a_courtesy_has_nothing_besides(text: str, expected: bool):
    assert meanings.is_courtesy(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("先不回复", True), ("等下再说", True), ("never mind", True), ("No, thank you", True),
        ("不是", False), ("没有", False), ("no", False), ("不用了吧，我已经自己改好区服，重新登录过两次", False),
    ],
)  # fmt: skip
def test_to_put_off_is_not_to_say_no(text: str, expected: bool):
    assert meanings.puts_off(text) is expected


@pytest.mark.parametrize("text", ["另一单没到", "另外一单没到", "第二个订单", "another order failed", "the other one"])
def test_another_order_is_named(text: str):
    assert meanings.names_other_order(text)


def test_no_other_order_is_named():
    assert not meanings.names_other_order("这一单没到")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any update on my ticket", True),
        ("where is my ticket?", True),
        ("查一下工单进度", True),
        ("the update came fast", False),
        ("good news, it works", False),
    ],
)
def test_a_ticket_is_asked_for_plainly(text: str, expected: bool):
    assert meanings.asks_for_ticket(text) is expected
