// What an agent does to a conversation as a whole. Each act says how it went; a lost race brings the list up to date.

import { ElMessage } from "element-plus";

import * as calls from "../api/calls";
import { DeskError } from "../api/client";
import type { Cause, Priority, Row } from "../api/types";
import { isSupervisor, session } from "../session";
import { texts, type Texts } from "../texts";
import { complain, nameOf } from "./desk";
import { takeChanged } from "./frames";
import { state } from "./state";
import { catchUp } from "./talk";

export type Act = "claim" | "takeOver" | "stepIn" | "transfer" | "handBack" | "resolve" | "reopen";

export const isMine = (row: Row): boolean => row.owner === "agent" && row.agent === session.me?.username;

/** What this agent may do now, the first being the obvious one. */
export function actsFor(row: Row, me: string, supervisor: boolean): Act[] {
  if (row.state === "resolved") return ["reopen"];
  if (row.owner === "queue") return supervisor ? ["claim", "transfer"] : ["claim"];
  if (row.owner === "bot") return supervisor ? ["takeOver", "transfer"] : ["takeOver"];
  if (row.agent === me) return ["resolve", "transfer", "handBack"];
  return supervisor ? ["stepIn", "transfer"] : [];
}

export const myActs = (row: Row): Act[] => actsFor(row, session.me?.username ?? "", isSupervisor());

/** Do it, take the new row; true when it worked. */
async function perform(row: Row, request: Promise<Row>, done: string): Promise<boolean> {
  try {
    takeChanged(state, await request);
    ElMessage({ type: "success", message: done, duration: 2_500, grouping: true });
    return true;
  } catch (error) {
    complain(error);
    if (error instanceof DeskError && error.status === 409) {
      await refresh(row.conversation_id);
    }
    return false;
  }
}

/** Somebody else was faster: see what is so now. */
async function refresh(conversationId: string): Promise<void> {
  if (state.talk?.conversation_id === conversationId) return catchUp();
  await calls.open(conversationId).then((opened) => takeChanged(state, opened.conversation), () => undefined);
}

export const claim = (row: Row, force = false): Promise<boolean> => perform(row, calls.claim(row.conversation_id, force), texts().actions.claimed);
export const handBack = (row: Row, note: string): Promise<boolean> => perform(row, calls.handBack(row.conversation_id, note), texts().handBack.done);
export const reopen = (row: Row): Promise<boolean> => perform(row, calls.reopen(row.conversation_id), texts().actions.done);
export const resolve = (row: Row, summary: { cause: Cause; text: string } | null, silent: boolean): Promise<boolean> =>
  perform(row, calls.resolve(row.conversation_id, summary, silent), texts().resolve.done);

export function transfer(row: Row, to: { to: string } | { team: string }, note: string): Promise<boolean> {
  const name = "to" in to ? nameOf(to.to) : to.team;
  return perform(row, calls.transfer(row.conversation_id, to, note), texts().transfer.done(name));
}

export const setPriority = (row: Row, priority: Priority): Promise<boolean> => perform(row, calls.setPriority(row.conversation_id, priority), texts().actions.done);
export const setTags = (row: Row, tags: string[]): Promise<boolean> => perform(row, calls.setTags(row.conversation_id, tags), texts().actions.done);

/** The words on an act's button. */
export function actText(act: Act, row: Row, t: Texts): string {
  if (act === "transfer" && !isMine(row)) return t.actions.reassign;
  return t.actions[act];
}
