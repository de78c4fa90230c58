// A clock that moves while the panel is looked at.

import { ref } from "vue";

export const now = ref(Date.now());
if (typeof window !== "undefined") setInterval(() => (now.value = Date.now()), 5_000);

const MINUTE = 60_000;

/** "3 分钟", "2 小时 5 分": how long, to the minute. */
export function span(ms: number, language: "zh" | "en"): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const zh = language === "zh";
  if (minutes < 1) return zh ? "不到 1 分钟" : "less than a minute";
  const parts = [
    [days, zh ? "天" : "d"],
    [hours, zh ? "小时" : "h"],
    [rest, zh ? "分钟" : "min"],
  ] as const;
  return parts.filter(([count]) => count > 0).slice(0, 2).map(([count, unit]) => `${count} ${unit}`).join(" ");
}
