// Every frame of the socket and the shapes inside them. A test compares the two lists with those of the gateway.

export const CLIENT_FRAMES = ["hello", "message_send", "read_mark", "typing", "ping"] as const;
export const SERVER_FRAMES = [
  "hello_accepted",
  "message_created",
  "message_accepted",
  "typing_changed",
  "conversation_changed",
  "error",
  "pong",
] as const;

export const LANGUAGES = ["zh", "en"] as const;
export const OWNERS = ["bot", "queue", "agent"] as const;
export const KINDS = ["incoming", "outgoing", "activity"] as const;
export const SENDERS = ["customer", "bot", "agent", "system"] as const;

export type Language = (typeof LANGUAGES)[number];
export type Owner = (typeof OWNERS)[number];

export interface Conversation {
  conversation_id: string;
  language: Language;
  owner: Owner;
  last_seq: number;
  read_seq: number;
}

export interface Button {
  id: string;
  title: string;
}

export interface Message {
  message_id: string;
  /** Grows by the order of saving; a gap is no loss, for the customer does not see every message. */
  seq: number;
  kind: (typeof KINDS)[number];
  sender: (typeof SENDERS)[number];
  text: string;
  buttons: Button[];
  /** News, which came unasked: the buttons stay until one of them was used, whatever else is said. */
  lasting: boolean;
  picture_id: string | null;
  /** A picture that the bot shows, on the gateway's origin, and what it says to those who do not see it. */
  image: string | null;
  image_alt: string | null;
  client_id: string | null;
  /** ISO 8601 in UTC. */
  created_at: string;
  status: string;
}

/** What a customer sends; the same under `message` of the frame and as the body of the POST. */
export interface OutgoingMessage {
  client_id: string;
  type: "text" | "button" | "picture";
  text?: string;
  button_id?: string;
  picture_id?: string;
  /** Another picture follows at once, and they are answered together. */
  more?: true;
}

export type ClientFrame =
  | { type: "hello"; token: string; after: number }
  | { type: "message_send"; message: OutgoingMessage }
  | { type: "read_mark"; seq: number }
  | { type: "typing"; typing: boolean }
  | { type: "ping" };

export type ServerFrame =
  | { type: "hello_accepted"; conversation: Conversation }
  | { type: "message_created"; message: Message }
  | { type: "message_accepted"; client_id: string; message: Message }
  | { type: "typing_changed"; typing: boolean }
  | { type: "conversation_changed"; conversation: Conversation }
  | { type: "error"; code: string; client_id: string | null; retry_after: number | null }
  | { type: "pong" };

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function oneOf<T extends string>(choices: readonly T[], value: unknown): value is T {
  return (choices as readonly unknown[]).includes(value);
}

function isSeq(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function buttonsFrom(value: unknown): Button[] {
  const found = Array.isArray(value) ? value.filter(isFields) : [];
  return found.flatMap(({ id, title }) => (typeof id === "string" && typeof title === "string" ? [{ id, title }] : []));
}

/** Only a picture of the gateway itself; an address of elsewhere is none. */
function imageFrom(value: unknown): string | null {
  return typeof value === "string" && /^\/examples\/[a-z0-9_-]+\.png$/.test(value) ? value : null;
}

/** A message of the gateway, or null when it lacks what it takes to show it. */
export function messageFrom(value: unknown): Message | null {
  if (!isFields(value)) return null;
  const { message_id, seq, kind, sender, text, created_at, status } = value;
  if (typeof message_id !== "string" || !isSeq(seq) || !oneOf(KINDS, kind) || !oneOf(SENDERS, sender)) return null;
  if (typeof created_at !== "string" || Number.isNaN(Date.parse(created_at))) return null;
  return {
    message_id,
    seq,
    kind,
    sender,
    text: typeof text === "string" ? text : "",
    buttons: buttonsFrom(value["buttons"]),
    lasting: value["lasting"] === true,
    picture_id: textOrNull(value["picture_id"]),
    image: imageFrom(value["image"]),
    image_alt: textOrNull(value["image_alt"]),
    client_id: textOrNull(value["client_id"]),
    created_at,
    status: typeof status === "string" ? status : "",
  };
}

/** A conversation of the gateway, or null. */
export function conversationFrom(value: unknown): Conversation | null {
  if (!isFields(value)) return null;
  const { conversation_id, language, owner, last_seq, read_seq } = value;
  if (typeof conversation_id !== "string" || !oneOf(LANGUAGES, language) || !oneOf(OWNERS, owner)) return null;
  if (!isSeq(last_seq)) return null;
  return { conversation_id, language, owner, last_seq, read_seq: isSeq(read_seq) ? read_seq : 0 };
}

/** Read one frame; null for what is malformed or of a type from the future, which is to be ignored. */
export function frameFrom(data: unknown): ServerFrame | null {
  let value: unknown;
  try {
    value = typeof data === "string" ? JSON.parse(data) : null;
  } catch {
    return null;
  }
  if (!isFields(value) || !oneOf(SERVER_FRAMES, value["type"])) return null;
  const type = value["type"];
  const message = messageFrom(value["message"]);
  const conversation = conversationFrom(value["conversation"]);
  switch (type) {
    case "hello_accepted":
    case "conversation_changed":
      return conversation && { type, conversation };
    case "message_created":
      return message && { type, message };
    case "message_accepted": {
      const client_id = textOrNull(value["client_id"]);
      return message && client_id !== null ? { type, client_id, message } : null;
    }
    case "typing_changed":
      return typeof value["typing"] === "boolean" ? { type, typing: value["typing"] } : null;
    case "error": {
      const code = textOrNull(value["code"]);
      const seconds = value["retry_after"];
      const retry_after = typeof seconds === "number" && seconds >= 0 ? seconds : null;
      return code === null ? null : { type, code, client_id: textOrNull(value["client_id"]), retry_after };
    }
    case "pong":
      return { type };
  }
}
