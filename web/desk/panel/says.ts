// Why an action was not done, in the agent's language.

import { DeskError, OfflineError } from "../api/client";
import { word, type PanelTexts } from "./texts";

export function problemText(error: unknown, t: PanelTexts): string {
  if (error instanceof OfflineError) return t.errors.offline;
  if (!(error instanceof DeskError)) return t.errors.other(error instanceof Error ? error.name : "?");
  const { reason, fields } = error.details;
  if (typeof reason === "string" && t.refusals[reason]) return word(t.refusals, reason);
  if (error.code === "invalid") return t.errors.invalid(fieldNames(fields, t));
  const known: Record<string, string> = { ...t.errors } as never;
  const text = known[error.code];
  if (typeof text === "string") return text;
  if (error.status === 502 || error.status === 503) return t.errors.backend_unavailable;
  return error.status === 409 ? t.errors.conflict : t.errors.other(error.code);
}

const FIELDS: Record<string, keyof PanelTexts["inputs"]> = { expected_at: "expected", until: "until", amount: "amount", into: "into", text: "text", reason: "reason" };

function fieldNames(fields: unknown, t: PanelTexts): string {
  const names = Array.isArray(fields) ? fields.map(String) : [];
  return names.map((each) => (FIELDS[each] ? t.inputs[FIELDS[each]] : each)).join(", ");
}

/** Whether it may have been done although no answer came. */
export function isUncertain(error: unknown): boolean {
  if (error instanceof OfflineError) return true;
  return error instanceof DeskError && error.status >= 500;
}
