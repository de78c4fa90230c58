// Rows and messages for the tests.

import type { DeskMessage, Row } from "../api/types";

export const NOW = Date.parse("2024-05-12T04:00:00Z");
export const after = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();

export function makeRow(given: Partial<Row> = {}): Row {
  return {
    conversation_id: "a", channel: "web", customer_name: "张**", language: "zh", owner: "queue", agent: null, agent_name: null, team: null,
    state: "open", booked: false, priority: "normal", reason: "customer_request", waiting_since: null, due_at: null, last_message: null, unread: 1,
    tags: [], order_no: null, created_at: after(-600), updated_at: after(-60), version: 1, ...given,
  };
}

export function makeMessage(position: number, given: Partial<DeskMessage> = {}): DeskMessage {
  return {
    message_id: `m${position}`, position, seq: position, kind: "incoming", sender: "customer", author: null, author_name: null, text: `t${position}`,
    buttons: [], picture: null, image: null, activity: null, origin: null, status: "received", read: false, client_id: null, created_at: after(position), ...given,
  };
}
