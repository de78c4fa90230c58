// Looking for a conversation by what an agent has at hand: a number, the tail of a phone, words.

import { reactive } from "vue";

import * as calls from "../api/calls";
import type { Found } from "../api/types";
import { onPersonChange } from "../session";
import { takeRows } from "./frames";
import { state } from "./state";

export const MIN_LENGTH = 2;
const WAIT_MS = 250;

interface Search {
  /** What stands in the field. */
  text: string;
  found: Found[];
  cursor: string | null;
  state: "idle" | "loading" | "ready" | "failed";
}

export const search = reactive<Search>({ text: "", found: [], cursor: null, state: "idle" });

let timer: ReturnType<typeof setTimeout> | undefined;
let asked: AbortController | null = null;

/** Look soon; while somebody types, only for the last. */
export function look(text: string): void {
  search.text = text;
  clearTimeout(timer);
  asked?.abort();
  if (text.trim().length < MIN_LENGTH) {
    Object.assign(search, { found: [], cursor: null, state: "idle" });
    return;
  }
  search.state = "loading";
  timer = setTimeout(() => void ask(null), WAIT_MS);
}

export function lookFurther(): void {
  if (search.cursor !== null && search.state === "ready") void ask(search.cursor);
}

async function ask(cursor: string | null): Promise<void> {
  asked = new AbortController();
  const { signal } = asked;
  search.state = "loading";
  try {
    const page = await calls.search(search.text.trim(), cursor, signal);
    if (signal.aborted) return;
    const before = cursor === null ? [] : search.found;
    const fresh = unseen(before, page.conversations);
    search.found = [...before, ...fresh];
    search.cursor = page.next_cursor;
    takeRows(state, page.conversations);
    // Only what becomes visible asks for more; a page without anything new would end the list.
    if (fresh.length === 0 && page.next_cursor !== null) return ask(page.next_cursor);
    search.state = "ready";
  } catch {
    if (!signal.aborted) search.state = "failed";
  }
}

/** A page finds a conversation by the newest message of that page, so a later one may find it again. */
function unseen(before: readonly Found[], more: readonly Found[]): Found[] {
  const known = new Set(before.map((each) => each.conversation_id));
  return more.filter((each) => !known.has(each.conversation_id));
}

export interface Piece {
  text: string;
  hit: boolean;
}

/** A snippet with what was looked for marked. */
export function marked(snippet: string, query: string): Piece[] {
  const needle = query.trim().toLowerCase();
  const index = needle === "" ? -1 : snippet.toLowerCase().indexOf(needle);
  if (index === -1) return [{ text: snippet, hit: false }];
  const end = index + needle.length;
  const pieces = [
    { text: snippet.slice(0, index), hit: false },
    { text: snippet.slice(index, end), hit: true },
    { text: snippet.slice(end), hit: false },
  ];
  return pieces.filter((each) => each.text !== "");
}

onPersonChange(() => look(""));
