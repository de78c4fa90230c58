// The options of each plot. Colours keep apart for colour-blind eyes and on both grounds; a plot draws no HTML, so no style is injected.

import type { EChartsCoreOption } from "echarts/core";

import { minutesOf, type Report, type Spans, type TableName, type Words } from "./model";
import type { ReportTexts } from "./texts";

export interface Ground {
  dark: boolean;
}

interface Paint {
  ink: string;
  muted: string;
  line: string;
  colors: string[];
}

const PAINTS: Record<"light" | "dark", Paint> = {
  light: { ink: "#17211f", muted: "#52635f", line: "#dde4e2", colors: ["#0b6b5d", "#b45309", "#1a62d6", "#8f2d8a", "#6b7280", "#a8231b"] },
  dark: { ink: "#e6eeec", muted: "#a4b6b1", line: "#2f3c39", colors: ["#52c2ae", "#f0a94a", "#8fbcff", "#e09bdb", "#a9b4c0", "#ff9f96"] },
};

export function plotOf(name: TableName, report: Report, t: ReportTexts, words: Words, dark: boolean): EChartsCoreOption | null {
  const paint = PAINTS[dark ? "dark" : "light"];
  switch (name) {
    case "volume":
      return lines(paint, report.volume.map((each) => each.day), [
        [t.conversations, report.volume.map((each) => each.conversations)],
        [t.handoffs, report.volume.map((each) => each.handoffs)],
        [t.resolved, report.volume.map((each) => each.resolved)],
      ]);
    case "first_response":
    case "resolution":
      return spans(paint, report[name], t);
    case "containment":
      return pie(paint, [[t.bot_only, report.containment.bot_only], [t.handed_off, report.containment.handed_off]]);
    case "reasons":
      return bars(paint, report.reasons.map((each) => [words.reasons[each.reason] ?? each.reason, each.count]));
    case "causes":
      return report.causes && bars(paint, report.causes.map((each) => [t.causes[each.cause] ?? each.cause, each.count]));
    case "sla":
      return report.sla && pie(paint, [[t.kept, report.sla.kept], [t.broken, report.sla.broken], [t.open, report.sla.open]]);
    case "csat":
      return report.csat && bars(paint, report.csat.by_score.map((each) => [String(each.score), each.count]));
    case "by_channel":
      return grouped(paint, report.by_channel.map((each) => [words.channels[each.channel] ?? each.channel, each.conversations, each.handoffs]), t);
    case "by_product":
      return report.by_product && grouped(paint, report.by_product.map((each) => [t.products[each.product] ?? each.product, each.conversations, each.handoffs]), t);
  }
}

function base(paint: Paint): EChartsCoreOption {
  return {
    color: paint.colors,
    animation: false,
    textStyle: { color: paint.ink, fontFamily: "inherit" },
    legend: { top: 0, left: 0, textStyle: { color: paint.ink }, itemGap: 16 },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: paint.ink, borderWidth: 0, textStyle: { color: paint.ink === "#17211f" ? "#fff" : "#111817" } },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
  };
}

function axis(paint: Paint): object {
  return { axisLabel: { color: paint.muted }, axisLine: { lineStyle: { color: paint.line } }, splitLine: { lineStyle: { color: paint.line } }, axisTick: { show: false } };
}

/** With different signs as well as colours; gaps where nothing is known. */
function lines(paint: Paint, days: string[], series: [string, (number | null)[]][], unit = ""): EChartsCoreOption {
  const signs = ["circle", "rect", "triangle"];
  return {
    ...base(paint),
    xAxis: { type: "category", data: days.map((each) => each.slice(5)), ...axis(paint) },
    yAxis: { type: "value", minInterval: unit ? 0 : 1, name: unit, nameTextStyle: { color: paint.muted }, ...axis(paint) },
    series: series.map(([name, data], index) => ({ name, data, type: "line", symbol: signs[index % 3], symbolSize: 7, showSymbol: days.length <= 62 })),
  };
}

function spans(paint: Paint, found: Spans, t: ReportTexts): EChartsCoreOption {
  const option = lines(paint, found.by_day.map((each) => each.day), [
    [t.p50, found.by_day.map((each) => minutesOf(each.p50))],
    [t.p90, found.by_day.map((each) => minutesOf(each.p90))],
  ], t.minutes);
  return { ...option, grid: { left: 8, right: 16, top: 56, bottom: 8, containLabel: true } };
}

function pie(paint: Paint, parts: [string, number][]): EChartsCoreOption {
  // A part that is nothing would only be a label without a place; the table has it.
  const data = parts.filter(([, value]) => value > 0).map(([name, value]) => ({ name, value }));
  const label = { color: paint.ink, formatter: "{b}\n{c} ({d}%)" };
  return { ...base(paint), tooltip: { show: false }, series: [{ type: "pie", radius: ["36%", "58%"], center: ["50%", "56%"], data, label, labelLine: { lineStyle: { color: paint.muted } } }] };
}

function bars(paint: Paint, rows: [string, number][]): EChartsCoreOption {
  const turned = [...rows].reverse();
  return {
    ...base(paint),
    legend: { show: false },
    grid: { left: 8, right: 40, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", minInterval: 1, ...axis(paint) },
    yAxis: { type: "category", data: turned.map(([name]) => name), ...axis(paint), axisLabel: { color: paint.ink } },
    series: [{ type: "bar", data: turned.map(([, count]) => count), barMaxWidth: 22, label: { show: true, position: "right", color: paint.ink } }],
  };
}

function grouped(paint: Paint, rows: [string, number, number][], t: ReportTexts): EChartsCoreOption {
  const label = { show: true, position: "top", color: paint.ink };
  return {
    ...base(paint),
    xAxis: { type: "category", data: rows.map(([name]) => name), ...axis(paint), axisLabel: { color: paint.ink } },
    yAxis: { type: "value", minInterval: 1, ...axis(paint) },
    series: [
      { name: t.conversations, type: "bar", data: rows.map((each) => each[1]), barMaxWidth: 36, label },
      { name: t.handoffs, type: "bar", data: rows.map((each) => each[2]), barMaxWidth: 36, label },
    ],
  };
}
