// The chosen pictures above the input, each to be looked at and taken out again before anything is sent.

import type { Texts } from "../texts";
import { h, icon, setAttribute } from "./dom";

export const MOST_PICTURES = 9;

interface Chosen {
  element: HTMLElement;
  name: string;
  blob: Blob;
  url: string;
}

export interface TrayActions {
  changed(): void;
  /** The last picture was taken out, and the focus needs a place. */
  emptied(): void;
  enlarge(url: string, opener: HTMLElement, alt: string): void;
}

export class Tray {
  readonly element = h("ul", { class: "waiting hidden" });
  #chosen: Chosen[] = [];
  #texts: Texts | null = null;

  constructor(private readonly actions: TrayActions) {}

  get count(): number {
    return this.#chosen.length;
  }

  setTexts(texts: Texts): void {
    this.#texts = texts;
    setAttribute(this.element, "aria-label", texts.chosen);
    this.#describe();
  }

  add(blob: Blob, name: string): void {
    const url = URL.createObjectURL(blob);
    const look = h("button", { type: "button", class: "look" }, h("img", { src: url, alt: "" }));
    const remove = h("button", { type: "button", class: "remove" }, icon("cross"));
    const chosen: Chosen = { element: h("li", {}, look, remove), name, blob, url };
    look.addEventListener("click", () => this.actions.enlarge(url, look, name));
    remove.addEventListener("click", () => this.#remove(chosen));
    this.#chosen.push(chosen);
    this.#show();
    chosen.element.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }

  /** The pictures in their order; the tray is empty then. */
  take(): Blob[] {
    const blobs = this.#chosen.map((each) => each.blob);
    for (const each of this.#chosen) URL.revokeObjectURL(each.url);
    this.#chosen = [];
    this.#show();
    return blobs;
  }

  #remove(chosen: Chosen): void {
    const place = this.#chosen.indexOf(chosen);
    this.#chosen.splice(place, 1);
    URL.revokeObjectURL(chosen.url);
    this.#show();
    const next = this.#chosen[Math.min(place, this.#chosen.length - 1)];
    if (next) next.element.querySelector<HTMLElement>(".remove")?.focus();
    else this.actions.emptied();
  }

  #show(): void {
    this.element.replaceChildren(...this.#chosen.map((each) => each.element));
    this.element.classList.toggle("hidden", this.count === 0);
    this.#describe();
    this.actions.changed();
  }

  #describe(): void {
    const texts = this.#texts;
    if (texts === null) return;
    for (const { element, name } of this.#chosen) {
      const [look, remove] = element.children;
      if (look?.firstElementChild) setAttribute(look.firstElementChild, "alt", texts.attached(name));
      if (remove) setAttribute(remove, "aria-label", `${texts.removePicture}: ${name}`);
    }
  }
}
