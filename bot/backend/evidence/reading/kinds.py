"""What kind of page it is, by the labels and sentences that stand on it. Pure."""

import re
import statistics
from collections.abc import Sequence

from bot.backend.evidence.reading.labels import Field, plain
from bot.backend.evidence.reading.layout import Layout
from bot.backend.evidence.reading.model import Kind, Word
from bot.backend.evidence.reading.values import is_foreign_number, is_number, ordered, transaction_of
from bot.backend.payments.numbers import Channel, channel_of_number


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WECHAT = _names("当前状态 商户全称 交易单号 商户单号 账单服务 对订单有疑惑 发起群收款 在此商户的交易 申请电子凭证")
# Labels that no shop's order page has.
_ALIPAY_ONLY = _names("清算机构 收款方全称 商家订单号 商户订单号 账单管理 账单分类 交易号")
_ALIPAY = _ALIPAY_ONLY | _names(
    "付款方式 商品说明 创建时间 标签和备注 标签 账单详情 对此订单有疑问 查看往来记录 申请电子回单 支付宝交易号"
)
_ORDER = _names(
    "订单状态 订单号 订单编号 订单详情 下单时间 创建时间 数量 商品 商品名称 商品信息 充值账号 充值号码 订单金额 "
    "金额 价格 总价 合计 实付 状态 支付状态 "
    "实付金额 支付金额 实付款 支付方式 付款时间 支付时间 发货方式 到账时间 卡密 卡号 再次购买 联系客服"
)
# Words of a shop that sells credit; another shop's order page has none of them.
_TOPUP = re.compile(r"充值|点卡|点券|卡密|直充|话费|会员|到账|Q币")
_WRONG = re.compile(
    r"(?:支付|交易|充值|付款|扣款|下单|提交|操作|处理)(?:失败|异常|超时|未完成|受限|被拒绝|被拦截).{0,14}|账[户号]异常.{0,14}"
    r"|(?:系统|网络|服务器?|(?:支付)?[渠通]道)(?:繁忙|异常|错误|超时|不给力|维护).{0,14}|(?:账[户号])?余额不足.{0,14}"
    r"|(?:请求|连接)超时.{0,14}|库存不足.{0,14}|订单(?:不存在|异常|已过期|已关闭|超时).{0,14}"
)
_ORDER_TITLES = ("订单详情", "订单查询", "我的订单", "订单信息")
# An error page may name the order, the sum and the time; it is not yet an order page.
FEW = 4
FEWEST = 3


def kind_of(layout: Layout, words: Sequence[Word]) -> Kind:
    """One kind; NOT_A_BILL when nothing else has enough for it."""
    if layout.of(Field.TRANSFER) or any(is_foreign_number(word.text) for word in words):
        return Kind.NOT_A_BILL
    names = layout.names
    wechat, alipay, order = len(names & _WECHAT), len(names & _ALIPAY), len(names & _ORDER)
    channels = {channel_of_number(number) for pair in layout.pairs if (number := transaction_of(pair.text))}
    if (channels == {Channel.WECHAT} and wechat >= 2) or (wechat >= FEWEST and wechat > alipay):
        return Kind.WECHAT_BILL
    # A few of Alipay's labels stand on order pages too.
    without_number = alipay > FEWEST and alipay > wechat and names & _ALIPAY_ONLY
    if (channels == {Channel.ALIPAY} and alipay >= 2) or without_number:
        return Kind.ALIPAY_BILL
    wrong = error_of(words)
    if wrong and order <= FEW and not any(plain(word.text) in _ORDER_TITLES for word in words):
        return Kind.ERROR_PAGE
    if order >= FEWEST and _is_our_order(layout, words):
        return Kind.ORDER_PAGE
    return Kind.NOT_A_BILL


def _is_our_order(layout: Layout, words: Sequence[Word]) -> bool:
    numbers = [pair.text for pair in layout.of(Field.ORDER_NO)]
    if any(ordered(each) for each in numbers):
        return True
    return any(is_number(each) for each in numbers) and any(_TOPUP.search(word.text) for word in words)


def error_of(words: Sequence[Word]) -> str | None:
    """The sentence of an error page: large, or a little larger and centred like the rest, unlike the same in a chat."""
    wrong = [word for word in words if _WRONG.fullmatch(plain(word.text).rstrip("!。."))]
    others = [word for word in words if word not in wrong]
    if not others:
        return None
    usual = statistics.median(word.height for word in others)
    near = 0.02 * max((word.right for word in words), default=0.0)
    for word in sorted(wrong, key=lambda each: -each.height):
        # Bubbles of a chat share an edge, so that those of about one middle are of about one width too.
        central = any(abs(word.centre - o.centre) < near and abs(word.width - o.width) > 4 * near for o in others)
        if word.height > (1.03 if central else 1.25) * usual:
            return plain(word.text)
    return None
