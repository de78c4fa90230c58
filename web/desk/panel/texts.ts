// The words of the panel in the agent's language.

import { computed, type ComputedRef } from "vue";

import { language } from "../texts";
import { en } from "./texts.en";
import { zh, type PanelTexts } from "./texts.zh";

export type { Named, PanelTexts } from "./texts.zh";

export const PANEL_TEXTS = { zh, en };

export function usePanelTexts(): ComputedRef<PanelTexts> {
  return computed(() => PANEL_TEXTS[language.value]);
}

/** The word for a code; the code itself when a newer server has one that we do not know. */
export function word(words: Record<string, string>, code: string | null | undefined): string {
  if (code === null || code === undefined) return "";
  return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
}
