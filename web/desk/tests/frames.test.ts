import { beforeEach, describe, expect, it } from "vitest";

import { applyFrame, takeMessages, takeRow } from "../store/frames";
import { firstUnread, grouped, merged, unconfirmed, type Sending } from "../store/messages";
import { emptyState, type State } from "../store/state";
import { makeMessage, makeRow } from "./making";

let state: State;
const sending = (client_id: string): Sending => ({
  client_id, text: "x", kind: "reply", picture: null, canned: null, state: "sending", error: null, created_at: "2024-05-12T04:00:00Z",
});

beforeEach(() => {
  state = { ...emptyState(), me: "alice" };
  state.talk = {
    conversation_id: "a", state: "ready", handover: null, customer: null, messages: [makeMessage(1)], moreBefore: false, loadingBefore: false,
    unreadFrom: null, serverDraft: null,
  };
});

describe("rows", () => {
  it("are never replaced by older ones", () => {
    expect(takeRow(state, makeRow({ version: 3, owner: "agent" }))).toBe(true);
    expect(takeRow(state, makeRow({ version: 2, owner: "queue" }))).toBe(false);
    expect(state.rows.get("a")?.owner).toBe("agent");
  });

  it("that become mine are counted, and those that leave me, each once", () => {
    state.counts.mine = 4;
    const mine = makeRow({ owner: "agent", agent: "alice", version: 2 });
    applyFrame(state, { type: "conversation_changed", conversation: mine });
    applyFrame(state, { type: "conversation_changed", conversation: mine });
    expect(state.counts.mine).toBe(5);
    applyFrame(state, { type: "conversation_changed", conversation: makeRow({ owner: "queue", version: 1 }) }); // Late.
    expect(state.counts.mine).toBe(5);
    applyFrame(state, { type: "conversation_changed", conversation: { ...mine, state: "resolved", version: 3 } });
    expect(state.counts.mine).toBe(4);
  });
});

describe("messages", () => {
  it("of the open conversation are kept once and in order, whatever comes first", () => {
    takeMessages(state, "a", [makeMessage(3), makeMessage(2)]);
    takeMessages(state, "a", [makeMessage(2, { text: "new" })]);
    expect(state.talk?.messages.map((each) => each.text)).toEqual(["t1", "new", "t3"]);
  });

  it("of others are not", () => {
    applyFrame(state, { type: "message_created", conversation_id: "b", message: makeMessage(9) });
    expect(state.talk?.messages.length).toBe(1);
  });

  it("confirm what was sent, also in a conversation that is not open", () => {
    state.sending.set("b", [sending("c1"), sending("c2")]);
    takeMessages(state, "b", [makeMessage(1, { client_id: "c1" })]);
    expect(state.sending.get("b")?.map((each) => each.client_id)).toEqual(["c2"]);
    expect(unconfirmed([sending("c2")], [makeMessage(1)])).toHaveLength(1);
  });

  it("end the signs of typing of who wrote them", () => {
    applyFrame(state, { type: "typing_changed", conversation_id: "a", sender: "customer", typing: true });
    applyFrame(state, { type: "typing_changed", conversation_id: "a", sender: "agent", agent: "bob", typing: true });
    expect(state.typing.get("a")).toEqual({ customer: true, agents: ["bob"] });
    applyFrame(state, { type: "message_created", conversation_id: "a", message: makeMessage(2) });
    expect(state.typing.get("a")).toEqual({ customer: false, agents: ["bob"] });
    applyFrame(state, { type: "message_created", conversation_id: "a", message: makeMessage(3, { sender: "agent", author: "bob" }) });
    expect(state.typing.get("a")).toEqual({ customer: false, agents: [] });
  });
});

describe("other news", () => {
  it("change counts without forgetting mine", () => {
    state.counts = { queue: 1, mine: 2, bot: 3, booked: 4 };
    applyFrame(state, { type: "counts_changed", queue: 7, booked: 8 });
    expect(state.counts).toEqual({ queue: 7, mine: 2, bot: 3, booked: 8 });
  });

  it("tell who is there and who watches", () => {
    state.colleagues.set("bob", { username: "bob", name: "Bob", team: null, presence: "online", open: 0 });
    applyFrame(state, { type: "presence_changed", username: "bob", status: "away", open: 3 });
    applyFrame(state, { type: "presence_changed", username: "nobody", status: "away", open: 3 });
    expect(state.colleagues.get("bob")).toMatchObject({ presence: "away", open: 3 });
    expect(state.colleagues.size).toBe(1);
    applyFrame(state, { type: "watchers_changed", conversation_id: "a", usernames: ["bob"] });
    expect(state.watchers.get("a")).toEqual(["bob"]);
  });
});

describe("the log", () => {
  it("draws its line above the first unanswered message", () => {
    const messages = [makeMessage(1), makeMessage(2, { kind: "outgoing", sender: "agent" }), makeMessage(3), makeMessage(4, { kind: "activity" }), makeMessage(5)];
    expect(firstUnread(messages, 2)).toBe("m3");
    expect(firstUnread(messages, 0)).toBeNull();
    expect(firstUnread(messages, 9)).toBe("m1");
  });

  it("says the author again after a change, a pause or midnight", () => {
    const messages = [makeMessage(1), makeMessage(2), makeMessage(400), makeMessage(401, { sender: "bot", kind: "outgoing" }), makeMessage(90_000, { sender: "bot", kind: "outgoing" })];
    const found = grouped(messages, (at) => at.slice(0, 10));
    expect(found.map((each) => each.first)).toEqual([true, false, true, true, true]);
    expect(found.map((each) => each.day)).toEqual(["2024-05-12", null, null, null, "2024-05-13"]);
  });

  it("joins pages that overlap", () => {
    expect(merged([makeMessage(3), makeMessage(4)], [makeMessage(2), makeMessage(3)]).map((each) => each.position)).toEqual([2, 3, 4]);
  });
});
