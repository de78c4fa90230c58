// The messages of a conversation, from pages, frames and the agent's own hand.

import type { DeskMessage } from "../api/types";

/** What the agent sent and the gateway has not confirmed yet. */
export interface Sending {
  client_id: string;
  text: string;
  kind: "reply" | "note";
  picture: { name: string; url: string; file: Blob; id: string | null } | null;
  canned: { id: string; order_version: string } | null;
  state: "sending" | "failed";
  /** Code of the error of the last try. */
  error: string | null;
  created_at: string;
}

/** Both lists as one, each message once, the newer copy kept, in the order of the conversation. */
export function merged(known: readonly DeskMessage[], more: readonly DeskMessage[]): DeskMessage[] {
  const all = new Map(known.map((each) => [each.message_id, each]));
  for (const each of more) all.set(each.message_id, each);
  return [...all.values()].sort((a, b) => a.position - b.position);
}

/** What is left of the sendings when these messages are saved. */
export function unconfirmed(sending: readonly Sending[], saved: readonly DeskMessage[]): Sending[] {
  const ids = new Set(saved.map((each) => each.client_id));
  return sending.filter((each) => !ids.has(each.client_id));
}

/** The first of the customer's messages that no person answered, to draw a line above it; null when all are. */
export function firstUnread(messages: readonly DeskMessage[], unread: number): string | null {
  let left = unread;
  let found: string | null = null;
  for (let i = messages.length - 1; i >= 0 && left > 0; i -= 1) {
    const each = messages[i];
    if (each?.kind !== "incoming") continue;
    found = each.message_id;
    left -= 1;
  }
  return found;
}

export type Grouped = { message: DeskMessage; day: string | null; first: boolean; last: boolean };

const GROUP_MS = 300_000;

/** Messages with the day above the first of each, and the first and last of what one voice says in a row. */
export function grouped(messages: readonly DeskMessage[], dayOf: (at: string) => string): Grouped[] {
  let before: DeskMessage | null = null;
  const found = messages.map((message) => {
    const newDay: boolean = before === null || dayOf(before.created_at) !== dayOf(message.created_at);
    const same: boolean = before !== null && isSameVoice(before, message);
    const soon = before !== null && Date.parse(message.created_at) - Date.parse(before.created_at) < GROUP_MS;
    before = message;
    return { message, day: newDay ? dayOf(message.created_at) : null, first: newDay || !same || !soon, last: true };
  });
  found.forEach((each, i) => (each.last = found[i + 1]?.first ?? true));
  return found;
}

function isSameVoice(a: DeskMessage, b: DeskMessage): boolean {
  return a.kind === b.kind && a.sender === b.sender && a.author === b.author;
}
