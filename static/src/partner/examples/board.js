// Ask again every 15 seconds. A browser sends the ETag by itself, and gets 304
// where nothing has changed.
const place = document.getElementById("junban");
async function refresh() {
  try {
    const answer = await fetch("https://junban.example/v1/services/1234-1/board", { cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.status);
    const { board } = await answer.json();
    place.textContent = board.waiting ? `${board.name}: ${board.waiting.people}` : board.name;
  } catch {
    place.textContent = "–"; // say so; never leave an old number standing
  }
}
refresh();
setInterval(refresh, 15000);
