import { describe, expect, it } from "vitest";

import type { Row, View } from "../api/types";
import { compareRows, isIn, neighbour, rowsOf, slaOf, type Filter } from "../store/rows";
import { after, makeRow, NOW } from "./making";

const filter = (view: View, given: Partial<Filter> = {}): Filter => ({ view, sort: "urgency", channel: null, tag: null, ...given });
const viewsOf = (row: Row): View[] => (["queue", "mine", "bot", "booked", "resolved"] as const).filter((view) => isIn(row, filter(view), "alice"));
const ids = (rows: Row[]): string[] => rows.map((each) => each.conversation_id);

describe("a row's place", () => {
  it("is one view, by owner and state", () => {
    expect(viewsOf(makeRow())).toEqual(["queue"]);
    expect(viewsOf(makeRow({ owner: "agent", agent: "alice" }))).toEqual(["mine"]);
    expect(viewsOf(makeRow({ owner: "agent", agent: "bob" }))).toEqual([]);
    expect(viewsOf(makeRow({ owner: "bot", reason: null }))).toEqual(["bot"]);
    expect(viewsOf(makeRow({ owner: "bot", booked: true }))).toEqual(["booked"]);
    expect(viewsOf(makeRow({ owner: "agent", agent: "alice", state: "resolved" }))).toEqual(["resolved"]);
  });

  it("is none for who has said nothing", () => {
    expect(viewsOf(makeRow({ owner: "bot", unread: 0, reason: null }))).toEqual([]);
    expect(isIn(makeRow({ owner: "bot", unread: 0, reason: null }), filter("all"), "alice")).toBe(true);
  });

  it("is filtered by channel and tag", () => {
    const row = makeRow({ channel: "telegram", tags: ["退款"] });
    expect(isIn(row, filter("queue", { channel: "telegram", tag: "退款" }), "alice")).toBe(true);
    expect(isIn(row, filter("queue", { channel: "web" }), "alice")).toBe(false);
    expect(isIn(row, filter("queue", { tag: "补单" }), "alice")).toBe(false);
  });
});

describe("the order", () => {
  const rows = [
    makeRow({ conversation_id: "calm", due_at: after(600) }),
    makeRow({ conversation_id: "late", due_at: after(-60) }),
    makeRow({ conversation_id: "urgent", priority: "urgent", due_at: after(900) }),
    makeRow({ conversation_id: "answered", updated_at: after(0) }),
    makeRow({ conversation_id: "low", priority: "low", due_at: after(-900) }),
  ];

  it("of urgency: priority, then what is due first, then what nobody waits for", () => {
    expect(ids([...rows].sort((a, b) => compareRows("urgency", a, b)))).toEqual(["urgent", "late", "calm", "answered", "low"]);
  });

  it("of time goes either way", () => {
    const [old, young] = [makeRow({ conversation_id: "x", updated_at: after(-90) }), makeRow({ conversation_id: "y", updated_at: after(-30) })];
    expect(compareRows("oldest", old, young)).toBeLessThan(0);
    expect(compareRows("newest", old, young)).toBeGreaterThan(0);
  });

  it("is the same whichever way two equal rows are compared, and never NaN", () => {
    for (const sort of ["urgency", "newest", "oldest"] as const) {
      for (const a of rows) {
        for (const b of rows) {
          const [one, other] = [compareRows(sort, a, b), compareRows(sort, b, a)];
          expect(Number.isNaN(one)).toBe(false);
          expect(Math.sign(one)).toBe(a === b ? 0 : -Math.sign(other));
        }
      }
    }
  });
});

describe("the colour of the time left", () => {
  it("is none when nobody waits or all is settled", () => {
    expect(slaOf(makeRow(), NOW)).toBeNull();
    expect(slaOf(makeRow({ due_at: after(-5), state: "resolved" }), NOW)).toBeNull();
  });

  it("turns from calm over soon to late", () => {
    const row = makeRow({ waiting_since: after(0), due_at: after(1200) });
    expect(slaOf(row, NOW)).toBe("calm");
    expect(slaOf(row, NOW + 899_000)).toBe("calm");
    expect(slaOf(row, NOW + 900_000)).toBe("soon"); // A quarter is left.
    expect(slaOf(row, NOW + 1_199_000)).toBe("soon");
    expect(slaOf(row, NOW + 1_200_000)).toBe("late");
  });

  it("warns two minutes before at least", () => {
    expect(slaOf(makeRow({ waiting_since: after(-60), due_at: after(119) }), NOW)).toBe("soon");
  });
});

describe("the shown rows", () => {
  const [first, second, third] = ["1", "2", "3"].map((id, i) => makeRow({ conversation_id: id, due_at: after(i * 60) })) as [Row, Row, Row];

  it("are all when every page is here", () => {
    expect(ids(rowsOf([third, first, second], filter("queue"), "alice", { paged: new Set(["1"]), more: false }))).toEqual(["1", "2", "3"]);
  });

  it("end with the last paged one while pages are missing", () => {
    expect(ids(rowsOf([third, first, second], filter("queue"), "alice", { paged: new Set(["2"]), more: true }))).toEqual(["1", "2"]);
    expect(rowsOf([third], filter("queue"), "alice", { paged: new Set(), more: true })).toEqual([]);
  });

  it("have neighbours", () => {
    const rows = [first, second, third];
    expect(neighbour(rows, "1", 1)).toBe(second);
    expect(neighbour(rows, "1", -1)).toBe(first);
    expect(neighbour(rows, "3", 1)).toBe(third);
    expect(neighbour(rows, "elsewhere", 1)).toBe(first);
    expect(neighbour([], "1", 1)).toBeNull();
  });
});
