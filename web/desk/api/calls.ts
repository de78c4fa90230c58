// Each request of the desk by its name.

import { api, type Query } from "./client";
import type { Canned, Macro, Rendered, Tag } from "./more";
import type {
  Colleague, Cause, DeskMessage, Found, Language, Me, Opened, Outgoing, Page, Presence, Priority, Row, Sort, View,
} from "./types";

const of = (id: string): string => `/conversations/${encodeURIComponent(id)}`;

export const login = (username: string, password: string, code?: string): Promise<Me> =>
  api.post<Me>("/login", code ? { username, password, code } : { username, password });
export const logout = (): Promise<void> => api.post<void>("/logout");
export const me = (): Promise<Me> => api.get<Me>("/me");
export const changeMe = (change: { language?: Language; sound?: boolean; notifications?: boolean }): Promise<Me> => api.patch<Me>("/me", change);
export const changePassword = (old: string, fresh: string): Promise<void> => api.post<void>("/me/password", { old, new: fresh });
export const startTotp = (): Promise<{ uri: string; secret: string }> => api.post("/me/totp");
export const confirmTotp = (code: string): Promise<void> => api.post<void>("/me/totp/confirm", { code });
export const stopTotp = (password: string): Promise<void> => api.delete<void>("/me/totp", { password });

export interface ListQuery {
  view: View;
  sort: Sort;
  channel?: string | null;
  team?: string | null;
  tag?: string | null;
  cursor?: string | null;
  limit?: number;
}

export const conversations = (query: ListQuery, signal?: AbortSignal): Promise<Page> =>
  api.get<Page>("/conversations", { ...query } as Query, signal);
export const search = (q: string, cursor: string | null, signal?: AbortSignal): Promise<{ conversations: Found[]; next_cursor: string | null }> =>
  api.get("/search", { q, cursor }, signal);

export const open = (id: string, signal?: AbortSignal): Promise<Opened> => api.get<Opened>(of(id), {}, signal);
export const test = (id: string): Promise<string> => api.text(`${of(id)}/test`);
export const messages = (id: string, where: { before?: number; after?: number }, limit = 50): Promise<{ messages: DeskMessage[]; more_before?: boolean }> =>
  api.get(`${of(id)}/messages`, { ...where, limit });
export const send = (id: string, message: Outgoing): Promise<DeskMessage> => api.post<DeskMessage>(`${of(id)}/messages`, message);
export const upload = (id: string, file: Blob, name: string): Promise<{ picture_id: string }> => api.upload(`${of(id)}/pictures`, file, name);
export const retry = (id: string, message_id: string): Promise<DeskMessage> => api.post<DeskMessage>(`${of(id)}/retry`, { message_id });

export const claim = (id: string, force = false): Promise<Row> => api.post<Row>(`${of(id)}/claim`, force ? { force } : {});
export const transfer = (id: string, to: { to: string } | { team: string }, note: string): Promise<Row> =>
  api.post<Row>(`${of(id)}/transfer`, note ? { ...to, note } : to);
export const handBack = (id: string, note: string): Promise<Row> => api.post<Row>(`${of(id)}/hand_back`, note ? { note } : {});
export const resolve = (id: string, summary: { cause: Cause; text: string } | null, silent: boolean): Promise<Row> =>
  api.post<Row>(`${of(id)}/resolve`, { ...(summary ? { summary } : {}), ...(silent ? { silent } : {}) });
export const reopen = (id: string): Promise<Row> => api.post<Row>(`${of(id)}/reopen`);
export const setTags = (id: string, tags: string[]): Promise<Row> => api.post<Row>(`${of(id)}/tags`, { tags });
export const setPriority = (id: string, priority: Priority): Promise<Row> => api.post<Row>(`${of(id)}/priority`, { priority });
export const putDraft = (id: string, text: string): Promise<unknown> => api.put(`${of(id)}/draft`, { text });
export const markRead = (id: string, position: number): Promise<unknown> => api.post(`${of(id)}/read`, { position });

export const colleagues = (): Promise<{ colleagues: Colleague[] }> => api.get("/colleagues");
export const presence = (): Promise<{ status: Presence; capacity: number }> => api.get("/presence");
export const setPresence = (status: Presence): Promise<unknown> => api.put("/presence", { status });
export const canned = (): Promise<{ canned: Canned[] }> => api.get("/canned");
export const renderCanned = (id: string, conversation_id: string, order_no: string | null): Promise<Rendered> =>
  api.post<Rendered>(`/canned/${encodeURIComponent(id)}/render`, order_no ? { conversation_id, order_no } : { conversation_id });
export const macros = (): Promise<{ macros: Macro[] }> => api.get("/macros");
export const tags = (): Promise<{ tags: Tag[] }> => api.get("/tags");
