import { describe, expect, it } from "vitest";

import { DeskError, OfflineError } from "../../api/client";
import { TEXTS } from "../../texts";
import { ofShop, onClock, span } from "../clock";
import { EDITOR_TEXTS } from "../editor.texts";
import { clock, concerning, dueOf, reasonFrom, refundDue, shownFields, sortedTickets } from "../facts";
import { isUncertain, problemText } from "../says";
import { PANEL_TEXTS, word } from "../texts";
import { isAway } from "../useFacts";
import { ticket } from "./making";

const NOW = Date.parse("2026-11-30T10:00:00Z");

describe("promises", () => {
  it("run, break at their moment, and are none once the ticket has ended", () => {
    const at = { next_promise_at: "2026-11-30T10:05:00Z" };
    expect(dueOf(ticket(at), NOW).state).toBe("running");
    expect(dueOf(ticket(at), NOW + 5 * 60_000).state).toBe("broken");
    expect(dueOf(ticket({ ...at, stage: "resolved" }), NOW + 9e9).state).toBe("none");
    expect(dueOf(ticket({ next_promise_at: null, broken_promises: 2 }), NOW)).toEqual({ state: "none", at: null, times: 2 });
  });

  it("put the most pressing ticket first and what has ended last", () => {
    const list = [
      ticket({ ticket_no: "ended", stage: "closed", next_promise_at: null }),
      ticket({ ticket_no: "none", next_promise_at: null }),
      ticket({ ticket_no: "late", next_promise_at: "2026-11-30T09:00:00Z" }),
      ticket({ ticket_no: "soon", next_promise_at: "2026-11-30T11:00:00Z" }),
    ];
    expect(sortedTickets(list).map((each) => each.ticket_no)).toEqual(["late", "soon", "none", "ended"]);
  });
});

describe("what else was promised and what else goes on", () => {
  it("names the refund until it is there", () => {
    const promise = (state: string) => ticket({ promises: [{ kind: "first_answer", due_at: "x", state: "open" }, { kind: "refund", due_at: "2026-12-01T00:00:00Z", state }] });
    expect(["open", "overdue", "kept"].map((each) => refundDue(promise(each))?.late ?? null)).toEqual([false, true, null]);
    expect(refundDue(ticket())).toBeNull();
  });

  it("keeps incidents of others apart", () => {
    expect(concerning([{ incident_no: "1", concerns: true }, { incident_no: "2", concerns: false }])).toEqual({ own: [{ incident_no: "1", concerns: true }], others: 1 });
  });
});

describe("small things", () => {
  it("reads reasons and leaves out unknown fields", () => {
    expect(reasonFrom("payment=PAID")).toEqual({ axis: "payment", value: "PAID" });
    expect(reasonFrom("odd")).toEqual({ axis: "", value: "odd" });
    expect(shownFields({ amount: "1.00", payee: null, list: [], method: "" })).toEqual([["amount", "1.00"]]);
    expect(shownFields(null)).toEqual([]);
  });

  it("shows the day only when it is another", () => {
    expect(clock("2026-11-30T10:01:00Z", NOW, "en")).toBe("18:01"); // As the chat and the customer's sentences have it.
    expect(clock("2026-11-29T16:30:00Z", NOW, "en")).toBe("00:30");
    expect(clock("2026-11-29T15:30:00Z", NOW, "en")).toMatch(/29\/11.*23:30/);
    expect(clock("2026-10-30T10:01:00Z", NOW, "en")).toMatch(/\d\/\d+.*\d\d:\d\d/);
    expect(clock(null, NOW, "en")).toBe("");
    expect(clock("soon", NOW, "zh")).toBe("");
  });

  it("takes a time that is chosen as one of the shop, wherever the agent is", () => {
    const noon = new Date(2026, 10, 30, 12, 0); // What a picker gives for twelve o'clock.
    expect(ofShop(noon).toISOString()).toBe("2026-11-30T04:00:00.000Z");
    expect(onClock(ofShop(noon)).getTime()).toBe(noon.getTime());
  });

  it("says spans to the minute", () => {
    const minute = 60_000;
    expect([0, 5 * minute, 125 * minute, 2_885 * minute].map((each) => span(each, "en"))).toEqual(["less than a minute", "5 min", "2 h 5 min", "2 d 5 min"]);
    expect(span(-5, "zh")).toBe("不到 1 分钟");
  });

  it("says a code that it does not know as it is", () => {
    expect(word(PANEL_TEXTS.en.states, "PAID")).toBe("Paid");
    expect(word(PANEL_TEXTS.en.states, "BRAND_NEW")).toBe("BRAND_NEW");
    expect(word(PANEL_TEXTS.en.states, "constructor")).toBe("constructor");
    expect(word(PANEL_TEXTS.en.states, null)).toBe("");
  });
});

describe("problems", () => {
  const t = PANEL_TEXTS.en;

  it("name the shop's reason, the wrong fields, or that the backend is away", () => {
    expect(problemText(new DeskError(409, "action_refused", { reason: "already_sent" }), t)).toBe(t.refusals["already_sent"]);
    expect(problemText(new DeskError(422, "invalid", { fields: ["expected_at", "x"] }), t)).toBe("Cannot be used: Money expected at, x");
    expect(problemText(new DeskError(503, "backend_unavailable"), t)).toBe(t.errors.backend_unavailable);
    expect(problemText(new DeskError(409, "odd"), t)).toBe(t.errors.conflict);
    expect(problemText(new DeskError(400, "odd"), t)).toBe("It did not work (odd)");
    expect(problemText(new OfflineError(), t)).toBe(t.errors.offline);
  });

  it("leave open whether it was done only when no clear answer came", () => {
    expect([new OfflineError(), new DeskError(503, "backend_unavailable"), new DeskError(500, "x")].map(isUncertain)).toEqual([true, true, true]);
    expect([new DeskError(409, "action_refused"), new Error("x")].map(isUncertain)).toEqual([false, false]);
    expect([isAway(new OfflineError()), isAway(new DeskError(502, "x")), isAway(new DeskError(404, "not_found"))]).toEqual([true, true, false]);
  });
});

describe("the words of the panel", () => {
  const names = (value: unknown, before = ""): string[] =>
    typeof value === "object" && value !== null ? Object.entries(value).flatMap(([name, each]) => names(each, `${before}.${name}`)) : [before];

  it("are the same set in both languages", () => {
    for (const texts of [PANEL_TEXTS, EDITOR_TEXTS]) expect(names(texts.en).sort()).toEqual(names(texts.zh).sort());
  });

  it("hold no Chinese in English", () => {
    const words = (value: unknown): string[] =>
      typeof value === "string" ? [value]
      : typeof value === "function" ? [String((value as (...all: unknown[]) => unknown)({ ticket: "T", order: "O", amount: "A" }, "B", "C"))]
      : Object.values(value as object).flatMap(words);
    for (const texts of [PANEL_TEXTS.en, EDITOR_TEXTS.en]) expect(words(texts).filter((each) => /[\u4e00-\u9fff]/.test(each))).toEqual([]);
    expect(TEXTS.en.lang).toBe("en");
  });
});
