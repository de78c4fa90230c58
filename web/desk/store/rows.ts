// Which conversation belongs where in the list. Pure: the time and the agent are given.

import type { Row, Sort, View } from "../api/types";

export type Sla = "calm" | "soon" | "late";

const URGENCY = { urgent: 0, high: 1, normal: 2, low: 3 } as const;
const SOON_MS = 120_000;
const SOON_SHARE = 0.25;

export interface Filter {
  view: View;
  sort: Sort;
  channel: string | null;
  tag: string | null;
}

/** Does a row belong into this view of this agent? The gateway decides alike for its pages. */
export function isIn(row: Row, { view, channel, tag }: Filter, me: string): boolean {
  if (channel !== null && row.channel !== channel) return false;
  if (tag !== null && !row.tags.includes(tag)) return false;
  const open = row.state === "open";
  switch (view) {
    case "queue":
      return open && row.owner === "queue";
    case "mine":
      return open && row.owner === "agent" && row.agent === me;
    case "bot":
      // Who only opened the chat has said nothing and is nobody's work.
      return open && row.owner === "bot" && !row.booked && (row.unread > 0 || row.reason !== null);
    case "booked":
      return open && row.booked;
    case "resolved":
      return !open;
    case "all":
      return true;
  }
}

const at = (text: string | null): number => (text === null ? Number.POSITIVE_INFINITY : Date.parse(text));

/** Negative when `a` stands above `b`. Equal rows keep an order of their own, so that nothing dances. */
export function compareRows(sort: Sort, a: Row, b: Row): number {
  const byAge = at(a.updated_at) - at(b.updated_at) || (a.conversation_id < b.conversation_id ? -1 : 1);
  if (a.conversation_id === b.conversation_id) return 0;
  if (sort === "oldest") return byAge;
  if (sort === "newest") return -byAge;
  const [dueA, dueB] = [at(a.due_at), at(b.due_at)];
  return URGENCY[a.priority] - URGENCY[b.priority] || (dueA === dueB ? 0 : dueA - dueB) || waited(a, b) || -byAge;
}

function waited(a: Row, b: Row): number {
  const [one, other] = [at(a.waiting_since), at(b.waiting_since)];
  return one === other ? 0 : one - other;
}

/** The colour of the time that is left; null when nobody waits. */
export function slaOf(row: Row, now: number): Sla | null {
  if (row.due_at === null || row.state === "resolved") return null;
  const left = at(row.due_at) - now;
  if (left <= 0) return "late";
  const whole = row.waiting_since === null ? 0 : at(row.due_at) - at(row.waiting_since);
  return left <= Math.max(SOON_MS, whole * SOON_SHARE) ? "soon" : "calm";
}

export interface Paged {
  /** Ids that a page of the gateway brought. */
  paged: ReadonlySet<string>;
  /** More pages follow. */
  more: boolean;
}

/**
 * The rows of a view in their order. While pages are missing, a row that only a frame brought is shown when it stands
 * above the last paged row: below, the pages between would be missing.
 */
export function rowsOf(rows: Iterable<Row>, filter: Filter, me: string, { paged, more }: Paged): Row[] {
  const found = [...rows].filter((row) => isIn(row, filter, me)).sort((a, b) => compareRows(filter.sort, a, b));
  if (!more) return found;
  const last = found.findLastIndex((row) => paged.has(row.conversation_id));
  return found.slice(0, last + 1);
}

/** The row to go to from this one, `step` up or down; the first when this one is not in the list. */
export function neighbour(rows: readonly Row[], id: string | null, step: 1 | -1): Row | null {
  const index = rows.findIndex((row) => row.conversation_id === id);
  if (index === -1) return rows[0] ?? null;
  return rows[Math.min(rows.length - 1, Math.max(0, index + step))] ?? null;
}
