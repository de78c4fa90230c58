"""Runs in Python 3.10 inside the Rasa server: how a message is cleaned and cut into words (standard library only)."""

import re
import unicodedata
from typing import List

# Traditional characters that customers use in this domain, each with its simplified form.
_TRADITIONAL = (
    "賬账帳账帐账冲充沖充衝充錢钱單单號号碼码戶户實实證证認认凍冻結结風风險险費费話话員员會会點点遊游戲戏"
    "卡卡級级時时間间個个們们為为麼么這这還还沒没過过來来說说請请問问請请退退訂订購购買买賣卖貨货發发"
    "寶宝銀银行行餘余額额額额筆笔轉转匯汇進进處处理理聯联繫系絡络網网頁页電电腦脑機机屬属務务"
    "業业專专員员訴诉舉举報报騙骗樣样幾几歲岁愛爱對对錯错當当開开關关閉闭應应該该誰谁讓让給给"
    "從从後后動动東东車车門门見见覺觉聽听講讲讀读寫写學学習习題题體体驗验嗎吗呢呢啊啊現现"
    "顯显示示態态狀状異异常常無无法法書书長长氣气熱热愛爱謝谢歡欢壞坏兩两條条張张歸归嚴严"
    "裡里裏里麵面啟启誤误遲迟慢慢連连線线數数據据變变換换種种類类選选擇择項项儲储值值滿满價价"
    "獎奖優优惠惠辦办須须標标準准確确鎖锁註注冊册綁绑記记憶忆傳传圖图視视頻频國国際际語语雲云"
    "緊紧急急煩烦麻麻幫帮趕赶讚赞嗯嗯尋寻詢询檢检測测試试測测審审覈核覆复複复撥拨總总"
    "靠靠譜谱團团隊队場场區区廣广費费賠赔償偿偽伪釣钓魚鱼貼贴視视獲获積积"
)
_TO_SIMPLIFIED = {ord(a): b for a, b in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2]) if a != b}
# Usual slips of the keyboard that sound the same.
_HOMOPHONES = (
    ("登陆", "登录"),
    ("到涨", "到账"),
    ("道账", "到账"),
    ("充直", "充值"),
    ("从值", "充值"),
    ("克服", "客服"),
    ("课服", "客服"),
    ("投述", "投诉"),
    ("订丹", "订单"),
    ("定单", "订单"),
    ("退宽", "退款"),
    ("咋么", "怎么"),
    ("肿么", "怎么"),
    ("啥时", "什么时"),
    ("木有", "没有"),
    ("米有", "没有"),
    ("蟹蟹", "谢谢"),
    ("任工", "人工"),
    ("神马", "什么"),
    ("扣宽", "扣款"),
    ("付宽", "付款"),
)
_LONG_NUMBER = re.compile(r"[a-z]{0,8}\d[\d\- ]{8,}\d|[a-z0-9]*\d[a-z0-9]*\d[a-z0-9]{6,}")
_MONEY = re.compile(
    r"[¥￥$]\s?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*\s?(?:元|块钱|块|万|yuan|rmb|cny|usd|dollars?|bucks|euros?|pounds?|rs\b|inr)"
)
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_MASKED = re.compile(r"\*{2,}|\[[^\[\]]{1,4}x\]")
_REPEATED = re.compile(r"(.)\1{2,}")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*|[\u3400-\u9fff]|[①-⑳\d]+|[^\s\w]|\w")
_OPENING = re.compile(
    r"(?:(?:你好|您好|哈喽|请问(?:一下|下)?|亲|在[吗么]|(?:早上|上午|中午|下午|晚上)好|问一下|想问(?:一?下)?|我想(?:问|了解)(?:一?下)?|"
    r"麻烦问下)[呀啊哈,，。.!！?？~ ]*)+"
    r"|(?:(?:hi+|hello|hey+|good (?:morning|evening|afternoon)|there|please|sir|madam|dear|team|excuse me|"
    r"(?:can|could) you (?:please )?tell me|i (?:want|would like|need) to (?:know|ask)|i was wondering|(?:may|can) i know)\b[,.!? ]*)+"
)
_CLOSING = re.compile(
    r"[,，.。!！~ ]*(?:(?:谢谢|多谢|感谢|谢了|麻烦了|辛苦了|拜托了)[你您啦了哈亲呀]*"
    r"|\b(?:(?:many )?thanks|thank (?:you|u)|thx|thnx|ty)\b(?: (?:so much|very much|a lot|in advance|sir))?)[.。!！~ ]*$"
)
# What a number is replaced by: the kind matters for the meaning, the digits do not.
LONG, MONEY, NUMBER = "①", "②", "③"


def normalise(text: str) -> str:
    """Lower case, half width, simplified characters, one space; numbers become ① (long), ② (money) or ③."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_TO_SIMPLIFIED)
    text = text.replace("’", "'").replace("`", "'")
    for wrong, right in _HOMOPHONES:
        text = text.replace(wrong, right)
    text = _MASKED.sub(NUMBER, text)
    text = _MONEY.sub(MONEY, text)
    text = _LONG_NUMBER.sub(LONG, text)
    text = _DIGITS.sub(NUMBER, text)
    text = _REPEATED.sub(r"\1\1", text)
    return _SPACE.sub(" ", text).strip()


def subject_of(text: str) -> str:
    """A normalised text without its polite beginning and end; what is hardly more than a greeting or thanks stays whole."""
    opening = _OPENING.match(text)
    if opening and _says_something(text[opening.end() :]):
        text = text[opening.end() :]
    closing = _CLOSING.search(text)
    if closing and _says_something(text[: closing.start()]):
        text = text[: closing.start()]
    return text


def _says_something(text: str) -> bool:
    return len(text) >= 3 if is_chinese(text) else len(text.split()) >= 3


def words(text: str) -> List[str]:
    """The pieces of a normalised text: Latin words, single Chinese characters, marks."""
    return _WORD.findall(text)


def is_chinese(text: str) -> bool:
    """Whether the text has a Chinese character; brand names in Latin letters do not make a sentence English."""
    return any("\u3400" <= c <= "\u9fff" for c in text)
