// The button at the corner of the page that opens the chat.

import type { Language } from "../frames";
import { TEXTS } from "../texts";
import { h, icon, setAttribute, setText } from "./dom";

export class Launcher {
  readonly element: HTMLButtonElement;
  readonly #label = h("span", { class: "label" });
  readonly #badge = h("span", { class: "badge hidden", "aria-hidden": "true" });
  /** Says new answers to those who do not see the badge. */
  readonly status = h("p", { class: "sr", role: "status" });

  constructor(open: () => void) {
    this.element = h("button", { type: "button", class: "launcher", "aria-haspopup": "dialog" }, icon("chat"), this.#label, this.#badge);
    this.element.addEventListener("click", open);
  }

  update(isOpen: boolean, unread: number, language: Language): void {
    const texts = TEXTS[language];
    const words = unread > 0 ? texts.unread(unread) : "";
    setText(this.#label, texts.launcher);
    setText(this.#badge, unread > 99 ? "99+" : `${unread}`);
    this.#badge.classList.toggle("hidden", unread === 0);
    // The visible words come first, so that a spoken command finds the button.
    setAttribute(this.element, "aria-label", [`${texts.launcher}: ${texts.openChat}`, words].filter(Boolean).join(", "));
    setAttribute(this.element, "aria-expanded", String(isOpen));
    this.element.classList.toggle("hidden", isOpen);
    setText(this.status, isOpen ? "" : words);
  }
}
