// The log as the customer sees it: a flat list of days, messages and unsent messages, each with a key that stays.

import type { Message } from "./frames";
import { isLastingLive, isSending, liveButtonsOf, type State } from "./store";
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
      tile: boolean;
    }
  /** progress: how much of its picture is up, in percent; null while nothing goes on. */
  | { type: "unsent"; key: string; unsent: Unsent; progress: number | null; tile: boolean; closes: boolean };

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
  const addUnsent = (each: Unsent): void => {
    openDay(new Date(each.created_at));
    // Nothing is being sent while there is no way to the gateway.
    const waits = each.state === "sending" && (state.link === "lost" || state.link === "offline");
    const shown = waits ? ({ ...each, state: "waiting" } as const) : each;
    items.push({ type: "unsent", key: `c:${each.client_id}`, unsent: shown, progress: state.progress[each.client_id] ?? null, tile: false, closes: true });
  };
  // What was refused stays where it was written; what is on its way comes after all that is there.
  const refused = unsent.filter((each) => each.state === "failed");
  messages.forEach((message, i) => {
    while (refused[0] !== undefined && refused[0].after < message.seq) addUnsent(refused.shift() as Unsent);
    openDay(new Date(message.created_at));
    items.push({
      type: "message",
      key: keyOf(message),
      message,
      opens: !sameRun(messages[i - 1], message),
      closes: !sameRun(message, messages[i + 1]),
      buttonsLive: message.message_id === live || isLastingLive(state, message),
      confirmed: message === latest && !sending,
      tile: false,
    });
  });
  for (const each of [...refused, ...unsent.filter(({ state: its }) => its !== "failed")]) addUnsent(each);
  items.forEach((item, i) => {
    if (item.type === "day" || !isBare(item)) return;
    item.tile = isBare(items[i - 1]) || isBare(items[i + 1]);
    // One sentence is enough for all that wait side by side.
    if (item.type === "unsent") item.closes = !isBare(items[i + 1]);
  });
  return items;
}

/** A picture of the customer's without words; several in a row are shown side by side, as tiles. */
function isBare(item: Item | undefined): boolean {
  if (item?.type === "unsent") return item.unsent.type === "picture" && item.unsent.text === "" && item.unsent.state !== "failed";
  return item?.type === "message" && item.message.kind === "incoming" && item.message.picture_id !== null && item.message.text === "";
}

function lastIncoming(messages: readonly Message[]): Message | undefined {
  return [...messages].reverse().find((each) => each.kind === "incoming");
}
