// Single keys for what agents do all day. They do nothing while somebody writes, and can be switched off.

import { ref } from "vue";

import { storage } from "./theme";

export type Shortcut =
  | "next" | "previous" | "view" | "claim" | "reply" | "note" | "transfer" | "handBack" | "resolve" | "panel" | "search" | "help" | "leave";

export const KEYS: Record<string, Shortcut> = {
  j: "next", ArrowDown: "next", k: "previous", ArrowUp: "previous", c: "claim", r: "reply", n: "note", t: "transfer", b: "handBack", e: "resolve",
  i: "panel", s: "search", "/": "search", "?": "help", "1": "view", "2": "view", "3": "view", "4": "view", "5": "view", "6": "view",
};

/** For the list under `?`: name, keys. */
export const SHOWN: [name: Shortcut | "canned" | "send" | "newline" | "mode", keys: string[]][] = [
  ["next", ["J", "↓"]], ["previous", ["K", "↑"]], ["view", ["1", "…", "6"]], ["claim", ["C"]], ["reply", ["R"]], ["note", ["N"]],
  ["transfer", ["T"]], ["handBack", ["B"]], ["resolve", ["E"]], ["panel", ["I"]], ["search", ["S", "/"]], ["help", ["?"]], ["leave", ["Esc"]],
  ["canned", ["/"]], ["send", ["Enter"]], ["newline", ["Shift", "Enter"]], ["mode", ["Alt", "N"]],
];

export const enabled = ref(storage.get("keys") !== "off");

export function setEnabled(on: boolean): void {
  enabled.value = on;
  storage.set("keys", on ? "on" : "off");
}

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}

/** What a key means now, or null. `writing`: the focus is where letters go; `dialog`: a window is open above the page. */
export function shortcutOf(event: Pressed, { writing, dialog, on }: { writing: boolean; dialog: boolean; on: boolean }): Shortcut | null {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || dialog) return null;
  if (event.key === "Escape") return "leave";
  if (writing || !on) return null;
  return KEYS[event.key] ?? KEYS[event.key.toLowerCase()] ?? null;
}

/** Does this element take letters? */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("[role=listbox], [role=menu]") !== null);
}
