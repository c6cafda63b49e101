// A request for a ticket that has no reply yet. Only the same key may send it again. It
// is kept as long as the tab, and while a retry is useful.

import { tab } from "../lib/storage.ts";
import type { IssueRequest } from "../wire.ts";

export interface Pending {
  key: string;
  body: IssueRequest;
  at: number; // local ms
}

const pendingFor = 10 * 60_000; // later the patient starts again

export function recallPending(service: string, now: number): Pending | undefined {
  const pending = tab.get(pendingKey(service), isPending);
  return pending && now - pending.at < pendingFor ? pending : undefined;
}

export function keepPending(service: string, pending: Pending): void {
  tab.put(pendingKey(service), pending);
}

export function forgetPending(service: string): void {
  tab.drop(pendingKey(service));
}

const pendingKey = (service: string) => "junban.pending." + service;

function isPending(value: unknown): value is Pending {
  const pending = value as Pending | null;
  return typeof pending?.key === "string" && typeof pending.at === "number" && typeof pending.body === "object";
}
