"""What a typed sentence surely means, whatever intent was guessed for it (pure).

The classifier guesses. Where a wrong guess would skip a question, cancel a report or leave a worry about money without
an answer, the words themselves are looked at as well. A pattern that misses costs one question more.
"""

import re
import unicodedata


def _has(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_NOT_CHARGED = _has(
    r"(?:没有?|未|沒有?)(?:被|给|有)?(?:扣|划走|出账)",
    r"钱(?:还在|没少|没动)",
    r"(?:not|n't|never|without being)\s(?:been\s|get\s|got\s)?(?:charged|debited|deducted)",
    r"(?:no|n't take any|not take any)\s(?:money|charge)",
)
_STILL_CHARGED = _has(
    r"[?？吗]",
    r"(?:是不是|有没有|是否)",
    r"但|可是|到账|退",
    r"\b(?:but|received|arrived|credited|refund|back)\b",
)
_UNKNOWN = _has(
    r"(?:找|查|看|记|搞|弄|分)不(?:到|了|见|清|得|起|着|住)",
    r"不(?:知道|晓得|清楚|记得|确定|懂|会看|太清楚)",
    r"没(?:有|找到|看到|记住?|留|存|了|$)",
    r"忘|丢了|跳过|删[了除]",
    r"^(?:无|没|略过|不详|不会|都?不是)$",
    r"\b(?:no idea|not sure|unknown|none|skip|forgot(?:ten)?|lost|deleted|nothing|nope|no)\b",
    r"\b(?:can(?:not|'?t)|could(?:n'?t| not)|do(?:n'?t| not)|did(?:n'?t| not)|have(?:n'?t| not))\s(?:\w+\s)?"
    r"(?:find|see|know|have|remember|recall|got|get)\b",
)
_ABOUT_DELIVERY = _has(r"到[账帐賬]|收到|发货|扣[款钱]", r"\b(?:arrived|received|delivered|charged|credited)\b")
_REFUSAL = _has(
    r"^(?:不|别|否|不是|算了?|不了|没事了?)(?:[吧啊呀哦了呢]|$|[,，。.!！\s])",
    r"取消|撤[回销]|算了|先不|(?:等|下)再",
    r"不(?:要|用|想|需要|必|提交|发|交)",
    r"别(?:提交|发|交|急)",
    r"\b(?:no|nope|nah|cancel|stop|don'?t|do not|not now|not yet|never ?mind|forget it|later)\b",
)
_ABOUT_US = _has(
    r"(?:你们?|这里?|这个|这边|平台|网站|聊天|客服)\S{0,6}(?:安全|靠谱|可靠|正规|可信|骗|是真的|真人|官方)\S{0,3}[吗么不嘛?？]",
    r"^(?:你们?|这里?|这个|这边|平台|网站)\S{0,6}骗\S{0,3}吧[?？!！。]*$",
    r"(?:安全|靠谱|正规|可信|放心)[吗么不嘛]",
    r"泄[露漏]|隐私|信息安全|盗[号刷]",
    r"(?:为什么|为啥|干嘛|凭什么|怎么)\S{0,4}(?:要|问)\S{0,8}(?:手机|电话|尾号|号码|信息|订单号|单号)",
    r"(?:要|问)\S{0,6}(?:手机|电话|尾号|号码|信息|订单号|单号)\S{0,3}(?:干[嘛吗啥什]|做什么|什么用)",
    r"\b(?:is|are)\s(?:this|it|you|that)\s(?:\w+\s){0,3}"
    r"(?:safe|secure|legit|legitimate|trustworthy|real|a scam|scam|genuine|official)",
    r"\b(?:can|should) i\s(?:\w+\s)?trust\b",
    r"\b(?:privacy|phishing|leak(?:ed)?|personal data)\b",
    r"\bwhy (?:(?:do|would|should|are) (?:you|i|u) )?(?:\w+\s){0,3}(?:need|want|give|ask|asking|share)\b",
)
_ABOUT_BOT = _has(
    r"你(?:们|这)?(?:到底|究竟)?(?:是不是|是)(?:一?[个位])?(?:ai|机器人?|真人|活人|人工(?:智能|客服)?|自动回复)(?:[吗么吧嘛?？]|$)",
    r"你(?:是谁|叫(?:什么|啥)|(?:都|还)?[能会](?:帮我)?(?:干[嘛吗啥]|[干做]什么))",
    r"^(?:\w+,? )?(?:are|r) (?:you|u) (?:really |actually |just |even )?(?:an? )?(?:real |live |actual )?"
    r"(?:bot|robot|chatbot|machine|ai|human|person)\b",
    r"\b(?:am i|is this) (?:\w+ (?:to|with) )?(?:an? )?(?:bot|robot|chatbot|machine|ai)\b",
    r"\bwho are (?:you|u)\b|\bwhat can (?:you|u) do\b|\bwhat(?:'s| is) your name\b",
)
_WANTS = _has(
    r"转|找|换|接|(?:我|给)\S?要|给我|不是人",
    r"\b(?:give|get|want|need|transfer|connect|speak|let me|not an?)\b",
)
_OTHER_CAUSE = _has(
    r"[还有]\S{0,3}(?:别的|其[他它]|另外的?)\S{0,3}(?:原因|可能)\S{0,2}[吗么不嘛?？]",
    r"\bwhat else (?:could|can|might|may) (?:it|this|that) be\b",
    r"\b(?:any|some|an)?\s?other (?:possible )?(?:reasons?|causes?|explanations?|possibilit(?:y|ies))\b|"
    r"\bcould it be (?:some|any)thing else\b|\banother (?:possible )?(?:reason|cause|explanation)\b",
)
_HURRY = _has(
    r"快一?[点些](?!了|击|开)|加急|催[一催]|等着用|急[着等]?用|急急|十万火急",
    r"\b(?:hurry|faster|quick(?:er|ly)|urgent(?:ly)?|asap|speed (?:it )?up)\b",
)
_TELLS_PROBLEM = _has(r"[没未不钱]|扣|退|人", r"\b(?:not?|paid|money|refund|human|person|agent)\b|n't\b")
_WHAT_NOW = re.compile(
    r"(?:那|所以)?[我咱]?(?:现在|接下来|然后|该|要)*(?:怎么办|咋办|做什么|呢)[啊呀呢]?[\s?？。!！]*|"
    r"(?:so |and |ok(?:ay)?,? )?(?:what (?:now|next|then)|now what|then what|what (?:should|do) i do(?: now)?)[\s?.!]*"
)
_NOT_UNDERSTOOD = re.compile(
    r"(?:你|您|这|那|我|啊|嗯|额|呃|[,，\s])*(?:(?:是|说的)*(?:什么|啥)意思|(?:在)?(?:说|讲)(?:什么|啥)|"
    r"(?:都|完全|根本|有点|还是|真)*[看听]?[不没](?:太)?(?:[看听]?[懂明]白?|明白|理解))[啊呀呢了]?[\s?？。!！.]*|"
    r"(?:sorry,? |um+,? |huh,? )?(?:what do (?:you|u) mean|what does (?:that|this|it) mean|"
    r"i (?:do not|don'?t|didn'?t|cannot|can'?t) (?:really )?(?:understand|follow)(?: (?:you|this|that|it))?|"
    r"what|huh|(?:sorry|pardon)(?=\s?\?))\s*(?:by (?:that|this))?[\s?.!]*"
)
_ADDS = _has(
    r"补充(?!包)|再?加[个点条]\S{0,3}(?:说明|信息|内容|材料)", r"\badd (?:\w+ )?(?:something|details?|more|info\w*)\b"
)
_PAY_AGAIN = _has(
    r"(?:再|重新|重复)\S{0,2}(?:付|支付|充|买|下单|交钱|转)\S{0,8}(?:吗|么|行不|可以|能不能|[?？])",
    r"(?:可以|能不能|能|要不要|需要|是不是要|该不该)\S{0,4}(?:再|重新)\S{0,2}(?:付|支付|充|买|下单)",
    r"\b(?:can|should|may|shall|do|must|could) i\b.{0,20}\b(?:pay|order|try|buy|top ?up|recharge)\b.{0,12}"
    r"\b(?:again|once more|another|a second)",
    r"\b(?:pay|order|buy) again\?",
)
_HOW_LONG = _has(
    r"多久|多长时间|何时|猴年马月",
    r"几(?:天|个?小时|分钟)(?:能|才|内|会|可以)",
    r"(?:什么|啥)时候(?:能|会|可以|才|到|处理|解决|回|好|有)",
    r"要等到?(?:多|几|什么|啥)",
    r"\bhow (?:long|soon|many (?:hours|days|minutes))\b",
    r"\bwhen (?:will|can|do|does|would|should)\b.{0,40}"
    r"(?:\?|arrive|credited|reply|solved|fixed|answer|back|done|come|get|receive)",
    r"\beta\b",
)
_PICTURE_COMING = _has(
    r"(?:发|传|给你看|贴|补)\S{0,6}(?:截图|图片|照片|凭证|图)",
    r"(?:截图|图片|照片|凭证)\S{0,4}(?:发|传|给你|怎么给)",
    r"^(?:我?[有去先]?)?截(?:个|张|一?下)?图",
    r"\b(?:send|sending|upload|uploading|attach|attaching|share|sharing|show|post|have)\b.{0,20}"
    r"\b(?:screen ?shots?|pictures?|photos?|images?|proof|pics?)\b",
)
_HUMAN = _has(
    r"人工|客服|[真活找个有的]人|人[呢吗嘛]|转[接人]|接线|专员|经理|领导|老板|主管|坐席|电话",
    r"\b(?:human|person|people|agent|some(?:one|body)|any(?:one|body)|representative|rep|staff|operator|support|manager|"
    r"supervisor|advisor|real|service|talk|speak|call|live|transfer|connect|bot|robot)\b",
)
_TICKET = _has(
    r"(?:查|看|问)\S{0,4}(?:工单|进度)|(?:工单|进度)\S{0,6}(?:怎么样|如何|呢|到哪|什么|[吗?？])|tk\d{6}",
    r"\b(?:check|where|status|progress|how|any (?:updates?|news))\b.{0,20}\b(?:ticket|case)\b",
)
_SURELY_UNKNOWN = _has(
    r"忘|记不|不(?:记得|知道|清楚|晓得)|(?:找|查|看)不到",
    r"\b(?:no idea|not sure|forgot(?:ten)?|can(?:not|'?t) (?:find|see|remember)|do(?:n'?t| not) (?:know|remember))\b",
)
_ORDER_NUMBER = _has(r"单号|订单编号", r"\border (?:numbers?|no|id)\b")
_CORRECTION = _has(
    r"不对|错了|改|更正|换成|不是|应该",
    r"\b(?:wrong|change|correct|instead|actually|not right|should be|edit|mistake|fix)\b",
)
_PUT_OFF = _has(
    r"先不|不[回了用]|算了|取消|(?:等|下|回头|晚点|以后)\S{0,2}再|再说",
    r"\b(?:not now|not yet|never ?mind|cancel|later|forget it|no,? thanks|no,? thank you)\b",
)
_COURTESY = re.compile(
    r"(?:好的|好|嗯+|行|ok(?:ay)?)?[\s,，。!！]*"
    r"(?:(?:非常|太|十分|多)?(?:谢谢|感谢|谢|辛苦)(?:[你您亲]|[了啦哈呀啊])*|(?:您|你)好[呀啊]?|在吗|在不在|哈[喽啰]|"
    r"(?:many )?(?:thanks|thank (?:you|u)|thx|ty)(?: (?:a lot|so much|very much|again))?|hi|hello|hey)"
    r"[\s,，。!！~～]*"
)
_FIRST_ORDER = _has(r"第一[个笔单]|最[开早]始?的?那?[个笔]", r"\bfirst (?:one|order)\b")
_OTHER_ORDER = _has(
    r"(?:第[二2]|另外?一|另外|[其那]他|还有一)个?的?那?[个笔单订]", r"\b(?:second|other|another|next) (?:one|order)\b"
)
_ORDER_BEFORE = _has(
    r"(?:上|前)[一面]?那?[个笔单]|刚才[那的][个笔单]|(?:之前|原来)那[个笔单]",
    r"\b(?:previous|earlier|last|other|former) (?:one|order)\b",
)


def normal_line(text: str) -> str:
    """One spelling: NFKC, lower case, straight apostrophes."""
    return unicodedata.normalize("NFKC", text).lower().replace("’", "'").strip()


def is_wordless(text: str) -> bool:
    """Only signs, such as `。`, `???` or emoji."""
    return not any(each.isalnum() for each in text)


def is_brief(text: str) -> bool:
    """A word or two; a remark on its own is longer."""
    line = normal_line(text)
    return len(line.split()) <= 5 if line.isascii() else len(line) <= 8


def is_courtesy(text: str) -> bool:
    """Thanks or a greeting, and nothing besides."""
    return bool(_COURTESY.fullmatch(normal_line(text)))


def puts_off(text: str) -> bool:
    """The customer would rather not answer now; a bare no is an answer."""
    return is_brief(text) and bool(_PUT_OFF.search(normal_line(text)))


def says_not_charged(text: str) -> bool:
    """A plain "no money was taken", not a question about it and not "no refund"."""
    line = normal_line(text)
    return bool(_NOT_CHARGED.search(line)) and not _STILL_CHARGED.search(line)


def says_unknown(text: str) -> bool:
    """The customer does not have or know what was asked for; "没到账" is a problem, no missing answer."""
    line = normal_line(text)
    return bool(_UNKNOWN.search(line)) and not _ABOUT_DELIVERY.search(line)


def surely_says_unknown(text: str) -> bool:
    """The same in words that mean nothing else, whatever intent was guessed."""
    return bool(_SURELY_UNKNOWN.search(normal_line(text))) and says_unknown(text)


def names_human(text: str) -> bool:
    return bool(_HUMAN.search(normal_line(text)))


def names_order_number(text: str) -> bool:
    """The sentence is about the number itself, whatever became of the order."""
    return bool(_ORDER_NUMBER.search(normal_line(text)))


def asks_for_ticket(text: str) -> bool:
    """A plain question for a ticket or its progress."""
    return bool(_TICKET.search(normal_line(text)))


def is_refusal(text: str) -> bool:
    """A no to what was proposed."""
    return bool(_REFUSAL.search(normal_line(text)))


def asks_about_us(text: str) -> bool:
    """Whether this chat can be trusted, or why it asks what it asks."""
    return bool(_ABOUT_US.search(normal_line(text)))


def asks_to_pay_again(text: str) -> bool:
    return bool(_PAY_AGAIN.search(normal_line(text)))


def asks_how_long(text: str) -> bool:
    """How long it takes, or a few words that it should be faster and that tell nothing else."""
    line = normal_line(text)
    hurries = is_brief(text) and bool(_HURRY.search(line)) and not _TELLS_PROBLEM.search(line.replace("能不能", ""))
    return hurries or bool(_HOW_LONG.search(line))


def asks_about_bot(text: str) -> bool:
    """Who or what is answering here; not the wish for a person."""
    line = normal_line(text)
    return bool(_ABOUT_BOT.search(line)) and not _WANTS.search(line)


def asks_for_other_cause(text: str) -> bool:
    """What it could be besides the cause that was named."""
    return bool(_OTHER_CAUSE.search(normal_line(text)))


def asks_what_now(text: str) -> bool:
    """What is to be done next."""
    return bool(_WHAT_NOW.fullmatch(normal_line(text)))


def asks_meaning(text: str) -> bool:
    """What was said last was not understood."""
    return bool(_NOT_UNDERSTOOD.fullmatch(normal_line(text)))


def wants_to_add(text: str) -> bool:
    """There is more to say for the ticket."""
    return is_brief(text) and bool(_ADDS.search(normal_line(text)))


def announces_picture(text: str) -> bool:
    return bool(_PICTURE_COMING.search(normal_line(text)))


def is_correction(text: str) -> bool:
    """Something said before was wrong."""
    return bool(_CORRECTION.search(normal_line(text)))


def names_other_order(text: str) -> bool:
    return bool(_OTHER_ORDER.search(normal_line(text)))


def earlier_order(text: str) -> int | None:
    """Which of the orders of this chat is meant, as an index: the first or the one before; None when none is named."""
    line = normal_line(text)
    if _FIRST_ORDER.search(line):
        return 0
    return -1 if _ORDER_BEFORE.search(line) else None
