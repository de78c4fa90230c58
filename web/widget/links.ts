// Finds what may be clicked in a text. Only http and https, and nothing is ever read as HTML.

export type Part = { text: string; href?: string };

const CANDIDATE = /(?:https?:\/\/|www\.)[^\s<>"'`，。；：！？、（）《》「」【】“”‘’]+/giu;
// Marks that end a sentence rather than an address.
const TRAILING = /[.,;:!?)\]}'"]+$/u;

/** The address to open, or null when it is none that a browser should open. */
function hrefFrom(found: string): string | null {
  try {
    const url = new URL(/^www\./i.test(found) ? `https://${found}` : found);
    const safe = (url.protocol === "http:" || url.protocol === "https:") && url.username === "" && url.password === "";
    return safe && url.hostname.includes(".") ? url.href : null;
  } catch {
    return null;
  }
}

/** A bracket that was opened inside the address belongs to it. */
function trimmed(found: string): string {
  const short = found.replace(TRAILING, "");
  const rest = found.slice(short.length);
  return rest.startsWith(")") && short.includes("(") && !short.includes(")") ? `${short})` : short;
}

/** Split a text into plain parts and links; joined, the parts give the text again. */
export function linkParts(text: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const start = match.index;
    const before = text[start - 1];
    if (before !== undefined && /[\w@/.]/.test(before)) continue;
    const shown = trimmed(match[0]);
    const href = hrefFrom(shown);
    if (href === null) continue;
    if (start > done) parts.push({ text: text.slice(done, start) });
    parts.push({ text: shown, href });
    done = start + shown.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}
