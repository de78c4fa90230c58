// What a tab keeps and shares with the others of the same site. Where storage is forbidden, memory stands in.

export interface KeyValues {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** Keys below `prefix` of localStorage; what cannot be stored there lives until the page is left. */
export class BrowserStorage implements KeyValues {
  readonly #memory = new Map<string, string>();

  constructor(
    readonly prefix: string,
    private readonly storage: () => Storage = () => window.localStorage,
  ) {}

  get(key: string): string | null {
    return this.#memory.get(key) ?? this.#try((storage) => storage.getItem(this.prefix + key)) ?? null;
  }

  set(key: string, value: string): void {
    const stored = this.#try((storage) => (storage.setItem(this.prefix + key, value), true));
    if (stored) this.#memory.delete(key);
    else this.#memory.set(key, value);
  }

  remove(key: string): void {
    this.#memory.delete(key);
    this.#try((storage) => storage.removeItem(this.prefix + key));
  }

  keys(): string[] {
    const stored = this.#try((storage) => Object.keys(storage)) ?? [];
    const ours = stored.filter((each) => each.startsWith(this.prefix)).map((each) => each.slice(this.prefix.length));
    return [...new Set([...ours, ...this.#memory.keys()])];
  }

  /** Full, forbidden or partitioned away: the browser raises, and the widget goes on. */
  #try<T>(use: (storage: Storage) => T): T | undefined {
    try {
      return use(this.storage());
    } catch {
      return undefined;
    }
  }
}
