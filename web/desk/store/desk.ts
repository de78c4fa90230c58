// The list and the live news of it: what the page asks of the gateway and keeps in the state.

import { ElMessage } from "element-plus";
import { computed, watch } from "vue";

import * as calls from "../api/calls";
import { BASE, DeskError } from "../api/client";
import { DeskSocket } from "../api/socket";
import { VIEWS, type Presence, type Row, type ServerFrame, type Sort, type View } from "../api/types";
import { ring } from "../bell";
import { onPersonChange, session } from "../session";
import { storage } from "../theme";
import { texts } from "../texts";
import { errorText } from "../says";
import { applyFrame, forgetGone, takeRows, versionsOf } from "./frames";
import { rowsOf } from "./rows";
import { clearState, state, type List } from "./state";
import { catchUp } from "./talk";

/** What waits goes by urgency, the rest by time, until the agent chooses otherwise. */
const sorts: Record<View, Sort> = { queue: "urgency", mine: "urgency", booked: "urgency", bot: "newest", resolved: "newest", all: "newest" };
let asked: AbortController | null = null;

export const visibleRows = computed<Row[]>(() => {
  const { paged, cursor } = state.list;
  return rowsOf(state.rows.values(), state.list, session.me?.username ?? "", { paged, more: cursor !== null });
});

export function nameOf(username: string): string {
  if (username === session.me?.username) return session.me.name;
  return state.colleagues.get(username)?.name ?? username;
}

/** Show what did not work, and hand the error back for those who do more with it. */
export function complain(error: unknown): void {
  if (error instanceof DeskError && error.code === "not_signed_in") return; // The login says it.
  ElMessage({ type: "warning", message: errorText(error, texts(), nameOf), duration: 5_000, showClose: true, grouping: true });
}

export async function loadList(): Promise<void> {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const { view, sort, channel, tag } = state.list;
  const known = versionsOf(state);
  state.list.state = "loading";
  try {
    const page = await calls.conversations({ view, sort, channel, tag, limit: 50 }, signal);
    if (signal.aborted) return;
    takeRows(state, page.conversations);
    forgetGone(state, { view, sort, channel, tag }, known, page.conversations, page.next_cursor !== null);
    state.list.paged = new Set(page.conversations.map((each) => each.conversation_id));
    state.list.cursor = page.next_cursor;
    state.list.state = "ready";
    state.counts = { ...state.counts, ...page.counts };
  } catch {
    if (!signal.aborted) state.list.state = "failed";
  }
}

export async function loadMore(): Promise<void> {
  const { list } = state;
  if (list.cursor === null || list.loadingMore || list.state !== "ready") return;
  const { view, sort, channel, tag, cursor } = list;
  const isSame = (): boolean => list.cursor === cursor && list.view === view && list.sort === sort && list.channel === channel && list.tag === tag;
  list.loadingMore = true;
  try {
    const page = await calls.conversations({ view, sort, channel, tag, cursor, limit: 50 });
    if (!isSame()) return;
    takeRows(state, page.conversations);
    for (const each of page.conversations) list.paged.add(each.conversation_id);
    list.cursor = page.next_cursor;
  } catch (error) {
    complain(error);
  } finally {
    list.loadingMore = false;
  }
}

export function chooseList(change: Partial<Pick<List, "view" | "sort" | "channel" | "tag">>): void {
  Object.assign(state.list, change, { paged: new Set(), cursor: null });
  if (change.sort) sorts[state.list.view] = change.sort;
  state.list.sort = sorts[state.list.view];
  storage.set("list", JSON.stringify({ view: state.list.view, sorts }));
  void loadList();
}

export function restoreList(): void {
  try {
    const { view, sorts: chosen } = JSON.parse(storage.get("list") ?? "{}") as { view?: View; sorts?: Partial<Record<View, Sort>> };
    if (view && VIEWS.includes(view)) state.list.view = view;
    Object.assign(sorts, chosen);
    state.list.sort = sorts[state.list.view];
  } catch {
    storage.remove("list");
  }
}

/** What is mine is always known, whichever list is shown: it rings, and it is counted in the title. */
async function loadMine(): Promise<void> {
  const [known, wanted] = [versionsOf(state), { view: "mine", sort: "urgency" } as const];
  await calls.conversations({ ...wanted, limit: 100 }).then(
    (page) => {
      takeRows(state, page.conversations);
      forgetGone(state, { ...wanted, channel: null, tag: null }, known, page.conversations, page.next_cursor !== null);
    },
    () => undefined,
  );
}

export async function loadColleagues(): Promise<void> {
  try {
    const { colleagues } = await calls.colleagues();
    state.colleagues = new Map(colleagues.map((each) => [each.username, each]));
  } catch {
    // Names stay usernames until the next try.
  }
}

export async function choosePresence(status: Presence): Promise<void> {
  const before = state.presence;
  state.presence = status;
  try {
    await calls.setPresence(status);
  } catch (error) {
    state.presence = before;
    complain(error);
  }
}

export const socket = new DeskSocket(
  {
    openSocket: () => new WebSocket(`${window.location.origin.replace(/^http/, "ws")}${BASE}/socket`),
    isOnline: () => navigator.onLine,
    chance: () => Math.random(),
  },
  {
    link: (link) => (state.link = link),
    frame: (frame) => take(frame),
    missed: () => {
      void loadList();
      void loadMine();
      void loadColleagues();
      void catchUp();
    },
    refused: () => void calls.me().catch(() => undefined), // Who is not signed in any more gets the login.
    sessionEnded: () => void goOn(),
  },
);

/** The session of the socket is over; the page may have a new one, or there was no answer. Else the login says it. */
async function goOn(): Promise<void> {
  await calls.me().catch(() => undefined);
  if (session.state === "in") socket.start();
}

function take(frame: ServerFrame): void {
  const before = frame.type === "conversation_changed" ? state.rows.get(frame.conversation.conversation_id) : undefined;
  applyFrame(state, frame);
  if (frame.type === "message_created" && frame.message.sender === "customer") {
    const row = state.rows.get(frame.conversation_id);
    if (row?.owner === "agent" && row.agent === session.me?.username) ring({ kind: "message", row, id: frame.message.message_id, text: frame.message.text });
  }
  if (frame.type !== "conversation_changed") return;
  const row = frame.conversation;
  if (row.state === "open" && row.owner === "queue" && before?.owner !== "queue") ring({ kind: "queue", row, id: `${row.conversation_id}.${row.version}`, text: row.last_message?.text ?? "" });
  const isMine = row.owner === "agent" && row.agent === session.me?.username;
  const wasMine = before?.owner === "agent" && before.agent === session.me?.username;
  if (isMine && !wasMine && row.reason === "transferred") ring({ kind: "assigned", row, id: `${row.conversation_id}.${row.version}`, text: row.last_message?.text ?? "" });
}

function wake(): void {
  if (document.visibilityState === "visible") socket.check();
}

/** Begin when somebody is signed in; returns what ends it. */
export function startDesk(): () => void {
  state.me = session.me?.username ?? "";
  restoreList();
  void loadList();
  void loadColleagues();
  calls.presence().then(({ status }) => (state.presence = status), () => undefined);
  socket.start();
  const stop = watch(
    () => session.state,
    (now) => {
      if (now !== "in") return socket.stop();
      socket.start();
      void loadList();
      void catchUp();
    },
  );
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  return () => {
    stop();
    socket.stop();
    socket.forget();
    window.removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", wake);
  };
}

onPersonChange(() => clearState());
