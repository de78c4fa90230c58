import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Canned } from "../api/more";
import { findCanned, missingIn, slashQuery } from "../canned";
import { Drafts } from "../drafts";
import { shortcutOf } from "../keyboard";
import { hashOf, routeFrom } from "../route";
import { actsFor } from "../store/acts";
import { marked } from "../store/search";
import { TEXTS } from "../texts";
import { spanText } from "../time";
import { activityText, errorText } from "../says";
import { DeskError, OfflineError } from "../api/client";
import { makeRow } from "./making";

class Memory {
  readonly kept = new Map<string, string>();
  get = (key: string): string | null => this.kept.get(key) ?? null;
  set = (key: string, value: string): void => void this.kept.set(key, value);
  remove = (key: string): void => void this.kept.delete(key);
  keys = (): string[] => [...this.kept.keys()];
}

describe("drafts", () => {
  let owner = "alice";
  let saved: [string, string][] = [];
  let memory: Memory;
  let drafts: Drafts;

  beforeEach(() => {
    vi.useFakeTimers();
    [owner, saved, memory] = ["alice", [], new Memory()];
    drafts = new Drafts(memory, () => owner, (id, text) => (saved.push([id, text]), Promise.resolve()));
  });
  afterEach(() => void vi.useRealTimers());

  it("are kept for each conversation, mode and person", () => {
    drafts.set("a", "reply", "hello");
    drafts.set("a", "note", "psst");
    expect([drafts.get("a", "reply"), drafts.get("a", "note"), drafts.get("b", "reply")]).toEqual(["hello", "psst", null]);
    owner = "bob";
    expect(drafts.get("a", "reply")).toBeNull();
  });

  it("go to the gateway once somebody pauses, and notes never do", async () => {
    drafts.set("a", "reply", "h");
    drafts.set("a", "reply", "he");
    drafts.set("b", "reply", "x");
    drafts.set("a", "note", "psst");
    expect(saved).toEqual([]);
    await vi.runAllTimersAsync();
    expect(saved).toEqual([["a", "he"], ["b", "x"]]);
  });

  it("of here stand before those of the gateway, also when just emptied", async () => {
    expect(drafts.first("a", "reply", "from elsewhere")).toBe("from elsewhere");
    drafts.set("a", "reply", "");
    expect(drafts.first("a", "reply", "from elsewhere")).toBe("");
    await vi.runAllTimersAsync();
    expect(memory.keys()).toEqual([]); // The gateway's is empty too now.
    expect(drafts.first("a", "note", "from elsewhere")).toBe("");
  });
});

describe("canned replies", () => {
  const canned = (id: string, given: Partial<Canned> = {}): Canned => ({ id, shortcut: id, title: id, language: "zh", text: "", team: null, uses: 0, picture: null, ...given });
  const all = [canned("tk", { title: "退款", uses: 1 }), canned("tkjd", { title: "退款进度", uses: 9 }), canned("refund", { language: "en", title: "Refund" }), canned("hi", { text: "退款会原路退回" })];

  it("are asked for by a slash at the beginning only", () => {
    expect([slashQuery("/"), slashQuery("/Tk "), slashQuery("a/b"), slashQuery("//"), slashQuery("/a\nb")]).toEqual(["", "tk", null, null, null]);
  });

  it("are found by shortcut, title and text, the best first, the customer's language before the other", () => {
    expect(findCanned(all, "tk", "zh").map((each) => each.id)).toEqual(["tk", "tkjd"]);
    expect(findCanned(all, "退款", "zh").map((each) => each.id)).toEqual(["tkjd", "tk", "hi"]);
    expect(findCanned(all, "", "en")[0]?.id).toBe("refund");
    expect(findCanned(all, "zzz", "zh")).toEqual([]);
  });

  it("are blocked while something is missing in them", () => {
    const rendered = { text: "到 {promised_at} 为止", order_version: "1", missing: ["promised_at"] };
    expect(missingIn(rendered.text, rendered)).toEqual(["promised_at"]);
    expect(missingIn("我加一句：到 {promised_at} 为止", rendered)).toEqual(["promised_at"]);
    expect(missingIn("到今天 18:00 为止", rendered)).toEqual([]);
    expect(missingIn("花括号 {x}", { ...rendered, missing: [] })).toEqual([]);
  });
});

describe("shortcuts", () => {
  const press = (key: string, given: object = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, ...given });
  const free = { writing: false, dialog: false, on: true };

  it("work where nobody writes", () => {
    expect([shortcutOf(press("j"), free), shortcutOf(press("J"), free), shortcutOf(press("?"), free), shortcutOf(press("x"), free)]).toEqual(["next", "next", "help", null]);
  });

  it("do nothing while somebody writes, composes, holds a key or has a window open, or when they are off", () => {
    for (const [event, where] of [
      [press("j"), { ...free, writing: true }], [press("j", { isComposing: true }), free], [press("c", { ctrlKey: true }), free],
      [press("j"), { ...free, dialog: true }], [press("j"), { ...free, on: false }],
    ] as const) expect(shortcutOf(event, where)).toBeNull();
    expect(shortcutOf(press("Escape"), { ...free, writing: true })).toBe("leave");
  });
});

describe("what may be done", () => {
  it("depends on the owner and the role", () => {
    expect(actsFor(makeRow(), "alice", false)).toEqual(["claim"]);
    expect(actsFor(makeRow({ owner: "bot" }), "alice", false)).toEqual(["takeOver"]);
    expect(actsFor(makeRow({ owner: "agent", agent: "alice" }), "alice", false)).toEqual(["resolve", "transfer", "handBack"]);
    expect(actsFor(makeRow({ owner: "agent", agent: "bob" }), "alice", false)).toEqual([]);
    expect(actsFor(makeRow({ owner: "agent", agent: "bob" }), "sue", true)).toEqual(["stepIn", "transfer"]);
    expect(actsFor(makeRow({ state: "resolved" }), "alice", false)).toEqual(["reopen"]);
  });
});

describe("words", () => {
  const name = (username: string): string => ({ bob: "李强" })[username] ?? username;

  it("of a lost race name who won", () => {
    expect(errorText(new DeskError(409, "claimed", { agent: "bob" }), TEXTS.zh, name)).toContain("李强 快了一步");
    expect(errorText(new DeskError(409, "claimed"), TEXTS.en, name)).toContain("A colleague was faster");
  });

  it("are there for every error, known or not", () => {
    expect(errorText(new OfflineError(), TEXTS.zh)).toBe(TEXTS.zh.errors.offline);
    expect(errorText(new DeskError(409, "something_new"), TEXTS.zh)).toBe(TEXTS.zh.errors.conflict);
    expect(errorText(new DeskError(500, "internal_error"), TEXTS.en)).toContain("internal_error");
  });

  it("are there for every activity, known or not", () => {
    expect(activityText({ type: "transferred", by: "bob", to: "bob", reason: null }, TEXTS.zh, name)).toBe("李强 转给 李强");
    expect(activityText({ type: "priority", by: "bob", to: "high", reason: null }, TEXTS.zh, name)).toBe("李强 把优先级改为高");
    expect(activityText({ type: "handed_off", by: null, to: null, reason: "angry" }, TEXTS.en, name)).toBe("Handed to a person: Customer is upset");
    expect(activityText({ type: "of_the_future", by: null, to: null, reason: null }, TEXTS.en, name)).toBe("System · of_the_future");
  });

  it("for spans of time stay short", () => {
    const [minute, hour] = [60_000, 3_600_000];
    expect([30_000, 3 * minute, 5 * hour, 47 * hour, 72 * hour, -5].map((ms) => spanText(ms, TEXTS.en))).toEqual(["now", "3 min", "5 h", "47 h", "3 d", "now"]);
  });

  it("that were looked for are marked, without case", () => {
    expect(marked("Order KM1 here", "km1")).toEqual([{ text: "Order ", hit: false }, { text: "KM1", hit: true }, { text: " here", hit: false }]);
    expect(marked("nothing", "x")).toEqual([{ text: "nothing", hit: false }]);
  });
});

describe("the address", () => {
  it("names the page or the conversation, and back", () => {
    for (const hash of ["#/", "#/c/ab%2Fc", "#/reports", "#/canned"]) expect(hashOf(routeFrom(hash))).toBe(hash);
    expect(routeFrom("#/nowhere")).toEqual({ page: "talks", conversationId: null });
    expect(routeFrom("")).toEqual({ page: "talks", conversationId: null });
  });
});
