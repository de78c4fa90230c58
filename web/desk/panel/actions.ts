// What an agent can do about a ticket: when it is offered, what has to be filled in, what is sent. No look at the page here.

import type { TicketFacts } from "../api/types";

export type ActionName =
  | "requery" | "repush" | "delivered" | "refund_approve" | "refund_reject" | "wait_customer" | "wait_upstream" | "take" | "merge"
  | "resolve" | "close" | "reopen";
export type FieldName = "reason" | "customerReason" | "text" | "question" | "amount" | "expected" | "until" | "into";

export interface Action {
  name: ActionName;
  /** The last part of the path. */
  path: string;
  fields: readonly FieldName[];
  needed: readonly FieldName[];
  needsOrder: boolean;
  /** Much money or something that cannot be taken back: the button is red. */
  grave: boolean;
  stages: readonly string[];
}

/** What was filled in; times as ISO 8601. */
export type Values = Partial<Record<FieldName, string>>;

const LIVE = ["queued", "in_progress", "waiting_customer", "waiting_upstream"];
const ENDED = ["resolved", "closed"];

function action(name: ActionName, stages: readonly string[], fields: readonly FieldName[], more: Partial<Action> = {}): Action {
  return { name, path: name, fields, needed: [], needsOrder: false, grave: false, stages, ...more };
}

export const ACTIONS: readonly Action[] = [
  action("requery", [...LIVE, "resolved"], ["reason"], { needsOrder: true }),
  action("repush", LIVE, ["reason"], { needsOrder: true, grave: true }),
  action("delivered", [...LIVE, "resolved"], ["reason"], { needsOrder: true, grave: true }),
  action("refund_approve", LIVE, ["amount", "expected", "customerReason"], { path: "refund", needed: ["expected"], grave: true }),
  action("refund_reject", LIVE, ["customerReason"], { path: "refund", needed: ["customerReason"], grave: true }),
  action("wait_customer", LIVE, ["question"], { path: "wait", needed: ["question"] }),
  action("wait_upstream", LIVE, ["until", "text"], { path: "wait", needed: ["until"] }),
  action("take", LIVE, [], { path: "assign" }),
  action("merge", [...LIVE, ...ENDED], ["into", "reason"], { needed: ["into"], grave: true }),
  action("resolve", LIVE, ["text"], {}),
  action("close", [...LIVE, "resolved"], ["reason"], { grave: true }),
  action("reopen", ENDED, ["reason"], {}),
];

/** What this ticket allows now, as far as the page knows; the backend has the last word. */
export function actionsFor(ticket: TicketFacts, me: string): Action[] {
  return ACTIONS.filter(
    (each) =>
      each.stages.includes(ticket.stage) && !(each.needsOrder && ticket.order_no === null) && !(each.name === "take" && ticket.assignee === me),
  );
}

export type Complaint = "missing" | "past" | "notMoney" | "tooMuch" | "sameTicket" | "originalWay";

const ORIGINAL_WAY = /原\s*路\s*(退|返)|原\s*渠\s*道\s*(退|返)|original (payment )?(method|way|channel|route)/i;

/** What is wrong with a form, by field. */
export function complaints(action: Action, values: Values, ticket: TicketFacts, now: number): Partial<Record<FieldName, Complaint>> {
  const found: Partial<Record<FieldName, Complaint>> = {};
  for (const field of action.fields) {
    const value = (values[field] ?? "").trim();
    const wrong = value === "" ? (action.needed.includes(field) ? "missing" : null) : complaint(field, value, ticket, now);
    if (wrong) found[field] = wrong;
  }
  return found;
}

function complaint(field: FieldName, value: string, ticket: TicketFacts, now: number): Complaint | null {
  if (field === "expected" || field === "until") return Date.parse(value) > now ? null : "past";
  if (field === "amount") {
    if (!/^\d{1,10}(\.\d{1,2})?$/.test(value) || Number(value) === 0) return "notMoney";
    return ticket.amount !== null && cents(value) > cents(ticket.amount) ? "tooMuch" : null;
  }
  if (field === "into") return value === ticket.ticket_no ? "sameTicket" : null;
  if (field === "customerReason") return ORIGINAL_WAY.test(value) ? "originalWay" : null;
  return null;
}

/** Money as whole cents, so that nothing is lost. */
function cents(money: string): number {
  const [whole, part = ""] = money.split(".");
  return Number(whole) * 100 + Number(part.padEnd(2, "0").slice(0, 2));
}

/** The body of the request; what was left empty is not sent. */
export function bodyOf(action: Action, values: Values, me: string): Record<string, unknown> {
  const given = (field: FieldName): string | undefined => (values[field] ?? "").trim() || undefined;
  const body: Record<string, unknown> = { text: given("text") ?? given("question"), reason: given("reason") ?? given("customerReason"), into: given("into") };
  if (action.name === "refund_approve") {
    const amount = given("amount");
    Object.assign(body, { decision: "approved", expected_at: given("expected"), amount: amount && twoPlaces(amount) });
  }
  if (action.name === "refund_reject") body["decision"] = "rejected";
  if (action.name === "wait_customer") body["waiting_for"] = "customer";
  if (action.name === "wait_upstream") Object.assign(body, { waiting_for: "upstream", until: given("until") });
  if (action.name === "take") body["assignee"] = me;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

export function twoPlaces(money: string): string {
  const [whole, part = ""] = money.split(".");
  return `${whole}.${part.padEnd(2, "0")}`;
}
