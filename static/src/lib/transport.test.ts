import { deepEqual, equal } from "node:assert/strict";
import { createServer, type Request, type Response } from "node:http";
import { test } from "node:test";
import type { Frame } from "../wire.ts";
import { poll, stream, type Subscription, type Transport } from "./transport.ts";

const token = "AAAAAAAAAAAAAAAAAAAAAA";
const topics = ["service:1234-1", "ticket:1234-1-261121-k3f9a1x2"];

/** Listens with a transport to a real server until `enough` frames came or the line ended. */
async function listen(
  transport: Transport,
  answer: (request: Request, response: Response) => void,
  to: Partial<Subscription> = {},
  enough = Infinity,
): Promise<{ frames: Frame[]; ended: number }> {
  const server = createServer(answer);
  await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
  const frames: Frame[] = [];
  let ended = 0;
  let close = () => {};
  await new Promise<void>((done) => {
    const origin = "http://127.0.0.1:" + server.address().port;
    close = transport({ origin, topics, ...to }, {
      onFrame: (f) => {
        frames.push(f);
        if (frames.length >= enough) done();
      },
      onEnd: () => {
        ended++;
        done();
      },
    });
  });
  close();
  server.closeAllConnections();
  server.close();
  return { frames, ended };
}

test("a stream is put together from whatever pieces arrive", async () => {
  const text = ': hello\r\ndata: {"type":"board","topic":"内科"}\n\nevent: x\ndata:{"type":"pulse"}\n\ndata: {broken\n\n';
  const bytes = new TextEncoder().encode(text);
  const heard = await listen(stream, (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    let i = 0;
    const send = () => {
      if (i < bytes.length) {
        response.write(bytes.slice(i, ++i));
        setTimeout(send, 0);
      } else response.end();
    };
    send();
  });
  deepEqual(heard.frames, [{ type: "board", topic: "内科" }, { type: "pulse" }]);
  equal(heard.ended, 1);
});

test("a stream says its topics in the address and its token in a header", async () => {
  let asked: Request | undefined;
  await listen(
    stream,
    (request, response) => {
      asked = request;
      response.writeHead(503).end();
    },
    { token, pulse: 5 },
  );
  equal(asked?.url, "/v1/watch?topic=service%3A1234-1&topic=ticket%3A1234-1-261121-k3f9a1x2&pulse=5");
  equal(asked?.headers["authorization"], "Bearer " + token);
});

test("polling asks for the board and, with the token, for the ticket", async () => {
  const asked: string[] = [];
  const { frames, ended } = await listen(
    poll,
    (request, response) => {
      asked.push(`${request.url} ${request.headers["authorization"] ?? ""}`);
      const body = request.url.startsWith("/v1/services/")
        ? { type: "board", topic: topics[0], epoch: "a", version: 3 }
        : { ticket: { id: "1234-1-261121-k3f9a1x2", number: 24 } };
      response.writeHead(200).end(JSON.stringify(body));
    },
    { token },
    2,
  );
  deepEqual(asked, ["/v1/services/1234-1/board ", "/v1/tickets/1234-1-261121-k3f9a1x2 Bearer " + token]);
  deepEqual(frames.map((f) => f.type), ["board", "ticket"]);
  equal(frames[1]?.ticket?.number, 24);
  equal(ended, 0);
});

test("a refusal is no end, a server in trouble is", async () => {
  const refused = await listen(poll, (request, response) => {
    if (request.url.startsWith("/v1/tickets/")) response.writeHead(503).end();
    else response.writeHead(404).end();
  });
  deepEqual(refused, { frames: [], ended: 1 });
});
