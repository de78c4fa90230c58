import { describe, expect, it } from "vitest";

import { Client, DeskError, newKey, OfflineError } from "../api/client";

interface Call {
  target: string;
  method: string;
  headers: Record<string, string>;
  body: unknown;
}

/** A client whose gateway gives these answers in turn; status 0 is no answer. */
function clientWith(...answers: [status: number, body?: unknown, headers?: Record<string, string>][]): { client: Client; calls: Call[] } {
  const calls: Call[] = [];
  const client = new Client(async (target, init) => {
    calls.push({ target: String(target), method: init?.method ?? "", headers: init?.headers as Record<string, string>, body: init?.body });
    const [status, body, headers] = answers[calls.length - 1] ?? [0];
    if (status === 0) throw new TypeError("network");
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: headers ?? {} });
  });
  return { client, calls };
}

const error = (code: string, more: object = {}): unknown => ({ error: { code, message: "", ...more }, request_id: "r" });

describe("the client", () => {
  it("sends the token with every change and not with a look", async () => {
    const { client, calls } = clientWith([200, {}], [200, {}]);
    client.csrf = "token";
    await client.get("/me", { q: "a b", none: null });
    await client.post("/x", { a: 1 }, { idempotencyKey: "key" });
    expect(calls[0]).toMatchObject({ target: "/desk/api/me?q=a+b", method: "GET" });
    expect(calls[0]?.headers).not.toHaveProperty("X-CSRF-Token");
    expect(calls[1]?.headers).toMatchObject({ "X-CSRF-Token": "token", "Idempotency-Key": "key", "Content-Type": "application/json" });
  });

  it("reads a file as it is, and refuses like any other call", async () => {
    const { client, calls } = clientWith([200, "name: x"], [403, error("forbidden")]);
    await expect(client.text("/conversations/a/test")).resolves.toBe('"name: x"');
    expect(calls[0]).toMatchObject({ target: "/desk/api/conversations/a/test", method: "GET" });
    await expect(client.text("/x")).rejects.toMatchObject({ status: 403, code: "forbidden" });
  });

  it("reads an error's code and details, wherever they stand", async () => {
    const { client } = clientWith([409, error("claimed", { agent: "bob" })], [409, error("claimed", { details: { agent: "bob" } })]);
    for (const _ of [1, 2]) {
      const caught = await client.post("/x").catch((each: unknown) => each);
      expect(caught).toBeInstanceOf(DeskError);
      expect(caught).toMatchObject({ status: 409, code: "claimed", details: { agent: "bob" } });
    }
  });

  it("knows how long to wait", async () => {
    const { client } = clientWith([429, error("rate_limited"), { "Retry-After": "90" }]);
    await expect(client.post("/login")).rejects.toMatchObject({ status: 429, retryAfter: 90 });
  });

  it("tells that the session ended, but not for a wrong login", async () => {
    const { client } = clientWith([401, error("wrong_login")], [401, error("not_signed_in")]);
    let ended = 0;
    client.onSessionEnd = () => (ended += 1);
    await client.post("/login").catch(() => undefined);
    expect(ended).toBe(0);
    await client.get("/me").catch(() => undefined);
    expect(ended).toBe(1);
  });

  it("fetches a new token once when another tab signed in, and then does what was asked", async () => {
    const { client, calls } = clientWith([403, error("csrf")], [200, { ok: true }]);
    client.onCsrf = async () => {
      client.csrf = "new";
    };
    expect(await client.post("/x")).toEqual({ ok: true });
    expect(calls[1]?.headers["X-CSRF-Token"]).toBe("new");
  });

  it("gives up when the new token does not help either", async () => {
    const { client, calls } = clientWith([403, error("csrf")], [403, error("csrf")]);
    client.onCsrf = () => Promise.resolve();
    await expect(client.post("/x")).rejects.toMatchObject({ code: "csrf" });
    expect(calls.length).toBe(2);
  });

  it("says when there was no answer, or none that can be read", async () => {
    await expect(clientWith([0]).client.get("/x")).rejects.toBeInstanceOf(OfflineError);
    const client = new Client(async () => new Response("<html>", { status: 200 }));
    await expect(client.get("/x")).rejects.toBeInstanceOf(OfflineError);
  });

  it("makes keys that differ", () => {
    expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(newKey()).not.toBe(newKey());
  });
});
