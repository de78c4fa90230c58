// Every word of the widget itself; what the bot says comes from the gateway.

import type { Language, Message, Owner } from "./frames";
import type { Link } from "./store";

export interface Texts {
  /** The language as HTML names it. */
  lang: string;
  title: string;
  launcher: string;
  openChat: string;
  unread(count: number): string;
  close: string;
  /** What a customer would type; the gateway knows the words. */
  resume(code: string): string;
  owners: Record<Owner, string>;
  senders: Record<Message["sender"], string>;
  /** In the other language, for those who cannot read this one. */
  otherLanguage: { short: string; label: string; lang: string };
  log: string;
  options: string;
  newMessages: string;
  typing: string;
  links: Record<Link, string>;
  input: string;
  placeholder: string;
  send: string;
  tooLong(left: number): string;
  hint: string;
  attach: string;
  attached(name: string): string;
  removePicture: string;
  preparing: string;
  sending: string;
  waiting: string;
  delivered: string;
  failed: string;
  /** Why a message or picture was refused, by code; `other` for the rest. */
  refusals: Record<"too_large" | "unsupported_picture" | "picture_lost" | "picture_unreadable" | "too_many" | "other", string>;
  retry: string;
  discard: string;
  picture: string;
  /** A picture of the bot, which shows what to take a screenshot of. */
  example: string;
  enlarge: string;
  pictureMissing: string;
  closePicture: string;
  notDelivered: string;
}

const zh: Texts = {
  lang: "zh-CN",
  title: "到账客服",
  launcher: "在线客服",
  openChat: "打开客服对话",
  unread: (count) => `${count} 条未读消息`,
  close: "收起对话",
  resume: (code) => `继续 ${code}`,
  owners: { bot: "自动助手为您服务", queue: "正在排队等人工客服", agent: "人工客服为您服务" },
  senders: { customer: "我", bot: "自动助手", agent: "人工客服", system: "到账客服" },
  otherLanguage: { short: "EN", label: "Switch to English", lang: "en" },
  log: "对话记录",
  options: "可选的回答",
  newMessages: "有新消息",
  typing: "正在输入",
  links: {
    idle: "",
    connecting: "正在连接…",
    socket: "",
    poll: "",
    lost: "连接中断，正在重连。您写的内容不会丢。",
    offline: "网络已断开。您写的内容会保存，联网后自动发送。",
  },
  input: "输入消息",
  placeholder: "说说您遇到的情况…",
  send: "发送",
  tooLong: (left) => (left >= 0 ? `还可以输入 ${left} 字` : `超出 ${-left} 字，请分几条发送`),
  hint: "请不要发送密码、卡密或验证码",
  attach: "添加截图",
  attached: (name) => `待发送的图片：${name}`,
  removePicture: "移除这张图片",
  preparing: "正在处理图片…",
  sending: "发送中…",
  waiting: "还没送达，连上后自动重发",
  delivered: "已送达",
  failed: "没有发出",
  refusals: {
    too_large: "内容太大",
    unsupported_picture: "只支持 JPEG、PNG、WebP 图片",
    picture_lost: "图片已不在本机，请重新选择",
    picture_unreadable: "这张图片打不开，请换成 JPEG、PNG 或 WebP 截图",
    too_many: "一次最多 5 张图片",
    other: "请检查后重试",
  },
  retry: "重试",
  discard: "删除",
  picture: "图片",
  example: "示例图片",
  enlarge: "查看大图",
  pictureMissing: "图片没能显示，点击重试",
  closePicture: "关闭大图",
  notDelivered: "这条消息没能送达",
};

const en: Texts = {
  lang: "en",
  title: "DaoZhang Support",
  launcher: "Support",
  openChat: "Open the support chat",
  unread: (count) => (count === 1 ? "1 unread message" : `${count} unread messages`),
  close: "Minimise the chat",
  resume: (code) => `resume ${code}`,
  owners: { bot: "The assistant is answering", queue: "In the queue for a person", agent: "A person is answering" },
  senders: { customer: "Me", bot: "Assistant", agent: "Support agent", system: "DaoZhang Support" },
  otherLanguage: { short: "中", label: "切换到中文", lang: "zh-CN" },
  log: "Conversation",
  options: "Answers to choose from",
  newMessages: "New messages",
  typing: "Typing",
  links: {
    idle: "",
    connecting: "Connecting…",
    socket: "",
    poll: "",
    lost: "Connection lost, reconnecting. Nothing you write is lost.",
    offline: "You are offline. What you write is kept and sent later.",
  },
  input: "Your message",
  placeholder: "Tell us what happened…",
  send: "Send",
  tooLong: (left) => (left >= 0 ? `${left} characters left` : `${-left} characters too many; please split it`),
  hint: "Never send passwords, card codes or SMS codes",
  attach: "Add a screenshot",
  attached: (name) => `Picture to send: ${name}`,
  removePicture: "Remove this picture",
  preparing: "Preparing the picture…",
  sending: "Sending…",
  waiting: "Not delivered yet, will be sent again",
  delivered: "Delivered",
  failed: "Not sent",
  refusals: {
    too_large: "It is too large",
    unsupported_picture: "Only JPEG, PNG and WebP pictures work",
    picture_lost: "The picture is gone from this device, please choose it again",
    picture_unreadable: "This picture cannot be opened; please use a JPEG, PNG or WebP screenshot",
    too_many: "At most 5 pictures at a time",
    other: "Please check it and try again",
  },
  retry: "Try again",
  discard: "Delete",
  picture: "Picture",
  example: "Example",
  enlarge: "Enlarge",
  pictureMissing: "The picture did not load, press to retry",
  closePicture: "Close the picture",
  notDelivered: "This message could not be delivered",
};

export const TEXTS: Record<Language, Texts> = { zh, en };

/** The words for a refusal's code. */
export function refusalText(texts: Texts, code: string | null): string {
  const known = Object.entries(texts.refusals).find(([name]) => name === code);
  return known ? known[1] : texts.refusals.other;
}

/** The language that a tag like "zh-Hans-CN" or "en-GB" means, or null. */
export function languageFrom(tag: string | null | undefined): Language | null {
  const main = (tag ?? "").trim().toLowerCase().split(/[-_]/)[0];
  return main === "zh" || main === "en" ? main : null;
}
