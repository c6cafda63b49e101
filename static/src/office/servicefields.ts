// The settings of a service, field by field, with their limits. Some belong to one mode.

import { orderRules, serviceRules } from "../rules.ts";
import type { Board, Capacity, Kind, Settings } from "../wire.ts";
import { ruled, type Field } from "./field.ts";

const n = ruled(serviceRules, "number");
const bound = ruled(serviceRules, "bound");
const select = ruled(serviceRules, "select");
const text = ruled(serviceRules, "text");
const check = (path: string): Field => ({ path, kind: "check" });
const time = (path: string, optional = false): Field => ({ path, kind: "time", least: optional ? 0 : 1 });

export interface Group {
  name: "basic" | "slots" | "arrival" | "numbers" | "capacity" | "booking" | "cancel" | "form" | "absence" | "calls" | "reminders" | "shown";
  fields: readonly Field[];
}

type Shape = Pick<Settings, "mode" | "webCancel" | "cancel">;

/** The groups of the form in the order of the page: those of the mode, with the fields that the other choices need. */
export function groupsOf(s: Shape): readonly Group[] {
  return s.mode === "slot" ? slotGroups(s) : orderGroups(s);
}

/** Every field that a mode can show, except those that the page builds itself. */
export function everyField(): readonly Field[] {
  const anchors = ["", "start", "end", "clock", "ahead"];
  const all = ["order", "slot"].reduce<Field[]>((list, mode) => anchors.reduce<Field[]>((fields, anchor) =>
    groupsOf({ mode, webCancel: true, cancel: { anchor, minutes: 0, days: 0, at: "", ahead: 0 } }).reduce((f, g) => [...f, ...g.fields], fields), list), []);
  return [...all, ...visitFields.reduce<Field[]>((list, { first, again }) => [...list, first, again], [])];
}

function orderGroups(s: Shape): readonly Group[] {
  return [
    { name: "basic", fields: [text("name"), select("mode"), select("unit"), n("maxParty"), n("comeAt"), select("firstVisit")] },
    numbers,
    {
      name: "capacity",
      fields: [
        bound("capacity.web"), bound("capacity.desk"), bound("capacity.first"), n("capacity.few"),
        n("capacity.release"), check("capacity.oneEach"), n("capacity.cancels"),
        check("capacity.autoStop"), n("capacity.margin"), n("capacity.perTicket"),
      ],
    },
    { name: "booking", fields: [ruled(orderRules, "number")("booking.days"), select("booking.numbers"), time("booking.opensAt", true), n("limits.maxLive")] },
    { name: "cancel", fields: cancel(s, ["clock", "ahead"], "settings.untilCall") },
    { name: "form", fields: [] },
    ...common,
  ];
}

function slotGroups(s: Shape): readonly Group[] {
  return [
    { name: "basic", fields: [text("name"), select("mode"), select("unit"), n("maxParty"), select("firstVisit")] },
    {
      name: "slots",
      fields: [n("slot.minutes"), bound("slot.web"), bound("slot.desk"), select("slot.per"), bound("slot.first"), bound("slot.early"), n("slot.lead"), n("capacity.few")],
    },
    { name: "arrival", fields: [n("slot.arriveFrom"), n("slot.grace"), select("slot.late"), bound("slot.noShow"), n("slot.reach")] },
    { name: "booking", fields: [n("booking.days"), time("booking.opensAt", true), n("limits.maxLive")] },
    { name: "cancel", fields: [...cancel(s, ["start", "end", "clock"], "settings.untilStart"), n("capacity.release"), n("capacity.cancels")] },
    { name: "form", fields: [] },
    { ...numbers, fields: [check("slot.numberBySlot"), ...numbers.fields] },
    { name: "capacity", fields: [bound("capacity.web"), bound("capacity.desk"), bound("capacity.first"), n("capacity.perTicket")] },
    ...common,
  ];
}

const numbers: Group = { name: "numbers", fields: [check("numbers.perSession"), n("numbers.start"), n("numbers.webFrom"), n("numbers.reserve")] };

const common: readonly Group[] = [
  {
    name: "absence",
    fields: [
      select("absence.rule"),
      n("absence.back"), check("absence.thenTail"), n("absence.maxCalls"), n("absence.cooldown"), n("absence.tolerance"),
    ],
  },
  { name: "calls", fields: [check("skipAway"), n("examBack")] },
  { name: "reminders", fields: [] },
  { name: "shown", fields: [check("countAbsent"), text("note")] }, // hide is in it too
];

/** The deadline of a cancellation, with the fields of its anchor. */
function cancel(s: Shape, anchors: readonly string[], usual: "settings.untilCall" | "settings.untilStart"): Field[] {
  const fields = [check("webCancel")];
  if (!s.webCancel) return fields;
  fields.push({ path: "cancel.anchor", kind: "select", values: anchors, empty: usual });
  switch (s.cancel?.anchor) {
    case "start":
    case "end":
      return [...fields, n("cancel.minutes")];
    case "clock":
      return [...fields, n("cancel.days"), time("cancel.at")];
    case "ahead":
      return [...fields, n("cancel.ahead")];
    default:
      return fields;
  }
}

const visitField = (path: keyof typeof serviceRules): Field => ({ ...select(path), empty: "settings.usual" });

/** What a patient is asked, at a first visit and later. */
export const visitFields = (["card", "name", "phone", "kana", "birth", "sex", "mail", "symptoms", "consent"] as const)
  .map((name) => ({ name, first: visitField(`form.first.${name}`), again: visitField(`form.again.${name}`) }));

/** The figures that a clinic may hide. */
export const hideable = serviceRules["hide[]"].values;

const mostKinds = serviceRules.kinds.most;

/** The kinds of visit as a form has them: the existing ones, then empty rows with their own ids. */
export function kindRows(kinds: Kind[]): Kind[] {
  const free = Array.from({ length: mostKinds }, (_, i) => String(i + 1)).filter((id) => !kinds.some((k) => k.id === id));
  return [...kinds, ...free.map((id) => ({ id, name: "" }))].slice(0, mostKinds);
}

/** The kinds of visit as typed. Those without a name are removed; those without typed seats keep theirs. */
export function kindsFrom(kinds: Kind[], form: FormData): Kind[] {
  return kindRows(kinds)
    .map(({ id, seats }) => {
      const typed = form.get("seats." + id);
      const taken = typed === null ? (seats ?? 0) : Number(typed);
      return { id, name: String(form.get("kind." + id) ?? "").trim(), ...(taken > 1 ? { seats: taken } : {}) };
    })
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
