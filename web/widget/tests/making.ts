// Things the tests talk about, with what each test does not care about filled in.

import type { Conversation, Message } from "../frames";
import type { KeyValues } from "../storage";
import { EMPTY, reduce, type Change, type State } from "../store";

export function makeMessage(seq: number, given: Partial<Message> = {}): Message {
  return {
    message_id: `m${seq}`,
    seq,
    kind: "outgoing",
    sender: "bot",
    text: `text ${seq}`,
    buttons: [],
    lasting: false,
    picture_id: null,
    image: null,
    image_alt: null,
    client_id: null,
    created_at: new Date(Date.UTC(2024, 4, 12, 4, 0, seq)).toISOString(),
    status: "sent",
    ...given,
  };
}

export function makeIncoming(seq: number, given: Partial<Message> = {}): Message {
  return makeMessage(seq, { kind: "incoming", sender: "customer", status: "received", client_id: `c${seq}`, ...given });
}

export function makeConversation(given: Partial<Conversation> = {}): Conversation {
  return { conversation_id: "a", language: "zh", owner: "bot", last_seq: 0, read_seq: 0, ...given };
}

export function stateAfter(...changes: Change[]): State {
  return changes.reduce(reduce, EMPTY);
}

export class MemoryStorage implements KeyValues {
  readonly values = new Map<string, string>();

  get(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.values.set(key, value);
  }

  remove(key: string): void {
    this.values.delete(key);
  }

  keys(): string[] {
    return [...this.values.keys()];
  }
}
