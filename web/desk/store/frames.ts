// What a frame of the socket changes. Pure but for the state that is given.

import type { DeskMessage, Row, ServerFrame } from "../api/types";
import { merged, unconfirmed } from "./messages";
import { compareRows, isIn, type Filter } from "./rows";
import type { State } from "./state";

/** Take a row, unless a newer one is known. */
export function takeRow(state: State, row: Row): boolean {
  const known = state.rows.get(row.conversation_id);
  if (known && known.version > row.version) return false;
  state.rows.set(row.conversation_id, row);
  return true;
}

export function takeRows(state: State, rows: readonly Row[]): void {
  for (const row of rows) takeRow(state, row);
}

/** Which rows are known, and how new they are. */
export const versionsOf = (state: State): Map<string, number> => new Map([...state.rows].map(([id, row]) => [id, row.version]));

/**
 * The first page of a list also tells what is not in it any more. Goes: a row that was known when the page was asked for (`asked`), has not
 * changed since and would stand in the page. That of the open conversation stays, as it is read with it.
 */
export function forgetGone(state: State, filter: Filter, asked: ReadonlyMap<string, number>, page: readonly Row[], more: boolean): void {
  const [listed, last] = [new Set(page.map((each) => each.conversation_id)), page.at(-1)];
  for (const row of [...state.rows.values()]) {
    const id = row.conversation_id;
    if (listed.has(id) || id === state.talk?.conversation_id || asked.get(id) !== row.version || !isIn(row, filter, state.me)) continue;
    if (!more || (last && compareRows(filter.sort, row, last) < 0)) state.rows.delete(id);
  }
}

/** Take messages of a conversation; only those of the open one are kept, and what they confirm is not sent again. */
export function takeMessages(state: State, conversationId: string, messages: readonly DeskMessage[]): void {
  const sending = state.sending.get(conversationId);
  if (sending) state.sending.set(conversationId, unconfirmed(sending, messages));
  if (state.talk?.conversation_id !== conversationId) return;
  state.talk.messages = merged(state.talk.messages, messages);
}

export function applyFrame(state: State, frame: ServerFrame): void {
  switch (frame.type) {
    case "hello":
      state.presence = typeof frame.presence === "string" ? frame.presence : (frame.presence?.status ?? state.presence);
      return;
    case "conversation_changed":
      takeChanged(state, frame.conversation);
      return;
    case "message_created":
    case "message_changed":
      takeMessages(state, frame.conversation_id, [frame.message]);
      if (frame.message.sender === "customer") setTyping(state, frame.conversation_id, "customer", null, false);
      if (frame.message.author) setTyping(state, frame.conversation_id, "agent", frame.message.author, false);
      return;
    case "typing_changed":
      setTyping(state, frame.conversation_id, frame.sender, frame.agent ?? null, frame.typing);
      return;
    case "presence_changed": {
      const known = state.colleagues.get(frame.username);
      if (known) state.colleagues.set(frame.username, { ...known, presence: frame.status, open: frame.open });
      return;
    }
    case "counts_changed": {
      const { queue, mine, bot, booked } = frame;
      state.counts = { queue, booked, mine: mine ?? state.counts.mine, bot: bot ?? state.counts.bot };
      return;
    }
    case "watchers_changed":
      state.watchers.set(frame.conversation_id, frame.usernames);
      return;
    case "reset":
    case "pong":
      return;
  }
}

/** Take a row that just changed, by somebody's hand or mine: what is mine is counted anew. */
export function takeChanged(state: State, row: Row): void {
  countMine(state, row);
  takeRow(state, row);
}

const isHers = (row: Row | undefined, me: string): boolean => row?.state === "open" && row.owner === "agent" && row.agent === me;

/** The gateway counts for all alike, so what came to me or left me is counted here. */
function countMine(state: State, row: Row): void {
  const known = state.rows.get(row.conversation_id);
  if (known && known.version > row.version) return;
  const change = Number(isHers(row, state.me)) - Number(isHers(known, state.me));
  if (change !== 0) state.counts = { ...state.counts, mine: Math.max(0, state.counts.mine + change) };
}

function setTyping(state: State, id: string, sender: "customer" | "agent", agent: string | null, typing: boolean): void {
  const now = state.typing.get(id) ?? { customer: false, agents: [] };
  if (sender === "customer") {
    state.typing.set(id, { ...now, customer: typing });
  } else if (agent !== null) {
    const others = now.agents.filter((each) => each !== agent);
    state.typing.set(id, { ...now, agents: typing ? [...others, agent] : others });
  }
}
