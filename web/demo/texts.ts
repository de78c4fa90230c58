// The words of the demo shop. The Chinese ones are in index.html too, for the moment before the script runs.

import type { Language } from "../widget/frames";

export interface ShopTexts {
  lang: string;
  pageTitle: string;
  otherLanguage: { short: string; label: string; lang: string };
  skip: string;
  banner: string;
  nav: string;
  products: string;
  orders: string;
  safety: string;
  heroTitle: string;
  heroText: string;
  heroTry: string;
  heroOrders: string;
  step: string;
  step1: string;
  step2: string;
  step3: string;
  stepNote: string;
  ordersText: string;
  filter: string;
  all: string;
  lines: Record<Line, { name: string; about: string }>;
  deliveries: Record<Delivery, string>;
  buy: string;
  buyNotice: string;
  start: string;
  orderNo: string;
  phoneTail: string;
  product: string;
  situation: string;
  bill: string;
  transactionNo: string;
  amount: string;
  paidAt: string;
  copy: string;
  copied: string;
  copyFailed: string;
  ask: string;
  askAbout(orderNo: string): string;
  /** What a customer says of an order when asked; the tail may be empty. */
  say(orderNo: string, tail: string): string;
  copyWhat(number: string): string;
  count(shown: number, all: number): string;
  loading: string;
  notDemo: string;
  unreachable: string;
  again: string;
  tip1: string;
  tip2: string;
  tip3: string;
  footer: string;
}

export const LINES = ["game_card", "phone_credit", "membership"] as const;
export type Line = (typeof LINES)[number];
export type Delivery = "DIRECT" | "CARD" | "MANUAL";

const zh: ShopTexts = {
  lang: "zh-CN",
  pageTitle: "到账 DaoZhang · 游戏点卡、话费、会员充值",
  otherLanguage: { short: "EN", label: "EN, switch to English", lang: "en" },
  skip: "跳到演示订单",
  banner: "这是演示站：不收款、不发货，可以放心点。",
  nav: "主导航",
  products: "商品",
  orders: "演示订单",
  safety: "充值安全",
  heroTitle: "充值到没到账，每一步都查得到",
  heroText: "付款、订单、发货分开记录。没到账的时候，先查清钱在哪里，再决定怎么处理，不用重复付款。",
  heroTry: "试一试：付了款没到账",
  heroOrders: "看全部演示订单",
  step: "订单 KM202405120001",
  step1: "付款成功",
  step2: "订单已收到",
  step3: "还没到账",
  stepNote: "客服查得到卡在哪一步",
  ordersText: "每个订单都停在一种不同的故障上。点「问客服」，订单号和手机尾号会填好，发出去看它怎么查。",
  filter: "按商品筛选",
  all: "全部",
  lines: {
    game_card: { name: "游戏点卡", about: "直充到账号，或发卡密自行兑换" },
    phone_credit: { name: "话费充值", about: "三网手机号，直接充到号码" },
    membership: { name: "会员服务", about: "视频、音乐与网盘会员" },
  },
  deliveries: { DIRECT: "直充", CARD: "卡密", MANUAL: "人工代充" },
  buy: "购买",
  buyNotice: "演示站不收款。想看下单以后的事，请用下面的演示订单。",
  start: "从这里开始",
  orderNo: "订单号",
  phoneTail: "手机尾号",
  product: "商品",
  situation: "情况",
  bill: "账单信息",
  transactionNo: "交易单号",
  amount: "金额",
  paidAt: "付款时间",
  copy: "复制",
  copied: "已复制",
  copyFailed: "请手动复制",
  ask: "问客服",
  askAbout: (orderNo) => `问客服：订单 ${orderNo}`,
  say: (orderNo, tail) => (tail === "" ? orderNo : `${orderNo} 尾号 ${tail}`),
  copyWhat: (number) => `复制 ${number}`,
  count: (shown, all) => (shown === all ? `共 ${all} 个订单` : `${shown} / ${all} 个订单`),
  loading: "正在读取演示订单…",
  notDemo: "这里没有开放演示订单。",
  unreachable: "暂时读不到演示订单。",
  again: "再试一次",
  tip1: "没到账先别再付一次：付款成功都有记录，可以核对。",
  tip2: "客服不会向您索要密码、卡密和短信验证码。",
  tip3: "付款前核对手机号、游戏账号和区服，付款时不要刷新或关闭页面。",
  footer: "到账 DaoZhang 演示店铺。商品与订单均为虚构。",
};

const en: ShopTexts = {
  lang: "en",
  pageTitle: "DaoZhang · Game cards, phone credit, memberships",
  otherLanguage: { short: "中", label: "切换到中文", lang: "zh-CN" },
  skip: "Skip to the demo orders",
  banner: "This is a demo shop: nothing is charged, nothing is delivered.",
  nav: "Main",
  products: "Products",
  orders: "Demo orders",
  safety: "Top up safely",
  heroTitle: "Credited or not, every step can be traced",
  heroText: "Payment, order and delivery are recorded apart. When something is missing, we find the money first; nobody has to pay twice.",
  heroTry: "Try it: paid, nothing arrived",
  heroOrders: "See all demo orders",
  step: "Order KM202405120001",
  step1: "Payment made",
  step2: "Order received",
  step3: "Not credited yet",
  stepNote: "Support can see where it is stuck",
  ordersText: "Each order is stuck in a different way. Press \"Ask support\": the order number and the phone digits are filled in. Send them and see how it is looked into.",
  filter: "Filter by product",
  all: "All",
  lines: {
    game_card: { name: "Game cards", about: "Credited directly, or as a code to redeem" },
    phone_credit: { name: "Phone credit", about: "All three carriers, credited to the number" },
    membership: { name: "Memberships", about: "Video, music and cloud storage" },
  },
  deliveries: { DIRECT: "Direct", CARD: "Card code", MANUAL: "By hand" },
  buy: "Buy",
  buyNotice: "Nothing is charged in this demo. For what comes after an order, use the demo orders below.",
  start: "Start here",
  orderNo: "Order number",
  phoneTail: "Phone digits",
  product: "Product",
  situation: "Situation",
  bill: "Bill details",
  transactionNo: "Transaction",
  amount: "Amount",
  paidAt: "Paid at",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "Copy it by hand",
  ask: "Ask support",
  askAbout: (orderNo) => `Ask support: order ${orderNo}`,
  say: (orderNo, tail) => (tail === "" ? orderNo : `${orderNo}, phone ends in ${tail}`),
  copyWhat: (number) => `Copy ${number}`,
  count: (shown, all) => (shown === all ? `${all} orders` : `${shown} of ${all} orders`),
  loading: "Loading the demo orders…",
  notDemo: "There are no demo orders here.",
  unreachable: "The demo orders cannot be read at the moment.",
  again: "Try again",
  tip1: "Nothing arrived? Do not pay again: a successful payment is on record and can be checked.",
  tip2: "Support never asks for passwords, card codes or SMS codes.",
  tip3: "Check phone number, game account and server before you pay, and do not reload or close the page while paying.",
  footer: "DaoZhang demo shop. Products and orders are made up.",
};

export const SHOP_TEXTS: Record<Language, ShopTexts> = { zh, en };
