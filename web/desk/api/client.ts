// The gateway's desk API over HTTP: the session's cookie, the CSRF token, errors by their code.

export const BASE = "/desk/api";
const TIMEOUT_MS = 20_000;

/** The gateway refused; `details` is what its error says beside code and message. */
export class DeskError extends Error {
  override name = "DeskError";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: Record<string, unknown> = {},
    /** Seconds to wait before the next try, when the gateway named them. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${status} ${code}`);
  }
}

/** No answer: no network, or a gateway that is down. */
export class OfflineError extends Error {
  override name = "OfflineError";
}

export type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  query?: Query;
  signal?: AbortSignal;
  idempotencyKey?: string;
}

export class Client {
  /** Of the session; the answer to a login brings it. */
  csrf = "";
  /** Called when the gateway does not know the session any more. */
  onSessionEnd: () => void = () => undefined;
  /** Called when the token is out of date, as after a login in another tab; it brings a new one. */
  onCsrf: (() => Promise<void>) | null = null;

  constructor(private readonly fetcher: typeof fetch = (...args) => fetch(...args)) {}

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.#json<T>("GET", path, undefined, { query, ...(signal ? { signal } : {}) });
  }

  post<T>(path: string, body: unknown = {}, options: Options = {}): Promise<T> {
    return this.#json<T>("POST", path, body, options);
  }

  put<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#json<T>("PUT", path, body);
  }

  patch<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#json<T>("PATCH", path, body);
  }

  delete<T>(path: string, body?: unknown): Promise<T> {
    return this.#json<T>("DELETE", path, body);
  }

  /** What is no JSON, such as a file to be saved. */
  async text(path: string): Promise<string> {
    const answer = await this.#fetch("GET", BASE + path, undefined, {});
    return answer.text().catch((error: unknown) => {
      throw new OfflineError(String(error));
    });
  }

  /** A file as the field `file` of a form. */
  async upload<T>(path: string, file: Blob, name = "picture"): Promise<T> {
    const form = new FormData();
    form.append("file", file, name);
    return (await this.#fetch("POST", BASE + path, form, {})).json() as Promise<T>;
  }

  async #json<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const target = BASE + path + queryText(options.query);
    const answer = await this.#fetch(method, target, text, options).catch(async (error: unknown) => {
      if (!(error instanceof DeskError && error.code === "csrf" && this.onCsrf)) throw error;
      await this.onCsrf();
      return this.#fetch(method, target, text, options);
    });
    if (answer.status === 204) return undefined as T;
    return answer.json().catch((error: unknown) => {
      throw new OfflineError(String(error));
    }) as Promise<T>;
  }

  async #fetch(method: string, target: string, body: BodyInit | undefined, options: Options): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (typeof body === "string") headers["Content-Type"] = "application/json";
    if (method !== "GET") headers["X-CSRF-Token"] = this.csrf;
    if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    options.signal?.addEventListener("abort", () => abort.abort(), { once: true });
    let answer: Response;
    try {
      const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store", signal: abort.signal };
      answer = await this.fetcher(target, body === undefined ? init : { ...init, body });
    } catch (error) {
      throw new OfflineError(String(error));
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok) return answer;
    const error = errorFrom(answer.status, await answer.json().catch(() => null), answer.headers.get("Retry-After"));
    if (error.code === "not_signed_in") this.onSessionEnd();
    throw error;
  }
}

/** A name for one act, so that trying it again does not do it twice. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
}

function queryText(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

export function errorFrom(status: number, body: unknown, retryAfter: string | null): DeskError {
  const said = (body as { error?: Record<string, unknown> } | null)?.error ?? {};
  const { code, message: _message, details, ...rest } = said;
  const more = typeof details === "object" && details !== null ? (details as Record<string, unknown>) : {};
  const seconds = Number.parseFloat(retryAfter ?? "");
  const wait = Number.isFinite(seconds) ? seconds : null;
  return new DeskError(status, typeof code === "string" ? code : `http_${status}`, { ...rest, ...more }, wait);
}

export const api = new Client();
