// The transports of frames: a socket, a stream, and polling. Each opens one
// connection and reports its end; none tries twice, connection.ts does.

import { Subprotocol, TypeTicket, type Frame, type TicketAnswer } from "../wire.ts";

/** What to listen to. */
export interface Subscription {
  origin: string; // of the server, without a slash at the end
  topics: string[];
  token?: string | undefined; // of the ticket among the topics; never in an address
  pulse?: number; // seconds between two pulses, when not the usual 20
}

export interface Listener {
  onFrame: (frame: Frame) => void;
  onEnd: () => void;
}

/** Opens a connection and returns how to close it. It calls no listener after that. */
export type Transport = (subscription: Subscription, listener: Listener) => () => void;

const pollEvery = 5_000;

function watchURL(to: Subscription): string {
  const topics = to.topics.map((t) => "topic=" + encodeURIComponent(t));
  if (to.pulse) topics.push("pulse=" + to.pulse);
  return to.origin + "/v1/watch?" + topics.join("&");
}

export const socket: Transport = (to, listener) =>
  openSocket(watchURL(to), to.token ? [Subprotocol, to.token] : Subprotocol, listener);

/** Opens a socket at an address of http or https. */
export function openSocket(address: string, protocols: string | string[], listener: Listener): () => void {
  const ws = new WebSocket(address.replace("http", "ws"), protocols);
  ws.onmessage = (e) => listener.onFrame(JSON.parse(e.data) as Frame);
  ws.onclose = listener.onEnd;
  return () => {
    ws.onmessage = ws.onclose = null;
    ws.close();
  };
}

/** A malformed event is dropped; the next one may be valid. */
function receive(listener: Listener, text: string): void {
  let frame: Frame;
  try {
    frame = JSON.parse(text) as Frame;
  } catch {
    return;
  }
  listener.onFrame(frame);
}

/** Server-sent events read by fetch, because EventSource carries no token. */
export const stream: Transport = (to, listener) => {
  const abort = new AbortController();
  const read = async () => {
    const answer = await fetch(watchURL(to), {
      headers: headers(to, "text/event-stream"),
      cache: "no-store",
      signal: abort.signal,
    });
    if (!answer.ok || !answer.body) return;
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r?\n/);
      rest = lines.pop() || "";
      for (const line of lines) if (line.startsWith("data:")) receive(listener, line.slice(5));
    }
  };
  const ended = () => abort.signal.aborted || listener.onEnd();
  read().then(ended, ended);
  return () => abort.abort();
};

/** Requests the boards and the ticket among the topics every few seconds. */
export const poll: Transport = (to, listener) => {
  let open = true;
  let timer = 0;
  const round = async () => {
    for (const topic of to.topics) {
      const frame = (await askBoard(to, topic)) ?? (await askTicket(to, topic));
      if (frame && open) listener.onFrame(frame);
    }
    if (open) timer = setTimeout(again, pollEvery);
  };
  const again = () => {
    round().catch(() => open && listener.onEnd());
  };
  again();
  return () => {
    open = false;
    clearTimeout(timer);
  };
};

async function askBoard(to: Subscription, topic: string): Promise<Frame | undefined> {
  if (!topic.startsWith("service:")) return undefined;
  return get<Frame>(fetch(to.origin + "/v1/services/" + topic.slice(8) + "/board", { cache: "no-cache" }));
}

async function askTicket(to: Subscription, topic: string): Promise<Frame | undefined> {
  if (!topic.startsWith("ticket:")) return undefined;
  const init: RequestInit = { cache: "no-cache", headers: headers(to, "application/json") };
  const answer = await get<TicketAnswer>(fetch(to.origin + "/v1/tickets/" + topic.slice(7), init));
  return answer && { type: TypeTicket, topic, ticket: answer.ticket };
}

/** The body, or nothing if the server refuses; the connection stays open. */
async function get<T>(asked: Promise<Response>): Promise<T | undefined> {
  const answer = await asked;
  if (answer.status >= 500) throw new Error(String(answer.status));
  return answer.ok ? ((await answer.json()) as T) : undefined;
}

function headers(to: Subscription, accept: string): Record<string, string> {
  return to.token ? { Accept: accept, Authorization: "Bearer " + to.token } : { Accept: accept };
}
