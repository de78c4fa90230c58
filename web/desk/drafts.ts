// What an agent has written and not sent, for each conversation: here at once, at the gateway a moment later.

import type { KeyValues } from "../widget/storage";

export type Mode = "reply" | "note";
const SERVER_MS = 1_500;

export class Drafts {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly storage: KeyValues,
    private readonly owner: () => string,
    /** Save a reply's draft at the gateway; a failure does not matter, as it is kept here. */
    private readonly save: (conversationId: string, text: string) => Promise<unknown>,
  ) {}

  get(conversationId: string, mode: Mode): string | null {
    return this.storage.get(this.#key(conversationId, mode));
  }

  /** What to begin with: what was written here, else what was written elsewhere. */
  first(conversationId: string, mode: Mode, fromServer: string | null): string {
    return this.get(conversationId, mode) ?? (mode === "reply" ? (fromServer ?? "") : "");
  }

  set(conversationId: string, mode: Mode, text: string): void {
    const key = this.#key(conversationId, mode);
    // An empty one is kept as such when it stands against one of the gateway.
    if (text === "" && mode === "note") this.storage.remove(key);
    else this.storage.set(key, text);
    if (mode === "note") return;
    clearTimeout(this.#timers.get(conversationId));
    const timer = setTimeout(() => {
      this.#timers.delete(conversationId);
      this.save(conversationId, text).then(
        () => text === "" && this.get(conversationId, mode) === "" && this.storage.remove(key),
        () => undefined,
      );
    }, SERVER_MS);
    this.#timers.set(conversationId, timer);
  }

  /** What a canned reply brought into the draft of a reply, so that it is checked also when it is taken up again later. */
  made(conversationId: string): unknown {
    try {
      return JSON.parse(this.storage.get(this.#key(conversationId, "made")) ?? "null");
    } catch {
      return null;
    }
  }

  setMade(conversationId: string, made: object | null): void {
    const key = this.#key(conversationId, "made");
    if (made === null) this.storage.remove(key);
    else this.storage.set(key, JSON.stringify(made));
  }

  has(conversationId: string): boolean {
    return Boolean(this.get(conversationId, "reply")) || Boolean(this.get(conversationId, "note"));
  }

  #key(conversationId: string, mode: Mode | "made"): string {
    return `draft.${this.owner()}.${conversationId}.${mode}`;
  }
}
