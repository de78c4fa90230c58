// Everything that the page knows of conversations and colleagues. Nothing here asks the gateway.

import { reactive } from "vue";

import type { Colleague, Counts, Customer, DeskMessage, Handover, Presence, Row, Sort, View } from "../api/types";
import type { Sending } from "./messages";

export type Link = "connecting" | "live" | "lost" | "offline";

export interface List {
  view: View;
  sort: Sort;
  channel: string | null;
  tag: string | null;
  paged: Set<string>;
  cursor: string | null;
  state: "loading" | "ready" | "failed";
  loadingMore: boolean;
}

/** The conversation that is open. */
export interface Talk {
  conversation_id: string;
  state: "loading" | "ready" | "failed" | "missing";
  handover: Handover | null;
  customer: Customer | null;
  messages: DeskMessage[];
  moreBefore: boolean;
  loadingBefore: boolean;
  /** The message above which the line of the unread stands; found once, when it was opened. */
  unreadFrom: string | null;
  serverDraft: string | null;
}

export interface Typing {
  customer: boolean;
  /** Usernames. */
  agents: string[];
}

export interface State {
  /** The username of who is signed in. */
  me: string;
  rows: Map<string, Row>;
  counts: Counts;
  list: List;
  talk: Talk | null;
  /** By conversation; they outlive the look at it. */
  sending: Map<string, Sending[]>;
  typing: Map<string, Typing>;
  watchers: Map<string, string[]>;
  colleagues: Map<string, Colleague>;
  presence: Presence;
  link: Link;
}

export function emptyState(): State {
  return {
    me: "",
    rows: new Map(),
    counts: { queue: 0, mine: 0, bot: 0, booked: 0 },
    list: { view: "queue", sort: "urgency", channel: null, tag: null, paged: new Set(), cursor: null, state: "loading", loadingMore: false },
    talk: null,
    sending: new Map(),
    typing: new Map(),
    watchers: new Map(),
    colleagues: new Map(),
    presence: "offline",
    link: "connecting",
  };
}

export const state: State = reactive(emptyState());

export function clearState(): void {
  Object.assign(state, emptyState());
}
