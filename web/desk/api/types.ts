// What the gateway answers to the desk. Times are ISO 8601 in UTC, money is a decimal as text.

export type Language = "zh" | "en";
export type Role = "agent" | "supervisor" | "admin";
export type Presence = "online" | "away" | "busy" | "offline";
export type Owner = "bot" | "queue" | "agent";
export type Priority = "low" | "normal" | "high" | "urgent";
export type View = "queue" | "mine" | "bot" | "booked" | "resolved" | "all";
export type Sort = "urgency" | "newest" | "oldest";
export type Cause = "C1" | "C2" | "C3" | "C4" | "other";

export const VIEWS: readonly View[] = ["queue", "mine", "bot", "booked", "resolved", "all"];
export const PRIORITIES: readonly Priority[] = ["low", "normal", "high", "urgent"];
export const CAUSES: readonly Cause[] = ["C1", "C2", "C3", "C4", "other"];

export interface Me {
  username: string;
  name: string;
  role: Role;
  team: string | null;
  language: Language;
  csrf: string;
  totp: boolean;
  capacity: number;
  demo: boolean;
  settings: { sound: boolean; notifications: boolean };
}

export interface Colleague {
  username: string;
  name: string;
  team: string | null;
  presence: Presence;
  open: number;
}

export interface Account extends Colleague {
  role: Role;
  capacity: number;
  disabled: boolean;
}

// ------------------------------------------------------------ conversations

export interface LastMessage {
  sender: Sender;
  kind: MessageKind;
  text: string;
  created_at: string;
}

export interface Row {
  conversation_id: string;
  channel: string;
  customer_name: string | null;
  language: Language;
  owner: Owner;
  agent: string | null;
  agent_name: string | null;
  team: string | null;
  state: "open" | "resolved";
  booked: boolean;
  priority: Priority;
  /** A code of a handoff; its words are in texts.ts. */
  reason: string | null;
  /** Since when the customer waits for a person. */
  waiting_since: string | null;
  /** By when the next answer is due. */
  due_at: string | null;
  last_message: LastMessage | null;
  /** Messages of the customer since the last human reply. */
  unread: number;
  tags: string[];
  order_no: string | null;
  created_at: string;
  updated_at: string;
  /** Grows with each change; an older row never replaces a newer one. */
  version: number;
}

export type MessageKind = "incoming" | "outgoing" | "activity" | "note";
export type Sender = "customer" | "bot" | "agent" | "system";
export type MessageStatus = "received" | "pending" | "sent" | "failed";

export interface Activity {
  type: string;
  by: string | null;
  to: string | null;
  reason: string | null;
}

export interface DeskMessage {
  message_id: string;
  /** The order of everything in the conversation, notes too. */
  position: number;
  seq: number | null;
  kind: MessageKind;
  sender: Sender;
  author: string | null;
  author_name: string | null;
  text: string;
  buttons: { title: string }[];
  picture: { url: string; thumb_url?: string } | null;
  image: string | null;
  activity: Activity | null;
  /** How it came, when not as usual: out of a topic of the staff on Telegram, or by editing an earlier one. */
  origin: "topic" | "edit" | null;
  status: MessageStatus;
  read: boolean;
  client_id: string | null;
  created_at: string;
}

export interface Handover {
  reason: string;
  asked: string;
  answered: { name: string; value: string }[];
  checked: { name: string; result: string }[];
  diagnosis: string | null;
  order_no: string | null;
  at: string;
}

export interface Customer {
  channel: string;
  /** Signed by the shop's server. */
  signed?: boolean;
  created_at: string;
  earlier: Row[];
  [fact: string]: unknown;
}

export interface Opened {
  conversation: Row;
  handover: Handover | null;
  messages: DeskMessage[];
  more_before: boolean;
  customer: Customer;
  draft?: string | null;
  watchers?: string[];
}

export interface Counts {
  queue: number;
  mine: number;
  bot: number;
  booked: number;
}

export interface Page {
  conversations: Row[];
  next_cursor: string | null;
  counts: Counts;
}

export type MatchField = "order_no" | "transaction_no" | "phone_tail" | "ticket_no" | "text";
export type Found = Row & { match: { field: MatchField; snippet: string } };

/** What an agent writes; `canned` names the order data that the text was made of. */
export interface Outgoing {
  client_id: string;
  text: string;
  kind: "reply" | "note";
  picture_id?: string;
  canned?: { id: string; order_version: string };
}

// ------------------------------------------------------------ the socket

export type ServerFrame =
  | { type: "hello"; epoch: string; n: number; presence: Presence | { status: Presence } }
  | { type: "reset" }
  | { type: "conversation_changed"; n?: number; conversation: Row }
  | { type: "message_created" | "message_changed"; n?: number; conversation_id: string; message: DeskMessage }
  | { type: "typing_changed"; n?: number; conversation_id: string; sender: "customer" | "agent"; agent?: string; typing: boolean }
  | { type: "presence_changed"; n?: number; username: string; status: Presence; open: number }
  | { type: "counts_changed"; n?: number; queue: number; mine?: number; bot?: number; booked: number }
  | { type: "watchers_changed"; n?: number; conversation_id: string; usernames: string[] }
  | { type: "pong" };

export type ClientFrame =
  | { type: "resume"; epoch: string | null; n: number }
  | { type: "watch"; conversation_id: string | null }
  | { type: "typing"; conversation_id: string; typing: boolean }
  | { type: "presence"; status: Presence }
  | { type: "ping" };

// ------------------------------------------------------------ facts of the backend

export interface Sourced {
  value: string;
  source: string;
}

export interface OrderFacts {
  order_no: string;
  product: string | null;
  amount: string | null;
  created_at: string | null;
  account_masked: string | null;
  states: Record<"payment" | "order" | "delivery" | "account" | "input", Sourced>;
  diagnosis: { code: string; cause: Cause | null; reasons: string[]; source: string };
  payment: Record<string, string | null> | null;
  version: string;
}

export interface EvidenceFacts {
  evidence_id: string;
  url: string;
  kind: string;
  verdict: string;
  fields: Record<string, unknown>;
  created_at: string;
  duplicate_of?: string | null;
}

export interface TicketPromise {
  due_at: string;
  kind?: string;
  text?: string;
  state?: string;
}

/** A case as the backend's desk shows it (docs/tickets.md), with its promises. */
export interface TicketFacts {
  ticket_no: string;
  type: string;
  status: string;
  stage: string;
  priority: Priority;
  order_no: string | null;
  claimed_no: string | null;
  assignee: string | null;
  amount: string | null;
  created_at: string;
  waiting_for: string | null;
  waiting_since: string | null;
  next_promise_at: string | null;
  overdue: boolean;
  repeats: number;
  broken_promises: number;
  title?: string;
  content?: string;
  messages: { message_id: string; author: string; author_name: string | null; text: string; internal: boolean; created_at: string }[];
  history: { action: string; reason: string | null; at: string; actor: { kind: string; name: string } }[];
  approvals: ApprovalFacts[];
  operations: { action: string; state: string; status: string | null; reason: string | null; started_at: string; finished_at: string | null }[];
  rating: { score: number; comment: string | null; at: string } | null;
  promises?: TicketPromise[];
  [more: string]: unknown;
}

export interface ApprovalFacts {
  approval_no: string;
  ticket_no: string;
  action: string;
  amount: string | null;
  details: unknown;
  state: string;
  asked_by: { kind: string; name: string };
  asked_at: string;
  expires_at: string;
  decided_by: unknown;
  decided_at: string | null;
}

export interface IncidentFacts {
  incident_no?: string;
  title?: string;
  state?: string;
  started_at?: string;
  [more: string]: unknown;
}

export interface Facts {
  orders: OrderFacts[];
  evidence: EvidenceFacts[];
  tickets: TicketFacts[];
  incidents: IncidentFacts[];
  fetched_at: string;
}

export type TicketAction =
  | "reply" | "note" | "wait" | "assign" | "requery" | "repush" | "delivered" | "refund" | "resolve" | "close" | "reopen" | "merge";
