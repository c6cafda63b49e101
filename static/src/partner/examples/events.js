// Every change as it comes. The browser dials again by itself.
const place = document.getElementById("junban");
const events = new EventSource("https://junban.example/v1/watch?topic=service:1234-1");
events.onmessage = (event) => {
  const frame = JSON.parse(event.data);
  if (frame.type === "board") place.textContent = frame.board.calling.map((call) => call.number).join(", ");
  if (frame.type === "stale") place.textContent = "–"; // the server cannot vouch for it now
};
events.onerror = () => { place.textContent = "–"; };
