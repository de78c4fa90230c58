import { describe, expect, it } from "vitest";
import { conversationFrom, frameFrom, messageFrom } from "../frames";
import { makeConversation, makeMessage } from "./making";

const frame = (value: unknown): unknown => frameFrom(JSON.stringify(value));

describe("frameFrom", () => {
  it("reads each frame of the gateway", () => {
    const message = makeMessage(1);
    const conversation = makeConversation();
    const frames = [
      { type: "hello_accepted", conversation },
      { type: "message_created", message },
      { type: "message_accepted", client_id: "c1", message },
      { type: "typing_changed", typing: true },
      { type: "conversation_changed", conversation },
      { type: "error", code: "rate_limited", client_id: "c1", retry_after: 2.5 },
      { type: "pong" },
    ];
    for (const each of frames) expect(frame(each)).toEqual(each);
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["a frame of a later version", JSON.stringify({ type: "survey_offered" })],
    ["a message without its text's place", JSON.stringify({ type: "message_created", message: { message_id: "m" } })],
    ["an acceptance of nothing", JSON.stringify({ type: "message_accepted", message: makeMessage(1) })],
    ["typing that is no truth value", JSON.stringify({ type: "typing_changed", typing: "yes" })],
    ["an error without a code", JSON.stringify({ type: "error" })],
    ["an owner from the future", JSON.stringify({ type: "hello_accepted", conversation: { ...makeConversation(), owner: "x" } })],
  ])("ignores %s", (_, data) => {
    expect(frameFrom(data)).toBeNull();
  });

  it("ignores binary data", () => {
    expect(frameFrom(new ArrayBuffer(2))).toBeNull();
  });
});

describe("messageFrom", () => {
  it("keeps only buttons that can be pressed", () => {
    const found = messageFrom({ ...makeMessage(1), buttons: [{ id: "b", title: "B" }, { id: 3 }, null, "x"] });
    expect(found?.buttons).toEqual([{ id: "b", title: "B" }]);
  });

  it.each([-1, 1.5, "1", null])("refuses the sequence number %s", (seq) => {
    expect(messageFrom({ ...makeMessage(1), seq })).toBeNull();
  });

  it("refuses a time that is none", () => {
    expect(messageFrom({ ...makeMessage(1), created_at: "yesterday" })).toBeNull();
  });

  it("takes a picture of the bot only from the gateway", () => {
    const image = (value: unknown): unknown => messageFrom({ ...makeMessage(1), image: value })?.image;
    expect(image("/examples/wechat-bill.png")).toBe("/examples/wechat-bill.png");
    for (const other of ["https://evil.example/a.png", "//evil.example/a.png", "/examples/../api", "/examples/a.svg", 3]) {
      expect(image(other)).toBeNull();
    }
  });

  it("refuses a private note", () => {
    expect(messageFrom({ ...makeMessage(1), kind: "note" })).toBeNull();
  });
});

describe("conversationFrom", () => {
  it("leaves out what it does not know", () => {
    expect(conversationFrom({ ...makeConversation(), agent: "Bob" })).toEqual(makeConversation());
  });
});
