// On a phone the panel is the screen: it keeps to the part that the keyboard leaves, and the page behind does not scroll.

/** The same condition as in style.css. */
const PHONE = "(max-width: 520px), (max-height: 480px)";

export class Viewport {
  readonly #query = window.matchMedia(PHONE);
  readonly #fit = (): void => this.#apply();
  #isOpen = false;
  #overflowBefore: string | null = null;

  constructor(
    private readonly panel: HTMLElement,
    private readonly changed: () => void,
  ) {}

  get isPhone(): boolean {
    return this.#query.matches;
  }

  listen(): void {
    this.#query.addEventListener?.("change", this.#fit);
    window.visualViewport?.addEventListener("resize", this.#fit);
    window.visualViewport?.addEventListener("scroll", this.#fit);
  }

  stop(): void {
    this.setOpen(false);
    this.#query.removeEventListener?.("change", this.#fit);
    window.visualViewport?.removeEventListener("resize", this.#fit);
    window.visualViewport?.removeEventListener("scroll", this.#fit);
  }

  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#apply();
  }

  #apply(): void {
    const full = this.#isOpen && this.isPhone;
    const view = window.visualViewport;
    const { style } = this.panel;
    // Zoomed in by hand, the customer wants to move around, not have the panel follow.
    if (full && view && view.scale <= 1.01) {
      style.setProperty("--top", `${view.offsetTop}px`);
      style.setProperty("--height", `${view.height}px`);
    } else {
      style.removeProperty("--top");
      style.removeProperty("--height");
    }
    this.#lock(full);
    this.changed();
  }

  #lock(full: boolean): void {
    const page = document.documentElement.style;
    if (full && this.#overflowBefore === null) {
      this.#overflowBefore = page.overflow;
      page.overflow = "hidden";
    } else if (!full && this.#overflowBefore !== null) {
      page.overflow = this.#overflowBefore;
      this.#overflowBefore = null;
    }
  }
}
