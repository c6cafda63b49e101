// Follows one topic with a client that is not ours until the server says
// goodbye, and prints each frame as a line:
//
//	node follow.mjs ws|eventsource URL
//
// Of a WebSocket it then prints how it was closed.
import { EventSource } from "eventsource";
import WebSocket from "ws";

const [kind, url] = process.argv.slice(2);

function fail(e) {
  console.error(e.message ?? e);
  process.exit(1);
}

if (kind === "ws") {
  const socket = new WebSocket(url.replace(/^http/, "ws"), ["junban.v1"]);
  socket.on("message", (data) => console.log(data.toString()));
  socket.on("error", fail);
  socket.on("close", (code) => console.log(JSON.stringify({ type: "closed", code })));
} else {
  const source = new EventSource(url);
  let bye = false;
  source.onmessage = (e) => {
    console.log(e.data);
    bye = JSON.parse(e.data).type === "bye";
  };
  source.onerror = (e) => (bye ? process.exit(0) : fail(e)); // else it would come back by itself
}
