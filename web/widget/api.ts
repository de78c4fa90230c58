// The gateway's customer API over HTTP.

import { conversationFrom, messageFrom, type Conversation, type Language, type Message, type OutgoingMessage } from "./frames";
import { uploadByXhr, type Upload } from "./upload";

/** By these the gateway says that it does not know the conversation or its token. */
export const GONE_CODES = new Set(["not_authorized", "not_found"]);

/** The gateway answered, but not with what was asked for. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    /** Seconds to wait before the next try, when the gateway named them. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${status} ${code}`);
  }

  /** The conversation or its token is not known any more. A proxy's own 404, while the gateway restarts, says no such thing. */
  get isGone(): boolean {
    return GONE_CODES.has(this.code);
  }
}

/** No answer: no network, a gateway that is down, or one that speaks another protocol. */
export class NetworkError extends Error {
  override name = "NetworkError";
}

export interface Access {
  readonly conversation_id: string;
  readonly token: string;
}

/** Signed by the host page's server; see docs/how-to-embed-the-widget.md. */
export interface Identity {
  user_id: string;
  name?: string;
  issued_at: number | string;
  signature: string;
}

export interface Opening {
  language: Language;
  identity?: Identity;
  page_url?: string;
}

const TIMEOUT_MS = 20_000;
/** For the bytes of a picture on a bad network. */
const PICTURE_MS = 120_000;
const PAGE_SIZE = 100;
/** Answers to a link that does not hold any more. */
const STALE = new Set([403, 404, 410]);

interface Request {
  access?: Access;
  method?: string;
  json?: unknown;
  timeout?: number;
  cache?: RequestCache;
  signal?: AbortSignal;
}

export class Api {
  constructor(
    /** Scheme, host and port of the gateway. */
    readonly origin: string,
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
    private readonly upload: Upload = uploadByXhr,
  ) {}

  get socketOrigin(): string {
    return this.origin.replace(/^http/, "ws");
  }

  async openConversation(opening: Opening): Promise<{ conversation: Conversation; token: string }> {
    const body = await this.#json("/api/conversations", { method: "POST", json: opening });
    const { conversation, token } = body as { conversation?: unknown; token?: unknown };
    const found = conversationFrom(conversation);
    if (found === null || typeof token !== "string") throw new NetworkError("unreadable conversation");
    return { conversation: found, token };
  }

  async conversation(access: Access): Promise<Conversation> {
    return this.#conversation(await this.#json(path(access), { access }));
  }

  async changeConversation(access: Access, change: { language?: Language; read_seq?: number }): Promise<Conversation> {
    return this.#conversation(await this.#json(path(access), { access, method: "PATCH", json: change }));
  }

  /** One page of messages after a sequence number; with `wait` (seconds) it is a long poll. */
  async messages(access: Access, after: number, wait = 0, signal?: AbortSignal): Promise<Message[]> {
    const query = new URLSearchParams({ after: `${after}`, limit: `${PAGE_SIZE}`, wait: `${wait}` });
    const request: Request = { access, timeout: TIMEOUT_MS + wait * 1000, ...(signal ? { signal } : {}) };
    const body = (await this.#json(`${path(access)}/messages?${query}`, request)) as { messages?: unknown };
    if (!Array.isArray(body.messages)) throw new NetworkError("unreadable messages");
    return body.messages.flatMap((each) => messageFrom(each) ?? []);
  }

  /** Every message after a sequence number, page by page. */
  async allMessages(access: Access, after: number): Promise<Message[]> {
    const found: Message[] = [];
    for (;;) {
      const page = await this.messages(access, found[found.length - 1]?.seq ?? after);
      found.push(...page);
      if (page.length < PAGE_SIZE) return found;
    }
  }

  async sendMessage(access: Access, message: OutgoingMessage): Promise<Message> {
    const body = await this.#json(`${path(access)}/messages`, { access, method: "POST", json: message });
    const found = messageFrom((body as { message?: unknown }).message);
    if (found === null) throw new NetworkError("unreadable message");
    return found;
  }

  /** Upload a picture; the id that a message may then carry. `progress` hears the part that is out, 0 to 1. */
  async uploadPicture(access: Access, picture: Blob, progress: (part: number) => void, signal: AbortSignal): Promise<string> {
    const body = new FormData();
    body.append("file", picture, `picture.${picture.type.replace("image/", "")}`);
    const answer = await this.upload(`${this.origin}${path(access)}/pictures`, access.token, body, progress, signal).catch((error: unknown) => {
      throw new NetworkError(String(error));
    });
    const said = jsonFrom(answer.text) as { picture_id?: unknown } | null;
    if (answer.status < 200 || answer.status > 299) throw errorFrom(answer.status, said, answer.retryAfter);
    if (typeof said?.picture_id !== "string") throw new NetworkError("unreadable picture");
    return said.picture_id;
  }

  /** A picture of this conversation; null when it is not kept any more. */
  async picture(access: Access, pictureId: string): Promise<Blob | null> {
    // Links hold for a few minutes only, so one that is refused is asked for anew, once.
    return (await this.#byLink(access, pictureId)) ?? this.#byLink(access, pictureId);
  }

  /** What the bot shows. Only from the gateway: anything else might tell a stranger who looks at it. */
  async drawing(url: string): Promise<Blob> {
    const { origin, pathname, search } = new URL(url, this.origin);
    if (origin !== new URL(this.origin).origin) throw new NetworkError("a picture of another origin");
    return this.#fetch(pathname + search, { cache: "default", timeout: PICTURE_MS }, (answer) => answer.blob());
  }

  async #byLink(access: Access, pictureId: string): Promise<Blob | null> {
    const target = `${path(access)}/pictures/${encodeURIComponent(pictureId)}`;
    const { url } = (await this.#json(target, { access })) as { url?: unknown };
    // Only a path of our own gateway: anything else might lead away.
    if (typeof url !== "string" || !url.startsWith(`${target}/`)) throw new NetworkError("unreadable link");
    try {
      return await this.#fetch(url, { cache: "default", timeout: PICTURE_MS }, (answer) => answer.blob());
    } catch (error) {
      if (error instanceof ApiError && STALE.has(error.status)) return null;
      throw error;
    }
  }

  #conversation(body: unknown): Conversation {
    const found = conversationFrom((body as { conversation?: unknown }).conversation);
    if (found === null) throw new NetworkError("unreadable conversation");
    return found;
  }

  async #json(target: string, request: Request): Promise<object> {
    const body = await this.#fetch<unknown>(target, request, (answer) => answer.json().catch(() => null));
    if (typeof body !== "object" || body === null) throw new NetworkError("unreadable answer");
    return body;
  }

  /** What `read` makes of the answer. The time runs for the body too: on a bad network only the head may come. */
  async #fetch<T>(target: string, request: Request, read: (answer: Response) => Promise<T>): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (request.access) headers["Authorization"] = `Bearer ${request.access.token}`;
    if (request.json !== undefined) headers["Content-Type"] = "application/json";
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), request.timeout ?? TIMEOUT_MS);
    request.signal?.addEventListener("abort", () => abort.abort(), { once: true });
    try {
      const answer = await this.fetcher(this.origin + target, {
        method: request.method ?? "GET",
        headers,
        credentials: "omit",
        cache: request.cache ?? "no-store",
        signal: abort.signal,
        ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
      });
      if (!answer.ok) throw errorFrom(answer.status, await answer.json().catch(() => null), answer.headers.get("Retry-After"));
      return await read(answer);
    } catch (error) {
      throw error instanceof ApiError ? error : new NetworkError(String(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

function path(access: Access): string {
  return `/api/conversations/${encodeURIComponent(access.conversation_id)}`;
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What a proxy refuses in its own words is known by the status. */
const CODES: Record<number, string> = { 413: "too_large", 415: "unsupported_picture" };

function errorFrom(status: number, body: unknown, retryAfter: string | null): ApiError {
  const code = (body as { error?: { code?: unknown } } | null)?.error?.code;
  const seconds = Number.parseFloat(retryAfter ?? "");
  return new ApiError(status, typeof code === "string" ? code : (CODES[status] ?? `http_${status}`), Number.isFinite(seconds) ? seconds : null);
}
