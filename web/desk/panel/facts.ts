// What the panel makes of the facts: promises, the parts of a history, whose order a text speaks of.

import { dayKey } from "../../widget/time";
import type { EvidenceFacts, Facts, IncidentFacts, OrderFacts, TicketFacts } from "../api/types";
import { ZONE } from "./clock";

/** What an order has besides; see docs/desk-api.md. */
export type FullOrder = OrderFacts & {
  proven?: boolean;
  reachable?: boolean;
  late?: boolean;
  supplier?: string | null;
  open_ticket_no?: string | null;
  refund?: { amount: string | null; to: string | null; at: string | null } | null;
};
export type FullEvidence = EvidenceFacts & { state?: "read" | "unread" | "deleted"; missing?: string[]; conflicts?: string[]; judged_for?: string | null };

/** Those that explain an order of this customer, and how many others go on. */
export function concerning(incidents: readonly IncidentFacts[]): { own: IncidentFacts[]; others: number } {
  const own = incidents.filter((each) => each["concerns"] !== false);
  return { own, others: incidents.length - own.length };
}

/** When the customer was told that their money comes back, while it has not. */
export function refundDue(ticket: TicketFacts): { at: string; late: boolean } | null {
  const found = ticket.promises?.find((each) => each.kind === "refund" && each.state !== "kept");
  return found ? { at: found.due_at, late: found.state === "overdue" } : null;
}

export interface Due {
  state: "none" | "running" | "broken";
  at: number | null;
  /** How often it was broken before. */
  times: number;
}

/** Whether a promise to the customer runs, or is broken. */
export function dueOf(ticket: TicketFacts, now: number): Due {
  const at = ticket.next_promise_at === null ? null : Date.parse(ticket.next_promise_at);
  const ended = ["resolved", "closed", "merged"].includes(ticket.stage);
  if (at === null || Number.isNaN(at) || ended) return { state: "none", at: null, times: ticket.broken_promises };
  return { state: at <= now ? "broken" : "running", at, times: ticket.broken_promises };
}

/** Tickets that wait first, the most pressing of them at the top; then the newest. */
export function sortedTickets(tickets: readonly TicketFacts[]): TicketFacts[] {
  const ended = (each: TicketFacts): number => (["resolved", "closed", "merged"].includes(each.stage) ? 1 : 0);
  const due = (each: TicketFacts): number => (each.next_promise_at === null ? Infinity : Date.parse(each.next_promise_at));
  return [...tickets].sort(
    (a, b) => ended(a) - ended(b) || (due(a) === due(b) ? 0 : due(a) - due(b)) || Date.parse(b.created_at) - Date.parse(a.created_at),
  );
}

export function isEmpty(facts: Facts): boolean {
  return facts.orders.length + facts.evidence.length + facts.tickets.length === 0;
}

/** The order of a ticket, if it is among the facts. */
export function orderOf(facts: Facts, ticket: TicketFacts): OrderFacts | null {
  return facts.orders.find((each) => each.order_no === ticket.order_no) ?? null;
}

export interface Reason {
  axis: string;
  value: string;
}

/** `payment=PAID` as its two words. */
export function reasonFrom(text: string): Reason {
  const cut = text.indexOf("=");
  return cut < 0 ? { axis: "", value: text } : { axis: text.slice(0, cut), value: text.slice(cut + 1) };
}

/** Read fields that say something, as texts. */
export function shownFields(fields: Record<string, unknown> | null | undefined): [string, string][] {
  return Object.entries(fields ?? {})
    .filter(([, value]) => value !== null && value !== undefined && value !== "" && typeof value !== "object")
    .map(([name, value]) => [name, String(value)]);
}

/** A moment on the shop's clock, as the chat and the customer's sentences have it: the day only where it is not today's. */
export function clock(iso: string | null | undefined, now: number, language: "zh" | "en"): string {
  const at = new Date(iso ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const sameDay = dayKey(at) === dayKey(new Date(now));
  const day: Intl.DateTimeFormatOptions = sameDay ? {} : { month: "numeric", day: "numeric" };
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { timeZone: ZONE, ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}
