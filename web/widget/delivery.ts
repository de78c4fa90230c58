// Brings out what waits in the outbox, one after the other, so that the order is the customer's. A picture is uploaded before.

import { ApiError, NetworkError, type Access, type Api } from "./api";
import { backoffDelay } from "./backoff";
import type { Connection } from "./connection";
import type { Message } from "./frames";
import { isRefusal, needsUpload, outgoingFrom, type Outbox, type Unsent } from "./outbox";

const ACCEPT_MS = 15_000;

interface Waiter {
  clientId: string;
  done(message: Message): void;
  fail(error: Error): void;
}

export interface Callbacks {
  /** The conversation to send to, or null while the gateway is out of reach. */
  access(): Access | null;
  delivered(message: Message): void;
  gone(access: Access): void;
}

export class Delivery {
  #waiter: Waiter | null = null;
  #pumping = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    private readonly connection: Connection,
    private readonly outbox: Outbox,
    private readonly callbacks: Callbacks,
  ) {}

  /** Send what waits, unless that is under way. */
  pump(): void {
    if (!this.#pumping) void this.#pumpAll();
  }

  /** The way to the gateway is open again. */
  reset(): void {
    this.#failures = 0;
    this.pump();
  }

  /** The way to the gateway broke: nobody will confirm the message that is under way. */
  lost(): void {
    this.#waiter?.fail(new NetworkError("lost"));
  }

  accepted(clientId: string, message: Message): void {
    if (this.#waiter?.clientId === clientId) this.#waiter.done(message);
  }

  refused(clientId: string | null, code: string, retryAfter: number | null): void {
    if (clientId !== null && this.#waiter?.clientId === clientId) this.#waiter.fail(new ApiError(0, code, retryAfter));
  }

  async #pumpAll(): Promise<void> {
    this.#pumping = true;
    clearTimeout(this.#timer);
    try {
      for (;;) {
        const access = this.callbacks.access();
        const entry = this.outbox.next();
        if (entry === null || access === null || needsUpload(entry)) return;
        if (entry.state !== "sending") this.outbox.update(entry.client_id, { state: "sending", error: null });
        try {
          this.callbacks.delivered(await this.#deliver(access, entry));
          this.outbox.remove(entry.client_id);
          this.#failures = 0;
        } catch (error) {
          if (!this.#goesOn(access, entry, error)) return;
        }
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** Note why an entry did not go out; whether those behind it may go on. */
  #goesOn(access: Access, entry: Unsent, error: unknown): boolean {
    const known = error instanceof ApiError ? error : null;
    if (known && isRefusal(known.code)) {
      this.outbox.update(entry.client_id, { state: "failed", error: known.code });
      return true;
    }
    this.outbox.update(entry.client_id, { state: "waiting", error: known?.code ?? null });
    if (known?.isGone) {
      this.callbacks.gone(access);
      return false;
    }
    const named = (known?.retryAfter ?? 0) * 1000;
    this.#timer = setTimeout(() => this.pump(), Math.max(named, backoffDelay(this.#failures, Math.random(), 2_000)));
    this.#failures += 1;
    return false;
  }

  async #deliver(access: Access, entry: Unsent): Promise<Message> {
    const message = outgoingFrom(entry);
    if (message.type === "picture" && this.outbox.hasMorePictures(entry.client_id)) message.more = true;
    if (!this.connection.hasSocket) return this.api.sendMessage(access, message);
    return new Promise<Message>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiter.fail(new NetworkError("no answer"));
        this.connection.restart(); // A socket that swallows messages is no good.
      }, ACCEPT_MS);
      const settle = (): void => {
        clearTimeout(timer);
        if (this.#waiter === waiter) this.#waiter = null;
      };
      const waiter: Waiter = {
        clientId: entry.client_id,
        done: (message) => (settle(), resolve(message)),
        fail: (error) => (settle(), reject(error)),
      };
      this.#waiter = waiter;
      const sent = this.connection.send({ type: "message_send", message });
      if (!sent) waiter.fail(new NetworkError("lost"));
    });
  }
}
