// Where the customer writes: text, and pictures by button, camera, paste or drop.

import type { Language } from "../frames";
import { ACCEPTED, PictureError, preparePicture } from "../pictures";
import { refusalText, TEXTS } from "../texts";
import { h, icon, isComposing, setAttribute, setText } from "./dom";
import { MOST_PICTURES, Tray, type TrayActions } from "./tray";

const MOST_CHARACTERS = 2_000;
/** From here on the customer sees how much room is left. */
const WARN_CHARACTERS = 1_800;

export interface ComposerActions {
  sendText(text: string): void;
  sendPicture(picture: Blob, caption: string): void;
  /** The customer writes, or has nothing written any more. */
  typing(isTyping: boolean): void;
}

function fileInput(attributes: Record<string, string | boolean>): HTMLInputElement {
  return h("input", { type: "file", class: "sr", tabindex: "-1", "aria-hidden": "true", ...attributes });
}

export class Composer {
  readonly element: HTMLFormElement;
  readonly input = h("textarea", { rows: 1, id: "input", enterkeyhint: "send", autocomplete: "off", "aria-describedby": "hint" });
  readonly #label = h("label", { for: "input", class: "sr" });
  readonly #file = fileInput({ accept: ACCEPTED.join(","), multiple: true });
  // A list of types would bring up a file manager instead of the camera.
  readonly #photo = fileInput({ accept: "image/*", capture: "environment" });
  readonly #attach = h("button", { type: "button", class: "round" }, icon("picture"));
  readonly #camera = h("button", { type: "button", class: "round camera" }, icon("camera"));
  readonly #send = h("button", { type: "submit", class: "round send" }, icon("send"));
  readonly #tray: Tray;
  readonly #note = h("p", { class: "note", role: "alert" });
  readonly #room = h("p", { class: "room", "aria-live": "polite" });
  readonly #hint = h("p", { class: "hint", id: "hint" }, icon("shield"), h("span"));
  #language: Language = "zh";

  constructor(
    private readonly actions: ComposerActions,
    enlarge: TrayActions["enlarge"],
    private readonly resized: () => void,
  ) {
    this.#tray = new Tray({ changed: () => this.#typed(), emptied: () => this.#attach.focus(), enlarge });
    const row = h("div", { class: "row" }, this.#attach, this.#camera, this.#label, this.input, this.#send);
    this.element = h("form", { class: "composer" }, this.#tray.element, this.#note, this.#room, row, this.#hint, this.#file, this.#photo);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => {
      this.#typed();
      this.actions.typing(this.input.value.trim() !== "");
    });
    for (const [button, files] of [[this.#attach, this.#file], [this.#camera, this.#photo]] as const) {
      button.addEventListener("click", () => files.click());
      files.addEventListener("change", () => {
        void this.add([...(files.files ?? [])]);
        files.value = "";
      });
    }
  }

  /** Take the pictures of a clipboard, unless it holds words: tables and documents bring a picture of themselves along. */
  paste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    void this.add(files);
  }

  setLanguage(language: Language): void {
    this.#language = language;
    const texts = TEXTS[language];
    setText(this.#label, texts.input);
    for (const [button, name] of [[this.#attach, texts.attach], [this.#camera, texts.camera], [this.#send, texts.send]] as const) {
      setAttribute(button, "aria-label", name);
      setAttribute(button, "title", name);
    }
    setText(this.#hint.lastElementChild as Element, texts.hint);
    setText(this.#note, "");
    this.#tray.setTexts(texts);
    this.#typed();
  }

  /** Put a text in the input for the customer to complete. */
  prefill(text: string): void {
    const old = this.input.value.trim();
    this.input.value = old === "" || old === text ? text : `${old} ${text}`;
    this.#typed();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  /** Look at files and put those that are pictures into the tray. */
  async add(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    setText(this.#note, TEXTS[this.#language].preparing);
    // Of each kind of problem one is told, with the file's name where it is not clear which.
    const problems = new Map<string, string>();
    for (const file of files) {
      try {
        const picture = this.#tray.count < MOST_PICTURES ? await preparePicture(file) : null;
        // Another choice may have filled the tray meanwhile.
        if (picture && this.#tray.count < MOST_PICTURES) this.#tray.add(picture, file.name);
        else problems.set("too_many", "");
      } catch (error) {
        problems.set(error instanceof PictureError ? error.code : "other", files.length > 1 ? `${file.name} · ` : "");
      }
    }
    const told = [...problems].map(([code, name]) => name + refusalText(TEXTS[this.#language], code));
    setText(this.#note, told.join("\n"));
    // With a finger the keyboard would come up over the pictures.
    if (!matchMedia("(pointer: coarse)").matches) this.input.focus();
  }

  /** Fit the height to the text, and the rest to what there is to send. */
  #typed(): void {
    const { input } = this;
    const texts = TEXTS[this.#language];
    const left = MOST_CHARACTERS - input.value.trim().length;
    setAttribute(input, "placeholder", this.#tray.count > 0 ? texts.caption : texts.placeholder);
    this.#camera.classList.toggle("away", input.value !== "");
    // The log moves while this is measured, though it may have its old size again afterwards.
    input.style.height = "auto";
    if (input.scrollHeight > 0) input.style.height = `${input.scrollHeight}px`;
    setText(this.#room, left <= MOST_CHARACTERS - WARN_CHARACTERS ? texts.tooLong(left) : "");
    this.#room.classList.toggle("bad", left < 0);
    this.#send.disabled = left < 0 || (left === MOST_CHARACTERS && this.#tray.count === 0);
    this.resized();
  }

  #submit(): void {
    const text = this.input.value.trim();
    if (text.length > MOST_CHARACTERS || (text === "" && this.#tray.count === 0)) return;
    this.actions.typing(false);
    const pictures = this.#tray.take();
    // Words about several pictures are a message of their own, so that they arrive even if one of them does not.
    const caption = pictures.length === 1 ? text : "";
    for (const each of pictures) this.actions.sendPicture(each, caption);
    if (text !== caption) this.actions.sendText(text);
    this.input.value = "";
    setText(this.#note, "");
    this.#typed();
  }
}
