import { describe, expect, it } from "vitest";

import { dayInChina, isBlank, isRange, lastDays, meanText, minutesOf, shareText, sheetOf, spanText, TABLES, type Report } from "../model";
import { plotOf } from "../plots";
import { REPORT_TEXTS } from "../texts";

const t = REPORT_TEXTS.en;
const words = { channels: { web: "Web" }, reasons: { angry: "Angry" } };
const none = { p50: null, p90: null, count: 0 };
const line = { conversations: 2, handoffs: 1, containment: 0.5, first_response_p50: 120, resolution_p50: null, cases: 1, sla: 1, csat: 4.5 };

function report(more: Partial<Report> = {}): Report {
  return {
    from: "2026-11-29", to: "2026-11-30", channel: null, product: null, backend: true,
    volume: [{ day: "2026-11-29", conversations: 1, handoffs: 0, resolved: 0 }, { day: "2026-11-30", conversations: 1, handoffs: 1, resolved: 1 }],
    first_response: { p50: 120, p90: 120, count: 1, unanswered: 0, by_day: [{ day: "2026-11-29", ...none }, { day: "2026-11-30", p50: 120, p90: 120, count: 1 }] },
    resolution: { ...none, by_day: [] },
    containment: { bot_only: 1, handed_off: 1, share: 0.5 },
    reasons: [{ reason: "angry", count: 1 }, { reason: "brand_new", count: 2 }],
    causes: [{ cause: "C1", count: 1 }], sla: { kept: 1, broken: 0, open: 0, share: 1 },
    csat: { mean: 4.5, count: 2, by_score: [1, 2, 3, 4, 5].map((score) => ({ score, count: score > 3 ? 1 : 0 })) },
    by_channel: [{ channel: "web", ...line }], by_product: [{ product: "game_card", ...line }], ...more,
  };
}

const away = (): Report => report({ backend: false, causes: null, sla: null, csat: null, by_product: null });

describe("days", () => {
  it("are those of China, whatever zone the browser is in", () => {
    expect(dayInChina(Date.parse("2026-11-30T15:59:59Z"))).toBe("2026-11-30");
    expect(dayInChina(Date.parse("2026-11-30T16:00:00Z"))).toBe("2026-12-01");
    expect(lastDays(7, Date.parse("2026-11-30T16:00:00Z"))).toEqual({ from: "2026-11-25", to: "2026-12-01" });
    expect(lastDays(1, Date.parse("2026-11-30T15:00:00Z"))).toEqual({ from: "2026-11-30", to: "2026-11-30" });
  });

  it("make a range from one day to a leap year", () => {
    expect(isRange("2026-11-30", "2026-11-30")).toBe(true);
    expect(isRange("2024-01-01", "2024-12-31")).toBe(true);
    expect([isRange("2024-01-01", "2025-01-01"), isRange("2026-11-30", "2026-11-29"), isRange("", "2026-11-29"), isRange("2026-02-30", "2026-03-05")]).toEqual([false, false, false, false]);
  });
});

describe("numbers", () => {
  it("say spans in the unit that fits, and nothing as nothing", () => {
    expect([0, 89, 90, 5_340, 5_400, 9_000, null].map((each) => spanText(each, t))).toEqual(["0 s", "89 s", "2 min", "89 min", "1.5 h", "2.5 h", "–"]);
    expect([shareText(0.667), shareText(1), shareText(0), shareText(null), meanText(4.5), meanText(undefined)]).toEqual(["66.7%", "100%", "0%", "–", "4.50", "–"]);
    expect([minutesOf(90), minutesOf(null)]).toEqual([1.5, null]);
  });
});

describe("tables", () => {
  it("say what the plots show, with the words of the language", () => {
    expect(sheetOf("reasons", report(), t, words)?.rows).toEqual([["Angry", "1"], ["brand_new", "2"]]);
    expect(sheetOf("first_response", report(), t, words)?.rows).toEqual([["2026-11-29", "0", "–", "–"], ["2026-11-30", "1", "2 min", "2 min"]]);
    expect(sheetOf("containment", report(), t, words)?.rows).toEqual([["Bot alone", "1", "50%"], ["With a human", "1", "50%"]]);
    expect(sheetOf("by_product", report(), t, words)?.rows[0]).toEqual(["Game cards", "2", "1", "50%", "2 min", "–", "1", "100%", "4.50"]);
  });

  it("have a head for each column", () => {
    for (const name of TABLES) {
      const sheet = sheetOf(name, report({ resolution: report().first_response }), t, words);
      expect(sheet?.rows.every((row) => row.length === sheet.head.length), name).toBe(true);
    }
  });

  it("are none for what only the backend knows while it is away", () => {
    expect(TABLES.filter((name) => sheetOf(name, away(), t, words) === null)).toEqual(["causes", "sla", "csat", "by_product"]);
    expect(TABLES.filter((name) => plotOf(name, away(), t, words, true) === null)).toEqual(["causes", "sla", "csat", "by_product"]);
  });

  it("know when there is nothing to draw", () => {
    expect(TABLES.filter((name) => isBlank(name, report()))).toEqual(["resolution"]);
    const empty = report({ volume: [], first_response: { ...none, unanswered: 0, by_day: [] }, containment: { bot_only: 0, handed_off: 0, share: null }, reasons: [], causes: [{ cause: "C1", count: 0 }], sla: { kept: 0, broken: 0, open: 0, share: null }, csat: { mean: null, count: 0, by_score: [] }, by_channel: [], by_product: [] });
    expect(TABLES.filter((name) => !isBlank(name, empty))).toEqual([]);
  });
});

describe("plots", () => {
  it("draw no HTML, which the content security policy would refuse", () => {
    for (const name of TABLES) {
      const tooltip = plotOf(name, report(), t, words, false)?.["tooltip"] as { renderMode?: string; show?: boolean };
      expect(tooltip.renderMode === "richText" || tooltip.show === false, name).toBe(true);
    }
  });

  it("leave gaps where nothing is known", () => {
    const series = plotOf("first_response", report(), t, words, false)?.["series"] as { data: (number | null)[] }[];
    expect(series[0]?.data).toEqual([null, 2]);
  });

  it("give no place to a part that is nothing", () => {
    const series = plotOf("sla", report({ sla: { kept: 3, broken: 0, open: 1, share: 1 } }), t, words, false)?.["series"] as { data: { name: string }[] }[];
    expect(series[0]?.data.map((each) => each.name)).toEqual(["Kept", "Not due"]);
  });

  it("paint differently on a dark ground", () => {
    expect(plotOf("volume", report(), t, words, true)?.["color"]).not.toEqual(plotOf("volume", report(), t, words, false)?.["color"]);
  });
});

describe("the words of reports", () => {
  const names = (value: unknown, before = ""): string[] =>
    typeof value === "object" && value !== null ? Object.entries(value).flatMap(([name, each]) => names(each, `${before}.${name}`)) : [before];

  it("are the same set in both languages", () => {
    expect(names(REPORT_TEXTS.en).sort()).toEqual(names(REPORT_TEXTS.zh).sort());
  });
});
