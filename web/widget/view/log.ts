// The scrolling list of bubbles, kept in step with the timeline by key.

import type { Language } from "../frames";
import { TEXTS } from "../texts";
import type { Item } from "../timeline";
import { Bubble, type BubbleActions } from "./bubble";
import { h, icon, setAttribute, setText } from "./dom";

/** This close to the end counts as reading the latest. */
const NEAR_PX = 90;

export class Log {
  readonly element: HTMLElement;
  readonly #list = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", tabindex: "0" });
  readonly #typing = h("div", { class: "typing hidden" }, h("i"), h("i"), h("i"), h("span", { class: "sr" }));
  readonly #jump = h("button", { type: "button", class: "jump hidden" }, icon("down"), h("span"));
  readonly #bubbles = new Map<string, Bubble>();
  #following = true;

  constructor(private readonly actions: BubbleActions) {
    this.element = h("div", { class: "log-frame" }, this.#list, this.#jump);
    this.#list.append(this.#typing);
    this.#jump.addEventListener("click", () => {
      this.toEnd();
      this.#list.focus();
    });
    this.#list.addEventListener("scroll", () => {
      this.#following = this.#fromEnd() < NEAR_PX;
      if (this.#following) this.#jump.classList.add("hidden");
    });
    // The panel changes its size with the phone's keyboard and the composer.
    if (typeof ResizeObserver !== "undefined") new ResizeObserver(() => this.stay()).observe(this.#list);
  }

  update(items: readonly Item[], typing: boolean, language: Language, now: Date): void {
    const texts = TEXTS[language];
    setAttribute(this.#list, "aria-label", texts.log);
    setText(this.#typing.lastElementChild as Element, texts.typing);
    setText(this.#jump.lastElementChild as Element, texts.newMessages);
    const added = this.#place(items, language, now);
    this.#typing.classList.toggle("hidden", !typing);
    const last = items[items.length - 1];
    const mine = last !== undefined && added.includes(last.key) && last.type === "unsent";
    if (this.#following || mine) this.toEnd();
    else if (added.length > 0) this.#jump.classList.remove("hidden");
  }

  /** Something above or below took or gave room; whoever read the end goes on reading it. */
  stay(): void {
    if (this.#following) this.toEnd();
  }

  toEnd(): void {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#following = true;
    this.#jump.classList.add("hidden");
  }

  /** Put the bubbles in order, new ones among them; the keys of the new ones. */
  #place(items: readonly Item[], language: Language, now: Date): string[] {
    const added: string[] = [];
    const keys = new Set(items.map((each) => each.key));
    for (const [key, bubble] of this.#bubbles) {
      if (keys.has(key)) continue;
      bubble.dispose();
      this.#bubbles.delete(key);
    }
    let next: ChildNode | null = this.#list.firstChild;
    for (const item of items) {
      let bubble = this.#bubbles.get(item.key);
      if (!bubble) {
        bubble = new Bubble(item.key, this.actions);
        this.#bubbles.set(item.key, bubble);
        added.push(item.key);
      }
      // Filled before it is placed, so that it is read out as a whole.
      bubble.update(item, language, now);
      if (bubble.element === next) next = next.nextSibling;
      else this.#list.insertBefore(bubble.element, next);
    }
    return added;
  }

  #fromEnd(): number {
    return this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight;
  }
}
