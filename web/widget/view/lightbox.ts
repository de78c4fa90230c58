// A picture at full size over everything; Esc, a click or the button closes it.

import type { Texts } from "../texts";
import { h, icon, setAttribute } from "./dom";

export class Lightbox {
  readonly element: HTMLElement;
  readonly #image = h("img", { alt: "" });
  readonly #close = h("button", { type: "button", class: "round" }, icon("cross"));
  #opener: HTMLElement | null = null;

  constructor() {
    this.element = h("div", { class: "lightbox hidden", role: "dialog", "aria-modal": "true" }, this.#image, this.#close);
    this.element.addEventListener("click", () => this.close());
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Tab") event.preventDefault(); // There is one thing to focus.
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  open(url: string, opener: HTMLElement, texts: Texts): void {
    this.#opener = opener;
    this.#image.src = url;
    setAttribute(this.#image, "alt", texts.picture);
    setAttribute(this.element, "aria-label", texts.picture);
    setAttribute(this.#close, "aria-label", texts.closePicture);
    this.element.classList.remove("hidden");
    this.#close.focus();
  }

  close(): void {
    this.element.classList.add("hidden");
    this.#image.removeAttribute("src");
    this.#opener?.focus();
    this.#opener = null;
  }
}
