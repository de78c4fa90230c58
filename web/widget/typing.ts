// The sign that the customer is writing: told now and then while they are, and once that they have stopped.

/** While writing goes on the sign is told this often, for who looks only now. */
const AGAIN_MS = 4_000;
/** Without another key for this long, writing has stopped. */
const IDLE_MS = 5_000;

export class TypingSign {
  #told: number | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** `tell` says whether anybody was told. */
  constructor(private readonly tell: (typing: boolean) => boolean) {}

  /** A key was pressed (true), or there is nothing left that was not sent (false). */
  is(typing: boolean): void {
    clearTimeout(this.#idle);
    if (typing) {
      this.#idle = setTimeout(() => this.is(false), IDLE_MS);
      const now = Date.now();
      if (this.#told !== null && Math.abs(now - this.#told) < AGAIN_MS) return;
      if (this.tell(true)) this.#told = now;
    } else if (this.#told !== null) {
      this.#told = null;
      this.tell(false);
    }
  }
}
