// What the gateway answers about some days, and how its numbers read. Nothing here looks at the page.

import type { ReportTexts } from "./texts";

export interface Percentiles {
  p50: number | null;
  p90: number | null;
  count: number;
}
export interface Spans extends Percentiles {
  by_day: (Percentiles & { day: string })[];
}
export interface Line {
  conversations: number;
  handoffs: number;
  containment: number | null;
  first_response_p50: number | null;
  resolution_p50: number | null;
  cases: number | null;
  sla: number | null;
  csat: number | null;
}

/** Spans are in seconds, shares between 0 and 1; what only the backend knows is null while it is away. */
export interface Report {
  from: string;
  to: string;
  channel: string | null;
  product: string | null;
  backend: boolean;
  volume: { day: string; conversations: number; handoffs: number; resolved: number }[];
  first_response: Spans & { unanswered: number };
  resolution: Spans;
  containment: { bot_only: number; handed_off: number; share: number | null };
  reasons: { reason: string; count: number }[];
  causes: { cause: string; count: number }[] | null;
  sla: { kept: number; broken: number; open: number; share: number | null } | null;
  csat: { mean: number | null; count: number; by_score: { score: number; count: number }[] } | null;
  by_channel: (Line & { channel: string })[];
  by_product: (Line & { product: string })[] | null;
}

export const TABLES = ["volume", "first_response", "resolution", "containment", "reasons", "causes", "sla", "csat", "by_channel", "by_product"] as const;
export type TableName = (typeof TABLES)[number];

export interface Filters {
  from: string;
  to: string;
  channel: string;
  product: string;
}

export const LONGEST_DAYS = 366;
const DAY = 86_400_000;
const NONE = "–";

/** The day in China, whatever zone this browser is in. */
export function dayInChina(moment: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
}

/** So many days until today. */
export function lastDays(count: number, now: number): Pick<Filters, "from" | "to"> {
  return { from: dayInChina(now - (count - 1) * DAY), to: dayInChina(now) };
}

export function isRange(from: string, to: string): boolean {
  if (!isDay(from) || !isDay(to)) return false;
  const days = (Date.parse(to) - Date.parse(from)) / DAY + 1;
  return days >= 1 && days <= LONGEST_DAYS;
}

/** A date that exists: a browser may move 30 February to March. */
function isDay(text: string): boolean {
  const moment = Date.parse(text);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text);
}

export function spanText(seconds: number | null, t: ReportTexts): string {
  if (seconds === null) return NONE;
  if (seconds < 90) return t.second(seconds);
  if (seconds < 90 * 60) return t.minute(Math.round(seconds / 60));
  return t.hour(Math.round(seconds / 360) / 10);
}

export function shareText(share: number | null | undefined): string {
  return share === null || share === undefined ? NONE : `${(share * 100).toFixed(1).replace(/\.0$/, "")}%`;
}

export function meanText(mean: number | null | undefined): string {
  return mean === null || mean === undefined ? NONE : mean.toFixed(2);
}

export function minutesOf(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds / 6) / 10;
}

export interface Sheet {
  head: string[];
  rows: string[][];
}

export interface Words {
  channels: Record<string, string>;
  reasons: Record<string, string>;
}

/** The table that says what the plot of this name shows; null when the backend is needed for it and away. */
export function sheetOf(name: TableName, report: Report, t: ReportTexts, words: Words): Sheet | null {
  switch (name) {
    case "volume":
      return sheet([t.day, t.conversations, t.handoffs, t.resolved], report.volume, (each) => [each.day, each.conversations, each.handoffs, each.resolved]);
    case "first_response":
    case "resolution":
      return sheet([t.day, t.count, t.p50, t.p90], report[name].by_day, (each) => [each.day, each.count, spanText(each.p50, t), spanText(each.p90, t)]);
    case "containment": {
      const { bot_only, handed_off, share } = report.containment;
      return sheet(["", t.count, t.share], [[t.bot_only, bot_only, shareText(share)], [t.handed_off, handed_off, shareText(share === null ? null : 1 - share)]], (each) => each);
    }
    case "reasons":
      return sheet([t.reason, t.count], report.reasons, (each) => [words.reasons[each.reason] ?? each.reason, each.count]);
    case "causes":
      return report.causes && sheet([t.cause, t.count], report.causes, (each) => [t.causes[each.cause] ?? each.cause, each.count]);
    case "sla":
      return report.sla && sheet(["", t.count], [[t.kept, report.sla.kept], [t.broken, report.sla.broken], [t.open, report.sla.open]], (each) => each);
    case "csat":
      return report.csat && sheet([t.score, t.count], report.csat.by_score, (each) => [each.score, each.count]);
    case "by_channel":
      return sheet(lineHead(t.channel, t), report.by_channel, (each) => lineOf(words.channels[each.channel] ?? each.channel, each, t));
    case "by_product":
      return report.by_product && sheet(lineHead(t.product, t), report.by_product, (each) => lineOf(t.products[each.product] ?? each.product, each, t));
  }
}

function sheet<T>(head: string[], rows: readonly T[], cells: (row: T) => (string | number)[]): Sheet {
  return { head, rows: rows.map((row) => cells(row).map(String)) };
}

function lineHead(name: string, t: ReportTexts): string[] {
  return [name, t.conversations, t.handoffs, t.containment, t.first_response_p50, t.resolution_p50, t.cases, t.sla, t.csat];
}

function lineOf(name: string, line: Line, t: ReportTexts): (string | number)[] {
  const spans = [spanText(line.first_response_p50, t), spanText(line.resolution_p50, t)];
  return [name, line.conversations, line.handoffs, shareText(line.containment), ...spans, line.cases ?? NONE, shareText(line.sla), meanText(line.csat)];
}

/** Whether there is anything to draw. */
export function isBlank(name: TableName, report: Report): boolean {
  switch (name) {
    case "volume":
      return report.volume.every((each) => each.conversations + each.handoffs + each.resolved === 0);
    case "first_response":
    case "resolution":
      return report[name].count === 0;
    case "containment":
      return report.containment.share === null;
    case "sla":
      return report.sla !== null && report.sla.kept + report.sla.broken + report.sla.open === 0;
    case "csat":
      return report.csat?.count === 0;
    case "causes":
      return report.causes?.every((each) => each.count === 0) ?? false;
    default:
      return report[name]?.length === 0;
  }
}
