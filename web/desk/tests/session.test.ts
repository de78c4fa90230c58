// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { api, DeskError, OfflineError } from "../api/client";
import { session, signedIn, signOut } from "../session";
import "../store/desk";
import { state } from "../store/state";
import { makeRow } from "./making";

beforeEach(() => {
  signedIn({ username: "alice", name: "Alice", role: "agent", csrf: "", language: "en" } as Parameters<typeof signedIn>[0]);
  state.rows.set("a", makeRow());
});
afterEach(() => void vi.restoreAllMocks());

describe("signing out", () => {
  it("leaves nothing on the page", async () => {
    vi.spyOn(api, "post").mockResolvedValue(undefined);
    await signOut();
    expect([session.state, session.me, state.rows.size]).toEqual(["out", null, 0]);
  });

  it("is done too when the session was over before", async () => {
    vi.spyOn(api, "post").mockRejectedValue(new DeskError(401, "not_signed_in"));
    await signOut();
    expect(session.state).toBe("out");
  });

  it("is not said to be done while the browser is still signed in", async () => {
    vi.spyOn(api, "post").mockRejectedValue(new OfflineError("no network"));
    await expect(signOut()).rejects.toThrow(OfflineError);
    expect([session.state, session.me?.username]).toEqual(["in", "alice"]);
  });
});
