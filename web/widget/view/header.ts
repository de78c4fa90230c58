// The top of the panel: who answers, the language, the way out, and the state of the connection.

import type { Language, Owner } from "../frames";
import type { Link } from "../store";
import { TEXTS } from "../texts";
import { h, icon, setAttribute, setText } from "./dom";

export interface HeaderActions {
  switchLanguage(): void;
  close(): void;
}

export class Header {
  readonly element: HTMLElement;
  readonly status = h("p", { class: "link", role: "status" });
  readonly #title = h("h2", { id: "title" });
  readonly #owner = h("p", { class: "owner", "aria-live": "polite" }, h("i", { class: "dot" }), h("span"));
  readonly #language = h("button", { type: "button", class: "flat language" });
  readonly #close = h("button", { type: "button", class: "flat close" }, icon("close"));

  constructor(actions: HeaderActions) {
    const mark = h("span", { class: "mark" }, icon("mark"));
    const names = h("div", { class: "names" }, this.#title, this.#owner);
    this.element = h("div", { class: "head" }, mark, names, this.#language, this.#close);
    this.#language.addEventListener("click", () => actions.switchLanguage());
    this.#close.addEventListener("click", () => actions.close());
  }

  update(owner: Owner, link: Link, language: Language): void {
    const texts = TEXTS[language];
    setText(this.#title, texts.title);
    this.#owner.dataset["owner"] = owner;
    setText(this.#owner.lastElementChild as Element, texts.owners[owner]);
    const { short, label, lang } = texts.otherLanguage;
    setText(this.#language, short);
    setAttribute(this.#language, "aria-label", label);
    setAttribute(this.#language, "title", label);
    setAttribute(this.#language, "lang", lang);
    setAttribute(this.#close, "aria-label", texts.close);
    setAttribute(this.#close, "title", texts.close);
    setText(this.status, texts.links[link]);
    this.status.dataset["link"] = link;
  }
}
