// The tickets of this device, a family's among them. They are in one list. One is in
// the fragment of the address, so that a bookmark or another device can open it. The
// browser never sends the fragment.

import { device } from "../lib/storage.ts";
import type { Moved, Ticket } from "../wire.ts";

export interface Own {
  id: string;
  token: string;
  cancelCode?: string;
  clinic?: string; // its name
  last?: Ticket; // as last received
  at?: number; // local ms, when the server last confirmed it
  from?: number; // the most that were ever ahead
  told?: string; // the last alert that its owner got
}

const list = "junban.tickets";
const most = 12; // tickets of a device; the oldest is dropped

/** Reads "#<id>.<token>" when it is a ticket, of that service if one is named. */
export function ownOfFragment(fragment: string, service = ""): Own | undefined {
  const parts = /^#([0-9a-z-]{1,64})\.([\w-]{22}|[\w-]{60,600})$/.exec(fragment);
  const [, id, token] = parts || [];
  return id && token && (service ? serviceOf(id) === service : serviceOf(id)) ? { id, token } : undefined;
}

export function fragmentOf(own: Own): string {
  return "#" + own.id + "." + own.token;
}

/** The 情報番号 in a ticket's id: "1234-1"; "" where it has none. */
export function serviceOf(id: string): string {
  return /^(\d{4}-\d+)-\d{6}-/.exec(id)?.[1] || "";
}

/**
 * The stored tickets, the newest first. It removes those of days before today ("2026-11-21"), but not a booking
 * whose end it has not received: the desk may have moved it to a day to come.
 */
export function kept(today = ""): Own[] {
  const all = device.get(list, areOwn) || [];
  const left = all.filter((own) => dated(own) >= short(today) || !own.last || own.last.state === "booked");
  if (left.length < all.length) device.put(list, left);
  return left;
}

/** The ticket in the address, or else the first that is kept of the service. */
export function recall(service: string, fragment: string, today = ""): Own | undefined {
  const linked = ownOfFragment(fragment, service);
  if (linked) return kept().find((own) => own.id === linked.id) || linked;
  return kept(today).find((own) => serviceOf(own.id) === service);
}

/** Keeps a ticket that was taken here, before all others. */
export function keep(own: Own): void {
  const known = kept().find((o) => o.id === own.id);
  device.put(list, [{ ...known, ...own }, ...kept().filter((o) => o.id !== own.id)].slice(0, most));
}

/** Keeps a ticket from a link, after the others: it may be another person's. */
export function keepLinked(own: Own): void {
  if (!kept().some((o) => o.id === own.id)) device.put(list, [...kept().slice(0, most - 1), own]);
}

/** Changes a stored ticket in its place; does nothing for another one. */
export function note(id: string, facts: Partial<Own>): void {
  const all = kept();
  if (all.some((own) => own.id === id)) device.put(list, all.map((own) => (own.id === id ? { ...own, ...facts } : own)));
}

/** Replaces a ticket that the desk has moved to another day. The cancel code is the same. */
export function replace({ last, ...old }: Own, moved: Moved): Own {
  const own = { ...old, ...moved };
  device.put(list, kept().filter((o) => o.id !== own.id).map((o) => (o.id === old.id ? own : o)));
  return own;
}

/** Removes one ticket. */
export function forget(id: string): void {
  device.put(list, kept().filter((own) => own.id !== id));
}

const dated = (own: Own) => own.id.slice(serviceOf(own.id).length + 1).slice(0, 6); // "261121"
const short = (day: string) => day.slice(2).replace(/-/g, "");

function areOwn(value: unknown): value is Own[] {
  return Array.isArray(value) && value.every((own: Own | null) => typeof own?.id === "string" && typeof own.token === "string");
}
