// The ways to hear frames: a socket, a stream, and asking again and again. Each
// opens one line and says when it ended; none tries twice, that is the feed's.

import { Subprotocol, TypeTicket, type Frame, type TicketAnswer } from "../wire.ts";

/** What to listen to. */
export interface Line {
  origin: string; // of the server, without a slash at the end
  topics: string[];
  token?: string | undefined; // of the ticket among the topics; never in an address
  pulse?: number; // seconds between two pulses, when not the usual 20
}

export interface Ears {
  heard(frame: Frame): void;
  ended(): void;
}

/** Opens a line and returns how to close it. After closing it calls nobody. */
export type Transport = (line: Line, ears: Ears) => () => void;

const pollEvery = 5_000;

function watchURL(line: Line): string {
  const topics = line.topics.map((t) => "topic=" + encodeURIComponent(t));
  if (line.pulse) topics.push("pulse=" + line.pulse);
  return line.origin + "/v1/watch?" + topics.join("&");
}

function hear(ears: Ears, text: string): void {
  let frame: Frame;
  try {
    frame = JSON.parse(text) as Frame;
  } catch {
    return; // the next one may be whole
  }
  ears.heard(frame);
}

export const socket: Transport = (line, ears) => {
  const protocols = line.token ? [Subprotocol, line.token] : [Subprotocol];
  const ws = new WebSocket(watchURL(line).replace(/^http/, "ws"), protocols);
  ws.onmessage = (e) => hear(ears, String(e.data));
  ws.onclose = () => ears.ended();
  return () => {
    ws.onmessage = ws.onclose = null;
    ws.close();
  };
};

/** Server-sent events read by fetch, because EventSource carries no token. */
export const stream: Transport = (line, ears) => {
  const abort = new AbortController();
  const read = async () => {
    const answer = await fetch(watchURL(line), {
      headers: headers(line, "text/event-stream"),
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
      rest = lines.pop() ?? "";
      for (const l of lines) if (l.startsWith("data:")) hear(ears, l.slice(5));
    }
  };
  const ended = () => abort.signal.aborted || ears.ended();
  read().then(ended, ended);
  return () => abort.abort();
};

/** Asks for the boards and the ticket among the topics every few seconds. */
export const poll = polling(async (line, topic) => (await askBoard(line, topic)) ?? askTicket(line, topic));

type Ask = (line: Line, topic: string) => Promise<Frame | undefined>;

function polling(ask: Ask): Transport {
  return (line, ears) => {
    let open = true;
    let timer = 0;
    const round = async () => {
      for (const topic of line.topics) {
        const frame = await ask(line, topic);
        if (frame && open) ears.heard(frame);
      }
      if (open) timer = setTimeout(again, pollEvery);
    };
    const again = () => {
      round().catch(() => open && ears.ended());
    };
    again();
    return () => {
      open = false;
      clearTimeout(timer);
    };
  };
}

async function askBoard(line: Line, topic: string): Promise<Frame | undefined> {
  if (!topic.startsWith("service:")) return undefined;
  return get<Frame>(fetch(line.origin + "/v1/services/" + topic.slice(8) + "/board", { cache: "no-cache" }));
}

async function askTicket(line: Line, topic: string): Promise<Frame | undefined> {
  if (!topic.startsWith("ticket:")) return undefined;
  const init: RequestInit = { cache: "no-cache", headers: headers(line, "application/json") };
  const answer = await get<TicketAnswer>(fetch(line.origin + "/v1/tickets/" + topic.slice(7), init));
  return answer && { type: TypeTicket, topic, ticket: answer.ticket };
}

/** The body; nothing when the server refuses, which is no reason to hang up. */
async function get<T>(asked: Promise<Response>): Promise<T | undefined> {
  const answer = await asked;
  if (answer.status >= 500) throw new Error(String(answer.status));
  return answer.ok ? ((await answer.json()) as T) : undefined;
}

function headers(line: Line, accept: string): Record<string, string> {
  return line.token ? { Accept: accept, Authorization: "Bearer " + line.token } : { Accept: accept };
}
