// The words of the desk in the agent's language. Parts with many words of their own (panel, reports) keep them beside their code.

import { computed, ref, type ComputedRef } from "vue";

import type { Language } from "./api/types";
import { en } from "./texts.en";
import { zh } from "./texts.zh";

export type Texts = typeof zh;
export const TEXTS: Record<Language, Texts> = { zh, en };

/** The agent's language; the browser's until they have signed in. */
export const language = ref<Language>(languageFrom(typeof navigator === "undefined" ? "zh" : navigator.language));

export function languageFrom(tag: string): Language {
  return tag.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** The texts of now: `const t = useTexts()`, in a template `t.save`. */
export function useTexts(): ComputedRef<Texts> {
  return computed(() => TEXTS[language.value]);
}

/** The texts outside of components. */
export function texts(): Texts {
  return TEXTS[language.value];
}
