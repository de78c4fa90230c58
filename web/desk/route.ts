// Which page is shown, kept in the address: #/c/ID is a conversation, #/reports and #/canned are pages.

import { computed, ref } from "vue";

export type PageName = "talks" | "canned" | "reports";
export interface Route {
  page: PageName;
  conversationId: string | null;
}

export function routeFrom(hash: string): Route {
  const [, first, second] = hash.replace(/^#/, "").split("/");
  if (first === "canned" || first === "reports") return { page: first, conversationId: null };
  return { page: "talks", conversationId: first === "c" && second ? decodeURIComponent(second) : null };
}

export function hashOf({ page, conversationId }: Route): string {
  if (page !== "talks") return `#/${page}`;
  return conversationId === null ? "#/" : `#/c/${encodeURIComponent(conversationId)}`;
}

const hash = ref(typeof window === "undefined" ? "" : window.location.hash);
if (typeof window !== "undefined") window.addEventListener("hashchange", () => (hash.value = window.location.hash));

export const route = computed<Route>(() => routeFrom(hash.value));

export function go(to: Partial<Route>): void {
  const next = hashOf({ page: "talks", conversationId: null, ...to });
  if (next === window.location.hash) return;
  window.location.hash = next;
  hash.value = next;
}

/** The address of a conversation, to give to a colleague. */
export function linkTo(conversationId: string): string {
  return window.location.href.replace(/#.*$/, "") + hashOf({ page: "talks", conversationId });
}
