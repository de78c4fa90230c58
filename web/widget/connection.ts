// Keeps the widget in touch with the gateway: a socket, after failures a long poll, and waits that grow in between.

import { ApiError, GONE_CODES, type Access } from "./api";
import { backoffDelay } from "./backoff";
import { frameFrom, type ClientFrame, type Message, type ServerFrame } from "./frames";
import type { Link } from "./store";

/** What a connection needs of the browser; the tests have their own. */
export interface Surroundings {
  openSocket(conversationId: string): WebSocket;
  isOnline(): boolean;
  chance(): number;
}

export interface Callbacks {
  /** The conversation to talk in; opens one when there is none. */
  access(): Promise<Access>;
  /** This conversation is not known to the gateway (any more). */
  gone(access: Access): void;
  lastSeq(): number;
  poll(access: Access, after: number, waitSeconds: number, signal: AbortSignal): Promise<Message[]>;
  /** A way to the gateway is open: fetch what was missed. Raises the errors of the API. */
  ready(access: Access, way: "socket" | "poll"): Promise<void>;
  frame(frame: ServerFrame): void;
  messages(messages: Message[]): void;
  link(link: Link): void;
}

const SOCKET_TRIES = 2;
const HELLO_MS = 10_000;
const PING_MS = 20_000;
const PONG_MS = 8_000;
const POLL_WAIT_SECONDS = 25;
/** While polling, the socket is tried again this often. */
const POLL_STRETCH_MS = 60_000;
/** So that a gateway that refuses everything at once is not asked in a tight loop. */
const POLL_GAP_MS = 500;

/** served: the socket said hello; polled: only the poll was answered. */
type End = "served" | "polled" | "failed" | "gone";

export class Connection {
  #running = false;
  #socket: WebSocket | null = null;
  #endSocket: (() => void) | null = null;
  #accepted = false;
  #pollAbort: AbortController | null = null;
  #pongTimer: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | null = null;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly callbacks: Callbacks,
  ) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  stop(): void {
    this.#running = false;
    this.restart();
  }

  get hasSocket(): boolean {
    return this.#accepted;
  }

  send(frame: ClientFrame): boolean {
    if (!this.#accepted || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Give up the present way and look for one at once. */
  restart(): void {
    this.#endSocket?.();
    this.#pollAbort?.abort();
    this.#wake?.();
  }

  /** The device woke up or the network came back: do not sit out a wait, and find out whether the socket still lives. */
  check(): void {
    this.#wake?.();
    if (this.#accepted) this.#ping();
  }

  async #run(): Promise<void> {
    let failures = 0;
    this.callbacks.link("connecting");
    while (this.#running) {
      if (!this.surroundings.isOnline()) {
        this.callbacks.link("offline");
        await this.#pause(null);
        continue;
      }
      const end = await this.#serve(failures >= SOCKET_TRIES);
      if (!this.#running) break;
      if (end === "gone" && failures === 0) {
        failures = 1; // A second time in a row it waits, or two sides that disagree would loop.
        continue;
      }
      if (end === "polled") {
        await this.#pause(POLL_GAP_MS);
        continue;
      }
      failures = end === "served" ? 0 : failures + 1;
      if (!this.surroundings.isOnline()) continue;
      this.callbacks.link("lost");
      await this.#pause(backoffDelay(Math.max(0, failures - 1), this.surroundings.chance()));
    }
    this.callbacks.link("idle");
  }

  async #serve(pollFirst: boolean): Promise<End> {
    let access: Access | null = null;
    try {
      access = await this.callbacks.access();
      const polled = pollFirst && (await this.#poll(access));
      const end = this.#running ? await this.#serveSocket(access) : "failed";
      return end === "failed" && polled ? "polled" : end;
    } catch (error) {
      if (!(error instanceof ApiError && error.isGone && access !== null)) return "failed";
      this.callbacks.gone(access);
      return "gone";
    }
  }

  /** Serve one socket to its end. */
  #serveSocket(access: Access): Promise<End> {
    return new Promise((resolve) => {
      const socket = this.surroundings.openSocket(access.conversation_id);
      let end: End = "failed";
      let pings: ReturnType<typeof setInterval> | undefined;
      const helloTimer = setTimeout(() => finish(), HELLO_MS);
      const finish = (): void => {
        clearTimeout(helloTimer);
        clearTimeout(this.#pongTimer);
        this.#pongTimer = undefined;
        clearInterval(pings);
        socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
        socket.close();
        if (this.#socket === socket) {
          this.#socket = null;
          this.#endSocket = null;
          this.#accepted = false;
        }
        resolve(end);
      };
      this.#socket = socket;
      this.#endSocket = finish;
      socket.onclose = finish;
      socket.onerror = finish;
      socket.onopen = () => {
        const hello: ClientFrame = { type: "hello", token: access.token, after: this.callbacks.lastSeq() };
        socket.send(JSON.stringify(hello));
      };
      socket.onmessage = (event: MessageEvent) => {
        clearTimeout(this.#pongTimer);
        this.#pongTimer = undefined;
        const frame = frameFrom(event.data);
        if (frame === null) return;
        if (frame.type === "error" && GONE_CODES.has(frame.code) && frame.client_id === null) {
          end = "gone";
          this.callbacks.gone(access);
          finish();
          return;
        }
        if (frame.type === "hello_accepted" && !this.#accepted) {
          clearTimeout(helloTimer);
          end = "served";
          this.#accepted = true;
          pings = setInterval(() => this.#ping(), PING_MS);
          this.callbacks.frame(frame);
          this.callbacks.link("socket");
          this.callbacks.ready(access, "socket").catch((error: unknown) => {
            if (error instanceof ApiError && error.isGone) this.callbacks.gone(access);
            finish(); // Without what was missed the log would have a hole.
          });
          return;
        }
        this.callbacks.frame(frame);
      };
    });
  }

  /** A socket can be dead without a close: nothing heard in time after a ping ends it. */
  #ping(): void {
    if (this.#pongTimer !== undefined || !this.send({ type: "ping" })) return;
    this.#pongTimer = setTimeout(() => this.#endSocket?.(), PONG_MS);
  }

  /** Poll for a stretch; whether any poll was answered. */
  async #poll(access: Access): Promise<boolean> {
    const abort = new AbortController();
    this.#pollAbort = abort;
    const timer = setTimeout(() => abort.abort(), POLL_STRETCH_MS);
    let answered = false;
    try {
      await this.callbacks.ready(access, "poll");
      answered = true;
      this.callbacks.link("poll");
      for (;;) {
        const after = this.callbacks.lastSeq();
        this.callbacks.messages(await this.callbacks.poll(access, after, POLL_WAIT_SECONDS, abort.signal));
      }
    } catch (error) {
      if (error instanceof ApiError && error.isGone) throw error;
      return answered;
    } finally {
      clearTimeout(timer);
      this.#pollAbort = null;
    }
  }

  #pause(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => done(), ms);
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      this.#wake = done;
    });
  }
}
