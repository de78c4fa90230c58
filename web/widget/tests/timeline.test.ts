import { describe, expect, it } from "vitest";
import { Outbox } from "../outbox";
import { EMPTY } from "../store";
import { timeline } from "../timeline";
import { makeConversation, makeIncoming, makeMessage, MemoryStorage } from "./making";

const conversation = makeConversation();
const on = (day: number, seq: number, given = {}): ReturnType<typeof makeMessage> =>
  makeMessage(seq, { created_at: new Date(Date.UTC(2024, 4, day, 4, 0, seq)).toISOString(), ...given });

describe("timeline", () => {
  it("opens each day once", () => {
    const keys = timeline({ ...EMPTY, conversation, messages: [on(11, 1), on(11, 2), on(12, 3)] }).map((each) => each.key);
    expect(keys).toEqual(["d:2024-05-11", "m:m1", "m:m2", "d:2024-05-12", "m:m3"]);
  });

  it("keeps the key of a message from unsent to sent", () => {
    const outbox = new Outbox(new MemoryStorage(), () => undefined);
    const unsent = outbox.add({ type: "text", text: "hi" }, new Date("2024-05-12T04:00:00Z"));
    const before = timeline({ ...EMPTY, unsent: [unsent] });
    const sent = makeIncoming(1, { client_id: unsent.client_id });
    const after = timeline({ ...EMPTY, conversation, messages: [sent] });
    expect(before.map((each) => each.key)).toEqual(after.map((each) => each.key));
  });

  it("opens no earlier day for what has waited since then", () => {
    const outbox = new Outbox(new MemoryStorage(), () => undefined);
    const unsent = outbox.add({ type: "text", text: "hi" }, new Date("2024-05-11T04:00:00Z"));
    const keys = timeline({ ...EMPTY, conversation, messages: [on(12, 1)], unsent: [unsent] }).map((each) => each.key);
    expect(keys).toEqual(["d:2024-05-12", "m:m1", `c:${unsent.client_id}`]);
  });

  it.each([["connecting", "sending"], ["socket", "sending"], ["lost", "waiting"], ["offline", "waiting"]] as const)(
    "says by link %s of what is unsent that it is %s",
    (link, said) => {
      const outbox = new Outbox(new MemoryStorage(), () => undefined);
      const unsent = outbox.add({ type: "text", text: "hi" }, new Date("2024-05-11T04:00:00Z"));
      const states = timeline({ ...EMPTY, link, unsent: [unsent] }).flatMap((each) => (each.type === "unsent" ? [each.unsent.state] : []));
      expect(states).toEqual([said]);
    },
  );

  it("joins what one sender says in a row", () => {
    const items = timeline({ ...EMPTY, conversation, messages: [on(12, 1), on(12, 2), makeIncoming(3), on(12, 4)] });
    const runs = items.flatMap((each) => (each.type === "message" ? [[each.opens, each.closes]] : []));
    expect(runs).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it("confirms only the customer's latest message", () => {
    const items = timeline({ ...EMPTY, conversation, messages: [makeIncoming(1), makeIncoming(2), on(12, 3)] });
    const confirmed = items.flatMap((each) => (each.type === "message" && each.confirmed ? [each.message.seq] : []));
    expect(confirmed).toEqual([2]);
  });
});
