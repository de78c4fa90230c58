// A gateway in memory, as far as one conversation goes: the HTTP part as a `fetch`, the other as sockets.

import type { Conversation, Message, OutgoingMessage } from "../frames";
import type { Upload } from "../upload";
import { makeConversation, makeMessage } from "./making";

export class FakeGateway {
  conversation: Conversation = makeConversation({ conversation_id: "" });
  messages: Message[] = [];
  sockets: FakeSocket[] = [];
  opened = 0;
  requests = 0;
  isDown = false;
  isDeaf = false;
  /** The signs of typing that came. */
  typing: boolean[] = [];
  /** What a proxy answers in the gateway's place. */
  proxyStatus: number | null = null;
  /** The heads of answers come, their bodies never do. */
  stalls = false;
  refusesSockets = false;
  refusesIdentity = false;
  swallowsAcceptance = false;
  /** The links by which pictures were fetched; each works once. */
  links: string[] = [];
  /** What a link leads to instead. */
  pictureUrl: string | null = null;
  /** Uploads that are held end when a test says so. */
  holdsUploads = false;
  uploads: FakeUpload[] = [];
  /** What the next uploads are answered with, one after the other; then all is well. */
  uploadAnswers: { status: number; text: string; retryAfter?: string }[] = [];
  /** Text to the code of its refusal. */
  refuses = new Map<string, string>();
  #waiting: (() => void)[] = [];

  get texts(): string[] {
    return this.messages.map((each) => each.text);
  }

  goDown(): void {
    this.isDown = true;
    for (const socket of this.sockets) socket.end();
  }

  say(text: string): void {
    this.#add(makeMessage(this.messages.length + 1, { text }));
  }

  openSocket(): WebSocket {
    const socket = new FakeSocket(this);
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }

  fetch: typeof fetch = async (input, init = {}) => {
    this.requests += 1;
    if (this.isDown) throw new TypeError("network");
    if (this.proxyStatus !== null) return new Response("<h1>default backend</h1>", { status: this.proxyStatus });
    if (this.stalls) return stalled(init.signal ?? null);
    const url = new URL(String(input));
    if (url.pathname.startsWith("/drawings/")) return new Response("drawing");
    const [, , , id, what, picture, file] = url.pathname.split("/");
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : {};
    if (id === undefined) return this.#open(body);
    if (file !== undefined) {
      this.links.push(url.pathname + url.search);
      return url.search === `?signature=${this.links.length}` ? new Response("picture") : refusal(404, "not_found");
    }
    const bearer = (init.headers as Record<string, string>)["Authorization"];
    if (id !== this.conversation.conversation_id || bearer !== `Bearer token ${id}`) return refusal(404, "not_found");
    if (what === "pictures" && picture !== undefined) {
      return Response.json({ url: this.pictureUrl ?? `${url.pathname}/file?signature=${this.links.length + 1}` });
    }
    if (what === "messages" && init.method === "POST") return this.#receive(body);
    if (what === "messages") return this.#history(url, init.signal ?? null);
    if (init.method === "PATCH") Object.assign(this.conversation, body);
    return Response.json({ conversation: this.conversation });
  };

  upload: Upload = (url, token, body, progress, signal) =>
    new Promise((resolve, reject) => {
      if (this.isDown) return reject(new Error("network"));
      const { conversation_id } = this.conversation;
      const isKnown = url.includes(conversation_id) && token === `token ${conversation_id}`;
      const picture_id = `p${this.uploads.length + 1}`;
      const { status, text, retryAfter = null } = isKnown
        ? (this.uploadAnswers.shift() ?? { status: 201, text: JSON.stringify({ picture_id }) })
        : { status: 404, text: JSON.stringify({ error: { code: "not_found" } }) };
      const end = (answered: boolean): void => {
        upload.isRunning = false;
        if (answered) resolve({ status, text, retryAfter });
        else reject(new Error("ended"));
      };
      const upload: FakeUpload = { size: (body.get("file") as Blob).size, isRunning: true, progress, end };
      this.uploads.push(upload);
      signal.addEventListener("abort", () => end(false));
      if (!this.holdsUploads) setTimeout(() => end(true), 1);
    });

  /** What a frame or a POST brought; the code of the refusal, or the message. */
  accept(sent: OutgoingMessage): Message | string {
    const known = this.messages.find((each) => each.client_id === sent.client_id);
    if (known) return known;
    const code = this.refuses.get(sent.text ?? "");
    if (code !== undefined) return code;
    const given = { kind: "incoming", sender: "customer", client_id: sent.client_id } as const;
    const text = sent.text ?? sent.button_id ?? "";
    const message = makeMessage(this.messages.length + 1, { ...given, text, picture_id: sent.picture_id ?? null });
    this.#add(message);
    return message;
  }

  #open(body: Record<string, unknown>): Response {
    if (body["identity"] !== undefined && this.refusesIdentity) return refusal(401, "not_authorized");
    this.opened += 1;
    const conversation_id = `conversation-${this.opened}`;
    this.conversation = makeConversation({ conversation_id, language: body["language"] === "en" ? "en" : "zh" });
    this.messages = [];
    this.say("welcome");
    return Response.json({ conversation: this.conversation, token: `token ${conversation_id}` }, { status: 201 });
  }

  #receive(body: Record<string, unknown>): Response {
    const accepted = this.accept(body as unknown as OutgoingMessage);
    return typeof accepted === "string" ? refusal(422, accepted) : Response.json({ message: accepted }, { status: 202 });
  }

  async #history(url: URL, signal: AbortSignal | null): Promise<Response> {
    const number = (name: string): number => Number(url.searchParams.get(name));
    const found = (): Message[] => this.messages.filter((each) => each.seq > number("after")).slice(0, number("limit"));
    if (found().length === 0 && number("wait") > 0) {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, number("wait") * 1000);
        signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      });
    }
    return Response.json({ messages: found() });
  }

  #add(message: Message): void {
    this.messages.push(message);
    this.conversation.last_seq = message.seq;
    for (const each of this.#waiting.splice(0)) each();
    for (const socket of this.sockets) socket.tell({ type: "message_created", message });
  }
}

export interface FakeUpload {
  size: number;
  isRunning: boolean;
  progress(part: number): void;
  /** With the gateway's answer, or as by a broken network. */
  end(answered: boolean): void;
}

function stalled(signal: AbortSignal | null): Response {
  const body = new ReadableStream({
    start: (controller) => signal?.addEventListener("abort", () => controller.error(new DOMException("", "AbortError"))),
  });
  return new Response(body);
}

function refusal(status: number, code: string): Response {
  return Response.json({ error: { code, message: code }, request_id: "r" }, { status });
}

class FakeSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  #greeted = false;
  #conversationId = "";

  constructor(private readonly gateway: FakeGateway) {
    setTimeout(() => {
      if (gateway.isDown || gateway.refusesSockets) return this.end();
      this.readyState = 1;
      this.onopen?.();
    }, 1);
  }

  send(data: string): void {
    if (this.gateway.isDeaf) return;
    const frame = JSON.parse(data) as Record<string, unknown>;
    const { conversation } = this.gateway;
    if (frame["type"] === "hello") {
      if (frame["token"] !== `token ${conversation.conversation_id}`) {
        this.#answer({ type: "error", code: "not_authorized" });
        return;
      }
      this.#greeted = true;
      this.#conversationId = conversation.conversation_id;
      this.#answer({ type: "hello_accepted", conversation: { ...conversation } });
      for (const message of this.gateway.messages) {
        if (message.seq > Number(frame["after"])) this.#answer({ type: "message_created", message });
      }
    }
    if (frame["type"] === "ping") this.#answer({ type: "pong" });
    if (frame["type"] === "typing") this.gateway.typing.push(frame["typing"] === true);
    if (frame["type"] === "read_mark") conversation.read_seq = Number(frame["seq"]);
    if (frame["type"] === "message_send") {
      const sent = frame["message"] as OutgoingMessage;
      const { client_id } = sent;
      const accepted = this.#conversationId === conversation.conversation_id ? this.gateway.accept(sent) : "not_found";
      if (typeof accepted === "string") this.#answer({ type: "error", code: accepted, client_id });
      else if (!this.gateway.swallowsAcceptance) this.#answer({ type: "message_accepted", client_id, message: accepted });
    }
  }

  tell(frame: unknown): void {
    if (this.#greeted && !this.gateway.swallowsAcceptance) this.#answer(frame);
  }

  close(): void {
    this.readyState = 3;
    this.#greeted = false;
  }

  end(): void {
    this.close();
    this.onclose?.();
  }

  #answer(frame: unknown): void {
    const data = JSON.stringify(frame);
    setTimeout(() => this.readyState === 1 && !this.gateway.isDeaf && this.onmessage?.({ data }), 1);
  }
}
