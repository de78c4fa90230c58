// What of a message is there to be copied, and how it comes to the clipboard.

/** A line that is nothing but a title in brackets: 【投诉材料】 or [Complaint]. */
const TITLE = /^(?:【[^】\n]+】|\[[^\]\n]+\])$/mu;

/** The part of a text that begins with such a title, or null. */
export function copyable(text: string): string | null {
  const start = text.search(TITLE);
  return start === -1 ? null : text.slice(start).trim();
}

/** Whether it is on the clipboard; `shown` holds the text for browsers and pages that allow nothing else. */
export async function copyText(text: string, shown: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return document.execCommand("copy");
  }
}
