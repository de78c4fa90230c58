"""Everything that the staff reads in the topics, in Chinese and English; customers never get any of it."""

from typing import Any

# Name: Chinese, English.
WORDS = {
    # What stands before a message.
    "customer": ("👤 {name}", "👤 {name}"),
    "a_customer": ("客户", "Customer"),
    "bot": ("🤖 机器人", "🤖 Bot"),
    "agent": ("💬 {name}（工作台）", "💬 {name} (desk)"),
    "system": ("ℹ️ 系统", "ℹ️ System"),
    "note": ("📝 内部备注 · {name}", "📝 Private note · {name}"),
    "edited": ("（改过）", " (edited)"),
    "picture": ("［图片］", "[picture]"),
    "picture_gone": ("［图片不再保存］", "[the picture is no longer kept]"),
    "cut": ("…（全文见工作台）", "… (the whole text is at the desk)"),
    "again": ("（可能是第二次发送）", "(this may be here twice)"),
    # The history.
    "handed_off": ("转人工：{reason}", "Handed to a person: {reason}"),
    "booked": ("非工作时间，已为客户预约", "Out of hours: the case was booked"),
    "claimed": ("{by} 接入了会话", "{by} claimed the conversation"),
    "taken_over": ("{by} 接管了会话", "{by} took over"),
    "stepped_in": ("{by} 介入了会话", "{by} stepped in"),
    "transferred": ("{by} 转给 {to}", "{by} transferred to {to}"),
    "handed_back": ("{by} 交还给机器人", "{by} handed back to the bot"),
    "resolved": ("{by} 标记为已解决", "{by} resolved the conversation"),
    "reopened": ("{by} 重新打开了会话", "{by} reopened the conversation"),
    "lost": ("{by} 长时间未回，会话回到队列", "{by} was silent for too long; back to the queue"),
    "unreachable": (
        "Telegram 上联系不到客户：对方屏蔽了机器人",
        "The customer cannot be reached: the bot is blocked there",
    ),
    "reachable": ("客户又可以联系到了", "The customer can be reached again"),
    "undelivered": ("一条消息没能发给客户，可在工作台重试", "A message was not delivered; try again at the desk"),
    "edit_refused": (
        "客户那边的消息没能改过来",
        "The customer's copy of an edited message could not be changed",
    ),
    # The card.
    "card": ("🔔 交接卡", "🔔 Handover"),
    "why": ("原因", "Reason"),
    "who": ("客户", "Customer"),
    "channel": ("渠道", "Channel"),
    "web": ("网页", "web"),
    "order": ("订单号", "Order"),
    "product": ("商品", "Product"),
    "asked": ("客户原话", "Asked"),
    "told": ("已问到", "Told"),
    "checked": ("已核对", "Checked"),
    "diagnosis": ("诊断", "Diagnosis"),
    "priority": ("优先级", "Priority"),
    "low": ("低", "low"),
    "normal": ("普通", "normal"),
    "high": ("高", "high"),
    "urgent": ("紧急", "urgent"),
    "how": (
        "在本话题直接回复即答复客户，先答者接入。{commands}",
        "Write here to answer; the first answer claims. {commands}",
    ),
    "commands": (
        "/note 内部备注　/bot 交还机器人　/close 解决　/reopen 重开　/who 现状",
        "/note private note, /bot hand back, /close resolve, /reopen, /who state",
    ),
    # The menu in the group.
    "menu_note": ("写内部备注", "Write a private note"),
    "menu_who": ("处理人、等待、订单、工单", "Owner, wait, order, ticket"),
    "menu_bot": ("交还给机器人", "Hand back to the bot"),
    "menu_close": ("解决会话", "Resolve"),
    "menu_reopen": ("重新打开", "Reopen"),
    # Answers to who wrote in the group.
    "link_first": (
        "没有发给客户：这个 Telegram 账号还没有绑定客服账号。请管理员运行 python -m bot accounts link 用户名，"
        "再私聊机器人 /link 绑定码。（匿名管理员请先关闭匿名。）",
        "Nothing went to the customer: this Telegram account is not linked. Have `python -m bot accounts link NAME` "
        "run, then send /link CODE to the bot in private. (Anonymous admins: stop being anonymous first.)",
    ),
    "linked": ("已绑定客服账号 {name}。", "Linked to the account {name}."),
    "link_failed": ("绑定码不对或已过期。", "The code is wrong or has expired."),
    "link_later": ("试得太多了，请稍后再试。", "Too many tries; wait a little."),
    "owned": ("没有发给客户：{name} 正在处理。/note 可写备注。", "Not sent: {name} is on it. /note writes a note."),
    "owned_action": ("没有改动：{name} 正在处理。", "Nothing was changed: {name} is on it."),
    "is_resolved": ("没有发给客户：会话已解决，请先 /reopen。", "Not sent: this is resolved. /reopen first."),
    "already": ("已经是这样了。", "It is so already."),
    "empty_note": ("用法：/note 备注内容", "Usage: /note and the text"),
    "unknown": ("没有这个命令，没有发给客户。{commands}", "No such command; nothing was sent. {commands}"),
    "unreadable": ("没有发给客户：只能发文字和图片。", "Not sent: only texts and pictures reach the customer."),
    "picture_failed": ("没有发给客户：这张图片收不下来。", "Not sent: this picture could not be taken."),
    "not_changed": (
        "没有改到客户那边：只能改您自己发给客户的消息。",
        "Nothing was changed for the customer: only your own messages can be.",
    ),
    "corrected": ("客户那边不能改原消息，已另发更正。", "The customer's copy cannot be edited: a correction was sent."),
    # /who
    "owner_bot": ("机器人", "the bot"),
    "owner_queue": ("排队中，还没有人接入", "nobody yet, in the queue"),
    "state_resolved": ("已解决", "resolved"),
    "owner": ("处理人", "Owner"),
    "wait": ("客户已等", "Waiting for"),
    "minutes": ("{count} 分钟", "{count} min"),
    "no_wait": ("不在等待", "not waiting"),
    "ticket": ("工单", "Ticket"),
    "none": ("无", "none"),
    "colon": ("：", ": "),
}  # fmt: skip


def say(sentence: str, language: str, /, **values: Any) -> str:
    """A sentence with its blanks filled."""
    return WORDS[sentence][language != "zh"].format(**values)


def word(code: str, language: str, *books: dict[str, tuple[str, str]]) -> str:
    """The word for a code; else the code itself, which is better than nothing."""
    return next((book[code][language != "zh"] for book in books if code in book), code)
