// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ref } from "vue";

import { api } from "../api/client";
import type { Canned, Rendered } from "../api/more";
import { signedIn } from "../session";
import { clearState, state } from "../store/state";
import { useComposing } from "../talk/composing";
import { makeMessage, makeRow } from "./making";

const canned: Canned = { id: "c1", shortcut: "/tk", title: "退款", language: "zh", text: "", team: null, uses: 0, picture: null };
const row = ref(makeRow({ owner: "agent", agent: "alice", order_no: "KM1" }));
const signIn = (username: string): void => signedIn({ username, name: username, role: "agent", csrf: "", language: "zh" } as Parameters<typeof signedIn>[0]);
/** The page of a conversation is made anew at each visit. */
function visit(id = "a"): ReturnType<typeof useComposing> {
  const composing = useComposing(ref({ ...row.value, conversation_id: id }));
  composing.start(null);
  return composing;
}

async function write(rendered: Rendered): Promise<void> {
  vi.spyOn(api, "post").mockResolvedValue(rendered);
  await visit().apply(canned);
}

beforeEach(() => {
  clearState();
  localStorage.clear();
  signIn("alice");
});
afterEach(() => void vi.restoreAllMocks());

describe("a canned reply that was left for another conversation", () => {
  it("is still sent with the version of its order data", async () => {
    await write({ text: "订单 KM1 十点前到账", order_version: "KM1:old", missing: [] });
    expect(visit("b").it.applied).toBeNull();
    const sent = vi.spyOn(api, "post").mockResolvedValue(makeMessage(2));
    const again = visit();
    again.submit();
    await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(2));
    expect(sent.mock.calls.at(-1)?.[1]).toMatchObject({ text: "订单 KM1 十点前到账", canned: { id: "c1", order_version: "KM1:old" } });
    expect(visit().it.applied).toBeNull();
  });

  it("is still blocked while something is missing in it", async () => {
    await write({ text: "{promised_at} 前到账", order_version: "KM1:x", missing: ["promised_at"] });
    const again = visit();
    expect([again.canSend.value, again.missing.value]).toEqual([false, ["promised_at"]]);
    again.text.value = "";
    again.text.value = "稍等";
    expect([visit().it.applied, visit().canSend.value]).toEqual([null, true]);
  });

  it("is nobody else's", async () => {
    await write({ text: "订单 KM1", order_version: "KM1:x", missing: [] });
    signIn("bob");
    expect(state.rows.size).toBe(0);
    expect([visit().it.applied, visit().it.text.reply]).toEqual([null, ""]);
  });
});
