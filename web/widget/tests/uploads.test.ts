// Pictures of the customer: uploaded a few at a time, told how far they are, tried again, taken back; and shown.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Api } from "../api";
import { ChatClient } from "../client";
import { Store } from "../store";
import { FakeGateway } from "./gateway";
import { makeIncoming, makeMessage, MemoryStorage } from "./making";

let gateway: FakeGateway;
let client: ChatClient;
let store: Store;

const pass = (ms = 50): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
/** A picture of so many bytes, by which it is known again. */
const picture = (size: number): Blob => new Blob(["x".repeat(size)], { type: "image/png" });
const unsent = (): unknown => store.state.unsent.map((each) => [each.type, each.state, each.error]);
const sent = (): unknown => store.state.messages.filter((each) => each.kind === "incoming").map((each) => each.picture_id ?? each.text);
const error = (status: number, code: string) => ({ status, text: JSON.stringify({ error: { code } }) });

beforeEach(async () => {
  vi.useFakeTimers();
  gateway = new FakeGateway();
  store = new Store();
  const surroundings = { openSocket: () => gateway.openSocket(), isOnline: () => true, chance: () => 0 };
  const options = { language: "zh" as const, identity: null, pageUrl: "", alone: <T>(_: string, work: () => Promise<T>) => work() };
  const api = new Api("http://shop.test", gateway.fetch, gateway.upload);
  client = new ChatClient(api, new MemoryStorage(), store, surroundings, options);
  client.start();
  await pass();
});
afterEach(() => vi.useRealTimers());

describe("uploads", () => {
  it("are two at a time, and all arrive in the order of choice before the words", async () => {
    gateway.holdsUploads = true;
    for (const size of [1, 2, 3, 4]) client.sendPicture(picture(size));
    client.sendText("four");
    await pass();
    expect(gateway.uploads.map((each) => each.size)).toEqual([1, 2]);
    gateway.uploads[1]?.end(true);
    await pass();
    // The second is there and waits for the first.
    expect(gateway.uploads.map((each) => [each.size, each.isRunning])).toEqual([[1, true], [2, false], [3, true]]);
    expect(sent()).toEqual([]);
    gateway.holdsUploads = false;
    gateway.uploads[0]?.end(true);
    gateway.uploads[2]?.end(true);
    await pass();
    expect(sent()).toEqual(["p1", "p2", "p3", "p4", "four"]);
    expect(store.state.unsent).toEqual([]);
  });

  it("do not wait for a browser that never gets to keeping the picture", async () => {
    vi.stubGlobal("indexedDB", { open: () => ({}) });
    client.sendPicture(picture(1));
    await pass();
    vi.unstubAllGlobals();
    expect(sent()).toEqual(["p1"]);
  });

  it("begin while words before them are still on their way", async () => {
    gateway.swallowsAcceptance = true;
    client.sendText("first");
    client.sendPicture(picture(1));
    await pass();
    expect(gateway.uploads).toHaveLength(1);
  });

  it("tell how far they are", async () => {
    gateway.holdsUploads = true;
    client.sendPicture(picture(1));
    await pass(1_000);
    const [entry] = store.state.unsent;
    const percent = (): number | undefined => store.state.progress[entry?.client_id ?? ""];
    expect(percent()).toBe(0);
    gateway.uploads[0]?.progress(0.404);
    expect(percent()).toBe(40);
    gateway.uploads[0]?.progress(0.41); // Too soon to be news.
    expect(percent()).toBe(40);
    gateway.uploads[0]?.progress(1);
    expect(percent()).toBe(100);
    gateway.uploads[0]?.end(true);
    await pass();
    expect(store.state.progress).toEqual({});
  });

  it("carry the caption", async () => {
    client.sendPicture(picture(1), "my bill");
    await pass();
    expect(gateway.messages.map((each) => [each.text, each.picture_id])).toEqual([["welcome", null], ["my bill", "p1"]]);
  });

  it("end when they are taken back, and let the next one begin", async () => {
    gateway.holdsUploads = true;
    for (const size of [1, 2, 3]) client.sendPicture(picture(size));
    await pass();
    client.discard(store.state.unsent[0]?.client_id ?? "");
    await pass();
    expect(gateway.uploads.map((each) => [each.size, each.isRunning])).toEqual([[1, false], [2, true], [3, true]]);
    for (const each of gateway.uploads) each.end(true);
    await pass();
    expect(sent()).toEqual(["p2", "p3"]);
  });

  it("that are refused say why at once and hold nothing back", async () => {
    gateway.uploadAnswers = [error(413, "too_large"), { status: 413, text: "<html>nginx</html>" }, error(415, "unsupported_picture")];
    for (const size of [1, 2, 3]) client.sendPicture(picture(size));
    client.sendText("words");
    await pass();
    expect(sent()).toEqual(["words"]);
    expect(unsent()).toEqual([
      ["picture", "failed", "picture_too_large"],
      ["picture", "failed", "picture_too_large"],
      ["picture", "failed", "unsupported_picture"],
    ]);
    expect(gateway.uploads).toHaveLength(3);
  });

  it("that fail by accident are tried four times, then the customer decides", async () => {
    gateway.uploadAnswers = Array.from({ length: 4 }, () => error(503, "backend_unavailable"));
    client.sendPicture(picture(1));
    client.sendText("please call a person");
    await pass(1_000);
    expect(unsent()).toEqual([["picture", "waiting", null], ["text", "sending", null]]);
    await pass(60_000);
    expect(gateway.uploads).toHaveLength(4);
    expect(unsent()).toEqual([["picture", "failed", "backend_unavailable"]]);
    expect(sent()).toEqual(["please call a person"]);
    client.retry(store.state.unsent[0]?.client_id ?? "");
    await pass();
    expect(sent()).toEqual(["please call a person", "p5"]);
  });

  it("that come too fast wait as long as they are told to", async () => {
    gateway.uploadAnswers = Array.from({ length: 6 }, () => ({ ...error(429, "rate_limited"), retryAfter: "20" }));
    client.sendPicture(picture(1));
    await pass(19_000);
    expect(gateway.uploads).toHaveLength(1);
    await pass(120_000);
    expect(sent()).toEqual(["p7"]);
  });

  it("do not wear out while the gateway comes and goes", async () => {
    gateway.holdsUploads = true;
    client.sendPicture(picture(1));
    for (let i = 1; i <= 6; i += 1) {
      await pass(60_000);
      expect(gateway.uploads).toHaveLength(i);
      gateway.goDown();
      gateway.uploads[i - 1]?.end(false);
      await pass();
      expect(unsent()).toEqual([["picture", "waiting", null]]);
      gateway.isDown = false;
    }
    gateway.holdsUploads = false;
    await pass(60_000);
    expect(sent()).toEqual(["p7"]);
  });

  it("given up for the network go on by themselves when it is back", async () => {
    gateway.holdsUploads = true;
    client.sendPicture(picture(1));
    for (const wait of [50, 3_000, 5_000, 9_000]) {
      await pass(wait);
      gateway.uploads[gateway.uploads.length - 1]?.end(false);
    }
    await pass();
    expect(unsent()).toEqual([["picture", "failed", "network"]]);
    gateway.holdsUploads = false;
    gateway.goDown();
    gateway.isDown = false;
    await pass(30_000);
    expect(sent()).toEqual(["p5"]);
  });

  it("go to the new conversation when theirs is gone", async () => {
    gateway.holdsUploads = true;
    client.sendPicture(picture(1));
    await pass();
    gateway.goDown();
    gateway.isDown = false;
    gateway.conversation = { ...gateway.conversation, conversation_id: "another" };
    gateway.holdsUploads = false;
    await pass(60_000);
    gateway.uploads[0]?.end(true);
    await pass(60_000);
    expect(gateway.opened).toBe(2);
    expect(sent()).toEqual(["p2"]);
    expect(store.state.unsent).toEqual([]);
  });

  it("of a picture that this device lost say so", async () => {
    client.outbox.add({ type: "picture", text: "" }, new Date());
    client.sendText("words");
    await pass();
    expect(unsent()).toEqual([["picture", "failed", "picture_lost"]]);
    expect(sent()).toEqual(["words"]);
  });
});

describe("a picture", () => {
  it("is there when its bubble asks for it", async () => {
    const shown: Promise<Blob | null>[] = [];
    store.listen((state) => state.unsent.forEach((each) => shown.push(client.blobs.get(each.client_id))));
    client.sendPicture(new Blob(["x"], { type: "image/png" }));
    expect(new Set((await Promise.all(shown)).map((each) => each?.size))).toEqual(new Set([1]));
  });

  it("is fetched by a new link each time, without the token", async () => {
    for (const times of [1, 2]) {
      expect((await client.picture(makeIncoming(1, { picture_id: "p1" })))?.size).toBe("picture".length);
      expect(gateway.links).toHaveLength(times);
    }
    expect(gateway.links[0]).toBe("/api/conversations/conversation-1/pictures/p1/file?signature=1");
  });

  it.each(["https://elsewhere.example/p1", "//elsewhere.example/p1", "@elsewhere.example/p1", "/api/other"])(
    "is not fetched from %s",
    async (url) => {
      gateway.pictureUrl = url;
      const requests = gateway.requests;
      await expect(client.picture(makeIncoming(1, { picture_id: "p1" }))).rejects.toThrow("unreadable link");
      expect(gateway.requests).toBe(requests + 1);
    },
  );

  it("whose link is refused is asked for anew, once; then it is not kept any more", async () => {
    const message = makeIncoming(1, { picture_id: "p1" });
    const path = "/api/conversations/conversation-1/pictures/p1/file?signature=";
    gateway.pictureUrl = `${path}ended`;
    expect(await client.picture(message)).toBeNull();
    expect(gateway.links).toEqual([`${path}ended`, `${path}ended`]);
  });

  it("of the bot comes from the gateway or not at all", async () => {
    const requests = gateway.requests;
    const shown = (image: string): Promise<Blob | null> => client.picture(makeMessage(1, { image }));
    for (const url of ["https://elsewhere.example/a.png", "//elsewhere.example/a.png", "data:image/png;base64,AA", "javascript:alert(1)"]) {
      await expect(shown(url)).rejects.toThrow("another origin");
    }
    expect(gateway.requests).toBe(requests);
    await shown("/drawings/a.png");
    await shown("http://shop.test/drawings/a.png");
    expect(gateway.requests).toBe(requests + 2);
  });
});
