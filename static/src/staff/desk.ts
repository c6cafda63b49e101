// What the parts of the desk's page may do: send one press, and know whether one
// is under way.

import { newKey, type Call } from "../lib/api.ts";
import type { StaffWords } from "./words.ts";

export interface Desk {
  w: StaffWords;
  busy: boolean;
  /** Sends one press; what is its name for people. Undefined when it failed, which the desk says itself. */
  press(what: string, call: Call): Promise<unknown>;
}

/** Calls the next ticket of a service to a room, or the one named. */
export function callTo(service: string, room: string, ticket?: string): Call {
  const body = ticket ? { room, ticket } : { room };
  return { method: "POST", path: `/v1/services/${service}/call`, key: newKey(), body };
}

export function actOn(ticket: string, act: string): Call {
  return { method: "POST", path: `/v1/tickets/${ticket}/${act}`, key: newKey() };
}
