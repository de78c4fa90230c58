// The client against a gateway that lives in memory; time is the test's own.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Api } from "../api";
import { ChatClient } from "../client";
import { Store } from "../store";
import { FakeGateway } from "./gateway";
import { makeConversation, MemoryStorage } from "./making";

let gateway: FakeGateway;
let storage: MemoryStorage;
let online: boolean;

function makeClient(given: Partial<ConstructorParameters<typeof ChatClient>[4]> = {}): { client: ChatClient; store: Store } {
  const store = new Store();
  const api = new Api("http://shop.test", gateway.fetch, gateway.upload);
  const surroundings = { openSocket: () => gateway.openSocket(), isOnline: () => online, chance: () => 0 };
  const options = { language: "zh" as const, identity: null, pageUrl: "http://shop.test/", alone: <T>(_: string, work: () => Promise<T>) => work(), ...given };
  return { client: new ChatClient(api, storage, store, surroundings, options), store };
}

/** Let everything happen that happens within this many ms. */
const pass = (ms = 50): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const texts = (store: Store): string[] => store.state.messages.map((each) => each.text);

beforeEach(() => {
  vi.useFakeTimers();
  gateway = new FakeGateway();
  storage = new MemoryStorage();
  online = true;
});
afterEach(() => vi.useRealTimers());

describe("a conversation", () => {
  it("is opened once and continued by the next page", async () => {
    const first = makeClient();
    first.client.start();
    await pass();
    const second = makeClient();
    second.client.start();
    await pass();
    expect(gateway.opened).toBe(1);
    expect(texts(second.store)).toEqual(["welcome"]);
    expect(second.store.state.link).toBe("socket");
  });

  it("is replaced silently when the gateway does not know it any more", async () => {
    storage.set("access", JSON.stringify({ conversation_id: "gone", token: "old" }));
    const { client, store } = makeClient();
    client.start();
    await pass(5_000);
    expect(store.state.conversation?.conversation_id).toBe(gateway.conversation.conversation_id);
    client.sendText("hello");
    await pass();
    expect(texts(store)).toEqual(["welcome", "hello"]);
  });

  it("is not replaced because the gateway is down", async () => {
    makeClient().client.start();
    await pass();
    const kept = storage.get("access");
    gateway.isDown = true;
    const { client, store } = makeClient();
    client.start();
    await pass(20_000);
    expect(store.state.link).toBe("lost");
    expect(storage.get("access")).toBe(kept);
  });

  it("is not replaced because a proxy says 404 while the gateway restarts", async () => {
    makeClient().client.start();
    await pass();
    const kept = storage.get("access");
    gateway.refusesSockets = true;
    gateway.proxyStatus = 404;
    const { client, store } = makeClient();
    client.start();
    await pass(20_000);
    expect(store.state.link).toBe("lost");
    gateway.refusesSockets = false;
    gateway.proxyStatus = null;
    await pass(60_000);
    expect([storage.get("access"), gateway.opened]).toEqual([kept, 1]);
    expect(texts(store)).toEqual(["welcome"]);
  });

  it("that was deleted under an open socket is replaced by the next message", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    gateway.conversation = makeConversation({ conversation_id: "none" });
    client.sendText("hello");
    await pass(10_000);
    expect(texts(store)).toEqual(["welcome", "hello"]);
  });

  it("that replaces another keeps the language of that", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    client.setLanguage("en");
    await pass();
    gateway.conversation = makeConversation({ conversation_id: "none" });
    client.sendText("hello");
    await pass(10_000);
    expect(texts(store)).toEqual(["welcome", "hello"]);
    expect(gateway.conversation.language).toBe("en");
  });

  it("that replaces another in two tabs never hears of a button of the old one", async () => {
    let last: Promise<unknown> = Promise.resolve();
    const alone = <T>(_: string, work: () => Promise<T>): Promise<T> => {
      const next = last.then(work);
      last = next.catch(() => undefined);
      return next;
    };
    const [one, other] = [makeClient({ alone }), makeClient({ alone })];
    one.client.start();
    other.client.start();
    await pass();
    gateway.goDown();
    other.client.sendButton("b1", "Yes");
    await pass();
    gateway.conversation = makeConversation({ conversation_id: "none" });
    gateway.isDown = false;
    await pass(60_000);
    expect(gateway.opened).toBe(2);
    expect(gateway.texts).toEqual(["welcome", "Yes"]);
  });

  it("is opened without an identity that is refused", async () => {
    gateway.refusesIdentity = true;
    const identity = { user_id: "u1", issued_at: 1, signature: "00" };
    const { client, store } = makeClient({ identity });
    client.start();
    await pass();
    expect(texts(store)).toEqual(["welcome"]);
  });
});

describe("a message", () => {
  it("is sent after the connection comes back, once and in order", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    gateway.goDown();
    await pass();
    client.sendText("one");
    client.sendText("two");
    await pass(10_000);
    expect(store.state.unsent.map((each) => each.text)).toEqual(["one", "two"]);
    gateway.isDown = false;
    await pass(60_000);
    expect(store.state.unsent).toEqual([]);
    expect(texts(store)).toEqual(["welcome", "one", "two"]);
  });

  it("whose acceptance was lost is repeated under the same client id", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    gateway.swallowsAcceptance = true;
    client.sendText("one");
    await pass();
    gateway.goDown();
    gateway.isDown = false;
    gateway.swallowsAcceptance = false;
    await pass(10_000);
    expect(gateway.texts).toEqual(["welcome", "one"]);
    expect(texts(store)).toEqual(["welcome", "one"]);
    expect(store.state.unsent).toEqual([]);
  });

  it("that gets no acceptance ends a socket that swallows it", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    gateway.isDeaf = true;
    client.sendText("one");
    await pass(15_100);
    gateway.isDeaf = false;
    await pass(10_000);
    expect(texts(store)).toEqual(["welcome", "one"]);
  });

  it("that is refused lets the next one pass", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    gateway.refuses.set("bad", "invalid");
    client.sendText("bad");
    client.sendText("good");
    await pass();
    expect(store.state.unsent.map((each) => [each.text, each.state, each.error])).toEqual([["bad", "failed", "invalid"]]);
    expect(texts(store)).toEqual(["welcome", "good"]);
  });

  it("that comes too fast is tried again by itself", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    gateway.refuses.set("fast", "rate_limited");
    client.sendText("fast");
    await pass();
    expect(store.state.unsent.map((each) => each.state)).toEqual(["waiting"]);
    gateway.refuses.clear();
    await pass(60_000);
    expect(texts(store)).toEqual(["welcome", "fast"]);
  });

  it("goes out after an answer whose body never came", async () => {
    gateway.refusesSockets = true;
    const { client, store } = makeClient();
    client.start();
    await pass(10_000);
    gateway.stalls = true;
    client.sendText("one");
    await pass(5_000);
    gateway.stalls = false;
    await pass(60_000);
    expect(texts(store)).toEqual(["welcome", "one"]);
    expect(store.state.unsent).toEqual([]);
  });

  it("left by an earlier page is sent by the next one", async () => {
    gateway.isDown = true;
    const before = makeClient();
    before.client.start();
    before.client.sendText("from before");
    await pass(3_000);
    gateway.isDown = false;
    const after = makeClient();
    after.client.start();
    await pass(1_000);
    expect(texts(after.store)).toEqual(["welcome", "from before"]);
  });
});

describe("the connection", () => {
  it("fetches what it missed", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    gateway.goDown();
    gateway.say("while you were away");
    gateway.isDown = false;
    await pass(30_000);
    expect(texts(store)).toEqual(["welcome", "while you were away"]);
  });

  it("polls when sockets fail, and sends by HTTP", async () => {
    gateway.refusesSockets = true;
    const { client, store } = makeClient();
    client.start();
    await pass(10_000);
    expect(store.state.link).toBe("poll");
    client.sendText("hello");
    await pass(1_000);
    gateway.say("answer");
    await pass(30_000);
    expect(texts(store)).toEqual(["welcome", "hello", "answer"]);
  });

  it("goes back to the socket when that works again", async () => {
    gateway.refusesSockets = true;
    const { client, store } = makeClient();
    client.start();
    await pass(10_000);
    gateway.refusesSockets = false;
    await pass(120_000);
    expect(store.state.link).toBe("socket");
  });

  it("notices a socket that died without a word", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    const sockets = gateway.sockets.length;
    gateway.isDeaf = true;
    await pass(28_100);
    gateway.isDeaf = false;
    await pass(10_000);
    expect(gateway.sockets.length).toBeGreaterThan(sockets);
    expect(store.state.link).toBe("socket");
  });

  it("says that the device is offline and tries at once when it is back", async () => {
    online = false;
    const { client, store } = makeClient();
    client.start();
    await pass(60_000);
    expect(store.state.link).toBe("offline");
    expect(gateway.opened).toBe(0);
    online = true;
    client.connection.check();
    await pass();
    expect(store.state.link).toBe("socket");
  });

  it("does not wait for ever for the body of an answer", async () => {
    gateway.stalls = true;
    const { client, store } = makeClient();
    client.start();
    await pass(5_000);
    gateway.stalls = false;
    await pass(60_000);
    expect(texts(store)).toEqual(["welcome"]);
  });

  it("waits longer after each failure", async () => {
    gateway.isDown = true;
    makeClient().client.start();
    await pass(60_000);
    // Waits of 1, 2, 4, 8, 16 and 30 s leave room for six tries in a minute.
    expect(gateway.requests).toBe(6);
  });
});

describe("the language", () => {
  it("asked for while offline is brought when the gateway is back", async () => {
    const { client, store } = makeClient();
    client.start();
    await pass();
    gateway.goDown();
    client.setLanguage("en");
    await pass(5_000);
    expect(store.state.conversation?.language).toBe("zh");
    gateway.isDown = false;
    await pass(60_000);
    expect(store.state.conversation?.language).toBe("en");
  });
});

describe("the sign of typing", () => {
  it("is for people, is not told with each key, and ends", async () => {
    const { client } = makeClient();
    client.start();
    await pass();
    client.typing.is(true);
    await pass();
    expect(gateway.typing).toEqual([]);
    gateway.conversation.owner = "agent";
    client.connection.restart();
    await pass(5_000);
    for (let key = 0; key < 10; key += 1) {
      client.typing.is(true);
      await pass(500);
    }
    expect(gateway.typing).toEqual([true, true]);
    await pass(5_000);
    expect(gateway.typing).toEqual([true, true, false]);
    client.typing.is(true);
    client.typing.is(false);
    client.typing.is(false);
    await pass();
    expect(gateway.typing).toEqual([true, true, false, true, false]);
  });

  it("is told again after a gap in the connection", async () => {
    const { client } = makeClient();
    client.start();
    await pass();
    gateway.conversation.owner = "agent";
    client.connection.restart();
    await pass(5_000);
    client.typing.is(true);
    gateway.goDown();
    client.typing.is(false);
    gateway.isDown = false;
    await pass(30_000);
    client.typing.is(true);
    await pass();
    expect(gateway.typing).toEqual([true, true]);
  });
});

describe("the read mark", () => {
  it("goes to the gateway", async () => {
    const { client } = makeClient();
    client.start();
    await pass();
    client.markRead();
    await pass();
    expect(gateway.conversation.read_seq).toBe(1);
  });
});
