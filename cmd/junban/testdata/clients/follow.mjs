// Follows one topic with a client that is not ours, and prints each frame as a
// line until it has a board on which the wanted number is called:
//
//	node follow.mjs ws|eventsource ADDRESS TOPIC NUMBER
import { EventSource } from "eventsource";
import WebSocket from "ws";

const [kind, address, topic, number] = process.argv.slice(2);
const url = `${address}/v1/watch?topic=${encodeURIComponent(topic)}`;

function take(text) {
  console.log(text);
  const calling = JSON.parse(text).board?.calling ?? [];
  if (calling.some((c) => c.number === Number(number))) process.exit(0);
}

function fail(e) {
  console.error(e.message ?? e);
  process.exit(1);
}

if (kind === "ws") {
  const socket = new WebSocket(url.replace(/^http/, "ws"), ["junban.v1"]);
  socket.on("message", (data) => take(data.toString()));
  socket.on("error", fail);
  socket.on("close", (code) => fail(`closed with ${code}`));
} else {
  const source = new EventSource(url);
  source.onmessage = (e) => take(e.data);
  source.onerror = fail;
}
