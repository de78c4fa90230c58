import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { DeskSocket, frameFrom } from "../api/socket";
import type { ServerFrame } from "../api/types";
import { makeRow } from "./making";

class FakeSocket {
  readyState = 1;
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  send = (text: string): void => void this.sent.push(JSON.parse(text));
  close = (): void => void (this.readyState = 3);
  say = (frame: object): void => this.onmessage?.({ data: JSON.stringify(frame) });
}

let sockets: FakeSocket[];
let frames: ServerFrame[];
let links: string[];
let missed: number;
let ended: number;
let refused: number;
let online: boolean;
let desk: DeskSocket;
const last = (): FakeSocket => sockets.at(-1) as FakeSocket;
const changed = (n: number): object => ({ type: "conversation_changed", n, conversation: makeRow() });

function greet(epoch: string, n: number): void {
  last().onopen?.();
  last().say({ type: "hello", epoch, n, presence: "online" });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("CloseEvent", class { constructor(readonly type: string, readonly given: { code: number }) {} get code(): number { return this.given.code; } });
  [sockets, frames, links, missed, ended, refused, online] = [[], [], [], 0, 0, 0, true];
  desk = new DeskSocket(
    { openSocket: () => (sockets.push(new FakeSocket()), last() as unknown as WebSocket), isOnline: () => online, chance: () => 0 },
    { link: (link) => links.push(link), frame: (frame) => frames.push(frame), missed: () => (missed += 1), refused: () => (refused += 1), sessionEnded: () => (ended += 1) },
  );
  desk.start();
});
afterEach(() => {
  desk.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the desk's socket", () => {
  it("begins with nothing, and is told to read everything", () => {
    greet("e1", 7);
    expect(last().sent[0]).toEqual({ type: "resume", epoch: null, n: 0 });
    last().say({ type: "reset" });
    expect([missed, links.at(-1)]).toEqual([1, "live"]);
  });

  it("resumes after the last frame that it had, and takes each frame once", () => {
    greet("e1", 7);
    last().say(changed(8));
    last().say(changed(9));
    last().say(changed(9));
    expect(frames.filter((each) => each.type === "conversation_changed")).toHaveLength(2);
    last().onclose?.({ code: 1013 });
    expect(links.at(-1)).toBe("lost");
    vi.advanceTimersByTime(1_000);
    greet("e1", 12);
    expect(last().sent[0]).toEqual({ type: "resume", epoch: "e1", n: 9 });
    last().say(changed(10)); // What was missed keeps its own number.
    expect(frames.filter((each) => each.type === "conversation_changed")).toHaveLength(3);
    expect(missed).toBe(0);
  });

  it("hears signs of typing although they have no number of their own", () => {
    greet("e1", 7);
    last().say({ type: "typing_changed", n: 7, conversation_id: "a", sender: "customer", typing: true });
    expect(frames.at(-1)).toMatchObject({ type: "typing_changed" });
  });

  it("starts to count anew with another life of the gateway", () => {
    greet("e1", 500);
    last().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(1_000);
    greet("e2", 3);
    last().say({ type: "reset" });
    last().say(changed(4));
    expect(missed).toBe(1);
    expect(frames.at(-1)).toMatchObject({ type: "conversation_changed", n: 4 });
  });

  it("asks again for everything when it broke off before it was told to read everything", () => {
    greet("e1", 500);
    last().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(1_000);
    greet("e2", 3);
    last().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(1_000);
    greet("e2", 4);
    expect(last().sent[0]).toEqual({ type: "resume", epoch: null, n: 3 });
    last().say({ type: "reset" });
    expect(missed).toBe(1);
  });

  it("lets look whether the session still holds when it was not let in", () => {
    greet("e1", 1);
    last().onclose?.({ code: 1006 });
    expect(refused).toBe(0);
    vi.advanceTimersByTime(1_000);
    last().onclose?.({ code: 1006 }); // Before any hello, as with an answer of 401.
    expect(refused).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect(sockets.length).toBeGreaterThan(2); // It was no network, perhaps.
  });

  it("goes on after a reset in the same life", () => {
    greet("e1", 5);
    last().onclose?.({ code: 1013 });
    vi.advanceTimersByTime(1_000);
    greet("e1", 9_000);
    last().say({ type: "reset" });
    last().onclose?.({ code: 1013 });
    vi.advanceTimersByTime(1_000);
    last().onopen?.();
    expect(last().sent[0]).toEqual({ type: "resume", epoch: "e1", n: 9_000 });
  });

  it("waits longer after each failure, and not at all without a network", () => {
    for (const wait of [1_000, 2_000, 4_000]) {
      const before = sockets.length;
      last().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(wait - 1);
      expect(sockets.length).toBe(before);
      vi.advanceTimersByTime(1);
      expect(sockets.length).toBe(before + 1);
    }
    online = false;
    last().onclose?.({ code: 1006 });
    expect(links.at(-1)).toBe("offline");
    vi.advanceTimersByTime(60_000);
    const before = sockets.length;
    online = true;
    desk.check();
    expect(sockets.length).toBe(before + 1);
  });

  it("finds out that a socket is dead", () => {
    greet("e1", 1);
    vi.advanceTimersByTime(20_000);
    expect(last().sent.at(-1)).toEqual({ type: "ping" });
    vi.advanceTimersByTime(8_000);
    expect(links.at(-1)).toBe("lost");
    vi.advanceTimersByTime(1_000);
    greet("e1", 1);
    vi.advanceTimersByTime(20_000);
    last().say({ type: "pong" });
    vi.advanceTimersByTime(8_000);
    expect(links.at(-1)).toBe("live");
  });

  it("says again what is watched, and stops when the session ended", () => {
    desk.watch("a");
    greet("e1", 1);
    expect(last().sent.at(-1)).toEqual({ type: "watch", conversation_id: "a" });
    const before = sockets.length;
    last().onclose?.({ code: 4401 });
    vi.advanceTimersByTime(60_000);
    expect([ended, sockets.length]).toEqual([1, before]);
  });

  it("leaves aside what it does not know", () => {
    expect([frameFrom("no json"), frameFrom('{"type":"of_the_future"}'), frameFrom("null"), frameFrom('{"type":"pong"}')]).toEqual([null, null, null, { type: "pong" }]);
  });
});
