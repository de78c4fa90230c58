import { describe, expect, it } from "vitest";

import type { TicketFacts } from "../../api/types";
import { ACTIONS, actionsFor, bodyOf, complaints, twoPlaces, type ActionName, type Values } from "../actions";
import { LATER, ticket } from "./making";

const NOW = Date.parse("2026-11-30T10:00:00Z");
const names = (more: Partial<TicketFacts>, me = "bob"): ActionName[] => actionsFor(ticket(more), me).map((each) => each.name);
const find = (name: ActionName) => ACTIONS.find((each) => each.name === name)!;
const wrong = (name: ActionName, values: Values, more: Partial<TicketFacts> = {}) => complaints(find(name), values, ticket(more), NOW);

describe("what is offered", () => {
  it("follows the stage of the ticket", () => {
    expect(names({ stage: "resolved" })).toEqual(["requery", "delivered", "merge", "close", "reopen"]);
    expect(names({ stage: "closed" })).toEqual(["merge", "reopen"]);
    expect(names({ stage: "merged" })).toEqual([]);
    expect(names({})).not.toContain("reopen");
  });

  it("touches no order that the customer has not proved", () => {
    expect(names({ order_no: null })).not.toEqual(expect.arrayContaining(["requery"]));
    expect(names({ order_no: null })).toContain("refund_reject");
  });

  it("lets nobody take what they have", () => {
    expect(names({ assignee: "bob" })).not.toContain("take");
    expect(names({ assignee: "amy" })).toContain("take");
  });
});

describe("what has to be filled in", () => {
  it("is a time to come and a sum that was paid, for a refund", () => {
    expect(wrong("refund_approve", { amount: "98.00" })).toEqual({ expected: "missing" });
    expect(wrong("refund_approve", { amount: "98", expected: LATER })).toEqual({});
    expect(wrong("refund_approve", { amount: "98.01", expected: LATER })).toEqual({ amount: "tooMuch" });
    expect(wrong("refund_approve", { amount: "0.00", expected: "2026-11-30T10:00:00Z" })).toEqual({ amount: "notMoney", expected: "past" });
    expect(wrong("refund_approve", { amount: "1e2", expected: LATER })).toEqual({ amount: "notMoney" });
  });

  it("is any sum when nobody knows what was paid", () => {
    expect(wrong("refund_approve", { amount: "5000", expected: LATER }, { amount: null })).toEqual({});
  });

  it("compares money by cents, not as floats", () => {
    expect(wrong("refund_approve", { amount: "0.30", expected: LATER }, { amount: "0.30" })).toEqual({});
    expect(wrong("refund_approve", { amount: "9.00", expected: LATER }, { amount: "10.00" })).toEqual({});
  });

  it("is a reason that promises no way back, for a rejection", () => {
    expect(wrong("refund_reject", { customerReason: "  " })).toEqual({ customerReason: "missing" });
    expect(wrong("refund_reject", { customerReason: "会原路退回" })).toEqual({ customerReason: "originalWay" });
    expect(wrong("refund_reject", { customerReason: "已到账" })).toEqual({});
  });

  it("is a question for the customer, and another ticket to merge into", () => {
    expect(wrong("wait_customer", {})).toEqual({ question: "missing" });
    expect(wrong("merge", { into: "TK1" })).toEqual({ into: "sameTicket" });
    expect(wrong("requery", {})).toEqual({});
  });
});

describe("what is sent", () => {
  it("holds only what was filled in", () => {
    expect(bodyOf(find("requery"), { reason: " " }, "bob")).toEqual({});
    expect(bodyOf(find("take"), {}, "bob")).toEqual({ assignee: "bob" });
    expect(bodyOf(find("merge"), { into: " TK2 ", reason: "same" }, "bob")).toEqual({ into: "TK2", reason: "same" });
  });

  it("names decision, sum with two places and time of a refund", () => {
    expect(bodyOf(find("refund_approve"), { amount: "98", expected: LATER }, "bob")).toEqual({ decision: "approved", amount: "98.00", expected_at: LATER });
    expect(bodyOf(find("refund_reject"), { customerReason: "no" }, "bob")).toEqual({ decision: "rejected", reason: "no" });
    expect(["5", "5.1", "5.12"].map(twoPlaces)).toEqual(["5.00", "5.10", "5.12"]);
  });

  it("says whom the ticket waits for", () => {
    expect(bodyOf(find("wait_customer"), { question: "截图？" }, "bob")).toEqual({ text: "截图？", waiting_for: "customer" });
    expect(bodyOf(find("wait_upstream"), { until: LATER }, "bob")).toEqual({ waiting_for: "upstream", until: LATER });
  });
});
