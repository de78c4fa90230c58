// Tells the agent that something needs them: a sound, a notification of the system, the title. Off until they want it.

import { computed, reactive } from "vue";

import * as calls from "./api/calls";
import type { Row } from "./api/types";
import { go, route } from "./route";
import { session } from "./session";
import { texts } from "./texts";

export interface News {
  kind: "queue" | "message" | "assigned";
  row: Row;
  /** The same in every tab, so that one of them rings. */
  id: string;
  text: string;
}

export const bell = reactive({ sound: false, notifications: false });

/** What is on for whoever is signed in now. */
export function readSettings(): void {
  bell.sound = session.me?.settings?.sound ?? false;
  bell.notifications = (session.me?.settings?.notifications ?? false) && permission() === "granted";
}

export function permission(): NotificationPermission | "unsupported" {
  return typeof Notification === "undefined" ? "unsupported" : Notification.permission;
}

export const isAllowed = computed(() => permission() !== "denied" && permission() !== "unsupported");

export async function setSound(on: boolean): Promise<void> {
  bell.sound = on;
  if (on) chime(); // Inside the click, so that the browser lets it sound from now on.
  await calls.changeMe({ sound: on }).catch(() => undefined);
}

/** False when the browser refuses. */
export async function setNotifications(on: boolean): Promise<boolean> {
  const granted = on && permission() !== "unsupported" && (await Notification.requestPermission()) === "granted";
  bell.notifications = granted;
  if (on && !granted) return false;
  await calls.changeMe({ notifications: on }).catch(() => undefined);
  return true;
}

let audio: AudioContext | null = null;

/** Two soft tones; nothing is loaded for it. */
export function chime(kind: News["kind"] = "message"): void {
  try {
    audio ??= new AudioContext();
    void audio.resume();
    const tones = kind === "queue" ? [660, 880, 660] : [740, 988];
    tones.forEach((frequency, i) => tone(audio as AudioContext, frequency, i * 0.14));
  } catch {
    // A browser without sound is silent.
  }
}

function tone(context: AudioContext, frequency: number, after: number): void {
  const [oscillator, gain] = [context.createOscillator(), context.createGain()];
  const start = context.currentTime + after;
  oscillator.type = "sine";
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.12, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.22);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.25);
}

/** Ring once for all tabs. Whoever looks at the conversation already is not disturbed. */
export function ring(news: News): void {
  if (session.state !== "in" || (!bell.sound && !bell.notifications)) return;
  const looking = document.hasFocus() && route.value.conversationId === news.row.conversation_id;
  // The tab in front is first to say that it has been seen.
  setTimeout(() => void once(news.id, () => (looking ? undefined : sound(news))), document.hasFocus() ? 0 : 300);
}

async function once(id: string, act: () => void): Promise<void> {
  if (!navigator.locks) return act();
  await navigator.locks.request(`daozhang-desk.${id}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    act();
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // Others that hear of it later find it taken.
  });
}

function sound({ kind, row, id, text }: News): void {
  if (bell.sound) chime(kind);
  if (!bell.notifications || document.hasFocus() || permission() !== "granted") return;
  const t = texts();
  const name = row.customer_name ?? t.list.guest;
  const title = kind === "message" ? t.notify.message(name) : kind === "queue" ? t.notify.queue : t.notify.assigned;
  const shown = new Notification(title, { body: text.slice(0, 120), tag: id, silent: true });
  shown.onclick = () => {
    window.focus();
    go({ conversationId: row.conversation_id });
    shown.close();
  };
}
