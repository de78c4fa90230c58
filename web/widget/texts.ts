// Every word of the widget itself; what the bot says comes from the gateway.

import type { Language, Message, Owner } from "./frames";
import type { PictureProblem } from "./pictures";
import type { Link, State } from "./store";

/** Why a message or a picture did not go out. */
type Refusal = PictureProblem | "too_large" | "picture_lost" | "too_many" | "backend_unavailable" | "network" | "other";

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
  camera: string;
  /** In the empty input while pictures wait above it. */
  caption: string;
  /** The list of pictures that wait to be sent, and one of them. */
  chosen: string;
  attached(name: string): string;
  drop: string;
  removePicture: string;
  preparing: string;
  progress: string;
  /** For screen readers: so many pictures are on their way, of the first so many percent. */
  uploading(count: number, percent: number): string;
  uploadsFailed(count: number): string;
  cancelUpload: string;
  sending: string;
  waiting: string;
  delivered: string;
  failed: string;
  /** Why a message or picture was refused, by code; `other` for the rest. */
  refusals: Record<Refusal, string>;
  retry: string;
  discard: string;
  picture: string;
  /** A picture of the bot's that says nothing else of itself. */
  example: string;
  enlarge: string;
  copy: string;
  copied: string;
  pictureMissing: string;
  pictureGone: string;
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
  otherLanguage: { short: "EN", label: "EN, switch to English", lang: "en" },
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
  camera: "拍照",
  caption: "可加一句说明…",
  chosen: "待发送的图片",
  attached: (name) => `待发送的图片：${name}`,
  drop: "把图片放到这里",
  removePicture: "移除这张图片",
  preparing: "正在处理图片…",
  progress: "上传进度",
  uploading: (count, percent) => (count === 1 ? `正在上传图片，${percent}%` : `正在上传图片，还剩 ${count} 张`),
  uploadsFailed: (count) => `${count} 张图片没有发出，可以重试`,
  cancelUpload: "取消上传",
  sending: "发送中…",
  waiting: "还没送达，连上后自动重发",
  delivered: "已送达",
  failed: "没有发出",
  refusals: {
    too_large: "内容太大",
    picture_too_large: "这张图片太大，打开它截一张图再发就可以",
    unsupported_picture: "这个文件不能用，请发截图或照片（JPEG、PNG 或 WebP）",
    picture_heic: "这是 HEIC 照片，这里打不开。请打开它，截一张图再发",
    picture_unreadable: "这张图片打不开，文件可能不完整。请重新截图再发",
    picture_empty: "这个文件是空的，请重新选择",
    picture_lost: "图片已不在本机，请重新选择",
    too_many: "一次最多 9 张图片，其余的可以下次再发",
    backend_unavailable: "图片暂时收不进来，请稍后重试；文字可以照常发送",
    network: "网络不稳定，请重试",
    other: "请检查后重试",
  },
  retry: "重试",
  discard: "删除",
  picture: "图片",
  example: "示例图片",
  enlarge: "查看大图",
  copy: "复制这段文字",
  copied: "已复制",
  pictureMissing: "图片没能显示，点击重试",
  pictureGone: "图片已不再保存",
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
  camera: "Take a photo",
  caption: "Add a caption…",
  chosen: "Pictures to send",
  attached: (name) => `Picture to send: ${name}`,
  drop: "Drop pictures here",
  removePicture: "Remove this picture",
  preparing: "Preparing the picture…",
  progress: "Upload progress",
  uploading: (count, percent) => (count === 1 ? `Uploading the picture, ${percent}%` : `Uploading, ${count} pictures left`),
  uploadsFailed: (count) => (count === 1 ? "1 picture was not sent, you can try again" : `${count} pictures were not sent, you can try again`),
  cancelUpload: "Cancel the upload",
  sending: "Sending…",
  waiting: "Not delivered yet, will be sent again",
  delivered: "Delivered",
  failed: "Not sent",
  refusals: {
    too_large: "It is too large",
    picture_too_large: "This picture is too large. Open it, take a screenshot and send that",
    unsupported_picture: "This file does not work here; please send a screenshot or photo (JPEG, PNG or WebP)",
    picture_heic: "This is a HEIC photo, which does not open here. Open it, take a screenshot and send that",
    picture_unreadable: "This picture does not open, the file may be incomplete. Please take a new screenshot",
    picture_empty: "This file is empty, please choose it again",
    picture_lost: "The picture is gone from this device, please choose it again",
    too_many: "At most 9 pictures at a time; send the others next",
    backend_unavailable: "Pictures cannot be taken right now, please try again soon; texts go through",
    network: "The network is unstable, please try again",
    other: "Please check it and try again",
  },
  retry: "Try again",
  discard: "Delete",
  picture: "Picture",
  example: "Example picture",
  enlarge: "Enlarge",
  copy: "Copy this text",
  copied: "Copied",
  pictureMissing: "The picture did not load, press to retry",
  pictureGone: "The picture is no longer kept",
  closePicture: "Close the picture",
  notDelivered: "This message could not be delivered",
};

export const TEXTS: Record<Language, Texts> = { zh, en };

/** The words for a refusal's code. */
export function refusalText(texts: Texts, code: string | null): string {
  const known = Object.entries(texts.refusals).find(([name]) => name === code);
  return known ? known[1] : texts.refusals.other;
}

/** How the pictures on their way are doing, for screen readers: said at each quarter of one, and at each of several. */
export function uploadText(texts: Texts, { unsent, progress }: State): string {
  const pictures = unsent.filter((each) => each.type === "picture");
  const first = pictures.find((each) => progress[each.client_id] !== undefined);
  const count = pictures.filter((each) => each.state !== "failed" && each.picture_id === null).length;
  if (first) return texts.uploading(count, Math.floor((progress[first.client_id] ?? 0) / 25) * 25);
  const failed = pictures.length - pictures.filter((each) => each.state !== "failed").length;
  return failed > 0 ? texts.uploadsFailed(failed) : "";
}

/** The language that a tag like "zh-Hans-CN" or "en-GB" means, or null. */
export function languageFrom(tag: string | null | undefined): Language | null {
  const main = (tag ?? "").trim().toLowerCase().split(/[-_]/)[0];
  return main === "zh" || main === "en" ? main : null;
}
