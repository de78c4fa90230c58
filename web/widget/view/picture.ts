// A picture in a bubble: a thumbnail of fixed size (so that the log does not jump) that opens at full size.

import type { Texts } from "../texts";
import { h, icon, setAttribute, setText } from "./dom";

/** What to show, and where its bytes are. The same key means the same picture. */
export interface Shown {
  key: string;
  alt: string;
  /** null: it is not kept any more. */
  load(): Promise<Blob | null>;
}

/** On its way: how much of it is up (null: it waits), and what takes it back, under which name. */
export interface OnItsWay {
  percent: number | null;
  cancel: string;
}

export class PictureView {
  readonly element: HTMLElement;
  readonly #button = h("button", { type: "button", class: "picture" });
  readonly #image = h("img", { alt: "", decoding: "async" });
  readonly #note = h("span", { class: "note" });
  readonly #bar = h("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, h("i"));
  readonly #percent = h("span", { class: "percent", "aria-hidden": "true" });
  readonly #cancel = h("button", { type: "button", class: "cancel" }, icon("cross"));
  #shown: Shown | null = null;
  #texts: Texts | null = null;
  #url: string | null = null;
  #watch: IntersectionObserver | null = null;

  constructor(enlarge: (url: string, opener: HTMLElement, alt: string) => void, cancel: () => void) {
    this.#button.append(this.#image, this.#note);
    this.element = h("div", { class: "frame" }, this.#button, this.#percent, this.#bar, this.#cancel);
    this.#button.addEventListener("click", () => {
      if (this.#url === null) void this.#load();
      else enlarge(this.#url, this.#button, this.#shown?.alt ?? "");
    });
    this.#cancel.addEventListener("click", cancel);
  }

  show(shown: Shown, onItsWay: OnItsWay | null, texts: Texts): void {
    const isNew = shown.key !== this.#shown?.key;
    this.#shown = shown;
    this.#texts = texts;
    this.#label();
    this.#showWay(onItsWay, texts);
    // What was shown before it was sent need not be fetched.
    if (isNew && this.#url === null) this.#loadWhenSeen();
  }

  /** Free the memory of the picture. */
  dispose(): void {
    this.#watch?.disconnect();
    this.#shown = null;
    if (this.#url !== null) URL.revokeObjectURL(this.#url);
    this.#url = null;
  }

  #label(): void {
    const texts = this.#texts;
    if (texts === null || this.#shown === null) return;
    const state = this.#button.dataset["state"];
    const note = state === "missing" ? texts.pictureMissing : state === "gone" ? texts.pictureGone : "";
    setAttribute(this.#button, "aria-label", note || `${this.#shown.alt}: ${texts.enlarge}`);
    setText(this.#note, note);
  }

  #showWay(way: OnItsWay | null, texts: Texts): void {
    const percent = way?.percent ?? null;
    this.#bar.classList.toggle("hidden", percent === null);
    this.#percent.classList.toggle("hidden", percent === null);
    this.#cancel.classList.toggle("hidden", way === null);
    setAttribute(this.#bar, "aria-label", texts.progress);
    setAttribute(this.#bar, "aria-valuenow", percent);
    setText(this.#percent, percent === null ? "" : `${percent}%`);
    (this.#bar.firstElementChild as HTMLElement).style.width = `${percent ?? 0}%`;
    setAttribute(this.#cancel, "aria-label", way?.cancel ?? null);
    setAttribute(this.#cancel, "title", way?.cancel ?? null);
  }

  /** A long history must not cost the customer's data before they look at it. */
  #loadWhenSeen(): void {
    this.#button.dataset["state"] = "loading";
    this.#watch?.disconnect();
    if (typeof IntersectionObserver === "undefined") return void this.#load();
    this.#watch = new IntersectionObserver((entries, watch) => {
      if (!entries.some((each) => each.isIntersecting)) return;
      watch.disconnect();
      void this.#load();
    });
    this.#watch.observe(this.#button);
  }

  async #load(): Promise<void> {
    const shown = this.#shown;
    if (shown === null) return;
    this.#button.dataset["state"] = "loading";
    const blob = await shown.load().catch(() => undefined);
    if (shown.key !== this.#shown?.key || this.#url !== null) return;
    if (blob) this.#url = this.#image.src = URL.createObjectURL(blob);
    this.#button.dataset["state"] = blob ? "ready" : blob === null ? "gone" : "missing";
    this.#label();
  }
}
