// The settings of a service, field by field, with their limits.

import { serviceRules } from "../rules.ts";
import type { Board, Capacity, Kind, Settings } from "../wire.ts";
import { ruled, type Field } from "./field.ts";

const n = ruled(serviceRules, "number");
const bound = ruled(serviceRules, "bound");
const select = ruled(serviceRules, "select");
const text = ruled(serviceRules, "text");
const check = (path: string): Field => ({ path, kind: "check" });

/** The groups of the form in the order of the page; hide is in "shown" too. */
export const groups: readonly { name: "basic" | "numbers" | "capacity" | "booking" | "absence" | "calls" | "shown"; fields: readonly Field[] }[] = [
  {
    name: "basic",
    fields: [
      text("name"),
      select("unit"),
      n("maxParty"),
      n("comeAt"),
      select("firstVisit"),
      check("webCancel"),
    ],
  },
  { name: "numbers", fields: [check("numbers.perSession"), n("numbers.start"), n("numbers.webFrom"), n("numbers.reserve")] },
  {
    name: "capacity",
    fields: [
      bound("capacity.web"), bound("capacity.desk"), bound("capacity.first"), n("capacity.few"),
      n("capacity.release"), check("capacity.oneEach"), n("capacity.cancels"),
      check("capacity.autoStop"), n("capacity.margin"), n("capacity.perTicket"),
    ],
  },
  { name: "booking", fields: [n("booking.days"), select("booking.numbers")] },
  {
    name: "absence",
    fields: [
      select("absence.rule"),
      n("absence.back"), check("absence.thenTail"), n("absence.maxCalls"), n("absence.cooldown"), n("absence.tolerance"),
    ],
  },
  { name: "calls", fields: [check("skipAway"), n("examBack")] },
  { name: "shown", fields: [check("countAbsent"), text("note")] },
];

/** The figures that a clinic may hide. */
export const hideable = serviceRules["hide[]"].values;

const mostKinds = serviceRules.kinds.most;

/** The kinds of visit as a form has them: the existing ones, then empty rows with their own ids. */
export function kindRows(kinds: Kind[]): Kind[] {
  const free = Array.from({ length: mostKinds }, (_, i) => String(i + 1)).filter((id) => !kinds.some((k) => k.id === id));
  return [...kinds, ...free.map((id) => ({ id, name: "" }))].slice(0, mostKinds);
}

/** The kinds of visit as typed. Those without a name are removed. */
export function kindsFrom(kinds: Kind[], form: FormData): Kind[] {
  return kindRows(kinds)
    .map(({ id }) => ({ id, name: String(form.get("kind." + id) ?? "").trim() }))
    .filter(({ name }) => name !== "");
}

export interface Mark {
  availability: "many" | "few" | "none";
  from?: number; // seats left; none where there is no bound
  to?: number; // none: and more
}

/** The ranges of free web places for which the sign is ○, △ and ×, as far as the limit defines them. */
export function marksOf({ web, few }: Pick<Capacity, "web" | "few">): Mark[] {
  if (web === null) return [{ availability: "many" }];
  const marks: Mark[] = [{ availability: "none", from: 0, to: 0 }];
  if (few > 0 && web > 0) marks.unshift({ availability: "few", from: 1, to: Math.min(few, web) });
  if (web > few) marks.unshift({ availability: "many", from: few + 1 });
  return marks;
}

/** A full board as the public get it with these settings. */
export function boardUnder(s: Pick<Settings, "hide" | "unit" | "note">, b: Board): Board {
  const shown = { ...b, waitNote: s.note };
  if (b.waiting) shown.waiting = { ...b.waiting, unit: s.unit };
  for (const key of s.hide) delete (shown as Record<string, unknown>)[key];
  return shown;
}
