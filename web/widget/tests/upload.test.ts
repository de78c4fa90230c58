// One upload, with a request that does what the test says.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { uploadByXhr, type Answer } from "../upload";

type Progress = { loaded: number; total: number; lengthComputable: boolean };

class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress: ((event: Progress) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  status = 0;
  responseText = "";
  sent: unknown = null;
  headers: Record<string, string> = {};

  constructor() {
    FakeRequest.last = this;
  }

  open(method: string, url: string): void {
    this.headers["to"] = `${method} ${url}`;
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  getResponseHeader(name: string): string | null {
    return name === "Retry-After" ? "3" : null;
  }

  send(body: unknown): void {
    this.sent = body;
  }

  abort(): void {
    this.onabort?.();
    this.onloadend?.();
  }

  move(loaded: number, total: number, lengthComputable = true): void {
    this.upload.onprogress?.({ loaded, total, lengthComputable });
  }

  answer(status: number, text: string): void {
    Object.assign(this, { status, responseText: text });
    this.onload?.();
    this.onloadend?.();
  }
}

const body = new FormData();
let parts: number[];
let abort: AbortController;
let ended: Promise<Answer | string>;

function begin(): FakeRequest {
  ended = uploadByXhr("http://shop.test/x", "t", body, (part) => parts.push(part), abort.signal).catch((error: Error) => error.message);
  return FakeRequest.last;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  parts = [];
  abort = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("uploadByXhr", () => {
  it("sends under the token, tells what is out and brings the answer", async () => {
    const request = begin();
    expect(request.headers).toEqual({ to: "POST http://shop.test/x", Accept: "application/json", Authorization: "Bearer t" });
    expect(request.sent).toBe(body);
    request.move(1, 4);
    request.move(4, 4);
    request.move(4, 0, false);
    request.answer(429, "{}");
    expect(parts).toEqual([0.25, 1]);
    expect(await ended).toEqual({ status: 429, text: "{}", retryAfter: "3" });
  });

  it("goes on as long as it moves, and is given up when it does not", async () => {
    const request = begin();
    for (let i = 1; i <= 10; i += 1) {
      await vi.advanceTimersByTimeAsync(40_000);
      request.move(i, 100);
    }
    expect(parts).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await ended).toBe("upload ended");
  });

  it("ends when it is taken back", async () => {
    begin();
    abort.abort();
    expect(await ended).toBe("upload ended");
  });

  it("does not begin when it was taken back before", async () => {
    abort.abort();
    expect(begin().sent).toBeNull();
    expect(await ended).toBe("given up");
  });

  it("says that there was no answer", async () => {
    begin().onerror?.();
    expect(await ended).toBe("upload ended");
  });
});
