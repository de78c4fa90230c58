// Light or dark, as the system says or as the agent chose. Element Plus reads the class `dark` of the page.

import { ref, watch } from "vue";

import { BrowserStorage } from "../widget/storage";

export type ThemeChoice = "system" | "light" | "dark";

export const storage = new BrowserStorage("daozhang-desk.");
const KEY = "theme";

function stored(): ThemeChoice {
  const found = storage.get(KEY);
  return found === "light" || found === "dark" ? found : "system";
}

export const themeChoice = ref<ThemeChoice>("system");
/** What is shown now; plots ask for it. */
export const isDark = ref(false);

/** Follow the choice and the system from now on. */
export function startTheme(): void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    isDark.value = themeChoice.value === "dark" || (themeChoice.value === "system" && system.matches);
    document.documentElement.classList.toggle("dark", isDark.value);
  };
  themeChoice.value = stored();
  apply();
  system.addEventListener("change", apply);
  watch(themeChoice, (choice) => {
    storage.set(KEY, choice);
    apply();
  });
  // Another tab of the desk chose.
  window.addEventListener("storage", () => (themeChoice.value = stored()));
}
