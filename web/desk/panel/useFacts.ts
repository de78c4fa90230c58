// The facts of the conversation that is looked at. What was read stays on the page when the backend is away, with its age.

import { onBeforeUnmount, reactive, watch, type Ref } from "vue";

import { DeskError, OfflineError } from "../api/client";
import type { Facts } from "../api/types";
import * as calls from "./calls";

const AWAY_AGAIN_MS = 15_000;
const FOCUS_AFTER_MS = 60_000;
const CHANGE_AFTER_MS = 5_000;

export interface FactsState {
  facts: Facts | null;
  loading: boolean;
  /** Why the last read failed; `away` when the backend or the gateway cannot be reached. */
  problem: "away" | "failed" | null;
  error: unknown;
  readAt: number;
}

export function useFacts(id: Ref<string>, version: Ref<number>): { state: FactsState; read: () => Promise<void> } {
  const empty = (): FactsState => ({ facts: null, loading: false, problem: null, error: null, readAt: 0 });
  const state = reactive(empty()) as FactsState;
  let abort = new AbortController();
  let again: ReturnType<typeof setTimeout> | undefined;

  async function read(): Promise<void> {
    abort.abort();
    const mine = (abort = new AbortController());
    clearTimeout(again);
    state.loading = true;
    try {
      const facts = await calls.facts(id.value, mine.signal);
      if (!mine.signal.aborted) Object.assign(state, { facts, problem: null, error: null, readAt: Date.now() });
    } catch (error) {
      if (mine.signal.aborted) return;
      Object.assign(state, { problem: isAway(error) ? "away" : "failed", error });
      if (isAway(error)) again = setTimeout(() => void read(), AWAY_AGAIN_MS);
    } finally {
      if (abort === mine) state.loading = false;
    }
  }

  watch(id, () => {
    Object.assign(state, empty());
    void read();
  }, { immediate: true });
  watch(version, () => {
    clearTimeout(again);
    again = setTimeout(() => void read(), Math.max(0, state.readAt + CHANGE_AFTER_MS - Date.now()));
  });
  const onFocus = (): void => {
    if (Date.now() - state.readAt > FOCUS_AFTER_MS && !state.loading) void read();
  };
  window.addEventListener("focus", onFocus);
  onBeforeUnmount(() => {
    window.removeEventListener("focus", onFocus);
    clearTimeout(again);
    abort.abort();
  });
  return { state, read };
}

export function isAway(error: unknown): boolean {
  return error instanceof OfflineError || (error instanceof DeskError && [502, 503, 504].includes(error.status));
}
