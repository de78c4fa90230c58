// Requests of the panel and of the editor of canned replies and macros.

import { api } from "../api/client";
import type { Canned, Macro, Quality, Summary } from "../api/more";
import type { ApprovalFacts, Facts } from "../api/types";

const of = (id: string): string => `/conversations/${encodeURIComponent(id)}`;

export const facts = (id: string, signal?: AbortSignal): Promise<Facts> => api.get<Facts>(`${of(id)}/facts`, {}, signal);

export interface Done {
  state: "done" | "approval_needed" | string;
  ticket_no: string;
  approval_no?: string;
  [more: string]: unknown;
}

export const act = (ticketNo: string, path: string, body: Record<string, unknown>, idempotencyKey: string): Promise<Done> =>
  api.post<Done>(`/tickets/${encodeURIComponent(ticketNo)}/${path}`, body, { idempotencyKey });

export const approvals = (): Promise<{ approvals: ApprovalFacts[] }> => api.get("/approvals");
export const decide = (no: string, decision: "approved" | "rejected", reason: string, idempotencyKey: string): Promise<Done> =>
  api.post<Done>(`/approvals/${encodeURIComponent(no)}`, reason ? { decision, reason } : { decision }, { idempotencyKey });

export const summary = (id: string): Promise<{ summary: Summary | null; quality: Quality | null }> => api.get(`${of(id)}/summary`);
export const putSummary = (id: string, summary: Summary): Promise<unknown> => api.put(`${of(id)}/summary`, summary);
export const putQuality = (id: string, quality: Quality): Promise<unknown> => api.put(`${of(id)}/quality`, quality);

export const canned = (): Promise<{ canned: Canned[] }> => api.get("/canned");
export type CannedDraft = Pick<Canned, "shortcut" | "title" | "language" | "text">;
export const addCanned = (draft: CannedDraft): Promise<Canned> => api.post<Canned>("/canned", draft);
export const changeCanned = (id: string, draft: CannedDraft): Promise<Canned> => api.patch<Canned>(`/canned/${encodeURIComponent(id)}`, draft);
export const removeCanned = (id: string): Promise<void> => api.delete<void>(`/canned/${encodeURIComponent(id)}`);

export const macros = (): Promise<{ macros: Macro[] }> => api.get("/macros");
export type MacroDraft = Pick<Macro, "title" | "steps">;
export const addMacro = (draft: MacroDraft): Promise<Macro> => api.post<Macro>("/macros", draft);
export const changeMacro = (id: string, draft: MacroDraft): Promise<Macro> => api.patch<Macro>(`/macros/${encodeURIComponent(id)}`, draft);
export const removeMacro = (id: string): Promise<void> => api.delete<void>(`/macros/${encodeURIComponent(id)}`);
