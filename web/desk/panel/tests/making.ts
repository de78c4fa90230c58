// A ticket that waits, for tests.

import type { TicketFacts } from "../../api/types";

export const LATER = "2026-11-30T12:00:00.000Z";

export function ticket(more: Partial<TicketFacts> = {}): TicketFacts {
  return {
    ticket_no: "TK1", type: "UPSTREAM_STUCK", status: "open", stage: "queued", priority: "high", order_no: "KM1", claimed_no: null, assignee: null, amount: "98.00",
    created_at: "2026-11-30T08:00:00Z", waiting_for: null, waiting_since: null, next_promise_at: LATER, overdue: false, repeats: 0, broken_promises: 0,
    messages: [], history: [], approvals: [], operations: [], rating: null, ...more,
  };
}
