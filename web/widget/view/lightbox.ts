// A picture over everything, as large as fits; a click on it shows every pixel. Esc, a click beside it or the button closes it.

import type { Texts } from "../texts";
import { h, icon, setAttribute } from "./dom";

export class Lightbox {
  readonly element: HTMLElement;
  readonly #image = h("img", { alt: "" });
  readonly #close = h("button", { type: "button", class: "round" }, icon("cross"));
  #opener: HTMLElement | null = null;

  constructor() {
    this.element = h("div", { class: "lightbox hidden", role: "dialog", "aria-modal": "true" }, this.#image, this.#close);
    this.element.addEventListener("click", (event) => {
      if (event.target === this.#image) this.element.classList.toggle("whole");
      else this.close();
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Tab") event.preventDefault(); // There is one thing to focus.
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  open(url: string, opener: HTMLElement, alt: string, texts: Texts): void {
    this.#opener = opener;
    this.#image.src = url;
    setAttribute(this.#image, "alt", alt);
    setAttribute(this.element, "aria-label", texts.picture);
    setAttribute(this.#close, "aria-label", texts.closePicture);
    this.element.classList.remove("hidden", "whole");
    this.#close.focus();
  }

  close(): void {
    this.element.classList.add("hidden");
    this.#image.removeAttribute("src");
    this.#opener?.focus();
    this.#opener = null;
  }
}
