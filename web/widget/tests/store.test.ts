import { describe, expect, it } from "vitest";
import type { Unsent } from "../outbox";
import { EMPTY, isLastingLive, lastSeq, liveButtonsOf, reduce, Store, unreadCount } from "../store";
import { makeConversation, makeIncoming, makeMessage, stateAfter } from "./making";

const BUTTONS = [{ id: "b1", title: "转人工" }];
const bot = { type: "conversation_set", conversation: makeConversation() } as const;
const added = (...messages: ReturnType<typeof makeMessage>[]) => ({ type: "messages_added", messages }) as const;

function makeUnsent(client_id: string): Unsent {
  const created_at = "2024-05-12T04:00:00Z";
  return { client_id, type: "text", text: "hi", button_id: null, picture_id: null, created_at, order: 1, after: 0, state: "sending", error: null };
}

describe("progress", () => {
  it("is known for what is on its way, and only for that", () => {
    const half = stateAfter({ type: "progress_set", client_id: "c1", percent: 50 }, { type: "progress_set", client_id: "c2", percent: 0 });
    expect(half.progress).toEqual({ c1: 50, c2: 0 });
    expect(reduce(half, { type: "progress_set", client_id: "c1", percent: null }).progress).toEqual({ c2: 0 });
  });

  it("that is no news changes nothing", () => {
    const half = stateAfter({ type: "progress_set", client_id: "c1", percent: 50 });
    expect(reduce(half, { type: "progress_set", client_id: "c1", percent: 50 })).toBe(half);
    expect(reduce(half, { type: "progress_set", client_id: "c2", percent: null })).toBe(half);
  });
});

describe("messages", () => {
  it("are ordered by sequence number whatever the order of arrival", () => {
    const state = stateAfter(bot, added(makeMessage(3)), added(makeMessage(1), makeMessage(2)));
    expect(state.messages.map((each) => each.seq)).toEqual([1, 2, 3]);
    expect(lastSeq(state)).toBe(3);
  });

  it("are shown once when they come twice", () => {
    const state = stateAfter(bot, added(makeMessage(1)), added(makeMessage(1), makeMessage(2)), added(makeMessage(2)));
    expect(state.messages.map((each) => each.seq)).toEqual([1, 2]);
  });

  it("take the newer copy", () => {
    const state = stateAfter(bot, added(makeMessage(1, { status: "pending" })), added(makeMessage(1, { status: "sent" })));
    expect(state.messages[0]?.status).toBe("sent");
  });

  it("replace the unsent one with the same client id", () => {
    const unsent = [makeUnsent("c1"), makeUnsent("c2")];
    const state = stateAfter(bot, { type: "unsent_set", unsent }, added(makeIncoming(1)));
    expect(state.unsent.map((each) => each.client_id)).toEqual(["c2"]);
  });

  it("keep an unsent one from coming back", () => {
    const state = stateAfter(bot, added(makeIncoming(1)), { type: "unsent_set", unsent: [makeUnsent("c1")] });
    expect(state.unsent).toEqual([]);
  });
});

describe("a conversation", () => {
  it("starts empty when it is another one", () => {
    const other = { type: "conversation_set", conversation: makeConversation({ conversation_id: "b" }) } as const;
    expect(stateAfter(bot, added(makeMessage(1)), other).messages).toEqual([]);
  });

  it("keeps its messages when it changes", () => {
    const queue = { type: "conversation_set", conversation: makeConversation({ owner: "queue" }) } as const;
    const state = stateAfter(bot, added(makeMessage(1)), queue);
    expect(state.messages.length).toBe(1);
    expect(state.conversation?.owner).toBe("queue");
  });

  it("never takes a read mark back", () => {
    const older = { type: "conversation_set", conversation: makeConversation({ read_seq: 1 }) } as const;
    const state = stateAfter(bot, { type: "read_set", seq: 2 }, older, { type: "read_set", seq: 1 });
    expect(state.conversation?.read_seq).toBe(2);
  });
});

describe("unreadCount", () => {
  it("counts answers after the mark, not the customer's own words", () => {
    const state = stateAfter(bot, added(makeMessage(1), makeIncoming(2), makeMessage(3)), { type: "read_set", seq: 1 });
    expect(unreadCount(state)).toBe(1);
  });
});

describe("liveButtonsOf", () => {
  const offered = makeMessage(1, { buttons: BUTTONS });

  it("is the latest bot message with buttons", () => {
    const again = makeMessage(2, { buttons: BUTTONS });
    expect(liveButtonsOf(stateAfter(bot, added(offered, again, makeMessage(3))))).toBe("m2");
  });

  it("is the question for a score that follows a settled case", () => {
    const question = makeMessage(2, { buttons: [{ id: "b5", title: "5 分" }], sender: "system" });
    expect(liveButtonsOf(stateAfter(bot, added(offered, question)))).toBe("m2");
  });

  it("is none after the customer answered", () => {
    expect(liveButtonsOf(stateAfter(bot, added(offered, makeIncoming(2))))).toBeNull();
  });

  it("is none while an answer is on its way", () => {
    expect(liveButtonsOf(stateAfter(bot, added(offered), { type: "unsent_set", unsent: [makeUnsent("c9")] }))).toBeNull();
  });

  it("is not held back by what was refused", () => {
    const unsent = [{ ...makeUnsent("c9"), state: "failed" as const }];
    expect(liveButtonsOf(stateAfter(bot, added(offered), { type: "unsent_set", unsent }))).toBe(offered.message_id);
  });

  it.each(["queue", "agent"] as const)("is none when the owner is the %s", (owner) => {
    const handed = { type: "conversation_set", conversation: makeConversation({ owner }) } as const;
    expect(liveButtonsOf(stateAfter(bot, added(offered), handed))).toBeNull();
  });
});

describe("isLastingLive", () => {
  const news = makeMessage(2, { buttons: [{ id: "b2", title: "到账了" }], lasting: true });

  it("leaves the buttons of the question before it alone", () => {
    const offered = makeMessage(1, { buttons: BUTTONS });
    const state = stateAfter(bot, added(offered, news));
    expect([liveButtonsOf(state), isLastingLive(state, news)]).toEqual(["m1", true]);
  });

  it("goes on while other things are said", () => {
    expect(isLastingLive(stateAfter(bot, added(news, makeIncoming(3))), news)).toBe(true);
  });

  it("ends with the first use", () => {
    const used = { ...makeIncoming(3), text: "到账了" };
    expect(isLastingLive(stateAfter(bot, added(news, used)), news)).toBe(false);
  });

  it("is not for other messages", () => {
    const offered = makeMessage(1, { buttons: BUTTONS });
    expect(isLastingLive(stateAfter(bot, added(offered)), offered)).toBe(false);
  });

  it("is none when a person has the conversation", () => {
    const handed = { type: "conversation_set", conversation: makeConversation({ owner: "agent" }) } as const;
    expect(isLastingLive(stateAfter(bot, added(news), handed), news)).toBe(false);
  });
});

describe("Store", () => {
  it("tells its listeners of changes and not of repeats", () => {
    const store = new Store();
    const seen: boolean[] = [];
    const stop = store.listen((state) => seen.push(state.typing));
    store.change({ type: "typing_set", typing: true });
    store.change({ type: "typing_set", typing: true });
    stop();
    store.change({ type: "typing_set", typing: false });
    expect(seen).toEqual([true]);
  });

  it("leaves the state alone when nothing is added", () => {
    expect(reduce(EMPTY, { type: "messages_added", messages: [] })).toBe(EMPTY);
  });
});
