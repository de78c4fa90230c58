// Times are shown as the shop's sentences show them: in the shop's zone, whatever the device is set to.

import type { Language } from "./frames";

const ZONE = "Asia/Shanghai";
const LOCALES: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALES[language], { timeZone: ZONE, ...options });
    formats.set(key, found);
  }
  return found;
}

/** The day as "2024-05-12"; two moments are of one day when these are equal. */
export function dayKey(at: Date): string {
  const parts = format("en", "key", { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Hours and minutes, "09:05". */
export function clockTime(at: Date, language: Language): string {
  return format(language, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** Date and time in full, for a tooltip. */
export function fullTime(at: Date, language: Language): string {
  return format(language, "full", { dateStyle: "long", timeStyle: "short", hourCycle: "h23" }).format(at);
}

const DAY_MS = 86_400_000;

/** The words between two days: today, yesterday, or the date (with its year when it is not this year's). */
export function dayLabel(at: Date, now: Date, language: Language): string {
  const day = dayKey(at);
  if (day === dayKey(now)) return language === "zh" ? "今天" : "Today";
  // China has no summer time, so a day back is always 24 hours.
  if (day === dayKey(new Date(now.getTime() - DAY_MS))) return language === "zh" ? "昨天" : "Yesterday";
  const sameYear = day.slice(0, 4) === dayKey(now).slice(0, 4);
  return sameYear
    ? format(language, "day", { month: "long", day: "numeric", weekday: "short" }).format(at)
    : format(language, "date", { year: "numeric", month: "long", day: "numeric" }).format(at);
}
