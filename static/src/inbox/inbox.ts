// The inbox of the demo: the notices that simulated patients get, as phones show them.

import { call } from "../lib/api.ts";
import type { DemoInbox, DemoNotice } from "../wire.ts";
import { clock } from "./clock.ts";

const every = 2_000; // ms

const list = document.getElementById("inbox");
const none = document.getElementById("none");
const shown = new Map<string, HTMLElement>();

/** An element with a text in the language of its notice. */
function line(name: string, text: string, as = ""): HTMLElement {
  const e = document.createElement(name);
  e.textContent = text;
  if (as) e.className = as;
  return e;
}

function entry(n: DemoNotice): HTMLElement {
  const e = document.createElement("li");
  e.id = n.id;
  if (n.urgent) e.className = "urgent";
  const head = line("p", "", "small");
  head.append(line("span", n.to), line("span", n.kind, "kind"), line("time", clock(new Date(n.at), new Date())));
  const title = line("h2", n.title), body = line("p", n.body);
  title.lang = body.lang = n.language;
  e.append(head, title, body);
  return e;
}

async function look(): Promise<void> {
  try {
    const { items } = await call<DemoInbox>({ method: "GET", path: "/demo/inbox.json?lang=" + document.documentElement.lang });
    if (none) none.hidden = items.length > 0;
    for (const n of items.slice().reverse()) {
      if (shown.has(n.id)) continue;
      const e = entry(n);
      shown.set(n.id, e);
      list?.prepend(e);
    }
  } catch {
    // the next look comes soon
  }
  setTimeout(() => void look(), every);
}

void look();
