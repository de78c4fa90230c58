"""A conversation of the real helpdesk is recorded, at the desk and from the databases; the recording is played."""

from pathlib import Path

from bot.qa.desk import DeskAgent
from bot.qa.model import Script
from bot.qa.record import faults_of, record
from bot.qa.report import failure_of
from bot.qa.runner import Performance, Result
from bot.qa.scripts import load_vocabulary, read_scripts
from tests.system.people import Town

PLAYED = """\
name: 付款、截图、人工、到账
given: {order: CALLBACK_MISSING, language: zh}
turns:
- customer: 我叫王小二，付了 {amount} 元没到账，{order_no}，电话 1391234{phone_tail}，查询密码：abc12345
  bot: [utter_secret_redacted, utter_order_facts, utter_diagnosis_callback_missing, utter_next_report]
- customer: {picture: {page: wechat_bill, without: [transaction_no, merchant_no]}}
  bot: [utter_picture_read, utter_picture_enough, utter_next_report]
- customer: {button: 提交工单}
  bot: [utter_ask_report_form_report_confirmed]
- customer: {button: 提交}
  bot: [utter_ticket_opened]
- event: {type: order.updated, state: PAID}
  wait_for: [utter_news_payment_confirmed]
- agent: {do: wait, waiting_for: customer, text: 请告诉我游戏区服}
  wait_for: [utter_news_question]
- customer: 艾欧尼亚一区
  bot: [utter_reply_sent]
- customer: 转人工
  bot: [utter_request_human, utter_handoff_away]
- desk: {do: claim}
- desk: {do: reply, text: 我来处理}
- customer: 麻烦了
  bot: []
- desk: {do: hand_back, note: 已补发}
  wait_for: [utter_handed_back_order, utter_ticket_status, utter_ticket_answered]
- agent: {do: resolve, text: 已经补发}
  wait_for: [utter_news_reply, utter_news_resolved]
- customer: 到了，谢谢
  bot: [utter_arrived_rate]
then: {owner: bot, tickets: 1}
"""


def script_in(folder: Path, text: str) -> Script:
    path = folder / "played.yml"
    path.write_text(text, encoding="utf-8")
    (script,) = read_scripts(path, load_vocabulary())
    return script


async def play(town: Town, script: Script) -> tuple[Result, str, dict[str, str]]:
    """The result, the conversation, and what its customer had to tell."""
    order = await town.desk.order_for(script.order or "")
    performance = Performance(town.house, script, order)
    result = await performance.play()
    return result, performance.conversation_id, {name: str(order[name]) for name in ("order_no", "phone_tail")}


async def test_a_recording_passes_and_holds_nothing_of_the_customer(town: Town, tmp_path: Path):
    result, conversation_id, told = await play(town, script_in(tmp_path, PLAYED))
    assert result.passed, failure_of(result)
    text = record(town.stack.settings, conversation_id)
    assert faults_of(text) == []
    for theirs in (*told.values(), "1391234", "王小二", "abc12345"):
        assert theirs not in text
    desk = DeskAgent(town.house.session, town.stack.settings)
    assert await desk.read(f"/conversations/{conversation_id}/test") == text

    recorded = script_in(tmp_path, text)
    played = script_in(tmp_path, PLAYED)
    assert [(each.act.kind, each.bot) for each in recorded.turns] == [
        (each.act.kind, each.bot) for each in played.turns
    ]
    again, _, _ = await play(town, recorded)
    assert again.passed, failure_of(again)
