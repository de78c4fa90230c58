// Where the customer writes: text, and pictures by button, paste or drop.

import type { Language } from "../frames";
import { ACCEPTED, PictureError, preparePicture } from "../pictures";
import { refusalText, TEXTS } from "../texts";
import { h, icon, isComposing, setAttribute, setText } from "./dom";

const MOST_CHARACTERS = 2_000;
/** From here on the customer sees how much room is left. */
const WARN_CHARACTERS = 1_800;
const MOST_PICTURES = 5;

export interface ComposerActions {
  sendText(text: string): void;
  sendPicture(picture: Blob): void;
}

interface Waiting {
  element: HTMLElement;
  name: string;
  blob: Blob;
  url: string;
}

export class Composer {
  readonly element: HTMLFormElement;
  readonly input = h("textarea", { rows: 1, id: "input", enterkeyhint: "send", autocomplete: "off", "aria-describedby": "hint" });
  readonly #label = h("label", { for: "input", class: "sr" });
  readonly #file = h("input", { type: "file", accept: ACCEPTED.join(","), multiple: true, class: "sr", tabindex: "-1", "aria-hidden": "true" });
  readonly #attach = h("button", { type: "button", class: "round" }, icon("picture"));
  readonly #send = h("button", { type: "submit", class: "round send" }, icon("send"));
  readonly #pictures = h("ul", { class: "waiting hidden" });
  readonly #note = h("p", { class: "note", role: "alert" });
  readonly #room = h("p", { class: "room", "aria-live": "polite" });
  readonly #hint = h("p", { class: "hint", id: "hint" }, icon("shield"), h("span"));
  #waiting: Waiting[] = [];
  #language: Language = "zh";

  constructor(private readonly actions: ComposerActions) {
    const row = h("div", { class: "row" }, this.#attach, this.#label, this.input, this.#send);
    this.element = h("form", { class: "composer" }, this.#pictures, this.#note, this.#room, row, this.#hint, this.#file);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("paste", (event) => this.#take(event, event.clipboardData));
    this.#attach.addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => {
      void this.#add([...(this.#file.files ?? [])]);
      this.#file.value = "";
    });
  }

  /** Take pictures that are dropped on an element. */
  acceptDrops(zone: HTMLElement): void {
    zone.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
    zone.addEventListener("drop", (event) => this.#take(event, event.dataTransfer));
  }

  setLanguage(language: Language): void {
    this.#language = language;
    const texts = TEXTS[language];
    setText(this.#label, texts.input);
    setAttribute(this.input, "placeholder", texts.placeholder);
    setAttribute(this.#attach, "aria-label", texts.attach);
    setAttribute(this.#attach, "title", texts.attach);
    setAttribute(this.#send, "aria-label", texts.send);
    setAttribute(this.#send, "title", texts.send);
    setText(this.#hint.lastElementChild as Element, texts.hint);
    setText(this.#note, "");
    for (const each of this.#waiting) this.#describe(each);
    this.#typed();
  }

  /** Put a text in the input for the customer to complete. */
  prefill(text: string): void {
    const old = this.input.value.trim();
    this.input.value = old === "" || old === text ? text : `${old} ${text}`;
    this.#typed();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  /** Fit the height to the text. */
  #typed(): void {
    const { input } = this;
    input.style.height = "auto";
    if (input.scrollHeight > 0) input.style.height = `${input.scrollHeight}px`;
    const left = MOST_CHARACTERS - input.value.trim().length;
    setText(this.#room, left <= MOST_CHARACTERS - WARN_CHARACTERS ? TEXTS[this.#language].tooLong(left) : "");
    this.#room.classList.toggle("bad", left < 0);
    this.#send.disabled = left < 0 || (left === MOST_CHARACTERS && this.#waiting.length === 0);
  }

  #submit(): void {
    const text = this.input.value.trim();
    if (text.length > MOST_CHARACTERS || (text === "" && this.#waiting.length === 0)) return;
    for (const each of this.#waiting) {
      this.actions.sendPicture(each.blob);
      URL.revokeObjectURL(each.url);
    }
    this.#waiting = [];
    this.#showPictures();
    if (text !== "") this.actions.sendText(text);
    this.input.value = "";
    setText(this.#note, "");
    this.#typed();
  }

  #take(event: Event, data: DataTransfer | null): void {
    const files = [...(data?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void this.#add(files);
  }

  async #add(files: File[]): Promise<void> {
    const texts = TEXTS[this.#language];
    setText(this.#note, texts.preparing);
    let problem = "";
    for (const file of files) {
      if (this.#waiting.length >= MOST_PICTURES) {
        problem = texts.refusals.too_many;
        break;
      }
      try {
        this.#wait(await preparePicture(file), file.name);
      } catch (error) {
        problem = refusalText(texts, error instanceof PictureError ? error.code : null);
      }
    }
    setText(this.#note, problem);
    this.#typed();
    this.input.focus();
  }

  #wait(blob: Blob, name: string): void {
    const url = URL.createObjectURL(blob);
    const remove = h("button", { type: "button" }, icon("cross"));
    const waiting: Waiting = { element: h("li", {}, h("img", { src: url, alt: "" }), remove), name, blob, url };
    remove.addEventListener("click", () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiting);
      URL.revokeObjectURL(url);
      this.#showPictures();
      this.#typed();
      this.input.focus();
    });
    this.#waiting.push(waiting);
    this.#describe(waiting);
    this.#showPictures();
  }

  #describe(waiting: Waiting): void {
    const texts = TEXTS[this.#language];
    const [image, remove] = waiting.element.children;
    if (image) setAttribute(image, "alt", texts.attached(waiting.name));
    if (remove) setAttribute(remove, "aria-label", `${texts.removePicture}: ${waiting.name}`);
  }

  #showPictures(): void {
    this.#pictures.replaceChildren(...this.#waiting.map((each) => each.element));
    this.#pictures.classList.toggle("hidden", this.#waiting.length === 0);
  }
}
