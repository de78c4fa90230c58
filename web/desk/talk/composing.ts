// What the composer holds for the open conversation: the mode, two drafts, a picture, what a canned reply was made of.

import { computed, reactive, ref, watch, type Ref } from "vue";

import * as calls from "../api/calls";
import { DeskError } from "../api/client";
import type { Canned, Rendered } from "../api/more";
import type { Row } from "../api/types";
import { findCanned, missingIn, pictureOf, slashQuery } from "../canned";
import type { Mode } from "../drafts";
import { onPersonChange } from "../session";
import { isMine } from "../store/acts";
import { complain, socket } from "../store/desk";
import type { Sending } from "../store/messages";
import { state } from "../store/state";
import { drafts, send } from "../store/talk";
import { texts } from "../texts";

export const MOST = 4000;
const TYPING_MS = 3_000;
const IDLE_MS = 5_000;

export interface Composing {
  mode: Mode;
  text: Record<Mode, string>;
  picture: { file: File; url: string } | null;
  applied: { canned: Canned; rendered: Rendered } | null;
  stale: boolean;
}

const list = ref<Canned[] | null>(null);
const listFailed = ref(false);
onPersonChange(() => (list.value = null)); // Another team has other replies.

/** The canned replies, once for all conversations; `true` reads them again. */
export async function readCanned(again = false): Promise<void> {
  if (list.value !== null && !again) return;
  try {
    list.value = (await calls.canned()).canned;
    listFailed.value = false;
  } catch {
    listFailed.value = true;
  }
}

export function cannedOf(id: string): Canned | null {
  return list.value?.find((each) => each.id === id) ?? null;
}

export function useComposing(row: Ref<Row>) {
  const it = reactive<Composing>({ mode: "reply", text: { reply: "", note: "" }, picture: null, applied: null, stale: false });
  let typingSince = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  const id = (): string => row.value.conversation_id;
  const mine = computed(() => isMine(row.value) && row.value.state === "open");
  const text = computed({
    get: () => it.text[it.mode],
    set: (value: string) => {
      it.text[it.mode] = value;
      drafts.set(id(), it.mode, value);
      if (value.trim() === "") Object.assign(it, it.mode === "reply" ? { applied: null, stale: false } : {});
      if (it.mode === "reply") tellTyping(value !== "" && slashQuery(value) === null);
    },
  });
  const missing = computed(() => (it.mode === "reply" && it.applied ? missingIn(it.text.reply, it.applied.rendered) : []));
  const query = computed(() => (it.mode === "reply" && mine.value ? slashQuery(it.text.reply) : null));
  const found = computed(() => (query.value === null ? [] : findCanned(list.value ?? [], query.value, row.value.language)));
  const over = computed(() => [...text.value].length - MOST);
  const canSend = computed(() => {
    if (over.value > 0 || (text.value.trim() === "" && (it.picture === null || it.mode === "note"))) return false;
    return it.mode === "note" || (mine.value && missing.value.length === 0 && !it.stale && query.value === null);
  });

  /** Begin with the drafts of this conversation. */
  function start(serverDraft: string | null): void {
    it.text = { reply: drafts.first(id(), "reply", serverDraft), note: drafts.first(id(), "note", null) };
    if (it.text.reply.trim() !== "") it.applied = drafts.made(id()) as Composing["applied"];
  }

  function choose(mode: Mode): void {
    if (mode === "note") tellTyping(false);
    it.mode = mode;
  }

  function tellTyping(typing: boolean): void {
    if (!mine.value) return;
    clearTimeout(idle);
    if (typing) idle = setTimeout(() => tellTyping(false), IDLE_MS);
    const now = Date.now();
    if (typing && now - typingSince < TYPING_MS) return;
    if (!typing && typingSince === 0) return;
    typingSince = typing ? now : 0;
    socket.send({ type: "typing", conversation_id: id(), typing });
  }

  async function apply(canned: Canned): Promise<void> {
    const asked = id();
    try {
      const rendered = await calls.renderCanned(canned.id, asked, row.value.order_no);
      if (id() !== asked) return;
      Object.assign(it, { applied: { canned, rendered }, stale: false });
      text.value = rendered.text;
      if (canned.picture && it.picture === null) attach(await pictureOf(canned.picture.url));
    } catch (error) {
      complain(error);
    }
  }

  function attach(file: File | undefined): void {
    if (!file) return;
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return complain(new DeskError(415, "unsupported_picture"));
    if (it.picture) URL.revokeObjectURL(it.picture.url);
    it.picture = { file, url: URL.createObjectURL(file) };
  }

  function detach(): void {
    if (it.picture) URL.revokeObjectURL(it.picture.url);
    it.picture = null;
  }

  function submit(): void {
    if (!canSend.value) return;
    const kind = it.mode;
    const [picture, applied] = kind === "reply" ? [it.picture, it.applied] : [null, null];
    const sending: Pick<Sending, "text" | "kind" | "picture" | "canned"> = {
      text: text.value.trim(), kind,
      picture: picture && { name: picture.file.name, url: picture.url, file: picture.file, id: null },
      canned: applied && { id: applied.canned.id, order_version: applied.rendered.order_version },
    };
    const sent = row.value;
    text.value = "";
    if (kind === "reply") Object.assign(it, { picture: null, applied: null, stale: false });
    tellTyping(false);
    send(sent, sending).catch((error: unknown) => {
      complain(error);
      if (error instanceof DeskError && error.code === "stale_data" && id() === sent.conversation_id) takeBack(sent, sending, applied);
    });
  }

  /** Order data changed on the way: the text comes back, with the way to make it anew. */
  function takeBack(sent: Row, sending: Pick<Sending, "text">, applied: Composing["applied"]): void {
    const failed = state.sending.get(sent.conversation_id)?.filter((each) => each.state === "failed" && each.text === sending.text);
    if (!failed?.length || it.text.reply !== "") return;
    const left = (state.sending.get(sent.conversation_id) ?? []).filter((each) => !failed.includes(each));
    state.sending.set(sent.conversation_id, left);
    it.mode = "reply";
    text.value = sending.text;
    Object.assign(it, { applied, stale: true });
  }

  /** Why a reply cannot be written or sent now, in words; empty when it can. */
  const blocked = computed(() => {
    const t = texts().composer;
    if (it.mode === "note") return "";
    if (row.value.state === "resolved") return t.resolved;
    if (row.value.owner === "queue") return t.queue;
    if (row.value.owner === "bot") return t.bot;
    if (!mine.value) return t.other(row.value.agent_name ?? row.value.agent ?? "");
    if (it.stale) return t.stale;
    return missing.value.length ? t.missing(missing.value.map((each) => texts().places[each] ?? each).join(texts().lang === "en" ? ", " : "、")) : "";
  });

  watch(() => it.applied, (applied) => drafts.setMade(id(), applied), { flush: "sync" });
  watch(row, (now, before) => {
    if (isMine(before) && !isMine(now)) tellTyping(false);
  });

  return { it, text, mine, missing, query, found, over, canSend, blocked, listFailed, start, choose, apply, attach, detach, submit, tellTyping };
}
