// The custom element: joins the client with the view and hears what the page, the tab and the device have to say.

import { runAlone } from "./alone";
import { Api, type Identity } from "./api";
import { ChatClient } from "./client";
import type { Language } from "./frames";
import { takeCode } from "./resume";
import { BrowserStorage } from "./storage";
import { Store, unreadCount, type State } from "./store";
import { languageFrom, TEXTS } from "./texts";
import { h, setAttribute } from "./view/dom";
import { Launcher } from "./view/launcher";
import { Panel } from "./view/panel";
import { applyStyle } from "./view/style";

/** The origin that the script came from; main.ts sets it. */
export const defaults = { origin: "" };

const THEMES = ["light", "dark"];
const MIDNIGHT_CHECK_MS = 60_000;

/**
 * `<daozhang-chat language theme identity origin>`; all attributes are optional.
 *
 * Methods `open()`, `close()`, `ask(text)`; events `daozhang-open` and `daozhang-close`.
 */
export class DaozhangChat extends HTMLElement {
  static readonly observedAttributes = ["language", "theme"];
  /** The one on the page: two would send everything twice. */
  static #shown: DaozhangChat | null = null;

  #store = new Store();
  #client: ChatClient | null = null;
  #storage: BrowserStorage | null = null;
  #root: HTMLElement | null = null;
  #launcher = new Launcher(() => this.open());
  #panel: Panel;
  #isOpen = false;
  #language: Language = "zh";
  #known: Language | null = null;
  #stops: (() => void)[] = [];

  constructor() {
    super();
    this.#panel = new Panel({
      switchLanguage: () => this.#setLanguage(this.#language === "zh" ? "en" : "zh"),
      close: () => this.close(),
      sendText: (text) => this.#client?.sendText(text),
      sendPicture: (picture, caption) => this.#client?.sendPicture(picture, caption),
      typing: (isTyping) => this.#client?.typing.is(isTyping),
      press: (button) => this.#client?.sendButton(button.id, button.title),
      retry: (clientId) => this.#client?.retry(clientId),
      discard: (clientId) => this.#client?.discard(clientId),
      loadPicture: async (message) => this.#client?.picture(message) ?? null,
      loadUnsent: async (clientId) => this.#client?.blobs.get(clientId) ?? null,
    });
  }

  connectedCallback(): void {
    if (this.#client !== null) return;
    if (DaozhangChat.#shown !== null) return console.warn("daozhang-chat: the page has one already; this one stays away");
    DaozhangChat.#shown = this;
    this.#build();
    this.#language = languageFrom(this.getAttribute("language")) ?? languageFrom(document.documentElement.lang) ?? "zh";
    const identity = this.#identity();
    const origin = this.getAttribute("origin") ?? (defaults.origin || window.location.origin);
    // A conversation belongs to one person: another one signed in on the same device gets another.
    this.#storage = new BrowserStorage(`daozhang ${origin} ${identity?.user_id ?? ""} `);
    this.#language = languageFrom(this.#storage.get("language")) ?? this.#language;
    this.#store = new Store();
    const locks = navigator.locks as LockManager | undefined; // Missing on pages without TLS.
    this.#client = new ChatClient(new Api(origin), this.#storage, this.#store, surroundingsOf(origin), {
      language: this.#language,
      identity,
      // Without the query, where shops keep what is nobody else's business.
      pageUrl: window.location.origin + window.location.pathname,
      alone: (name, work) => runAlone(`${this.#storage?.prefix}${name}`, work, locks),
    });
    this.#listen(this.#client);
    this.#panel.listen();
    this.#themeIs();
    this.#show(this.#store.state);
    // Who has a conversation wants to see the answer that came meanwhile; for others nothing is opened before they ask.
    if (this.#client.hasConversation) this.#client.start();
    const code = takeCode();
    if (code !== null) this.#resume(code);
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#panel.stop();
    this.#client?.connection.stop();
    this.#client = null;
    if (DaozhangChat.#shown !== this) return;
    DaozhangChat.#shown = null;
    // A page that changes its parts may add the new one before it removes the old.
    document.querySelector<DaozhangChat>(this.localName)?.connectedCallback();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (this.#client === null || before === after) return;
    const language = languageFrom(after);
    if (name === "theme") this.#themeIs();
    else if (language !== null && language !== this.#language) this.#setLanguage(language);
  }

  /** Show the panel. */
  open(): void {
    if (this.#client === null || this.#isOpen) return;
    this.#isOpen = true;
    this.#client.start();
    this.#show(this.#store.state);
    this.#panel.setOpen(true);
    this.#markRead();
    this.dispatchEvent(new CustomEvent("daozhang-open", { bubbles: true }));
  }

  /** Hide the panel; the conversation goes on. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#panel.setOpen(false);
    this.#show(this.#store.state);
    this.#launcher.element.focus();
    this.dispatchEvent(new CustomEvent("daozhang-close", { bubbles: true }));
  }

  /** Show the panel with a text in its input, for the customer to complete and send. */
  ask(text: string): void {
    this.open();
    this.#panel.prefill(text);
  }

  /** Go on with the tickets of another device. */
  #resume(code: string): void {
    this.open();
    this.#client?.sendText(TEXTS[this.#language].resume(code));
  }

  #build(): void {
    if (this.#root !== null) return;
    const shadow = this.attachShadow({ mode: "open" });
    applyStyle(shadow);
    const { lightbox, element } = this.#panel;
    this.#root = h("div", { class: "root" }, this.#launcher.element, this.#launcher.status, element, lightbox.element);
    shadow.append(this.#root);
  }

  #identity(): Identity | null {
    const text = this.getAttribute("identity");
    if (!text) return null;
    try {
      const value = JSON.parse(text) as Partial<Identity> | null;
      if (value?.user_id && value.signature && value.issued_at !== undefined) return value as Identity;
    } catch {
      // Reported below.
    }
    console.warn("daozhang-chat: the identity is not usable and was left out");
    return null;
  }

  #listen(client: ChatClient): void {
    const on = (target: EventTarget, type: string, listener: (event: Event) => void): void => {
      target.addEventListener(type, listener);
      this.#stops.push(() => target.removeEventListener(type, listener));
    };
    on(window, "online", () => client.connection.check());
    on(window, "offline", () => client.connection.restart());
    on(window, "pageshow", () => client.connection.check());
    on(document, "visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      client.connection.check();
      this.#markRead();
    });
    on(window, "storage", (event) => {
      const [key, prefix] = [(event as StorageEvent).key, this.#storage?.prefix ?? ""];
      if (key?.startsWith(prefix)) client.storageChanged(key.slice(prefix.length));
    });
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    if (typeof dark.addEventListener === "function") on(dark, "change", () => this.#themeIs());
    this.#stops.push(this.#store.listen((state) => this.#show(state)));
    // "Today" turns into "Yesterday" in a chat that stays open.
    const timer = setInterval(() => this.#isOpen && this.#show(this.#store.state), MIDNIGHT_CHECK_MS);
    this.#stops.push(() => clearInterval(timer));
  }

  #show(state: State): void {
    // The conversation's language rules once there is one: the bot changes it when it is written to in another.
    const spoken = state.conversation?.language ?? null;
    if (spoken !== null && spoken !== this.#known) this.#remember(spoken);
    this.#known = spoken;
    if (this.#root) setAttribute(this.#root, "lang", TEXTS[this.#language].lang);
    this.#launcher.update(this.#isOpen, unreadCount(state), this.#language);
    this.#panel.update(state, this.#language, new Date());
    this.#markRead();
  }

  #markRead(): void {
    if (this.#isOpen && document.visibilityState === "visible") this.#client?.markRead();
  }

  #setLanguage(language: Language): void {
    this.#remember(language);
    this.#client?.setLanguage(language);
    this.#show(this.#store.state);
  }

  #remember(language: Language): void {
    this.#language = language;
    this.#storage?.set("language", language);
  }

  #themeIs(): void {
    const wanted = this.getAttribute("theme") ?? "";
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    if (this.#root) this.#root.dataset["theme"] = THEMES.includes(wanted) ? wanted : dark ? "dark" : "light";
  }
}

function surroundingsOf(origin: string): ConstructorParameters<typeof ChatClient>[3] {
  return {
    openSocket: (id) => new WebSocket(`${new Api(origin).socketOrigin}/api/conversations/${encodeURIComponent(id)}/socket`),
    isOnline: () => navigator.onLine,
    chance: () => Math.random(),
  };
}
