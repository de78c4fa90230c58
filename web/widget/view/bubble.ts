// One entry of the log. Only what changed is touched, so that screen readers do not read it twice.

import { copyable, copyText } from "../copying";
import type { Button, Language, Message } from "../frames";
import { linkParts } from "../links";
import { refusalText, TEXTS, type Texts } from "../texts";
import { clockTime, dayLabel, fullTime } from "../time";
import type { Item } from "../timeline";
import { h, icon, setAttribute, setText } from "./dom";
import { PictureView, type OnItsWay, type Shown } from "./picture";

export interface BubbleActions {
  /** The bytes of a message's picture, or of one on its way; null when they are nowhere any more. */
  loadPicture(message: Message): Promise<Blob | null>;
  loadUnsent(clientId: string): Promise<Blob | null>;
  enlarge(url: string, opener: HTMLElement, alt: string): void;
  press(button: Button): void;
  retry(clientId: string): void;
  /** Take back what was not sent; `text` are its words. */
  discard(clientId: string, text: string): void;
}

/** It must not break at its hyphens. */
const MOMENT = /(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?)/;

/** What another try of the same file will not change. */
const FINAL = new Set(["picture_lost", "unsupported_picture"]);

function marked(state: string, confirmed: boolean): (Node | false)[] {
  return [state !== "" && icon(confirmed ? "check" : "warn"), state !== "" && h("span", {}, state)];
}

export class Bubble {
  readonly element: HTMLElement;
  readonly #who = h("p", { class: "who" });
  readonly #body = h("div", { class: "body" });
  readonly #options = h("div", { class: "options", role: "group" });
  readonly #meta = h("p", { class: "meta" });
  #text: string | null = null;
  #copy: HTMLButtonElement | null = null;
  #picture: PictureView | null = null;
  #cancel: () => void = () => undefined;
  #buttons = "";
  #shownMeta = "";

  constructor(
    readonly key: string,
    private readonly actions: BubbleActions,
  ) {
    this.element = h("div", { class: "item" });
  }

  update(item: Item, language: Language, now: Date): void {
    const texts = TEXTS[language];
    if (item.type === "day") {
      this.element.className = "item day";
      setText(this.element, dayLabel(item.at, now, language));
      return;
    }
    if (!this.#body.parentNode) this.element.append(this.#who, this.#body, this.#meta, this.#options);
    if (item.type === "unsent") this.#showUnsent(item, language, texts);
    else this.#showMessage(item, language, texts);
  }

  dispose(): void {
    this.#picture?.dispose();
    this.element.remove();
  }

  #showMessage(item: Extract<Item, { type: "message" }>, language: Language, texts: Texts): void {
    const { message, opens, closes, tile } = item;
    const mine = message.kind === "incoming";
    const at = new Date(message.created_at);
    this.element.className = ["item", mine ? "mine" : message.sender, opens && "opens", closes && "closes", tile && "tile"].filter(Boolean).join(" ");
    setText(this.#who, texts.senders[message.sender]);
    this.#who.classList.toggle("hidden", mine || !opens);
    this.#showText(message.text);
    this.#showCopy(mine ? null : copyable(message.text), texts);
    const key = message.picture_id ?? message.image;
    const alt = message.picture_id ? texts.picture : (message.image_alt ?? texts.example);
    const shown = key === null ? null : { key, alt, load: () => this.actions.loadPicture(message) };
    this.#body.classList.toggle("drawn", message.picture_id === null && key !== null);
    this.#showPicture(shown, null, texts);
    this.#showButtons(message.buttons, item.buttonsLive, texts);
    const state = !mine ? "" : message.status === "failed" ? texts.notDelivered : item.confirmed ? texts.delivered : "";
    const clock = h("time", { datetime: message.created_at, title: fullTime(at, language) }, clockTime(at, language));
    const shows = closes || state !== "";
    this.#showMeta(`${language} ${message.created_at} ${state} ${shows}`, shows ? [clock, ...marked(state, item.confirmed)] : []);
  }

  #showUnsent(item: Extract<Item, { type: "unsent" }>, language: Language, texts: Texts): void {
    const { client_id, text, type, state, error, created_at, picture_id } = item.unsent;
    this.element.className = `item mine opens closes ${state}${item.tile ? " tile" : ""}`;
    setText(this.#who, texts.senders.customer);
    this.#who.classList.add("hidden");
    this.#showText(text);
    this.#cancel = () => this.actions.discard(client_id, text);
    const isUploading = state === "sending" && picture_id === null;
    const cancel = isUploading ? texts.cancelUpload : texts.discard;
    const way = isUploading || (item.tile && state === "waiting") ? { percent: item.progress, cancel } : null;
    const load = (): Promise<Blob | null> => this.actions.loadUnsent(client_id);
    this.#showPicture(type === "picture" ? { key: client_id, alt: texts.picture, load } : null, way, texts);
    this.#showButtons([], false, texts);
    const key = `${language} ${state} ${error} ${created_at} ${item.tile} ${item.closes}`;
    if (!item.closes) return this.#showMeta(key, []);
    if (state === "sending") return this.#showMeta(key, [texts.sending]);
    if (item.tile) return this.#showMeta(key, [icon("warn"), h("span", {}, texts.waiting)]);
    const act = (label: string, does: () => void): HTMLButtonElement => {
      const button = h("button", { type: "button", class: "inline" }, label);
      button.addEventListener("click", does);
      return button;
    };
    const again = FINAL.has(error ?? "") ? null : act(texts.retry, () => this.actions.retry(client_id));
    const words = state === "waiting" ? texts.waiting : `${texts.failed} · ${refusalText(texts, error)}`;
    const drop = act(texts.discard, this.#cancel);
    this.#showMeta(key, [icon("warn"), h("span", {}, words), again, drop]);
  }

  #showText(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    const old = this.#body.querySelector(".text");
    if (text === "") return old?.remove();
    const parts = linkParts(text).flatMap(({ text: shown, href }) =>
      href === undefined
        ? shown.split(MOMENT).map((part, i) => (i % 2 === 1 ? h("span", { class: "moment" }, part) : part))
        : h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, shown),
    );
    const shown = h("div", { class: "text" }, ...parts);
    if (old) old.replaceWith(shown);
    else this.#body.append(shown);
  }

  /** Below what is there to be copied. */
  #showCopy(text: string | null, texts: Texts): void {
    if (text === null) return this.#copy?.remove();
    const button = (this.#copy ??= h("button", { type: "button", class: "copy", "aria-live": "polite" }));
    if (button.parentNode === null) this.#body.append(button);
    const label = button.classList.contains("done") ? texts.copied : texts.copy;
    setText(button, label);
    button.onclick = async () => {
      if (!(await copyText(text, this.#body.querySelector(".text") as Element))) return;
      button.classList.add("done");
      setText(button, texts.copied);
    };
  }

  #showPicture(shown: Shown | null, way: OnItsWay | null, texts: Texts): void {
    if (shown === null) return;
    this.#picture ??= new PictureView(this.actions.enlarge, () => this.#cancel());
    // A caption stands below; what the bot says leads to its drawing.
    if (this.#picture.element.parentNode === null) this.#body[this.#body.classList.contains("drawn") ? "append" : "prepend"](this.#picture.element);
    this.#picture.show(shown, way, texts);
  }

  #showButtons(buttons: readonly Button[], live: boolean, texts: Texts): void {
    const key = JSON.stringify(buttons);
    if (key !== this.#buttons) {
      this.#buttons = key;
      this.#options.replaceChildren(
        ...buttons.map((each) => {
          const button = h("button", { type: "button", class: "option" }, each.title);
          button.addEventListener("click", () => this.actions.press(each));
          return button;
        }),
      );
    }
    this.#options.classList.toggle("hidden", buttons.length === 0);
    this.#options.classList.toggle("past", !live);
    setAttribute(this.#options, "aria-label", texts.options);
    for (const button of this.#options.querySelectorAll("button")) button.disabled = !live;
  }

  #showMeta(key: string, children: (Node | string | null | false)[]): void {
    if (key === this.#shownMeta) return;
    this.#shownMeta = key;
    this.#meta.replaceChildren(...children.filter((each): each is Node | string => each !== null && each !== false));
    this.#meta.classList.toggle("hidden", children.length === 0);
  }
}
