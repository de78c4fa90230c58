import { describe, expect, it } from "vitest";
import { isRefusal, needsUpload, newClientId, Outbox, outgoingFrom } from "../outbox";
import { MemoryStorage } from "./making";

const NOW = new Date("2024-05-12T04:00:00Z");
const nobody = (): void => undefined;

describe("Outbox", () => {
  it("gives back after a reload what was not sent, in order and under the same ids", () => {
    const storage = new MemoryStorage();
    const before = new Outbox(storage, nobody);
    const ids = ["one", "two", "three"].map((text) => before.add({ type: "text", text }, NOW).client_id);
    const after = new Outbox(storage, nobody);
    expect(after.entries.map((each) => [each.client_id, each.text])).toEqual([
      [ids[0], "one"],
      [ids[1], "two"],
      [ids[2], "three"],
    ]);
  });

  it("keeps the order when the device's clock is put back", () => {
    const outbox = new Outbox(new MemoryStorage(), nobody);
    outbox.add({ type: "text", text: "one" }, NOW);
    outbox.add({ type: "text", text: "two" }, new Date(NOW.getTime() - 3_600_000));
    expect(outbox.entries.map((each) => each.text)).toEqual(["one", "two"]);
  });

  it("forgets what was sent", () => {
    const storage = new MemoryStorage();
    const outbox = new Outbox(storage, nobody);
    outbox.remove(outbox.add({ type: "text", text: "one" }, NOW).client_id);
    expect(new Outbox(storage, nobody).entries).toEqual([]);
    expect(storage.keys()).toEqual([]);
  });

  it("forgets what another tab sent or discarded", () => {
    const storage = new MemoryStorage();
    const outbox = new Outbox(storage, nobody);
    const entry = outbox.add({ type: "text", text: "one" }, NOW);
    outbox.changedElsewhere(`unsent:${entry.client_id}`);
    expect(outbox.entries).toEqual([entry]);
    new Outbox(storage, nobody).remove(entry.client_id);
    outbox.changedElsewhere("access");
    expect(outbox.entries).toEqual([entry]);
    outbox.changedElsewhere(`unsent:${entry.client_id}`);
    expect(outbox.entries).toEqual([]);
  });

  it("keeps the entries of two tabs apart", () => {
    const storage = new MemoryStorage();
    const [a, b] = [new Outbox(storage, nobody), new Outbox(storage, nobody)];
    a.add({ type: "text", text: "of a" }, NOW);
    b.add({ type: "text", text: "of b" }, NOW);
    expect(new Outbox(storage, nobody).entries.map((each) => each.text).sort()).toEqual(["of a", "of b"]);
  });

  it("holds back what comes after a waiting message, but not after a refused one", () => {
    const outbox = new Outbox(new MemoryStorage(), nobody);
    const first = outbox.add({ type: "text", text: "one" }, NOW);
    const second = outbox.add({ type: "text", text: "two" }, NOW);
    outbox.update(first.client_id, { state: "waiting" });
    expect(outbox.next()?.client_id).toBe(first.client_id);
    outbox.update(first.client_id, { state: "failed" });
    expect(outbox.next()?.client_id).toBe(second.client_id);
  });

  it("drops what cannot be read", () => {
    const storage = new MemoryStorage();
    storage.set("unsent:x", "{");
    storage.set("unsent:y", JSON.stringify({ client_id: "y", type: "note", text: "", created_at: NOW.toISOString() }));
    storage.set("access", "not ours");
    expect(new Outbox(storage, nobody).entries).toEqual([]);
    expect(storage.keys()).toEqual(["access"]);
  });

  it("says a button's title to a conversation that never offered it", () => {
    const outbox = new Outbox(new MemoryStorage(), nobody);
    outbox.add({ type: "button", text: "转人工", button_id: "b1" }, NOW);
    outbox.moveToNewConversation();
    expect(outbox.entries.map(outgoingFrom)).toMatchObject([{ type: "text", text: "转人工" }]);
  });

  it("gives each its turn again when the gateway is back, but not what was refused", () => {
    const outbox = new Outbox(new MemoryStorage(), nobody);
    const [waiting, given_up, refused] = ["a", "b", "c"].map((text) => outbox.add({ type: "text", text }, NOW).client_id) as [string, string, string];
    outbox.update(waiting, { state: "waiting" });
    outbox.update(given_up, { state: "failed", error: "network" });
    outbox.update(refused, { state: "failed", error: "too_large" });
    outbox.resume();
    expect(outbox.entries.map((each) => [each.state, each.error])).toEqual([["sending", null], ["sending", null], ["failed", "too_large"]]);
  });

  it("tells of every change", () => {
    const seen: number[] = [];
    const outbox = new Outbox(new MemoryStorage(), (unsent) => seen.push(unsent.length));
    outbox.remove(outbox.add({ type: "text", text: "one" }, NOW).client_id);
    expect(seen).toEqual([0, 1, 0]);
  });
});

describe("outgoingFrom", () => {
  it("carries only what its type needs", () => {
    const outbox = new Outbox(new MemoryStorage(), nobody);
    const button = outbox.add({ type: "button", text: "B", button_id: "b1" }, NOW);
    const picture = outbox.add({ type: "picture", text: "", picture_id: "p1" }, NOW);
    expect(outgoingFrom(button)).toEqual({ client_id: button.client_id, type: "button", button_id: "b1" });
    const captioned = outbox.add({ type: "picture", text: "bill", picture_id: "p2" }, NOW);
    expect(outgoingFrom(captioned)).toEqual({ client_id: captioned.client_id, type: "picture", picture_id: "p2", text: "bill" });
    expect(outgoingFrom(picture)).toEqual({ client_id: picture.client_id, type: "picture", picture_id: "p1" });
  });
});

it("uploads pictures that the gateway has not got and has not refused", () => {
  const outbox = new Outbox(new MemoryStorage(), nobody);
  const picture = outbox.add({ type: "picture", text: "" }, NOW);
  expect(needsUpload(picture)).toBe(true);
  expect(needsUpload({ ...picture, picture_id: "p1" })).toBe(false);
  expect(needsUpload({ ...picture, state: "failed" })).toBe(false);
  expect(needsUpload({ ...picture, type: "text" })).toBe(false);
});

it("makes client ids that differ and fit the contract", () => {
  const ids = new Set(Array.from({ length: 100 }, newClientId));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});

it("knows a refusal from a bad moment", () => {
  expect(["invalid", "too_large"].map(isRefusal)).toEqual([true, true]);
  expect(["rate_limited", "internal_error", "backend_unavailable"].map(isRefusal)).toEqual([false, false, false]);
});

describe("pictures in one go", () => {
  it("are known as long as another picture stands behind", () => {
    const outbox = new Outbox(new MemoryStorage(), nobody);
    const first = outbox.add({ type: "picture", text: "" }, NOW);
    const second = outbox.add({ type: "picture", text: "" }, NOW);
    outbox.add({ type: "text", text: "hi" }, NOW);
    expect(outbox.hasMorePictures(first.client_id)).toBe(true);
    expect(outbox.hasMorePictures(second.client_id)).toBe(false);
    outbox.update(second.client_id, { state: "failed" });
    expect(outbox.hasMorePictures(first.client_id)).toBe(false);
  });
});
