// What an entry of the day's log is in words.

import { isolated } from "../lib/isolated.ts";
import { when, type StaffWords } from "../staff/words.ts";
import type { Act, Staff } from "../wire.ts";

const publicly = ["issue", "move"]; // acts whose reason is public

export function actText(w: StaffWords, a: Act, staff: Staff): string {
  const values: Record<string, string> = {
    room: staff.rooms.find((r) => r.id === a.room)?.name ?? a.room ?? "",
    to: serviceName(staff, a.to),
    act: w.find("act", a.undone ?? "") ?? "",
    text: a.after ?? "",
    time: when(a.until, a.at.slice(0, 10)),
  };
  const text = sentence(w, a).replace(/\{(\w+)\}/g, (_, name: string) => isolated(values[name] ?? ""));
  const why = publicly.includes(a.act) ? w.find("reason", a.reason ?? "") : undefined;
  return why ? w.t("journal.because", { what: text, reason: why }) : text;
}

/** The sentence of an act, of what it came to where that has one of its own. */
function sentence(w: StaffWords, a: Act): string {
  const kinds = [
    a.act === "call" && !a.room ? "same" : "",
    a.undone ? "of" : "",
    a.after ?? "none",
    a.presence ?? "",
    a.inaccurate ? "inaccurate" : "",
    a.reason ?? "",
    a.state ?? "",
  ];
  const own = kinds.map((kind) => w.find("entry", `${a.act}_${kind}`)).find((s) => s !== undefined);
  return own ?? w.find("entry", a.act) ?? a.act;
}

/** Who it was: a user of the desk by name. */
export function userText(w: StaffWords, a: Act): string {
  return a.who === "desk" ? (a.by ?? "") : (w.find("journal", a.who) ?? a.who);
}

export function serviceName(staff: Staff, service: string | undefined): string {
  return staff.services.find((s) => s.board.service === service)?.board.name ?? service ?? "";
}
