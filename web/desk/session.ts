// Who is signed in, on this page and its other tabs.

import { reactive } from "vue";

import * as calls from "./api/calls";
import { api, DeskError } from "./api/client";
import type { Language, Me } from "./api/types";
import { language } from "./texts";

interface Session {
  /** loading until the gateway said who this is; ended: signed in before, and the page keeps its state for the same person. */
  state: "loading" | "out" | "in" | "ended";
  me: Me | null;
}

export const session = reactive<Session>({ state: "loading", me: null });
const listeners: (() => void)[] = [];

/** Called when another person signs in, so that nothing of the one before them stays on the page. */
export function onPersonChange(listener: () => void): void {
  listeners.push(listener);
}

export function signedIn(me: Me): void {
  if (session.me !== null && session.me.username !== me.username) listeners.forEach((each) => each());
  session.me = me;
  session.state = "in";
  api.csrf = me.csrf;
  language.value = me.language;
  tabs?.postMessage("changed");
}

/** Is it me, or one of those above me? */
export function isSupervisor(): boolean {
  return session.me !== null && session.me.role !== "agent";
}

/** Ask the gateway who this is; without an answer the page asks for a login. */
export async function startSession(): Promise<void> {
  api.onSessionEnd = () => {
    if (session.state === "in") session.state = "ended";
  };
  api.onCsrf = async () => {
    api.csrf = (await calls.me()).csrf;
  };
  await askAgain();
}

async function askAgain(): Promise<void> {
  try {
    const me = await calls.me();
    if (session.state === "in" && session.me?.username === me.username) api.csrf = me.csrf;
    else take(me);
  } catch (error) {
    if (session.state === "loading") session.state = "out";
    if (error instanceof DeskError && error.status === 401 && session.state === "in") session.state = "ended";
  }
}

function take(me: Me): void {
  const said = tabs;
  tabs = null; // What another tab told is not told again.
  signedIn(me);
  tabs = said;
}

/** Raises when the gateway could not be told: the browser is still signed in then, and the next one to open the page would be too. */
export async function signOut(): Promise<void> {
  await calls.logout().catch((error: unknown) => {
    if (!(error instanceof DeskError && error.status === 401)) throw error;
  });
  listeners.forEach((each) => each());
  session.me = null;
  session.state = "out";
  tabs?.postMessage("changed");
}

export async function chooseLanguage(chosen: Language): Promise<void> {
  language.value = chosen;
  if (session.me) session.me.language = chosen;
  await calls.changeMe({ language: chosen }).catch(() => undefined);
}

let tabs: BroadcastChannel | null = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("daozhang-desk");
tabs?.addEventListener("message", () => void askAgain());
