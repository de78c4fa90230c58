"""Recordings: what is written down of a customer's words, and of what happened around them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from bot.qa.record import faults_of
from bot.recording.hiding import Blanks
from bot.recording.knowledge import Knowledge, drawing_of
from bot.recording.model import Asked, History, Line, Told
from bot.recording.naming import Sentences
from bot.recording.script import script_of
from bot.redact import redact
from bot.settings import ROOT
from bot.texts import Texts

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
TEXTS = Texts.load(ROOT / "domain.yml")
SENTENCES = Sentences(TEXTS.responses)
VALUES = {
    "order_no": "KM202611301234",
    "phone_tail": "4821",
    "transaction_no": "4200002966202611301234567890",
    "amount": "30.00",
    "product": "某游戏 30 元点卡",
    "paid_at": "2026-11-30 15:20",
}


@pytest.fixture
def blanks() -> Blanks:
    return Blanks(VALUES, ("张小明", "user-77"))


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("订单 KM202611301234，尾号4821", "订单 {order_no}，尾号{phone_tail}"),
        ("km 2026 1130 1234", "{order_no}"),
        ("KM2026-1130-1234 的手机是13912344821", "{order_no} 的手机是1380000{phone_tail}"),
        ("交易单号 4200002966 2026113012 34567890", "交易单号 {transaction_no}"),
        ("付了30元，就是30.00", "付了{amount}元，就是{amount}"),
        ("买的是某游戏 30 元点卡", "买的是{product}"),
        ("等了30分钟，付于 2026-11-30 15:20", "等了30分钟，付于 {paid_at}"),
        ("充了130块", "充了130块"),
    ],
)
def test_what_belongs_to_the_order_becomes_a_blank(blanks: Blanks, typed: str, written: str):
    assert blanks.clean(typed) == written


@pytest.mark.parametrize(
    ("typed", "gone"),
    [
        ("打我电话 13712345678", "13712345678"),
        ("打我电话 137 1234 5678", "5678"),
        ("手机 137****5678 收不到", "5678"),
        ("邮箱 zhang.xm@qq.com", "zhang"),
        ("我叫李四光，很急", "李四光"),
        ("my name is John Smith", "John"),
        ("张小明 在等", "张小明"),
        ("另一个单 KM202611309999 也没到", "KM202611309999"),
        ("流水号 4200002966202611309999999999", "4200002966202611309999999999"),
        ("我的工单 TK261130AB12CD 呢", "TK261130AB12CD"),
        ("游戏账号 884213377", "884213377"),
        ("看 https://shop.example/u/zhang?id=5", "zhang"),
        ("尾号 3170 的手机", "3170"),
        ("phone ends in 3170", "3170"),
        ("卡是 6222 0212 3456 7890 12", "6222"),
        ("身份证 11010519880605123X", "198806"),
    ],
)
def test_what_else_belongs_to_the_customer_is_gone(blanks: Blanks, typed: str, gone: str):
    assert gone in typed
    written = blanks.clean(redact(typed).text)
    assert gone not in written


def test_the_same_other_number_is_masked_the_same_and_two_stay_two(blanks: Blanks):
    first = blanks.clean("KM202611309999 和 KM202611308888")
    assert first == "KM202301010001 和 KM202301010002"
    assert blanks.clean("KM202611308888") == "KM202301010002"


def test_digits_that_did_not_fit_are_made_up(blanks: Blanks):
    assert [blanks.other_tail(each) for each in ("1234", "9876", "1234")] == ["0001", "0002", "0001"]


@pytest.mark.parametrize(
    "typed", ["我的卡密是 QWER5678TYUI，怎么用不了", "密码是 abc123xyz", "卡号 6222021234567890128 扣的"]
)
def test_a_hidden_secret_is_hidden_again_when_the_test_is_played(blanks: Blanks, typed: str):
    kept = redact(typed).text
    assert "***" in kept
    written = blanks.clean(kept)
    assert "***" not in written
    assert redact(written).text == kept


def test_braces_of_a_customer_are_no_blanks(blanks: Blanks):
    assert blanks.clean("{hello} {order_no}") == "(hello) {order_no}"


class Talk:
    """A log that grows, a minute for each line unless told otherwise."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.asked: list[Asked] = []
        self.told: list[Told] = []
        self.events: list[dict[str, Any]] = []
        self.at = NOW

    def line(self, kind: str, sender: str, text: str, after: int = 1, **more: Any) -> str:
        self.at += timedelta(minutes=after)
        number = len(self.lines) + 1
        message_id = f"m{number}"
        line = Line(
            message_id=message_id, position=number, kind=kind, sender=sender, text=text, created_at=self.at, **more
        )
        self.lines.append(line)
        return message_id

    def customer(self, text: str, *names: str, ask: str = "", after: int = 1) -> None:
        """The customer says something, Rasa answers with these sentences."""
        turn = self.line("incoming", "customer", text, after)
        self.asked.append(Asked(turn_id=turn, position=len(self.lines), ask=ask or text))
        self.events.append({"event": "user", "metadata": {"message_id": turn}})
        for name in names:
            self.events.append({"event": "bot", "text": name, "metadata": {"utter_action": name}})
            self.line("outgoing", "bot", name, 0, reply_to=turn, titles=("提交工单",))
        self.events.append({"event": "action", "name": "action_listen"})

    def slot(self, name: str, value: Any) -> None:
        self.events.append({"event": "slot", "name": name, "value": value})

    def case(self, diagnosis: str = "UPSTREAM_STUCK") -> None:
        order = {"order_no": VALUES["order_no"], "product": VALUES["product"], "amount": VALUES["amount"]}
        for name, value in (("phone_tail", "4821"), ("proof", "x"), ("verified_order", VALUES["order_no"])):
            self.slot(name, value)
        self.slot("case", {"diagnosis": diagnosis, "order": order})

    def activity(self, what: str, **more: Any) -> None:
        self.line("activity", "system", what, activity={"type": what, "by": "bob", **more})

    def news(self, type: str, name: str, data: dict[str, Any] | None = None, **values: str) -> None:
        event_id = f"e{len(self.told)}"
        self.told.append(Told(event_id=event_id, type=type, occurred_at=self.at, ticket_no="TK1", data=data or {}))
        text = TEXTS.render(name, "zh", **values).text
        self.line("outgoing", "bot", text, reply_key=f"news:{event_id}:0")

    def script(self, owner: str = "bot") -> dict[str, Any]:
        text = self.text(owner)
        assert faults_of(text) == []
        return dict(yaml.safe_load(text))

    def text(self, owner: str = "bot") -> str:
        history = History(
            conversation_id="ab" * 16, channel="widget", language="zh", owner=owner, created_at=NOW, stretches=1,
            lines=self.lines, asked=self.asked, told=self.told,
        )  # fmt: skip
        return script_of(history, [self.events], SENTENCES)


def test_a_conversation_becomes_turns_with_the_names_that_were_said():
    talk = Talk()
    talk.line("outgoing", "bot", TEXTS.render("utter_greet", "zh").text)
    talk.case()
    talk.customer("查 KM202611301234 尾号 4821", "utter_order_facts", "utter_next_report")
    talk.customer("提交工单", "utter_ticket_opened", ask="/report_problem")
    assert talk.script() == {
        "name": "recorded abababab",
        "given": {"order": "UPSTREAM_STUCK", "language": "zh"},
        "turns": [
            {"customer": "查 {order_no} 尾号 {phone_tail}", "bot": ["utter_order_facts", "utter_next_report"]},
            {"customer": {"button": "提交工单"}, "bot": ["utter_ticket_opened"]},
        ],
        "then": {"owner": "bot", "language": "zh", "tickets": 1, "diagnosis": "UPSTREAM_STUCK"},
    }


def test_a_typed_title_is_no_button():
    talk = Talk()
    talk.customer("你好", "utter_greet")
    talk.customer("提交工单", "utter_ticket_opened", ask="提交工单")
    assert talk.script()["turns"][1]["customer"] == "提交工单"


def test_agents_news_and_waits_become_turns_around_the_customer():
    talk = Talk()
    talk.case()
    talk.customer("转人工", "utter_request_human")
    talk.activity("claimed")
    talk.line("outgoing", "agent", "您好，13712345678 是您的电话吗", author="bob")
    talk.line("note", "agent", "已联系上游", author="bob")
    talk.activity("handed_back")
    talk.line("note", "agent", "等回复", 0, author="bob")
    talk.news("order.delivered", "utter_news_delivered", subject="x", about="TK1", amount="")
    talk.customer("好的", "utter_thanks", after=180)
    talk.news("ticket.reply", "utter_news_reply", {"text": "已补发"}, ticket_no="TK1", words="已补发", about="TK1")
    assert talk.script()["turns"][1:] == [
        {"desk": {"do": "claim"}},
        {"desk": {"do": "reply", "text": "您好，13800000001 是您的电话吗"}},
        {"desk": {"do": "note", "text": "已联系上游"}},
        {"desk": {"do": "hand_back", "note": "等回复"}},
        {"event": {"type": "delivery.updated", "state": "DELIVERED"}, "wait_for": ["utter_news_delivered"]},
        {"clock": "+180m"},
        {"customer": "好的", "bot": ["utter_thanks"]},
        {"agent": {"do": "reply", "text": "已补发"}, "wait_for": ["utter_news_reply"]},
    ]


def test_what_no_script_can_say_is_a_remark():
    talk = Talk()
    talk.customer("你好", "utter_greet")
    talk.activity("tagged", to="vip")
    talk.customer("继续 ****-****", "utter_resume_linked", ask='/resume_case{"field":"linked"}')
    text = talk.text()
    assert "# not recorded: at the desk: tagged" in text
    assert "# not recorded: the code of another conversation" in text
    assert "vip" not in text
    assert "utter_resume_linked" not in text


def test_a_button_with_a_made_up_number_is_pressed_and_one_with_a_blank_is_typed():
    talk = Talk()
    talk.case()
    talk.customer("查 KM202611309999", "utter_greet")
    for number in ("KM202611309999", VALUES["order_no"]):
        talk.line("outgoing", "bot", "x", titles=(f"查 {number}",))
        talk.customer(f"查 {number}", "utter_greet", ask='/inform{"order_no":"x"}')
    turns = talk.script()["turns"]
    assert [each["customer"] for each in turns] == [
        "查 KM202301010001",
        {"button": "查 KM202301010001"},
        "查 {order_no}",
    ]


def test_a_conversation_without_a_word_of_the_customer_is_none():
    with pytest.raises(ValueError, match="said nothing"):
        Talk().text()


def entry(**more: Any) -> dict[str, Any]:
    reading = {"status": "PAID", "transaction_no": VALUES["transaction_no"], "merchant_no": "x", "amount": "30.00"}
    return {"kind": "WECHAT_BILL", "verdict": "MATCHED", "missing": [], "conflicts": [], "reading": reading} | more


@pytest.mark.parametrize(
    ("seen", "drawn"),
    [
        (entry(), {"page": "wechat_bill"}),
        (entry(kind="ORDER_PAGE", verdict=None), {"page": "order_page"}),
        (entry(kind="NOT_A_BILL", verdict="NOT_A_BILL"), {"page": "chat"}),
        (entry(verdict="UNREADABLE"), {"page": "wechat_bill", "damage": "covered"}),
        (
            entry(verdict="INCOMPLETE", missing=["transaction_no"], reading={"amount": "30.00"}),
            {"page": "wechat_bill", "without": ["transaction_no", "merchant_no"]},
        ),
        (
            entry(verdict="CONFLICT", conflicts=["amount"], reading={"amount": "88.8", "transaction_no": "1"}),
            {"page": "wechat_bill", "amount": "88.80"},
        ),
        (
            entry(verdict="CONFLICT", conflicts=["status"], reading={"status": "REFUNDED"}),
            {"page": "wechat_bill", "status": "refunded"},
        ),
        (entry(verdict="CLAIMED", order_no="KM1"), {"page": "wechat_bill", "number": "other"}),
    ],
)
def test_a_picture_is_drawn_by_what_it_showed(seen: dict[str, Any], drawn: dict[str, Any]):
    assert drawing_of(seen, VALUES) == drawn


def test_the_number_of_a_payment_is_a_blank_only_when_the_record_shows_it():
    talk = Talk()
    order = {"order_no": VALUES["order_no"], "payment": {"transaction_no_masked": "4200****7890"}}
    talk.slot("payment_no", "4200009999202611300000000001")
    talk.slot("payment_no", VALUES["transaction_no"])
    talk.slot("case", {"diagnosis": "UNPAID", "order": order})
    assert Knowledge([talk.events]).values()["transaction_no"] == VALUES["transaction_no"]
