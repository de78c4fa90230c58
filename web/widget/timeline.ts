// The log as the customer sees it: a flat list of days, messages and unsent messages, each with a key that stays.

import type { Message } from "./frames";
import { isSending, liveButtonsOf, type State } from "./store";
import type { Unsent } from "./outbox";
import { dayKey } from "./time";

export type Item =
  | { type: "day"; key: string; at: Date }
  | {
      type: "message";
      key: string;
      message: Message;
      /** The first of a run by the same sender; only that one names the sender. */
      opens: boolean;
      /** The last of a run; only that one shows the time. */
      closes: boolean;
      buttonsLive: boolean;
      /** The customer's latest message, which says that it has arrived. */
      confirmed: boolean;
    }
  | { type: "unsent"; key: string; unsent: Unsent };

/** Messages of one sender within this many ms read as one. */
const RUN_MS = 180_000;

function sameRun(a: Message | undefined, b: Message | undefined): boolean {
  if (a === undefined || b === undefined || a.sender !== b.sender || a.kind !== b.kind) return false;
  const [from, to] = [new Date(a.created_at), new Date(b.created_at)];
  return to.getTime() - from.getTime() < RUN_MS && dayKey(from) === dayKey(to);
}

/** A message keeps the key of the unsent one it was, so that its bubble stays in place. */
function keyOf(message: Message): string {
  return message.kind === "incoming" && message.client_id !== null ? `c:${message.client_id}` : `m:${message.message_id}`;
}

export function timeline(state: State): Item[] {
  const items: Item[] = [];
  const live = liveButtonsOf(state);
  const { messages, unsent } = state;
  const latest = lastIncoming(messages);
  const sending = isSending(state);
  let day = "";
  const openDay = (at: Date): void => {
    if (dayKey(at) <= day) return; // An unsent message may be older than what came meanwhile.
    day = dayKey(at);
    items.push({ type: "day", key: `d:${day}`, at });
  };
  messages.forEach((message, i) => {
    openDay(new Date(message.created_at));
    items.push({
      type: "message",
      key: keyOf(message),
      message,
      opens: !sameRun(messages[i - 1], message),
      closes: !sameRun(message, messages[i + 1]),
      buttonsLive: message.message_id === live,
      confirmed: message === latest && !sending,
    });
  });
  for (const each of unsent) {
    openDay(new Date(each.created_at));
    // Nothing is being sent while there is no way to the gateway.
    const waits = each.state === "sending" && (state.link === "lost" || state.link === "offline");
    items.push({ type: "unsent", key: `c:${each.client_id}`, unsent: waits ? { ...each, state: "waiting" } : each });
  }
  return items;
}

function lastIncoming(messages: readonly Message[]): Message | undefined {
  return [...messages].reverse().find((each) => each.kind === "incoming");
}
