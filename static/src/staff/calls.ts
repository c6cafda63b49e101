// The requests of the desk and the office. Each has its own key, so that a repeated
// request acts once. A request about a ticket or a room names what the page shows of it.

import { newKey, type Call } from "../lib/api.ts";

/**
 * Calls the next ticket of a service to a room, or the given one. The server refuses
 * the call when another ticket is in the room than the page shows there.
 */
export function callTo(service: string, room: string, inside: { id: string } | undefined, ticket?: string): Call {
  const seen = { room, current: inside?.id ?? "nobody" };
  return { method: "POST", path: `/v1/services/${service}/call`, key: newKey(), body: ticket ? { ...seen, ticket } : seen };
}

/** An act on a ticket. The server refuses it after an act that the page does not show yet. */
export function actOn(ticket: { id: string; rev: string }, act: string, body?: object): Call {
  const seen = act === "arrive" ? {} : { rev: ticket.rev }; // an arrival changes no order, and needs no rev
  return { method: "POST", path: `/v1/tickets/${ticket.id}/${act}`, key: newKey(), body: { ...body, ...seen } };
}

/** Replaces what is at a path: a setting, a message, the state of the reception. */
export function put(path: string, body: unknown): Call {
  return { method: "PUT", path, key: newKey(), body };
}
