// Canned replies, macros, tags, summaries and reports.

import type { Cause, Language, Priority } from "./types";

export interface Canned {
  id: string;
  shortcut: string;
  title: string;
  language: Language;
  text: string;
  team: string | null;
  uses: number;
  picture: { url: string; picture_id?: string } | null;
}

export interface Rendered {
  text: string;
  order_version: string;
  /** Names of places that nothing is known for. */
  missing: string[];
}

export type MacroStep =
  | { do: "reply_canned"; canned_id: string }
  | { do: "tag"; tags: string[] }
  | { do: "note"; text: string }
  | { do: "priority"; priority: Priority }
  | { do: "transfer"; to?: string; team?: string }
  | { do: "resolve"; cause?: Cause; text?: string }
  | { do: "wait"; ticket_no?: string; waiting_for?: "customer" | "upstream"; text?: string };

export interface Macro {
  id: string;
  title: string;
  steps: MacroStep[];
}

export interface Tag {
  tag: string;
  count: number;
}

export interface Summary {
  cause: Cause;
  text: string;
  result: string;
}

export interface Quality {
  score: number;
  points: { greeting: number; facts: number; solution: number; tone: number };
  comment: string;
}

export interface Percentiles {
  p50: number | null;
  p90: number | null;
  by_day: { day: string; p50: number | null; p90: number | null }[];
}

export interface Reports {
  volume: { day: string; conversations: number; handoffs: number; resolved: number }[];
  first_response: Percentiles;
  resolution: Percentiles;
  containment: { bot_only: number; handed_off: number; share: number | null };
  reasons: { reason: string; count: number }[];
  causes: { cause: string; count: number }[];
  sla: { kept: number; broken: number; share: number | null };
  csat: { mean: number | null; count: number; by_score: Record<string, number> };
  by_channel: Record<string, unknown>[];
  by_product: Record<string, unknown>[];
}
