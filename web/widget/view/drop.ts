// Where files may be let go: on the panel. Beside it they would replace the page, and the chat with it.

import { h, icon, setText } from "./dom";

/** Without news of the drag for this long, in ms, it has left the window or ended. */
const OVER_MS = 700;
const LEFT_MS = 120;

export class DropZone {
  readonly element = h("div", { class: "drop hidden", "aria-hidden": "true" }, icon("picture"), h("p"));
  readonly #dragged = (event: DragEvent): void => this.#drag(event);
  readonly #left = (): void => this.#hideIn(LEFT_MS);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly panel: HTMLElement,
    private readonly take: (files: File[]) => void,
  ) {}

  listen(): void {
    for (const type of ["dragover", "drop"] as const) window.addEventListener(type, this.#dragged);
    window.addEventListener("dragleave", this.#left);
  }

  stop(): void {
    for (const type of ["dragover", "drop"] as const) window.removeEventListener(type, this.#dragged);
    window.removeEventListener("dragleave", this.#left);
    this.#hideIn(0);
  }

  setText(text: string): void {
    setText(this.element.lastElementChild as Element, text);
  }

  #drag(event: DragEvent): void {
    const data = event.dataTransfer;
    if (!data?.types.includes("Files") || this.panel.classList.contains("hidden")) return;
    const path = event.composedPath();
    const isInside = path.includes(this.panel);
    // The page may have a place for files of its own.
    const isTaken = event.defaultPrevented || path[0] instanceof HTMLInputElement;
    if (isInside || !isTaken) {
      event.preventDefault();
      data.dropEffect = isInside ? "copy" : "none";
    }
    if (event.type === "dragover") {
      this.element.classList.remove("hidden");
      this.element.classList.toggle("over", isInside);
      return this.#hideIn(OVER_MS);
    }
    this.#hideIn(0);
    if (isInside) this.take([...data.files]);
  }

  #hideIn(ms: number): void {
    clearTimeout(this.#timer);
    if (ms === 0) this.element.classList.add("hidden");
    else this.#timer = setTimeout(() => this.element.classList.add("hidden"), ms);
  }
}
