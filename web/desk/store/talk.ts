// The open conversation: reading it, going back in it, writing into it.

import * as calls from "../api/calls";
import { DeskError, newKey } from "../api/client";
import type { Outgoing, Row } from "../api/types";
import { Drafts } from "../drafts";
import { session } from "../session";
import { storage } from "../theme";
import { takeMessages, takeRow, takeRows } from "./frames";
import { firstUnread, merged, type Sending } from "./messages";
import { state, type Talk } from "./state";

export const drafts = new Drafts(storage, () => session.me?.username ?? "", (id, text) => calls.putDraft(id, text));

let asked: AbortController | null = null;

/** Open a conversation, or none. */
export async function openTalk(conversationId: string | null): Promise<void> {
  asked?.abort();
  asked = null;
  if (conversationId === null) {
    state.talk = null;
    return;
  }
  state.talk = {
    conversation_id: conversationId, state: "loading", handover: null, customer: null, messages: [],
    moreBefore: false, loadingBefore: false, unreadFrom: null, serverDraft: null,
  };
  await readTalk(conversationId);
}

export async function readTalk(conversationId: string): Promise<void> {
  asked = new AbortController();
  const { signal } = asked;
  try {
    const opened = await calls.open(conversationId, signal);
    const talk = state.talk;
    if (signal.aborted || talk?.conversation_id !== conversationId) return;
    takeRow(state, opened.conversation);
    takeRows(state, opened.customer.earlier ?? []);
    talk.handover = opened.handover;
    talk.customer = opened.customer;
    talk.moreBefore = opened.more_before;
    talk.serverDraft = opened.draft ?? null;
    if (opened.watchers) state.watchers.set(conversationId, opened.watchers);
    takeMessages(state, conversationId, opened.messages);
    talk.unreadFrom = opened.conversation.owner === "bot" ? null : firstUnread(talk.messages, opened.conversation.unread);
    talk.state = "ready";
  } catch (error) {
    if (signal.aborted || state.talk?.conversation_id !== conversationId) return;
    const isMissing = error instanceof DeskError && (error.status === 404 || error.status === 403);
    state.talk.state = isMissing ? "missing" : "failed";
  }
}

/** Fetch what was said since the last known message; after a long absence the conversation is opened anew. */
export async function catchUp(): Promise<void> {
  const talk = state.talk;
  if (talk === null) return;
  if (talk.state !== "ready") return readTalk(talk.conversation_id);
  const last = talk.messages.at(-1)?.position ?? 0;
  try {
    const [opened, { messages }] = await Promise.all([
      calls.open(talk.conversation_id),
      calls.messages(talk.conversation_id, { after: last }, 100),
    ]);
    if (state.talk !== talk && state.talk?.conversation_id !== talk.conversation_id) return;
    takeRow(state, opened.conversation);
    const first = opened.messages[0]?.position ?? 0;
    const joined = merged(messages, opened.messages);
    if (first > last + 1 && messages.length >= 100) state.talk.messages = []; // A hole between: show only the newest.
    takeMessages(state, talk.conversation_id, joined);
    if (first > last + 1 && messages.length >= 100) state.talk.moreBefore = opened.more_before;
    state.talk.handover = opened.handover;
  } catch {
    // The next reconnect tries again; what is shown stays.
  }
}

export async function loadBefore(talk: Talk): Promise<void> {
  const first = talk.messages[0];
  if (!talk.moreBefore || talk.loadingBefore || first === undefined) return;
  talk.loadingBefore = true;
  try {
    const { messages, more_before } = await calls.messages(talk.conversation_id, { before: first.position });
    talk.messages = merged(messages, talk.messages);
    talk.moreBefore = more_before ?? messages.length >= 50;
  } finally {
    talk.loadingBefore = false;
  }
}

// ------------------------------------------------------------ sending

export function sendingsOf(conversationId: string): Sending[] {
  return state.sending.get(conversationId) ?? [];
}

/** Show what is sent at once, then send it. */
export function send(row: Row, given: Pick<Sending, "text" | "kind" | "picture" | "canned">): Promise<void> {
  const sending: Sending = { ...given, client_id: newKey(), state: "sending", error: null, created_at: new Date().toISOString() };
  state.sending.set(row.conversation_id, [...sendingsOf(row.conversation_id), sending]);
  return deliver(row.conversation_id, sending.client_id);
}

/** Try once; the same client_id makes a second try harmless. Raises what went wrong after noting it. */
export async function deliver(conversationId: string, clientId: string): Promise<void> {
  const sending = change(conversationId, clientId, { state: "sending", error: null });
  if (!sending) return;
  try {
    const { picture } = sending;
    if (picture && picture.id === null) {
      const { picture_id } = await calls.upload(conversationId, picture.file, picture.name);
      change(conversationId, clientId, { picture: { ...picture, id: picture_id } });
    }
    const now = sendingsOf(conversationId).find((each) => each.client_id === clientId);
    if (!now) return;
    const message: Outgoing = { client_id: clientId, text: now.text, kind: now.kind };
    if (now.picture?.id) message.picture_id = now.picture.id;
    if (now.canned) message.canned = now.canned;
    takeMessages(state, conversationId, [await calls.send(conversationId, message)]);
  } catch (error) {
    change(conversationId, clientId, { state: "failed", error: error instanceof DeskError ? error.code : "offline" });
    throw error;
  }
}

export function discard(conversationId: string, clientId: string): Sending | null {
  const found = sendingsOf(conversationId).find((each) => each.client_id === clientId) ?? null;
  state.sending.set(conversationId, sendingsOf(conversationId).filter((each) => each.client_id !== clientId));
  if (found?.picture) URL.revokeObjectURL(found.picture.url);
  return found;
}

function change(conversationId: string, clientId: string, by: Partial<Sending>): Sending | null {
  let found: Sending | null = null;
  const all = sendingsOf(conversationId).map((each) => {
    if (each.client_id !== clientId) return each;
    found = { ...each, ...by };
    return found;
  });
  state.sending.set(conversationId, all);
  return found;
}
