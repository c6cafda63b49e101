// The same frames on a WebSocket. A pulse comes every 20 seconds: after 25
// without a word, close it and dial again.
const place = document.getElementById("junban");
let socket, silence;
function dial() {
  socket = new WebSocket("wss://junban.example/v1/watch?topic=service:1234-1", "junban.v1");
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(() => socket.close(), 25000);
  };
  socket.onopen = alive;
  socket.onmessage = (event) => {
    alive();
    const frame = JSON.parse(event.data);
    if (frame.type === "board") place.textContent = frame.board.calling.map((call) => call.number).join(", ");
  };
  socket.onclose = () => {
    place.textContent = "–";
    setTimeout(dial, 1000 + Math.random() * 9000);
  };
}
dial();
