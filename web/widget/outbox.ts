// What the customer said and the gateway has not confirmed. Each keeps its client id over reloads and reconnects, so that
// the gateway can tell a repeat from a second message.

import type { OutgoingMessage } from "./frames";
import type { KeyValues } from "./storage";

export interface Unsent {
  readonly client_id: string;
  readonly type: OutgoingMessage["type"];
  readonly text: string;
  readonly button_id: string | null;
  readonly picture_id: string | null;
  /** ISO 8601 in UTC, and the place among those of the same moment. */
  readonly created_at: string;
  readonly order: number;
  /** The sequence number of the last message at that time: where it belongs in the log if it is refused. */
  readonly after: number;
  /** waiting: tried in vain, will be tried again; failed: refused, tried again only when the customer asks. */
  readonly state: "sending" | "waiting" | "failed";
  /** The code of the refusal. */
  readonly error: string | null;
}

const PREFIX = "unsent:";
/** Codes that say "this message, never"; anything else is worth another try. */
const REFUSALS = new Set([
  "bad_request",
  "invalid",
  "too_large",
  "unsupported_picture",
  "picture_lost",
  "forbidden_origin",
]);

export function isRefusal(code: string): boolean {
  return REFUSALS.has(code);
}

/** A picture that is not with the gateway yet and was not refused. */
export function needsUpload({ type, picture_id, state }: Unsent): boolean {
  return type === "picture" && picture_id === null && state !== "failed";
}

/** 32 hex digits. `crypto.randomUUID` is missing on pages without TLS. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
}

function unsentFrom(text: string | null): Unsent | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    const found = value as Partial<Unsent> | null;
    if (typeof found?.client_id !== "string" || typeof found.text !== "string") return null;
    if (typeof found.created_at !== "string" || Number.isNaN(Date.parse(found.created_at))) return null;
    if (found.type !== "text" && found.type !== "button" && found.type !== "picture") return null;
    return {
      client_id: found.client_id,
      type: found.type,
      text: found.text,
      button_id: found.button_id ?? null,
      picture_id: found.picture_id ?? null,
      created_at: found.created_at,
      order: found.order ?? 0,
      after: found.after ?? 0,
      state: found.state === "failed" ? "failed" : "waiting",
      error: found.error ?? null,
    };
  } catch {
    return null;
  }
}

function inOrder(a: Unsent, b: Unsent): number {
  return Date.parse(a.created_at) - Date.parse(b.created_at) || a.order - b.order;
}

/** The body to send. */
export function outgoingFrom(unsent: Unsent): OutgoingMessage {
  const { client_id, type, text, button_id, picture_id } = unsent;
  if (type === "button" && button_id !== null) return { client_id, type, button_id };
  if (type === "picture" && picture_id !== null) return { client_id, type, picture_id, ...(text === "" ? {} : { text }) };
  return { client_id, type: "text", text };
}

export class Outbox {
  readonly #entries = new Map<string, Unsent>();

  constructor(
    private readonly storage: KeyValues,
    private readonly changed: (unsent: readonly Unsent[]) => void,
  ) {
    this.reload();
  }

  /** Take in what an earlier page or another tab left unsent. One key each, so two tabs never overwrite each other. */
  reload(): void {
    for (const key of this.storage.keys()) {
      if (!key.startsWith(PREFIX)) continue;
      const entry = unsentFrom(this.storage.get(key));
      if (entry === null) this.storage.remove(key);
      else if (!this.#entries.has(entry.client_id)) this.#entries.set(entry.client_id, entry);
    }
    this.#tell();
  }

  get entries(): readonly Unsent[] {
    return [...this.#entries.values()].sort(inOrder);
  }

  /** The one whose turn it is. A refused one steps aside; a waiting one holds back those behind it, to keep the order. */
  next(): Unsent | null {
    return this.entries.find((each) => each.state !== "failed") ?? null;
  }

  /** Whether the one behind this picture is a picture too, ready to go. */
  hasMorePictures(clientId: string): boolean {
    const queue = this.entries.filter((each) => each.state !== "failed");
    return queue[queue.findIndex((each) => each.client_id === clientId) + 1]?.type === "picture";
  }

  get(clientId: string): Unsent | null {
    return this.#entries.get(clientId) ?? null;
  }

  add(what: Pick<Unsent, "type" | "text"> & Partial<Unsent>, now: Date): Unsent {
    const entry: Unsent = {
      button_id: null,
      picture_id: null,
      error: null,
      client_id: newClientId(),
      after: 0,
      ...what,
      // A clock that was put back must not put this before what was written earlier.
      created_at: new Date(Math.max(now.getTime(), ...this.entries.map((each) => Date.parse(each.created_at)))).toISOString(),
      order: Math.max(0, ...this.entries.map((each) => each.order)) + 1,
      state: "sending",
    };
    this.#keep(entry);
    return entry;
  }

  update(clientId: string, change: Partial<Omit<Unsent, "client_id">>): void {
    const old = this.#entries.get(clientId);
    if (old) this.#keep({ ...old, ...change });
  }

  remove(clientId: string): void {
    this.storage.remove(PREFIX + clientId);
    if (this.#entries.delete(clientId)) this.#tell();
  }

  /** The gateway is back: each has its turn again, also what was given up for the network. */
  resume(): void {
    for (const entry of this.entries) {
      if (entry.state === "waiting" || entry.error === "network") this.#keep({ ...entry, state: "sending", error: null });
    }
  }

  /** Another tab changed the value of this key: what it removed is not waiting any more. */
  changedElsewhere(key: string): void {
    if (!key.startsWith(PREFIX) || this.storage.get(key) !== null) return;
    if (this.#entries.delete(key.slice(PREFIX.length))) this.#tell();
  }

  /** A new conversation never offered the old one's buttons nor holds its pictures: say the title, upload again. */
  moveToNewConversation(): void {
    for (const entry of this.entries) {
      if (entry.type === "button") this.#keep({ ...entry, type: "text", button_id: null });
      if (entry.type === "picture") this.#keep({ ...entry, picture_id: null });
    }
  }

  #keep(entry: Unsent): void {
    this.#entries.set(entry.client_id, entry);
    this.storage.set(PREFIX + entry.client_id, JSON.stringify(entry));
    this.#tell();
  }

  #tell(): void {
    this.changed(this.entries);
  }
}
