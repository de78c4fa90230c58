// Canned replies and macros while they are edited: what is wrong with them and how they will look.

import type { Canned, Macro, MacroStep } from "../api/more";
import { PRIORITIES } from "../api/types";

export const PLACES = ["order_no", "product", "amount", "promised_at", "customer_name", "ticket_no", "agent_name"] as const;
export const LONGEST_TEXT = 4000;
const PLACE = /\{([^{}\n]*)\}/g;

/** Names in braces that mean nothing. */
export function unknownPlaces(text: string): string[] {
  const found = [...text.matchAll(PLACE)].map((each) => each[1] ?? "");
  return [...new Set(found)].filter((each) => !(PLACES as readonly string[]).includes(each));
}

export interface Part {
  text: string;
  /** Filled in for the customer; not so when nothing is known for the name. */
  place: "known" | "unknown" | null;
}

/** The text in parts, with examples in its places. */
export function previewOf(text: string, examples: Record<string, string>): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACE)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), place: null });
    const example = examples[match[1] ?? ""];
    parts.push(example === undefined ? { text: match[0], place: "unknown" } : { text: example, place: "known" });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), place: null });
  return parts;
}

/** What the gateway says besides: whether this agent may change it. */
export type Own<T> = T & { mine?: boolean };
export type Draft = Pick<Canned, "shortcut" | "title" | "language" | "text">;
export type Fault = "missing" | "shortcut" | "taken" | "places" | "long";

/** What keeps a reply from being saved, by field. `others` are all replies but this one. */
export function faultsOf(draft: Draft, others: readonly Canned[]): Partial<Record<keyof Draft, Fault>> {
  const found: Partial<Record<keyof Draft, Fault>> = {};
  const shortcut = draft.shortcut.trim();
  if (shortcut === "") found.shortcut = "missing";
  else if (!/^[^\s/{}]{1,40}$/.test(shortcut)) found.shortcut = "shortcut";
  else if (others.some((each) => each.language === draft.language && each.shortcut === shortcut)) found.shortcut = "taken";
  if (draft.title.trim() === "") found.title = "missing";
  if (draft.text.trim() === "") found.text = "missing";
  else if (unknownPlaces(draft.text).length > 0) found.text = "places";
  else if (draft.text.length > LONGEST_TEXT) found.text = "long";
  return found;
}

export function matches(query: string, ...texts: string[]): boolean {
  const wanted = query.trim().toLowerCase();
  return wanted === "" || texts.some((each) => each.toLowerCase().includes(wanted));
}

export const STEPS = ["reply_canned", "note", "tag", "priority", "wait", "transfer", "resolve"] as const;
export type StepName = (typeof STEPS)[number];

export function newStep(name: StepName): MacroStep {
  switch (name) {
    case "reply_canned":
      return { do: name, canned_id: "" };
    case "note":
      return { do: name, text: "" };
    case "tag":
      return { do: name, tags: [] };
    case "priority":
      return { do: name, priority: "high" };
    case "wait":
      return { do: name, waiting_for: "upstream" } as MacroStep;
    case "transfer":
      return { do: name, team: "" };
    case "resolve":
      return { do: name, cause: "other", text: "" };
  }
}

/** Whether a step says all that it needs. */
export function isWhole(step: MacroStep, canned: readonly Canned[]): boolean {
  switch (step.do) {
    case "reply_canned":
      return canned.some((each) => each.id === step.canned_id);
    case "note":
      return step.text.trim() !== "";
    case "tag":
      return step.tags.length > 0;
    case "priority":
      return PRIORITIES.includes(step.priority);
    case "transfer":
      return Boolean(step.to?.trim() || step.team?.trim());
    default:
      return true;
  }
}

/** What keeps a macro from being saved. Nothing may follow what ends the agent's part. */
export function macroFault(macro: Pick<Macro, "title" | "steps">, canned: readonly Canned[]): "missing" | "steps" | "incomplete" | "order" | null {
  if (macro.title.trim() === "") return "missing";
  if (macro.steps.length === 0) return "steps";
  if (!macro.steps.every((each) => isWhole(each, canned))) return "incomplete";
  return macro.steps.slice(0, -1).some((each) => each.do === "transfer" || each.do === "resolve") ? "order" : null;
}

export function moved<T>(list: readonly T[], from: number, by: -1 | 1): T[] {
  const to = from + by;
  if (to < 0 || to >= list.length) return [...list];
  const next = [...list];
  [next[from], next[to]] = [next[to] as T, next[from] as T];
  return next;
}
