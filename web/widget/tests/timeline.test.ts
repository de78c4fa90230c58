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

  describe("of pictures", () => {
    const shown = (...messages: ReturnType<typeof makeMessage>[]): boolean[] =>
      timeline({ ...EMPTY, conversation, messages }).flatMap((each) => (each.type === "message" ? [each.tile] : []));
    const picture = (seq: number, given = {}): ReturnType<typeof makeMessage> => makeIncoming(seq, { text: "", picture_id: `p${seq}`, ...given });

    it("lays several in a row side by side", () => {
      expect(shown(picture(1), picture(2), on(12, 3), picture(4))).toEqual([true, true, false, false]);
    });

    it("leaves those with words and those of the bot alone", () => {
      expect(shown(picture(1), picture(2, { text: "bill" }), on(12, 3, { image: "/a", text: "" }), on(12, 4, { image: "/b", text: "" }))).toEqual([false, false, false, false]);
    });

    it("goes on with those on their way, whose last one speaks for all", () => {
      const outbox = new Outbox(new MemoryStorage(), () => undefined);
      const add = (): string => outbox.add({ type: "picture", text: "" }, new Date("2024-05-12T05:00:00Z")).client_id;
      const [first, second, refused] = [add(), add(), add()];
      outbox.update(refused, { state: "failed", error: "unsupported_picture" });
      const items = timeline({ ...EMPTY, conversation, messages: [picture(1)], unsent: outbox.entries, progress: { [first]: 40 } });
      const unsent = items.flatMap((each) => (each.type === "unsent" ? [[each.unsent.client_id, each.tile, each.closes, each.progress]] : []));
      expect(unsent).toEqual([
        [refused, false, true, null],
        [first, true, false, 40],
        [second, true, true, null],
      ]);
    });
  });

  it("keeps what was refused where it was written, and what is on its way at the end", () => {
    const outbox = new Outbox(new MemoryStorage(), () => undefined);
    const now = new Date("2024-05-12T05:00:00Z");
    const refused = outbox.add({ type: "text", text: "refused", after: 1 }, now);
    const waiting = outbox.add({ type: "text", text: "waiting", after: 1 }, now);
    outbox.update(refused.client_id, { state: "failed", error: "invalid" });
    const keys = timeline({ ...EMPTY, conversation, messages: [on(12, 1), on(12, 2)], unsent: outbox.entries }).map((each) => each.key);
    expect(keys).toEqual(["d:2024-05-12", "m:m1", `c:${refused.client_id}`, "m:m2", `c:${waiting.client_id}`]);
  });
});
