// Words for what the gateway answers: errors, activities, reasons.

import { DeskError, OfflineError } from "./api/client";
import { PRIORITIES, type Activity, type Priority } from "./api/types";
import type { Texts } from "./texts";

/** Why something did not work. `nameOf` gives a colleague's name. */
export function errorText(error: unknown, t: Texts, nameOf: (username: string) => string = (each) => each): string {
  if (error instanceof OfflineError) return t.errors.offline;
  if (!(error instanceof DeskError)) return t.errors.other(error instanceof Error ? error.name : "?");
  if (error.code === "claimed") {
    const agent = error.details["agent_name"] ?? error.details["agent"];
    return t.errors.claimed(typeof agent === "string" ? nameOf(agent) : t.errors.someone);
  }
  const known: Record<string, string> = {
    not_owner: t.errors.not_owner,
    stale_data: t.errors.stale_data,
    forbidden: t.errors.forbidden,
    csrf: t.errors.csrf,
    not_found: t.errors.not_found,
    too_large: t.errors.too_large,
    unsupported_picture: t.errors.unsupported_picture,
    rate_limited: t.errors.rate_limited,
    invalid: t.errors.invalid,
    action_refused: t.errors.action_refused,
    backend_unavailable: t.errors.backend_unavailable,
  };
  return known[error.code] ?? (error.status === 409 ? t.errors.conflict : t.errors.other(error.code));
}

export function reasonText(reason: string | null, t: Texts): string {
  return reason === null ? "" : (t.reasons[reason] ?? reason);
}

const isPriority = (text: string): text is Priority => (PRIORITIES as readonly string[]).includes(text);

export function activityText(activity: Activity, t: Texts, nameOf: (username: string) => string): string {
  const by = activity.by === null ? t.senders.system : nameOf(activity.by);
  const to = activity.to === null ? "" : isPriority(activity.to) ? t.priorities[activity.to] : nameOf(activity.to);
  const words = t.activity[activity.type];
  return words ? words({ by, to, reason: reasonText(activity.reason, t) }) : t.activityOther(activity.type, by);
}
