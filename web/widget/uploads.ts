// Brings up the pictures of the outbox, a few at a time, and tries again what failed by accident.

import { ApiError, type Access, type Api } from "./api";
import { backoffDelay } from "./backoff";
import type { Blobs } from "./blobs";
import { isRefusal, needsUpload, type Outbox, type Unsent } from "./outbox";

const AT_ONCE = 2;
/** After so many the customer decides, for what they write meanwhile waits behind the picture. */
const MOST_TRIES = 4;
/** How often the progress is told, in ms. */
const TELL_MS = 150;

export interface Callbacks {
  /** The conversation to upload to, or null while the gateway is out of reach. */
  access(): Access | null;
  /** How much of a picture is up, in whole percents; null when nothing goes on. */
  progress(clientId: string, percent: number | null): void;
  /** An upload ended, well or not. */
  settled(): void;
  gone(access: Access): void;
}

export class Uploads {
  readonly #running = new Map<string, AbortController>();
  readonly #pauses = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #tries = new Map<string, number>();

  constructor(
    private readonly api: Api,
    private readonly outbox: Outbox,
    private readonly blobs: Blobs,
    private readonly callbacks: Callbacks,
  ) {}

  /** Begin what can be begun, first come first served. */
  pump(): void {
    const access = this.callbacks.access();
    if (access === null) return;
    for (const entry of this.outbox.entries) {
      if (this.#running.size >= AT_ONCE) return;
      const { client_id } = entry;
      if (!needsUpload(entry) || this.#running.has(client_id) || this.#pauses.has(client_id)) continue;
      void this.#run(access, entry);
    }
  }

  /** The way to the gateway is open again: no use in sitting out a pause. */
  reset(): void {
    for (const clientId of [...this.#pauses.keys()]) this.#resume(clientId);
    this.pump();
  }

  /** The customer asks for another try. */
  retry(clientId: string): void {
    this.#tries.delete(clientId);
    this.#resume(clientId);
    this.pump();
  }

  /** Stop the uploads of what is not in the outbox any more. */
  forget(): void {
    for (const [clientId, abort] of this.#running) if (this.outbox.get(clientId) === null) abort.abort();
  }

  /** The conversation they were for is gone. */
  stop(): void {
    for (const abort of this.#running.values()) abort.abort();
  }

  async #run(access: Access, { client_id }: Unsent): Promise<void> {
    const abort = new AbortController();
    this.#running.set(client_id, abort);
    this.outbox.update(client_id, { state: "sending", error: null });
    this.callbacks.progress(client_id, 0);
    try {
      const picture = await this.blobs.get(client_id);
      if (picture === null) throw new ApiError(0, "picture_lost");
      const picture_id = await this.api.uploadPicture(access, picture, this.#teller(client_id), abort.signal);
      if (!abort.signal.aborted) this.outbox.update(client_id, { picture_id });
      this.#tries.delete(client_id);
    } catch (error) {
      this.#failed(access, client_id, abort.signal.aborted ? null : error);
    } finally {
      this.#running.delete(client_id);
      this.callbacks.progress(client_id, null);
      this.callbacks.settled();
    }
  }

  #failed(access: Access, clientId: string, error: unknown): void {
    const known = error instanceof ApiError ? error : null;
    if (known && isRefusal(known.code)) {
      const code = known.code === "too_large" ? "picture_too_large" : known.code;
      return this.outbox.update(clientId, { state: "failed", error: code });
    }
    this.outbox.update(clientId, { state: "waiting", error: null });
    if (known?.isGone) return this.callbacks.gone(access);
    // Without a way to the gateway this was no try, and the next begins when there is one.
    if (error === null || this.callbacks.access() === null) return;
    const failures = (this.#tries.get(clientId) ?? 0) + (known?.code === "rate_limited" ? 0 : 1);
    this.#tries.set(clientId, failures);
    if (failures >= MOST_TRIES) {
      this.#tries.delete(clientId);
      return this.outbox.update(clientId, { state: "failed", error: known?.code ?? "network" });
    }
    const wait = Math.max((known?.retryAfter ?? 0) * 1000, backoffDelay(failures, Math.random()));
    this.#pauses.set(clientId, setTimeout(() => (this.#resume(clientId), this.pump()), wait));
  }

  #resume(clientId: string): void {
    clearTimeout(this.#pauses.get(clientId));
    this.#pauses.delete(clientId);
  }

  #teller(clientId: string): (part: number) => void {
    let told = 0;
    return (part) => {
      if (part < 1 && Date.now() - told < TELL_MS) return;
      told = Date.now();
      this.callbacks.progress(clientId, Math.round(part * 100));
    };
  }
}
