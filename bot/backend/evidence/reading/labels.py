"""The labels of bills and order pages, and what their values are. Pure."""

import re
import unicodedata
from enum import StrEnum, auto
from typing import NamedTuple


class Field(StrEnum):
    """What a label announces."""

    STATUS = auto()
    PAID_AT = auto()
    CREATED_AT = auto()  # of an Alipay payment as good as its time, of an order not
    AMOUNT = auto()
    PRICE = auto()  # before a coupon
    TRANSACTION_NO = auto()
    MERCHANT_NO = auto()
    ORDER_NO = auto()  # on an Alipay bill this is the transaction
    PAYEE = auto()
    METHOD = auto()
    PRODUCT = auto()
    TRANSFER = auto()  # stands only on payments from person to person
    SECRET = auto()  # a card's code or password, which is never read
    OTHER = auto()
    HEADING = auto()  # has no value


_LABELS: dict[Field, str] = {
    Field.STATUS: "当前状态 订单状态 交易状态 支付状态 状态",
    Field.PAID_AT: "支付时间 付款时间 交易时间 支付完成时间",
    Field.CREATED_AT: "创建时间 下单时间 订单时间 提交时间 创建日期",
    Field.AMOUNT: "实付金额 支付金额 付款金额 实付款 实付 实际支付 交易金额 应付金额 应付 金额",
    Field.PRICE: "订单金额 商品总价 商品金额 总价 合计 单价 价格 原价",
    Field.TRANSACTION_NO: "交易单号 交易号 支付单号 支付流水号 交易流水号 支付宝交易号 微信支付单号 交易订单号",
    Field.MERCHANT_NO: "商户单号 商家订单号 商户订单号",
    Field.ORDER_NO: "订单号 订单编号 订单号码 平台订单号 充值订单号",
    Field.PAYEE: "商户全称 收款方全称 收款方 商户名称 商家名称",
    Field.METHOD: "支付方式 付款方式 支付渠道",
    Field.PRODUCT: "商品 商品说明 商品名称 商品信息 订单名称 订单内容",
    Field.TRANSFER: "转账单号 转账时间 转账说明 转账备注 对方账户 对方账号 收款时间 收款方备注 付款方留言 收款理由 "
    "转账附言 红包详情",
    Field.SECRET: "卡密 卡号 密码 卡号密码 兑换码 激活码 充值码 查询密码 卡密信息 银行卡号 身份证号",
    Field.OTHER: "收单机构 清算机构 账单分类 标签和备注 标签 备注 优惠 红包 积分 计入收支 数量 充值账号 "
    "充值号码 手机号 联系方式 区服 客服电话 商品类型 发货方式 到账时间 完成时间 退款时间 退款金额 "
    "退款单号 退款方式 手续费 优惠券 立减金 支付优惠 配送地址 配送费 下单账号 支付积分 商家优惠 "
    "平台优惠",
    Field.HEADING: "账单详情 订单详情 账单服务 账单管理 服务详情 付款信息 收货信息 对订单有疑惑 发起群收款 "
    "在此商户的交易 申请电子凭证 对此订单有疑问 查看往来记录 申请电子回单 联系商家 联系客服 再次购买 "
    "返回首页",
}
LABELS: dict[str, Field] = {label: field for field, text in _LABELS.items() for label in text.split()}
_BY_LENGTH = sorted(LABELS, key=len, reverse=True)
_NOISE = re.compile(r"[\s:·.>›》]+$")
# What may follow a label without a colon, in the same word.
_VALUE_START = re.compile(r"[-+−–—¥￥夫]?\d|[A-Z]{1,8}\d")
_CHINESE_VALUES = frozenset({Field.STATUS, Field.PAYEE, Field.METHOD, Field.PRODUCT, Field.OTHER})


class Label(NamedTuple):
    """A label and what follows it in the same word."""

    name: str
    field: Field
    rest: str = ""


def plain(text: str) -> str:
    """NFKC without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def label_of(text: str) -> Label | None:
    """The label that a word is, or begins with; one misread sign is forgiven in a long one."""
    line = plain(text)
    alone = _NOISE.sub("", line)
    if alone in LABELS:
        return Label(alone, LABELS[alone])
    if near := _near(alone):
        return Label(near, LABELS[near])
    for name in _BY_LENGTH:
        if not line.startswith(name):
            continue
        rest = line[len(name) :]
        value = rest.lstrip(":")
        field = LABELS[name]
        if value != rest or _VALUE_START.match(rest) or (field in _CHINESE_VALUES and len(name) >= 4):
            return Label(name, field, value)
        return None
    return None


def _near(text: str) -> str | None:
    """The one label of four signs or more that differs in a single sign."""
    if len(text) < 4:
        return None
    found = [
        each for each in LABELS if len(each) == len(text) and sum(a != b for a, b in zip(each, text, strict=True)) == 1
    ]
    return found[0] if len(found) == 1 else None
