// A picture in a bubble: a thumbnail of fixed size (so that the log does not jump) that opens at full size.

import type { Texts } from "../texts";
import { h, setAttribute, setText } from "./dom";

/** A picture that was sent, by its id; one on its way, by its client id; or one of the gateway, by its path. */
export interface Which {
  picture?: string;
  unsent?: string;
  image?: string;
}

export interface PictureSource {
  loadPicture(which: Which): Promise<Blob | null>;
  enlarge(url: string, opener: HTMLElement): void;
}

export class PictureView {
  readonly element: HTMLButtonElement;
  readonly #image = h("img", { alt: "", decoding: "async" });
  readonly #note = h("span", { class: "note" });
  #shown = "";
  #url: string | null = null;
  #load: () => Promise<void> = async () => undefined;

  constructor(private readonly source: PictureSource) {
    this.element = h("button", { type: "button", class: "picture" }, this.#image, this.#note);
    this.element.addEventListener("click", () => {
      if (this.#url === null) void this.#load();
      else this.source.enlarge(this.#url, this.element);
    });
  }

  show(which: Which, texts: Texts): void {
    const state = this.element.dataset["state"];
    const name = which.image === undefined ? texts.picture : texts.example;
    this.element.classList.toggle("example", which.image !== undefined);
    setAttribute(this.element, "aria-label", state === "missing" ? texts.pictureMissing : `${name}: ${texts.enlarge}`);
    setText(this.#note, state === "missing" ? texts.pictureMissing : "");
    const key = JSON.stringify(which);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#load = async () => {
      this.element.dataset["state"] = "loading";
      const blob = await this.source.loadPicture(which).catch(() => null);
      if (key !== this.#shown) return;
      if (blob !== null) {
        const old = this.#url;
        this.#url = this.#image.src = URL.createObjectURL(blob);
        if (old !== null) URL.revokeObjectURL(old);
      }
      // A picture that was on its way is still shown when its sent copy cannot be fetched.
      this.element.dataset["state"] = this.#url === null ? "missing" : "ready";
      this.show(which, texts);
    };
    void this.#load();
  }

  /** Free the memory of the picture. */
  dispose(): void {
    if (this.#url !== null) URL.revokeObjectURL(this.#url);
    this.#url = null;
  }
}
