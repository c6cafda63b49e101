// The page on which partners make the HTML for a homepage. The script copies it, and
// shows each choice at once. The server writes the result, with or without the script.

const form = document.getElementById("choose") as HTMLFormElement;
const result = document.getElementById("result") as HTMLElement;

function copies(): void {
  for (const button of Array.from(result.querySelectorAll<HTMLButtonElement>("button[data-copy]"))) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const code = document.getElementById(button.dataset.copy ?? "") as HTMLTextAreaElement;
      code.select();
      if (!document.execCommand("copy")) return; // it remains selected, for a manual copy
      const status = button.nextElementSibling;
      if (status) status.textContent = button.dataset.done ?? "";
    });
  }
}

let asked = 0;

async function again(): Promise<void> {
  if (!form.checkValidity()) return;
  const mine = ++asked;
  const query = new URLSearchParams();
  new FormData(form).forEach((value, name) => query.append(name, String(value)));
  const url = "/partner?" + query.toString();
  try {
    const answer = await fetch(url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = page.getElementById("result");
    if (mine !== asked || !answer.ok || !made) return; // the submit button shows the error
    result.innerHTML = made.innerHTML;
    history.replaceState(null, "", url);
    copies();
  } catch {
    // the button tries again
  }
}

form.addEventListener("change", () => void again());
copies();
