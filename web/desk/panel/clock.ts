// A clock that moves while the panel is looked at.

import { ref } from "vue";

export const now = ref(Date.now());
if (typeof window !== "undefined") setInterval(() => (now.value = Date.now()), 5_000);

const MINUTE = 60_000;
export const ZONE = "Asia/Shanghai";
const AHEAD_MS = 8 * 60 * MINUTE; // China has no summer time.

/** A picker of dates knows the browser's zone only: the moment whose hands stand in the shop as those of `chosen` stand here. */
export function ofShop(chosen: Date): Date {
  const [year, month, day] = [chosen.getFullYear(), chosen.getMonth(), chosen.getDate()];
  return new Date(Date.UTC(year, month, day, chosen.getHours(), chosen.getMinutes(), chosen.getSeconds()) - AHEAD_MS);
}

/** The other way round: what to give the picker, so that it shows this moment as the shop's clock does. */
export function onClock(moment: Date): Date {
  const at = new Date(moment.getTime() + AHEAD_MS);
  return new Date(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds());
}

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
