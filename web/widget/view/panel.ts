// The dialog with everything in it: its parts, its focus and its keys.

import type { Language } from "../frames";
import type { State } from "../store";
import { TEXTS, uploadText } from "../texts";
import { timeline } from "../timeline";
import type { BubbleActions } from "./bubble";
import { Composer, type ComposerActions } from "./composer";
import { h, isComposing, setAttribute, setText } from "./dom";
import { DropZone } from "./drop";
import { Header, type HeaderActions } from "./header";
import { Lightbox } from "./lightbox";
import { Log } from "./log";
import { Viewport } from "./viewport";

export type PanelActions = HeaderActions & ComposerActions & Omit<BubbleActions, "enlarge">;

export class Panel {
  readonly element: HTMLElement;
  readonly lightbox = new Lightbox();
  readonly composer: Composer;
  readonly viewport: Viewport;
  readonly #header: Header;
  readonly #drop: DropZone;
  /** Says how the pictures are doing to those who do not see it. */
  readonly #uploads = h("p", { class: "sr uploads", role: "status" });
  readonly #log: Log;
  #language: Language = "zh";

  constructor(actions: PanelActions) {
    this.#header = new Header(actions);
    const enlarge: BubbleActions["enlarge"] = (url, opener, alt) => this.lightbox.open(url, opener, alt, TEXTS[this.#language]);
    this.composer = new Composer(actions, enlarge, () => this.#log.stay());
    this.#log = new Log({
      loadPicture: (message) => actions.loadPicture(message),
      loadUnsent: (clientId) => actions.loadUnsent(clientId),
      press: (button) => {
        actions.press(button);
        this.#focusInput(); // The pressed button is disabled in a moment and would drop the focus.
      },
      retry: (clientId) => actions.retry(clientId),
      discard: (clientId, text) => {
        actions.discard(clientId, text);
        if (text !== "") this.composer.prefill(text);
        this.#focusInput();
      },
      enlarge,
    });
    const parts = [this.#header.element, this.#header.status, this.#log.element, this.composer.element, this.#uploads];
    this.element = h("section", { class: "panel hidden", role: "dialog", "aria-labelledby": "title", tabindex: "-1" }, ...parts);
    this.viewport = new Viewport(this.element, () => setAttribute(this.element, "aria-modal", String(this.viewport.isPhone)));
    this.#drop = new DropZone(this.element, (files) => void this.composer.add(files));
    this.element.append(this.#drop.element);
    this.element.addEventListener("paste", (event) => this.composer.paste(event));
    this.element.addEventListener("keydown", (event) => this.#key(event, actions));
  }

  listen(): void {
    this.viewport.listen();
    this.#drop.listen();
  }

  stop(): void {
    this.viewport.stop();
    this.#drop.stop();
  }

  update(state: State, language: Language, now: Date): void {
    if (language !== this.#language || this.composer.input.placeholder === "") {
      this.#language = language;
      this.composer.setLanguage(language);
      this.#drop.setText(TEXTS[language].drop);
    }
    setText(this.#uploads, uploadText(TEXTS[language], state));
    this.#header.update(state.conversation?.owner ?? "bot", state.link, language);
    this.#log.update(timeline(state), state.typing, language, now);
  }

  setOpen(isOpen: boolean): void {
    this.element.classList.toggle("hidden", !isOpen);
    this.viewport.setOpen(isOpen);
    if (!isOpen) return;
    this.#log.toEnd();
    // On a phone the focus on the input would bring up the keyboard over the bot's buttons.
    if (this.viewport.isPhone) this.element.focus();
    else this.composer.input.focus();
  }

  /** Put a text in the input and go there. */
  prefill(text: string): void {
    this.composer.prefill(text);
    this.composer.input.focus();
  }

  #focusInput(): void {
    if (this.viewport.isPhone) this.element.focus();
    else this.composer.input.focus();
  }

  #key(event: KeyboardEvent, actions: HeaderActions): void {
    if (event.key === "Escape" && !isComposing(event)) {
      event.stopPropagation();
      actions.close();
    }
    // Full screen, what lies behind cannot be seen; the focus stays inside.
    if (event.key !== "Tab" || !this.viewport.isPhone) return;
    const root = this.element.getRootNode() as ShadowRoot;
    const found = this.element.querySelectorAll<HTMLElement>("button, a[href], textarea, [tabindex='0']");
    const all = [...found].filter((each) => each.offsetParent !== null && !(each as HTMLButtonElement).disabled);
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    if (root.activeElement !== edge && !(event.shiftKey && root.activeElement === this.element)) return;
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0])?.focus();
  }
}
