// Parts of the page that load when they are first looked at.

import { defineAsyncComponent, type Component } from "vue";

const found = import.meta.glob<{ default: Component }>(["./panel/SidePanel.vue", "./reports/Reports.vue", "./**/CannedEditor.vue"]);

function part(name: string): Component | null {
  const path = Object.keys(found).find((each) => each.endsWith(`/${name}.vue`));
  const load = path === undefined ? undefined : found[path];
  return load ? defineAsyncComponent(() => load().then((each) => each.default)) : null;
}

export const SidePanel = part("SidePanel");
export const Reports = part("Reports");
export const CannedEditor = part("CannedEditor");
