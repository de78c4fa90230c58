// Short spans of time, and a clock that moves while the page is looked at.

import { ref } from "vue";

import type { Texts } from "./texts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "3 min", "2 h", "5 d": what fits into a row. */
export function spanText(ms: number, texts: Texts): string {
  const span = Math.max(0, ms);
  if (span < MINUTE) return texts.time.now;
  if (span < HOUR) return texts.time.minutes(Math.floor(span / MINUTE));
  if (span < 2 * DAY) return texts.time.hours(Math.floor(span / HOUR));
  return texts.time.days(Math.floor(span / DAY));
}

/** At least one minute, for what is not over yet. */
export function leftText(ms: number, texts: Texts): string {
  return spanText(Math.max(ms, MINUTE), texts);
}

export const now = ref(Date.now());
setInterval(() => (now.value = Date.now()), 10_000);
