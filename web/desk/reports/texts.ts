// The words of the report page.

import { computed, type ComputedRef } from "vue";

import { language, useTexts } from "../texts";

const zh = {
  title: "报表", from: "从", to: "到", day: "日期", channel: "渠道", product: "商品", all: "全部", show: "查看", download: "下载 CSV", table: "数据表",
  ranges: { today: "今天", week: "近 7 天", month: "近 30 天" },
  products: { game_card: "游戏点卡", phone_credit: "话费", membership: "会员" } as Record<string, string>,
  loading: "正在统计…", failed: "没有取到报表", away: "订单系统暂时连不上：原因、承诺、满意度和商品这几项现在看不到，其余照常。",
  awayProduct: "订单系统暂时连不上，现在不能按商品统计。", badRange: "请选开始不晚于结束、最多 366 天的日期", empty: "这段时间没有数据", zone: "按北京时间的日期统计",
  conversations: "会话", handoffs: "转人工", resolved: "已解决", count: "数量", share: "占比", p50: "中位数", p90: "90% 以内", unanswered: "未答复",
  tiles: { conversations: "会话", contained: "机器人独立解决", first: "首次响应（中位）", resolution: "解决用时（中位）", sla: "守住承诺", csat: "满意度" },
  noContained: "没有会话", ofRatings: (n: number) => `${n} 个评分`, ofPromises: (n: number) => `${n} 个承诺`, ofWaits: (n: number) => `${n} 次等待`,
  ofSolutions: (n: number) => `${n} 个会话`,
  plots: {
    volume: "每天的会话、转人工和解决", first_response: "首次响应时间", resolution: "解决用时", containment: "机器人独立解决的比例", reasons: "转人工的原因", causes: "问题出在哪里",
    sla: "承诺", csat: "满意度评分", by_channel: "按渠道", by_product: "按商品",
  },
  bot_only: "机器人独立解决", handed_off: "转过人工", kept: "守住", broken: "失约", open: "未到期", score: "评分", reason: "原因", cause: "原因", cases: "工单", mean: "平均分",
  containment: "机器人独立解决", first_response_p50: "首次响应", resolution_p50: "解决用时", sla: "守住承诺", csat: "满意度", name: "名称",
  causes: { C1: "C1 支付渠道与上游", C2: "C2 账户状态", C3: "C3 平台系统", C4: "C4 客户填写", C0: "无过错", "C?": "待查" } as Record<string, string>,
  second: (n: number) => `${n} 秒`, minute: (n: number) => `${n} 分钟`, hour: (n: number) => `${n} 小时`, minutes: "分钟",
  summary: (name: string) => `${name}（图，下面有同样内容的表格）`,
};
export type ReportTexts = typeof zh;

const en: ReportTexts = {
  title: "Reports", from: "From", to: "To", day: "Day", channel: "Channel", product: "Product", all: "All", show: "Show", download: "Download CSV", table: "Table",
  ranges: { today: "Today", week: "7 days", month: "30 days" },
  products: { game_card: "Game cards", phone_credit: "Phone credit", membership: "Memberships" },
  loading: "Counting…", failed: "The report could not be read", away: "The order system cannot be reached: causes, promises, satisfaction and products cannot be shown now; the rest is complete.",
  awayProduct: "The order system cannot be reached, so nothing can be counted by product now.", badRange: "Choose a beginning before the end, at most 366 days", empty: "No data in this time",
  zone: "Days are those of Chinese time",
  conversations: "Conversations", handoffs: "Handoffs", resolved: "Resolved", count: "Count", share: "Share", p50: "Median", p90: "90% within", unanswered: "Unanswered",
  tiles: { conversations: "Conversations", contained: "Bot alone", first: "First response (median)", resolution: "Resolution (median)", sla: "Promises kept", csat: "Satisfaction" },
  noContained: "No conversations", ofRatings: (n) => `${n} ratings`, ofPromises: (n) => `${n} promises`, ofWaits: (n) => `${n} waits`, ofSolutions: (n) => `${n} conversations`,
  plots: {
    volume: "Conversations, handoffs and resolved by day", first_response: "Time to first response", resolution: "Time to resolution", containment: "Share that the bot led alone",
    reasons: "Why people were called", causes: "Where the trouble was", sla: "Promises", csat: "Satisfaction scores", by_channel: "By channel", by_product: "By product",
  },
  bot_only: "Bot alone", handed_off: "With a human", kept: "Kept", broken: "Broken", open: "Not due", score: "Score", reason: "Reason", cause: "Cause", cases: "Tickets", mean: "Mean",
  containment: "Bot alone", first_response_p50: "First response", resolution_p50: "Resolution", sla: "Promises kept", csat: "Satisfaction", name: "Name",
  causes: { C1: "C1 payment channel, supplier", C2: "C2 account", C3: "C3 platform", C4: "C4 customer's slip", C0: "No fault", "C?": "Open" },
  second: (n) => `${n} s`, minute: (n) => `${n} min`, hour: (n) => `${n} h`, minutes: "minutes",
  summary: (name) => `${name} (plot; a table with the same content follows)`,
};

export const REPORT_TEXTS = { zh, en };

export function useReportTexts(): ComputedRef<ReportTexts> {
  return computed(() => REPORT_TEXTS[language.value]);
}

/** The words for channels and handoff reasons are those of the desk. */
export function useWords(): ComputedRef<{ channels: Record<string, string>; reasons: Record<string, string> }> {
  const t = useTexts();
  return computed(() => ({ channels: t.value.channels, reasons: t.value.reasons }));
}
