// Keeps the page in touch with the gateway: one socket, resumed where it broke off, with waits that grow between tries.

import { backoffDelay } from "../../widget/backoff";
import type { ClientFrame, ServerFrame } from "./types";

/** What it needs of the browser; the tests have their own. */
export interface Surroundings {
  openSocket(): WebSocket;
  isOnline(): boolean;
  chance(): number;
}

export interface Callbacks {
  link(link: "connecting" | "live" | "lost" | "offline"): void;
  frame(frame: ServerFrame): void;
  /** Frames are missing, or nothing was known before: the lists have to be read again. */
  missed(): void;
  /** The socket ended before it began, as it does for who is not signed in any more; it is tried again. */
  refused(): void;
  /** The gateway closed it, as the session is over; `start` begins anew. */
  sessionEnded(): void;
}

const HELLO_MS = 10_000;
const PING_MS = 20_000;
const PONG_MS = 8_000;
const SESSION_ENDED = 4401;

export class DeskSocket {
  #running = false;
  #socket: WebSocket | null = null;
  #live = false;
  #failures = 0;
  /** Of the last life of the gateway that this page has read everything of. */
  #epoch: string | null = null;
  #helloEpoch: string | null = null;
  #n = 0;
  #helloN = 0;
  #watched: string | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #pongTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly callbacks: Callbacks,
  ) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#failures = 0;
    this.#open();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#retryTimer);
    this.#socket?.close();
  }

  /** Forget where it was, as when another person signs in. */
  forget(): void {
    this.#epoch = this.#helloEpoch = null;
    this.#n = 0;
    this.#watched = null;
  }

  send(frame: ClientFrame): boolean {
    if (!this.#live || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Tell which conversation is looked at, now and after each reconnect. */
  watch(conversationId: string | null): void {
    this.#watched = conversationId;
    this.send({ type: "watch", conversation_id: conversationId });
  }

  /** The device woke up or the network came back: do not sit out a wait, and find out whether the socket still lives. */
  check(): void {
    if (!this.#running) return;
    if (this.#socket === null) this.#open();
    else this.#ping();
  }

  #open(): void {
    clearTimeout(this.#retryTimer);
    if (!this.#running) return;
    if (!this.surroundings.isOnline()) {
      this.callbacks.link("offline");
      return; // check() comes with the network.
    }
    if (this.#failures === 0) this.callbacks.link("connecting");
    const socket = this.surroundings.openSocket();
    this.#socket = socket;
    const helloTimer = setTimeout(() => end(), HELLO_MS);
    const pings = setInterval(() => this.#ping(), PING_MS);
    let greeted = false;
    const end = (code = 1006): void => {
      clearTimeout(helloTimer);
      clearTimeout(this.#pongTimer);
      clearInterval(pings);
      this.#pongTimer = undefined;
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#live = false;
      if (this.#running && !greeted) this.callbacks.refused();
      this.#ended(code);
    };
    socket.onopen = () => socket.send(JSON.stringify({ type: "resume", epoch: this.#epoch, n: this.#n } satisfies ClientFrame));
    socket.onerror = () => end();
    socket.onclose = (event) => end(event.code);
    socket.onmessage = (event: MessageEvent) => {
      clearTimeout(this.#pongTimer);
      this.#pongTimer = undefined;
      const frame = frameFrom(event.data);
      if (frame === null) return;
      if (frame.type === "hello") {
        greeted = true;
        clearTimeout(helloTimer);
      }
      this.#take(frame);
    };
  }

  #take(frame: ServerFrame): void {
    if (frame.type === "hello") {
      if (this.#epoch !== frame.epoch) {
        this.#epoch = null; // Until the reset that follows; a socket that breaks off before it asks for it again.
        this.#n = frame.n;
      }
      this.#helloEpoch = frame.epoch;
      this.#helloN = frame.n;
      this.#live = true;
      this.#failures = 0;
      this.callbacks.frame(frame);
      this.callbacks.link("live");
      if (this.#watched !== null) this.watch(this.#watched);
      return;
    }
    if (frame.type === "reset") {
      this.#n = this.#helloN; // What came later waits in the socket.
      this.#epoch = this.#helloEpoch;
      this.callbacks.missed();
      return;
    }
    // Signs of typing are not kept, and carry the number of the frame before them.
    if (frame.type !== "typing_changed" && "n" in frame && typeof frame.n === "number") {
      if (frame.n <= this.#n) return; // Replayed twice.
      this.#n = frame.n;
      this.#epoch = this.#helloEpoch;
    }
    this.callbacks.frame(frame);
  }

  #ended(code: number): void {
    if (!this.#running) return;
    if (code === SESSION_ENDED) {
      this.#running = false;
      this.callbacks.sessionEnded();
      return;
    }
    this.callbacks.link(this.surroundings.isOnline() ? "lost" : "offline");
    const wait = backoffDelay(this.#failures, this.surroundings.chance());
    this.#failures += 1;
    this.#retryTimer = setTimeout(() => this.#open(), wait);
  }

  /** A socket can be dead without a close: nothing heard in time after a ping ends it. */
  #ping(): void {
    if (this.#pongTimer !== undefined || !this.send({ type: "ping" })) return;
    this.#pongTimer = setTimeout(() => {
      const socket = this.#socket;
      socket?.onclose?.call(socket, new CloseEvent("close", { code: 1006 }));
    }, PONG_MS);
  }
}

const TYPES = [
  "hello", "reset", "conversation_changed", "message_created", "message_changed", "typing_changed", "presence_changed",
  "counts_changed", "watchers_changed", "pong",
];

/** Read a frame; null for what is no frame or of a type from the future. Both sides are ours, so its fields are taken as they are. */
export function frameFrom(data: unknown): ServerFrame | null {
  try {
    const value = JSON.parse(String(data)) as { type?: unknown } | null;
    return typeof value?.type === "string" && TYPES.includes(value.type) ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
