// Canned replies: which one fits what was typed after the slash, and whether what it made may be sent.

import { DeskError } from "./api/client";
import type { Canned, Rendered } from "./api/more";
import type { Language } from "./api/types";

const MOST = 8;

/** What stands after a slash at the beginning of the input, or null. */
export function slashQuery(text: string): string | null {
  const found = /^\/([^\n/]{0,40})$/.exec(text);
  return found ? (found[1] ?? "").trim().toLowerCase() : null;
}

/** The best fits, those in the customer's language first, then by how well and how often they are used. */
export function findCanned(all: readonly Canned[], query: string, language: Language): Canned[] {
  const score = (each: Canned): number => {
    const [shortcut, title] = [each.shortcut.replace(/^\//, "").toLowerCase(), each.title.toLowerCase()];
    if (query === "") return 1;
    if (shortcut === query) return 5;
    if (shortcut.startsWith(query)) return 4;
    if (title.startsWith(query)) return 3;
    if (shortcut.includes(query) || title.includes(query)) return 2;
    return each.text.toLowerCase().includes(query) ? 1 : 0;
  };
  const own = (each: Canned): number => (each.language === language ? 1 : 0);
  return all
    .map((each) => ({ each, points: score(each) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => own(b.each) - own(a.each) || b.points - a.points || b.each.uses - a.each.uses)
    .slice(0, MOST)
    .map(({ each }) => each);
}

/** Places that still have no value in this text. A text that the agent has rewritten without them may go out. */
export function missingIn(text: string, rendered: Rendered): string[] {
  if (rendered.missing.length === 0) return [];
  if (text.trim() === rendered.text.trim()) return rendered.missing;
  return rendered.missing.filter((name) => text.includes(`{${name}}`));
}

/** The picture of a canned reply, to be sent like one that the agent chose. */
export async function pictureOf(url: string): Promise<File> {
  if (!url.startsWith("/")) throw new DeskError(404, "not_found"); // Only what the gateway itself has.
  const answer = await fetch(url);
  if (!answer.ok) throw new DeskError(answer.status, "not_found");
  const blob = await answer.blob();
  return new File([blob], url.split("/").at(-1) ?? "picture", { type: blob.type });
}
