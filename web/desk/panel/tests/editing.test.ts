import { describe, expect, it } from "vitest";

import type { Canned, MacroStep } from "../../api/more";
import { faultsOf, macroFault, matches, moved, newStep, previewOf, STEPS, unknownPlaces } from "../editing";

const reply = (more: Partial<Canned> = {}): Canned => ({ id: "1", shortcut: "hi", title: "Hello", language: "en", text: "Hi", team: null, uses: 0, picture: null, ...more });

describe("a canned reply", () => {
  it("shows examples in its places and marks those that mean nothing", () => {
    expect(previewOf("Order {order_no}: {oops}!", { order_no: "KM1" })).toEqual([
      { text: "Order ", place: null }, { text: "KM1", place: "known" }, { text: ": ", place: null }, { text: "{oops}", place: "unknown" }, { text: "!", place: null },
    ]);
    expect(previewOf("", {})).toEqual([]);
    expect(unknownPlaces("{order_no} {a} {a} {}")).toEqual(["a", ""]);
  });

  it("needs a shortcut of its own in its language", () => {
    const draft = { shortcut: "hi", title: "t", language: "en" as const, text: "x" };
    expect(faultsOf(draft, [])).toEqual({});
    expect(faultsOf(draft, [reply()])).toEqual({ shortcut: "taken" });
    expect(faultsOf({ ...draft, language: "zh" }, [reply()])).toEqual({});
    expect(faultsOf({ ...draft, shortcut: "a b" }, [])).toEqual({ shortcut: "shortcut" });
    expect(faultsOf({ ...draft, shortcut: "退款_1" }, [])).toEqual({});
    expect(faultsOf({ ...draft, shortcut: "/x" }, [])).toEqual({ shortcut: "shortcut" });
  });

  it("is refused empty, too long, or with places that mean nothing", () => {
    const draft = { shortcut: "", title: " ", language: "en" as const, text: "" };
    expect(faultsOf(draft, [])).toEqual({ shortcut: "missing", title: "missing", text: "missing" });
    expect(faultsOf({ ...draft, text: "{price}" }, []).text).toBe("places");
    expect(faultsOf({ ...draft, text: "x".repeat(4001) }, []).text).toBe("long");
  });

  it("is found by any part", () => {
    expect([matches("", "x"), matches("HELL", "hi", "Hello"), matches("no", "hi")]).toEqual([true, true, false]);
  });
});

describe("a macro", () => {
  const steps: MacroStep[] = [{ do: "reply_canned", canned_id: "1" }, { do: "tag", tags: ["a"] }, { do: "resolve", cause: "C1", text: "" }];

  it("is whole when each step is", () => {
    expect(macroFault({ title: "t", steps }, [reply()])).toBeNull();
    expect(macroFault({ title: " ", steps }, [reply()])).toBe("missing");
    expect(macroFault({ title: "t", steps: [] }, [])).toBe("steps");
    expect(macroFault({ title: "t", steps }, [])).toBe("incomplete");
  });

  it("does nothing after it gave the conversation away", () => {
    expect(macroFault({ title: "t", steps: [...steps, { do: "note", text: "x" }] }, [reply()])).toBe("order");
    expect(macroFault({ title: "t", steps: [{ do: "transfer", team: "x" }, { do: "tag", tags: ["a"] }] }, [])).toBe("order");
  });

  it("has new steps that are not whole until something was chosen", () => {
    const open = STEPS.filter((each) => macroFault({ title: "t", steps: [newStep(each)] }, []) !== null);
    expect(open).toEqual(["reply_canned", "note", "tag", "transfer"]);
  });

  it("moves its steps within the list", () => {
    expect([moved(["a", "b"], 0, 1), moved(["a", "b"], 0, -1), moved(["a", "b"], 1, 1)]).toEqual([["b", "a"], ["a", "b"], ["a", "b"]]);
  });
});
