// The widget's look, kept apart from the page's. A sheet made by script needs no hole in a content security policy.

import css from "./style.css?inline";

let sheet: CSSStyleSheet | null = null;

export function applyStyle(shadow: ShadowRoot): void {
  try {
    sheet ??= new CSSStyleSheet();
    if (sheet.cssRules.length === 0) sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    // Browsers from before 2023 cannot; they take a style element, which a strict policy must allow.
    const style = document.createElement("style");
    style.textContent = css;
    shadow.prepend(style);
  }
}
