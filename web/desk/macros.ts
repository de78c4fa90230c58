// Macros: several steps at one press, each through the same door as if it were done by hand. The first that fails ends it.

import * as calls from "./api/calls";
import { api, newKey } from "./api/client";
import type { Canned, Macro, MacroStep } from "./api/more";
import type { Facts, Outgoing, Row } from "./api/types";
import { pictureOf } from "./canned";
import type { Texts } from "./texts";

/** Why a macro stopped, beside what the gateway refuses. */
export class MacroStop extends Error {
  override name = "MacroStop";

  constructor(readonly why: "missing" | "no_ticket" | "unknown_step") {
    super(why);
  }
}

type CannedOf = (id: string) => Canned | null;

/** Do the steps in turn; `done` hears of each. Raises what stopped it. */
export async function runMacro(row: Row, macro: Macro, cannedOf: CannedOf, done: (step: MacroStep, row: Row | null) => void): Promise<void> {
  let tags = row.tags;
  for (const step of macro.steps) {
    const changed = await runStep(row, step, tags, cannedOf);
    if (changed) tags = changed.tags;
    done(step, changed);
  }
}

async function runStep(row: Row, step: MacroStep, tags: string[], cannedOf: CannedOf): Promise<Row | null> {
  const id = row.conversation_id;
  switch (step.do) {
    case "reply_canned": {
      const { text, order_version, missing } = await calls.renderCanned(step.canned_id, id, row.order_no);
      if (missing.length > 0) throw new MacroStop("missing");
      const message: Outgoing = { client_id: newKey(), text, kind: "reply", canned: { id: step.canned_id, order_version } };
      const picture = cannedOf(step.canned_id)?.picture;
      if (picture) message.picture_id = (await calls.upload(id, await pictureOf(picture.url), "picture")).picture_id;
      await calls.send(id, message);
      return null;
    }
    case "note":
      await calls.send(id, { client_id: newKey(), text: step.text, kind: "note" });
      return null;
    case "tag":
      return calls.setTags(id, [...new Set([...tags, ...step.tags])]);
    case "priority":
      return calls.setPriority(id, step.priority);
    case "transfer":
      return calls.transfer(id, step.to ? { to: step.to } : { team: step.team ?? "" }, "");
    case "resolve":
      return calls.resolve(id, step.cause ? { cause: step.cause, text: step.text ?? "" } : null, false);
    case "wait":
      await wait(id, step);
      return null;
    default:
      throw new MacroStop("unknown_step"); // Of a newer desk; better nothing than the half.
  }
}

async function wait(id: string, step: Extract<MacroStep, { do: "wait" }>): Promise<void> {
  const ticket = step.ticket_no ?? (await liveTicket(id));
  if (!ticket) throw new MacroStop("no_ticket");
  const body = { waiting_for: step.waiting_for ?? "upstream", ...(step.text ? { text: step.text } : {}) };
  await api.post(`/tickets/${encodeURIComponent(ticket)}/wait`, body, { idempotencyKey: newKey() });
}

async function liveTicket(id: string): Promise<string | null> {
  const { tickets } = await api.get<Facts>(`/conversations/${encodeURIComponent(id)}/facts`);
  return tickets.find((each) => each.status === "open" || each.status === "pending")?.ticket_no ?? null;
}

/** What a step does, for who is asked before. */
export function stepText(step: MacroStep, t: Texts, cannedOf: CannedOf): string {
  const words = t.macros.steps;
  switch (step.do) {
    case "reply_canned":
      return words.reply_canned(cannedOf(step.canned_id)?.title ?? step.canned_id);
    case "note":
      return words.note(step.text);
    case "tag":
      return words.tag(step.tags.join(", "));
    case "priority":
      return words.priority(t.priorities[step.priority]);
    case "transfer":
      return words.transfer(step.to ?? step.team ?? "");
    case "resolve":
      return words.resolve();
    case "wait":
      return words.wait();
    default:
      return String((step as { do: string }).do);
  }
}
