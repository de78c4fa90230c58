"""What the dead-end test asks and expects: the states of the dialog, and how each may answer each label."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.settings import ROOT

# Said only when something broke; none of these is an answer to a customer.
BROKEN = {"utter_default", "utter_system_trouble", "utter_lookup_failed", "utter_value_refused", "utter_not_found"}
# The last words of a conversation need no way on.
CLOSING = {"utter_goodbye"}

STAYS, GOES_ON, LEAVES, ANSWERS, TAKEN = "stays", "goes on", "leaves", "answers", "taken"


@dataclass(frozen=True)
class State:
    """How to come to a state: messages to Rasa, the blanks filled from the order with this diagnosis and its ticket."""

    messages: tuple[str, ...] = ()
    order: str = "CALLBACK_MISSING"
    form: str | None = None
    slot: str | None = None
    offer: str | None = None


@dataclass
class Answer:
    """What came of one message: the sentences, whether there is a way on, and where the dialog is now."""

    said: list[str] = field(default_factory=list)
    way_on: bool = False
    form: str | None = None
    slot: str | None = None


LOOK_UP = '/check_order_status{"order_no":"ORDER_NO","phone_tail":"PHONE_TAIL"}'
BILL = ('"payment_channel":"wechat"', '"payment_no":"4200001234202405121234567890"', '"amount":"30.00"')
TICKET = (LOOK_UP, "/report_problem", "/affirm")
PARTS = (
    "/report_problem",
    '/inform{"field":"just_now"}',
    '/inform{"product_line":"game_card"}',
    '/inform{"field":"charged"}',
    '/inform{"field":"processing"}',
    "/choose_field",
)
PARTS_ASKED = ("initiated_at", "product", "payment_state", "order_state", "report_confirmed", "report_field")

STATES: dict[str, State] = {
    "at the start": State(),
    "order number asked": State(("/paid_not_received",), form="order_form", slot="order_no"),
    "phone digits asked": State(('/paid_not_received{"order_no":"ORDER_NO"}',), form="order_form", slot="phone_tail"),
    **{
        f"{slot} asked": State(("/provide_payment{" + ",".join(BILL[:count]) + "}",), form="payment_form", slot=slot)
        for count, slot in enumerate(("payment_channel", "payment_no", "payment_amount", "paid_at"))
    },
    **{
        f"{slot} asked": State(PARTS[: count + 1], form="report_form", slot=slot)
        for count, slot in enumerate(PARTS_ASKED)
    },
    "ticket offered": State((LOOK_UP,), "CALLBACK_MISSING", offer="report"),
    "another look offered": State((LOOK_UP,), "IN_WINDOW", offer="recheck"),
    "payment check offered": State((LOOK_UP,), "PAYMENT_UNKNOWN", offer="evidence"),
    "human offered": State((LOOK_UP,), "REFUNDED_BUT_COMPLETED", offer="human"),
    "another number offered": State(
        ('/check_order_status{"order_no":"KM209901010001","phone_tail":"0000"}',), offer="number"
    ),
    "nothing was charged": State((LOOK_UP, '/deny{"field":"not_charged"}'), "PAYMENT_UNKNOWN"),
    "ticket opened": State(TICKET, "QUEUE_BACKLOG"),
    "ticket cancelled": State((LOOK_UP, "/report_problem", "/deny"), "UPSTREAM_STUCK"),
    "not understood": State(("/nlu_fallback",)),
    "complained": State(("/complain",), offer="report"),
    "said goodbye": State(("/goodbye",)),
    "rating_comment asked": State(
        (*TICKET, '/rate_case{"score":"5","about":"TICKET_NO"}'), form="rating_form", slot="rating_comment"
    ),
    "ticket_reply asked": State(
        (*TICKET, '/reply_ticket{"about":"TICKET_NO"}'), form="reply_form", slot="ticket_reply"
    ),
}

# What is typed there goes to people as it is, so real sentences are typed, one for each label.
ANY_WORDS = {"rating_form": "utter_rating_comment_kept", "reply_form": "utter_reply_sent"}
SENTENCES = {
    "account_restricted": "另一个订单说我账号被冻结了",
    "affirm": "好的",
    "check_order_status": "帮我查一下另一个订单到哪了",
    "complain": "你们太慢了，太差劲了",
    "deny": "先不用了",
    "duplicate_charge": "另一个订单重复扣了我两次钱",
    "goodbye": "再见",
    "greet": "你好",
    "how_to_topup": "怎么充话费",
    "missing_card_code": "另一个订单没有给我卡密",
    "order_processing": "另一个订单一直显示处理中",
    "out_of_scope": "红烧肉要炖多久才烂",
    "paid_not_received": "另一个订单付了款没到账",
    "payment_failed": "另一个订单付款失败了",
    "payment_limit": "一天最多能充多少",
    "prevention_or_safety": "你们这里安全吗",
    "request_human": "转人工",
    "request_refund": "另一个订单我要退款",
    "thanks": "谢谢",
    "ticket_progress": "查一下工单进度",
    "wrong_info_entered": "另一个订单号码填错了",
}

PROBLEMS = (
    "account_restricted", "check_order_status", "duplicate_charge", "missing_card_code", "order_processing",
    "paid_not_received", "payment_failed", "request_refund", "wrong_info_entered",
)  # fmt: skip
AWAY = dict.fromkeys(("goodbye", "request_human", "ticket_progress"), LEAVES)
# What a form does with a label; it stays at its question for all others.
IN_FORM: dict[str, dict[str, str]] = {
    "order_form": AWAY,
    "payment_form": {**AWAY, **dict.fromkeys(PROBLEMS, LEAVES), "deny": GOES_ON},
    "report_form": {**AWAY, "check_order_status": LEAVES, "deny": GOES_ON},
    "rating_form": {
        **AWAY, **dict.fromkeys(PROBLEMS, LEAVES), **dict.fromkeys(("deny", "thanks"), GOES_ON),
        **dict.fromkeys(("complain", "out_of_scope"), TAKEN),
    },
    "reply_form": {
        **AWAY, **dict.fromkeys(PROBLEMS, LEAVES), **dict.fromkeys(("deny", "thanks"), GOES_ON),
        **dict.fromkeys(("affirm", "complain", "out_of_scope"), TAKEN),
    },
}  # fmt: skip
# Where one question differs from the rest of its form.
AT_SLOT = {("report_confirmed", "affirm"): GOES_ON, ("report_field", "affirm"): GOES_ON}
# The sentence, or the form, that a yes leads to after each offer.
YES = {
    "report": "report_form",
    "evidence": "payment_form",
    "human": "utter_request_human",
    "recheck": "utter_checked_again",
    "number": "order_form",
    None: "utter_what_next",
}


def labels() -> dict[str, list[str]]:
    """The labels of real customers' sentences, with the intents that stand for each."""
    found: dict[str, list[str]] = yaml.safe_load((ROOT / "tests" / "nlu_labels.yml").read_text(encoding="utf-8"))
    return found


def messages_for(state: State, label: str, intents: list[str]) -> list[str]:
    """What to say for a label: each intent that stands for it, or its sentence where words count."""
    return [SENTENCES[label]] if state.form in ANY_WORDS else [f"/{each}" for each in intents]


def expected_kind(state: State, label: str) -> str:
    if state.form is None:
        return ANSWERS
    return AT_SLOT.get((state.slot or "", label)) or IN_FORM[state.form].get(label, STAYS)


def faults_of(state: State, label: str, answer: Answer) -> list[str]:
    """What is wrong with this answer; empty when a customer can go on from it."""
    faults = [f"said {each}" for each in answer.said if each in BROKEN]
    if not answer.said:
        return ["said nothing"]
    if not answer.way_on and not CLOSING & set(answer.said):
        faults.append("leaves the customer without a way on")
    kind = expected_kind(state, label)
    here = (answer.form, answer.slot) == (state.form, state.slot)
    question = f"utter_ask_{answer.form}_{answer.slot}"
    if answer.form and question not in answer.said:
        faults.append(f"waits for {answer.slot} without asking")
    if kind == STAYS and not here:
        faults.append(f"left for {answer.form}:{answer.slot}")
    if kind == TAKEN and ANY_WORDS[state.form or ""] not in answer.said:
        faults.append("was not taken as the answer")
    elif ANY_WORDS.get(state.form or "") in answer.said and kind != TAKEN:
        faults.append("was taken as the answer")
    if kind == GOES_ON and here:
        faults.append("did not go on")
    if kind == LEAVES and answer.form == state.form:
        faults.append(f"is still in {answer.form}")
    if label == "affirm" and state.form is None and YES[state.offer] not in (answer.form, *answer.said):
        faults.append(f"a yes did not lead to {YES[state.offer]}")
    return faults


def answer_from(tracker: Mapping[str, Any], message_id: str) -> Answer:
    """The answer to one message, from Rasa's tracker."""
    answer = Answer(
        form=(tracker.get("active_loop") or {}).get("name"), slot=(tracker.get("slots") or {}).get("requested_slot")
    )
    is_it = False
    for event in tracker.get("events") or []:
        if event["event"] == "user":
            is_it = (event.get("metadata") or {}).get("message_id") == message_id
        elif event["event"] == "bot" and is_it:
            name = (event.get("metadata") or {}).get("utter_action")
            data = event.get("data") or {}
            if name:
                answer.said.append(name)
            question = name == f"utter_ask_{answer.form}_{answer.slot}"
            answer.way_on |= bool(data.get("buttons") or (data.get("custom") or {}).get("handoff") or question)
    return answer
