// One customer's conversation: keeps the store in step with the gateway and brings out what waits in the outbox.

import { ApiError, NetworkError, type Access, type Api, type Identity } from "./api";
import { Blobs } from "./blobs";
import { Connection, type Surroundings } from "./connection";
import { Delivery } from "./delivery";
import type { Language, Message, ServerFrame } from "./frames";
import { newClientId, Outbox } from "./outbox";
import type { KeyValues } from "./storage";
import { hasWay, lastSeq, type Link, type Store } from "./store";
import { TypingSign } from "./typing";
import { Uploads } from "./uploads";

/** A typing sign whose end was lost goes out by itself. */
const TYPING_MS = 30_000;

export interface Options {
  language: Language;
  identity: Identity | null;
  pageUrl: string;
  /** Runs `work` while no other tab of this site does. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export class ChatClient {
  readonly outbox: Outbox;
  readonly connection: Connection;
  readonly blobs = new Blobs();
  /** Only people are told; the bot waits for nobody. */
  readonly typing = new TypingSign((typing) => (this.store.state.conversation?.owner ?? "bot") !== "bot" && this.connection.send({ type: "typing", typing }));
  #access: Access | null;
  readonly #delivery: Delivery;
  readonly #uploads: Uploads;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #languageWanted: Language | null = null;

  constructor(
    private readonly api: Api,
    private readonly storage: KeyValues,
    private readonly store: Store,
    surroundings: Surroundings,
    private readonly options: Options,
  ) {
    this.#access = this.#storedAccess();
    this.outbox = new Outbox(storage, (unsent) => store.change({ type: "unsent_set", unsent }));
    this.connection = new Connection(surroundings, {
      access: () => this.#ensureAccess(),
      gone: (access) => this.#drop(access),
      lastSeq: () => this.#lastSeq(),
      poll: (access, after, wait, signal) => api.messages(access, after, wait, signal),
      ready: (access, way) => this.#ready(access, way),
      frame: (frame) => this.#take(frame),
      messages: (messages) => this.#takePolled(messages),
      link: (link) => this.#linkIs(link),
    });
    const access = (): Access | null => (hasWay(store.state.link) ? this.#access : null);
    const gone = (lost: Access): void => {
      this.#drop(lost);
      this.connection.restart();
    };
    const delivered = (message: Message): void => this.#takeMessages([message]);
    this.#delivery = new Delivery(api, this.connection, this.outbox, { access, delivered, gone });
    const progress = (client_id: string, percent: number | null): void => store.change({ type: "progress_set", client_id, percent });
    this.#uploads = new Uploads(api, this.outbox, this.blobs, { access, progress, settled: () => this.#pump(), gone });
  }

  /** Whether this browser has a conversation already. */
  get hasConversation(): boolean {
    return this.#access !== null;
  }

  start(): void {
    this.connection.start();
  }

  sendText(text: string): void {
    this.#add({ type: "text", text });
  }

  sendButton(buttonId: string, title: string): void {
    this.#add({ type: "button", text: title, button_id: buttonId });
  }

  /** Send a picture with a caption, which may be empty. */
  sendPicture(picture: Blob, caption = ""): void {
    const client_id = newClientId();
    void this.blobs.put(client_id, picture); // Before the entry, for whose bubble asks for the picture at once.
    this.#add({ type: "picture", text: caption, client_id });
  }

  /** The customer asks for another try of a message. */
  retry(clientId: string): void {
    this.outbox.update(clientId, { state: "sending", error: null });
    this.connection.check();
    this.#uploads.retry(clientId);
    this.#pump();
  }

  /** Take back what has not been sent; an upload ends. */
  discard(clientId: string): void {
    this.outbox.remove(clientId);
    void this.blobs.remove(clientId);
    this.#uploads.forget();
    this.#pump();
  }

  /** Everything up to the last message has been seen. */
  markRead(): void {
    const { conversation } = this.store.state;
    const seq = lastSeq(this.store.state);
    if (conversation === null || seq <= conversation.read_seq) return;
    this.store.change({ type: "read_set", seq });
    if (this.connection.send({ type: "read_mark", seq }) || this.#access === null) return;
    this.api.changeConversation(this.#access, { read_seq: seq }).catch(() => undefined); // The next mark covers it.
  }

  setLanguage(language: Language): void {
    this.#languageWanted = language;
    void this.#bringLanguage();
  }

  /** The picture of a message: the customer's (null when it is not kept any more), or what the bot shows. */
  async picture({ picture_id, image }: Message): Promise<Blob | null> {
    if (this.#access === null) throw new NetworkError("no conversation");
    return picture_id === null ? this.api.drawing(image ?? "") : this.api.picture(this.#access, picture_id);
  }

  /** Another tab opened or renewed the conversation, or sent or discarded what this one has waiting. */
  storageChanged(key: string): void {
    this.outbox.changedElsewhere(key);
    this.#uploads.forget();
    if (key !== "access") return;
    const stored = this.#storedAccess();
    if (stored === null || stored.token === this.#access?.token) return;
    this.#access = stored;
    this.#uploads.stop();
    this.outbox.moveToNewConversation();
    this.connection.start();
    this.connection.restart();
  }

  #add(what: Parameters<Outbox["add"]>[0]): void {
    this.outbox.add({ ...what, after: lastSeq(this.store.state) }, new Date());
    this.connection.start();
    this.#pump();
  }

  #pump(): void {
    this.#uploads.pump();
    this.#delivery.pump();
  }

  #storedAccess(): Access | null {
    try {
      const value = JSON.parse(this.storage.get("access") ?? "null") as Partial<Access> | null;
      const { conversation_id, token } = value ?? {};
      return typeof conversation_id === "string" && typeof token === "string" ? { conversation_id, token } : null;
    } catch {
      return null;
    }
  }

  async #ensureAccess(): Promise<Access> {
    if (this.#access) return this.#access;
    return this.options.alone("open", async () => {
      this.#access = this.#storedAccess(); // Another tab may just have opened it.
      if (this.#access) {
        this.outbox.moveToNewConversation();
        return this.#access;
      }
      const { conversation, token } = await this.#open();
      this.#access = { conversation_id: conversation.conversation_id, token };
      this.storage.set("access", JSON.stringify(this.#access));
      this.outbox.reload(); // What other tabs have waiting moves along.
      this.outbox.moveToNewConversation();
      this.store.change({ type: "conversation_set", conversation });
      return this.#access;
    });
  }

  async #open(): ReturnType<Api["openConversation"]> {
    // One that replaces another goes on in its language.
    const language = this.#languageWanted ?? this.store.state.conversation?.language ?? this.options.language;
    const opening = { language, page_url: this.options.pageUrl };
    const { identity } = this.options;
    if (!identity) return this.api.openConversation(opening);
    try {
      return await this.api.openConversation({ ...opening, identity });
    } catch (error) {
      // A signature that is too old or wrong must not keep a customer from asking.
      if (error instanceof ApiError && [400, 401, 403, 422].includes(error.status)) return this.api.openConversation(opening);
      throw error;
    }
  }

  #drop(access: Access): void {
    this.#uploads.stop();
    if (this.#storedAccess()?.token === access.token) this.storage.remove("access");
    if (this.#access?.token === access.token) this.#access = null;
  }

  async #ready(access: Access, way: "socket" | "poll"): Promise<void> {
    // The conversation comes first, for a new one empties the store; a socket has said it in its hello.
    if (way === "poll") await this.#askConversation(access);
    const missed = await this.api.allMessages(access, lastSeq(this.store.state));
    if (access === this.#access) this.#takeMessages(missed);
  }

  async #askConversation(access: Access): Promise<void> {
    const conversation = await this.api.conversation(access);
    if (access === this.#access) this.store.change({ type: "conversation_set", conversation });
  }

  async #bringLanguage(): Promise<void> {
    const language = this.#languageWanted;
    const { conversation } = this.store.state;
    if (language === null || this.#access === null || conversation === null) return;
    if (conversation.language === language) {
      this.#languageWanted = null;
      return;
    }
    try {
      const changed = await this.api.changeConversation(this.#access, { language });
      this.store.change({ type: "conversation_set", conversation: changed });
      if (this.#languageWanted === language) this.#languageWanted = null;
    } catch {
      // Brought again when the gateway is back.
    }
  }

  #lastSeq(): number {
    const { conversation } = this.store.state;
    return conversation?.conversation_id === this.#access?.conversation_id ? lastSeq(this.store.state) : 0;
  }

  #linkIs(link: Link): void {
    this.store.change({ type: "link_set", link });
    if (hasWay(link)) {
      this.outbox.reload();
      this.outbox.resume();
      void this.#bringLanguage();
      this.#uploads.reset();
      this.#delivery.reset();
      return;
    }
    this.store.change({ type: "typing_set", typing: false });
    this.#delivery.lost();
  }

  #take(frame: ServerFrame): void {
    switch (frame.type) {
      case "hello_accepted":
      case "conversation_changed":
        this.store.change({ type: "conversation_set", conversation: frame.conversation });
        break;
      case "message_created":
        this.#takeMessages([frame.message]);
        break;
      case "message_accepted":
        this.#takeMessages([frame.message]);
        this.#delivery.accepted(frame.client_id, frame.message);
        this.outbox.remove(frame.client_id);
        break;
      case "typing_changed":
        this.#typing(frame.typing);
        break;
      case "error":
        this.#delivery.refused(frame.client_id, frame.code, frame.retry_after);
        break;
      case "pong":
        break;
    }
  }

  #typing(typing: boolean): void {
    clearTimeout(this.#typingTimer);
    this.store.change({ type: "typing_set", typing });
    if (typing) this.#typingTimer = setTimeout(() => this.store.change({ type: "typing_set", typing: false }), TYPING_MS);
  }

  #takeMessages(messages: readonly Message[]): void {
    this.store.change({ type: "messages_added", messages });
    for (const message of messages) {
      const { client_id } = message;
      if (client_id === null || this.outbox.get(client_id) === null) continue;
      this.#delivery.accepted(client_id, message);
      this.outbox.remove(client_id);
      void this.blobs.remove(client_id);
    }
  }

  #takePolled(messages: Message[]): void {
    this.#takeMessages(messages);
    // Whoever answers may have changed; only a socket would have said so.
    if (messages.length > 0 && this.#access) this.#askConversation(this.#access).catch(() => undefined);
  }
}
