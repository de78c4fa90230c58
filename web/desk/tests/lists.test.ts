// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { api } from "../api/client";
import type { Found, Row } from "../api/types";
import { signedIn } from "../session";
import { claim } from "../store/acts";
import { loadList, visibleRows } from "../store/desk";
import { applyFrame, takeRows } from "../store/frames";
import { look, lookFurther, search } from "../store/search";
import { clearState, state } from "../store/state";
import { after, makeRow } from "./making";

const ids = (): string[] => visibleRows.value.map((each) => each.conversation_id);
const row = (conversation_id: string, given: Partial<Row> = {}): Row => makeRow({ conversation_id, due_at: after(60), ...given });
const page = (conversations: Row[], next_cursor: string | null = null): unknown => ({ conversations, next_cursor, counts: {} });

beforeEach(() => {
  clearState();
  signedIn({ username: "alice", name: "Alice", role: "agent", csrf: "", language: "en" } as Parameters<typeof signedIn>[0]);
  state.me = "alice";
});
afterEach(() => void vi.restoreAllMocks());

describe("a list that is read again", () => {
  it("forgets what left it while no frames came", async () => {
    takeRows(state, [row("gone"), row("waits"), row("mine", { owner: "agent", agent: "alice" })]);
    vi.spyOn(api, "get").mockResolvedValue(page([row("waits")]));
    await loadList();
    expect(ids()).toEqual(["waits"]);
    expect(state.rows.has("mine")).toBe(true); // It is no matter of this list.
  });

  it("keeps what came or changed meanwhile, what a later page has, and the row of the open conversation", async () => {
    takeRows(state, [row("changed"), row("far", { due_at: after(900) }), row("open")]);
    state.talk = { conversation_id: "open", state: "ready", handover: null, customer: null, messages: [], moreBefore: false, loadingBefore: false, unreadFrom: null, serverDraft: null };
    vi.spyOn(api, "get").mockImplementation(async () => {
      takeRows(state, [row("new"), row("changed", { version: 2 })]);
      return page([row("waits", { due_at: after(300) })], "more");
    });
    await loadList();
    expect([...state.rows.keys()].sort()).toEqual(["changed", "far", "new", "open", "waits"]);
  });
});

describe("a search that goes on", () => {
  const found = (id: string): Found => ({ ...row(id), match: { field: "text", snippet: "x" } }) as Found;

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("shows a conversation once, though a later page finds it by an older message", async () => {
    const pages = [{ conversations: [found("a"), found("b")], next_cursor: "1" }, { conversations: [found("a"), found("c")], next_cursor: null }];
    vi.spyOn(api, "get").mockImplementation(async () => pages.shift());
    look("refund");
    await vi.advanceTimersByTimeAsync(300);
    lookFurther();
    await vi.advanceTimersByTimeAsync(0);
    expect(search.found.map((each) => each.conversation_id)).toEqual(["a", "b", "c"]);
  });

  it("goes on over pages that bring nothing new", async () => {
    const pages = [{ conversations: [found("a")], next_cursor: "1" }, { conversations: [found("a")], next_cursor: "2" }, { conversations: [found("d")], next_cursor: null }];
    vi.spyOn(api, "get").mockImplementation(async () => pages.shift());
    look("refund");
    await vi.advanceTimersByTimeAsync(300);
    lookFurther();
    await vi.advanceTimersByTimeAsync(0);
    expect([search.found.map((each) => each.conversation_id), search.cursor, search.state]).toEqual([["a", "d"], null, "ready"]);
  });
});

describe("what I do myself", () => {
  it("is counted once, whether the answer or the frame comes first", async () => {
    takeRows(state, [row("a")]);
    const mine = row("a", { owner: "agent", agent: "alice", version: 2 });
    vi.spyOn(api, "post").mockResolvedValue(mine);
    expect(await claim(row("a"))).toBe(true);
    expect(state.counts.mine).toBe(1);
    applyFrame(state, { type: "conversation_changed", conversation: mine });
    expect(state.counts.mine).toBe(1);
  });
});
