// What this device remembers of notices: its want of each ticket, the mail address that
// was proven here, and the clinics whose news it gets.

import { device } from "../lib/storage.ts";

/** A want of a ticket that is sent to this device. */
export interface Here {
  id: string; // of the want
  endpoint: string;
}

export interface ProvenMail {
  mail: string;
  proven: string;
  until: string; // RFC 3339
}

const wantKey = (ticket: string) => "junban.want." + ticket;
const mailKey = (clinic: string) => "junban.mail." + clinic;
const newsKey = (clinic: string) => "junban.news." + clinic;

export const clinicOf = (ticket: string): string => ticket.slice(0, 4);

export function wantHere(ticket: string): Here | undefined {
  return device.get(wantKey(ticket), (v): v is Here => typeof (v as Here | null)?.endpoint === "string");
}

export function keepWant(ticket: string, here: Here | undefined): void {
  if (here) device.put(wantKey(ticket), here);
  else device.drop(wantKey(ticket));
}

/** The address that was proven for a clinic, while the proof holds. */
export function provenMail(clinic: string): ProvenMail | undefined {
  const kept = device.get(mailKey(clinic), (v): v is ProvenMail => typeof (v as ProvenMail | null)?.proven === "string");
  return kept && Date.parse(kept.until) > Date.now() ? kept : undefined;
}

export function keepMail(clinic: string, mail: ProvenMail): void {
  device.put(mailKey(clinic), mail);
}

export function followsHere(clinic: string): boolean {
  return device.get(newsKey(clinic), (v): v is boolean => v === true) || false;
}

export function keepFollowing(clinic: string, follows: boolean): void {
  if (follows) device.put(newsKey(clinic), true);
  else device.drop(newsKey(clinic));
}
