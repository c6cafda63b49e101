// The patient's own ticket, as this device knows it: kept per service, and in
// the fragment of the address, so that a bookmark or another device opens it.
// The fragment never leaves the browser.

import { device, tab } from "../lib/storage.ts";
import type { IssueRequest } from "../wire.ts";

export interface Own {
  id: string;
  token: string;
  cancelCode?: string;
}

/** A reception that was sent and not yet answered. */
export interface Pending {
  key: string;
  body: IssueRequest;
  at: number; // local ms
}

const pendingFor = 10 * 60_000; // later the patient starts anew

/** Reads "#<id>.<token>" when it is a ticket of that service. */
export function ownOfFragment(fragment: string, service: string): Own | undefined {
  const parts = /^#([0-9a-z-]{1,64})\.([A-Za-z0-9_-]{22})$/.exec(fragment);
  const [, id, token] = parts ?? [];
  return id && token && id.startsWith(service + "-") ? { id, token } : undefined;
}

export function fragmentOf(own: Own): string {
  return `#${own.id}.${own.token}`;
}

/**
 * The ticket in the address, or else the one kept on the device. A kept one of a
 * day before today ("2026-11-21") is let go, one of a day to come is not.
 */
export function recall(service: string, fragment: string, today = ""): Own | undefined {
  let kept = keptOf(service);
  if (kept && dated(service, kept) < short(today)) {
    forget(service, kept.id);
    kept = undefined;
  }
  const linked = ownOfFragment(fragment, service);
  return linked && linked.id !== kept?.id ? linked : kept;
}

/** Whether the ticket is of a day to come. */
export function isAhead(service: string, own: Own, today: string): boolean {
  return dated(service, own) > short(today);
}

/** Keeps the ticket that was taken here. */
export function keep(service: string, own: Own): void {
  device.put(ticketKey(service), own);
}

/** Keeps a ticket that came by a link, unless this device has another: the link may be somebody else's. */
export function keepLinked(service: string, own: Own): void {
  if ((keptOf(service)?.id ?? own.id) === own.id) keep(service, own);
}

/** Lets go of that ticket, and of no other. */
export function forget(service: string, id: string): void {
  if (keptOf(service)?.id === id) device.drop(ticketKey(service));
}

function keptOf(service: string): Own | undefined {
  return device.get(ticketKey(service), isOwn);
}

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

const dated = (service: string, own: Own) => own.id.slice(service.length + 1).slice(0, 6); // "261121"
const short = (day: string) => day.slice(2).replace(/-/g, "");
const ticketKey = (service: string) => "junban.ticket." + service;
const pendingKey = (service: string) => "junban.pending." + service;

function isOwn(value: unknown): value is Own {
  const own = value as Own | null;
  return typeof own?.id === "string" && typeof own.token === "string";
}

function isPending(value: unknown): value is Pending {
  const pending = value as Pending | null;
  return typeof pending?.key === "string" && typeof pending.at === "number" && typeof pending.body === "object";
}
