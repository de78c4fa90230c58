// What the widget knows, as one value and pure changes to it. Messages are ordered and unique by their sequence number.

import type { Conversation, Message } from "./frames";
import type { Unsent } from "./outbox";

/** How the widget reaches the gateway: by socket, by long poll, or not at present. */
export type Link = "idle" | "connecting" | "socket" | "poll" | "lost" | "offline";

/** Whether the gateway can be reached at present. */
export function hasWay(link: Link): boolean {
  return link === "socket" || link === "poll";
}

export interface State {
  readonly conversation: Conversation | null;
  readonly messages: readonly Message[];
  readonly unsent: readonly Unsent[];
  /** How much of each picture is up, in whole percents by client id; only those that are on their way. */
  readonly progress: Readonly<Record<string, number>>;
  readonly typing: boolean;
  readonly link: Link;
}

export type Change =
  | { type: "conversation_set"; conversation: Conversation }
  | { type: "messages_added"; messages: readonly Message[] }
  | { type: "unsent_set"; unsent: readonly Unsent[] }
  | { type: "progress_set"; client_id: string; percent: number | null }
  | { type: "typing_set"; typing: boolean }
  | { type: "link_set"; link: Link }
  | { type: "read_set"; seq: number };

export const EMPTY: State = { conversation: null, messages: [], unsent: [], progress: {}, typing: false, link: "idle" };

/** The union by sequence number; of two with the same number the newer copy wins, for its status may have changed. */
function merged(old: readonly Message[], added: readonly Message[]): readonly Message[] {
  const first = added[0];
  const last = old[old.length - 1];
  if (first === undefined) return old;
  if (added.length === 1 && (last === undefined || first.seq > last.seq)) return [...old, first];
  const bySeq = new Map([...old, ...added].map((each) => [each.seq, each]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function withoutSent(unsent: readonly Unsent[], messages: readonly Message[]): readonly Unsent[] {
  if (unsent.length === 0) return unsent;
  const sent = new Set(messages.map((each) => each.client_id));
  const left = unsent.filter((each) => !sent.has(each.client_id));
  return left.length === unsent.length ? unsent : left;
}

/** The state after a change; the same object when nothing changed. */
export function reduce(state: State, change: Change): State {
  switch (change.type) {
    case "conversation_set": {
      const { conversation } = change;
      const old = state.conversation;
      if (old?.conversation_id !== conversation.conversation_id) {
        return { ...state, conversation, messages: [], typing: false };
      }
      // Two tabs may report their marks in either order.
      const read_seq = Math.max(old.read_seq, conversation.read_seq);
      return { ...state, conversation: { ...conversation, read_seq } };
    }
    case "messages_added": {
      const messages = merged(state.messages, change.messages);
      if (messages === state.messages) return state;
      return { ...state, messages, unsent: withoutSent(state.unsent, messages) };
    }
    case "unsent_set":
      return { ...state, unsent: withoutSent(change.unsent, state.messages) };
    case "progress_set": {
      const { [change.client_id]: old = null, ...progress } = state.progress;
      if (old === change.percent) return state;
      return { ...state, progress: change.percent === null ? progress : { ...progress, [change.client_id]: change.percent } };
    }
    case "typing_set":
      return change.typing === state.typing ? state : { ...state, typing: change.typing };
    case "link_set":
      return change.link === state.link ? state : { ...state, link: change.link };
    case "read_set": {
      const old = state.conversation;
      if (old === null || change.seq <= old.read_seq) return state;
      return { ...state, conversation: { ...old, read_seq: change.seq } };
    }
  }
}

/** The sequence number to ask for messages after; 0 when there are none. */
export function lastSeq(state: State): number {
  return state.messages[state.messages.length - 1]?.seq ?? 0;
}

/** How many answers the customer has not seen. */
export function unreadCount(state: State): number {
  const read = state.conversation?.read_seq ?? 0;
  return state.messages.filter((each) => each.kind === "outgoing" && each.seq > read).length;
}

/** Whether something of the customer's is still on its way; what was refused is not. */
export function isSending(state: State): boolean {
  return state.unsent.some((each) => each.state !== "failed");
}

/**
 * The one message whose buttons may be pressed, or null.
 *
 * They are those of the latest message that has some and is no news (the helpdesk's question for a score too), until the customer says something else or a human takes over.
 */
export function liveButtonsOf(state: State): string | null {
  if (isSending(state) || state.conversation?.owner !== "bot") return null;
  for (let i = state.messages.length - 1; i >= 0; i -= 1) {
    const message = state.messages[i];
    if (message === undefined || message.kind === "incoming") return null;
    if (message.buttons.length > 0 && !message.lasting) return message.message_id;
  }
  return null;
}

/** Whether these are buttons of news that nobody has used: what is pressed is said by its title. */
export function isLastingLive(state: State, news: Message): boolean {
  if (!news.lasting || isSending(state) || state.conversation?.owner !== "bot") return false;
  const titles = news.buttons.map((each) => each.title);
  return !state.messages.some((each) => each.kind === "incoming" && each.seq > news.seq && titles.includes(each.text));
}

/** The state with its listeners; each is called after every change. */
export class Store {
  #state: State = EMPTY;
  readonly #listeners = new Set<(state: State) => void>();

  get state(): State {
    return this.#state;
  }

  change(change: Change): void {
    const next = reduce(this.#state, change);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of [...this.#listeners]) listener(next);
  }

  /** Listen until the returned function is called. */
  listen(listener: (state: State) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
