// The sentence for one difference.

import { sessionName } from "../lib/days.ts";
import { isolated } from "../lib/isolated.ts";
import type { StaffWords } from "../staff/words.ts";
import type { StaffService } from "../wire.ts";
import { webWindow, type Exception, type Frame, type Span } from "./calendar.ts";
import type { Difference } from "./difference.ts";

export function differenceText(w: StaffWords, d: Difference, services: StaffService[]): string {
  const nameOf = (id: string) => services.find((s) => s.board.service.split("-")[1] === id)?.board.name ?? id;
  const [field = "", part = ""] = d.field.split(".");
  const special = (field === "calendar" || field === "rooms" || field === "users") && part !== "";
  const of = d.service ? isolated(nameOf(d.service)) + ": " : "";
  const plain = (d.service ? undefined : w.find("clinic", d.field)) ?? w.find("field", d.field) ?? d.field;
  const name = of + (special ? named(w, d) : plain);
  const values = (value: unknown) => {
    if (field === "users") return w.find("userRole", String(value)) ?? String(value);
    if (field === "rooms" && part !== "name" && part !== "order") return list(w, (value as string[] | undefined)?.map(nameOf));
    return special ? dated(w, part, value) : plainText(w, value, d.field);
  };
  switch (d.field) {
    case "calendar.made":
    case "calendar.dropped":
    case "rooms.order":
    case "rooms.removed":
    case "users.removed":
    case "users.password":
      return name;
    case "rooms.added":
    case "users.added":
      return w.t("changes.with", { name, what: values(d.after) });
    default:
      return w.t("changes.from", { name, before: values(d.before), after: values(d.after) });
  }
}

/** The name of a difference: a day or a room, and its field. */
function named(w: StaffWords, d: Difference): string {
  const key = d.field === "calendar.date" ? d.key.replace(/-/g, "/") : (w.find("week", d.key) ?? d.key);
  return (w.find("changes", d.field) ?? d.field).replace("{key}", () => isolated(key));
}

/** A value of a timetable: the sessions of a weekday, a date, web hours, a time. */
function dated(w: StaffWords, part: string, value: unknown): string {
  switch (part) {
    case "weekly":
      return frames(w, value as Frame[]) || w.t("timetable.closedDay");
    case "open":
      return value ? span(value as Span) : w.t("changes.usual");
    case "date":
      return value ? date(w, value as Exception) : w.t("changes.usual");
    case "cutover":
      return value ? String(value) : "04:00";
    default:
      return plainText(w, value);
  }
}

function date(w: StaffWords, e: Exception): string {
  const parts = [
    e.closed ? w.t("timetable.closedDay") : "",
    frames(w, e.frames ?? []),
    e.extra && e.extra.length > 0 ? `${w.t("changes.extra")} ${frames(w, e.extra)}` : "",
    e.open ? `${w.t("timetable.webHoursOnce")} ${span(e.open)}` : "",
    isolated(e.reason ?? ""),
  ];
  return parts.filter((p) => p !== "").join(w.t("changes.and")) || w.t("changes.usual");
}

function frames(w: StaffWords, all: readonly Frame[]): string {
  return all
    .map((f) => {
      const web = webWindow(f);
      const more = [
        f.desk ? `${w.t("timetable.desk")} ${span(f.desk)}` : "",
        web ? w.t("timetable.web", web) : "",
      ].filter((p) => p !== "");
      return w.t("changes.session", { session: sessionName(w, f.session), hours: span(f.consult), more: more.join(w.t("changes.and")) });
    })
    .join(w.t("changes.and"));
}

function span(s: Span): string {
  return `${s.from ?? ""}–${s.to ?? ""}`;
}

function list(w: StaffWords, names: readonly string[] | undefined): string {
  return names && names.length > 0 ? names.map(isolated).join(w.t("changes.and")) : w.t("changes.nothing");
}

function plainText(w: StaffWords, value: unknown, of = ""): string {
  if (value === undefined || value === null || value === "") return w.t("changes.nothing");
  if (typeof value === "boolean") return w.t(value ? "changes.yes" : "changes.no");
  if (Array.isArray(value)) return list(w, value.map((v: unknown) => entry(w, v, of)));
  return typeof value === "object" ? parts(w, value) : (w.find("rule", `${of}.${String(value)}`) ?? w.find("rule", String(value)) ?? String(value));
}

/** An entry of a list: the key of a figure, or something that has a name. */
function entry(w: StaffWords, v: unknown, of: string): string {
  const isObject = typeof v === "object" && v !== null;
  if (isObject && !("name" in v)) return parts(w, v);
  const name = isObject ? (v as { name: unknown }).name : v;
  if (of.startsWith("notices.")) return w.find("noticeKind", String(name)) ?? w.find("noticeChannel", String(name)) ?? String(name);
  return w.find("hideable", String(name)) ?? String(name);
}

/** The fields of an object without a name: the seats of a slot, what a form asks. */
function parts(w: StaffWords, of: object): string {
  return Object.entries(of).map(([key, value]) => {
    const name = w.find("field", "form." + key) ?? { web: w.t("settings.seatsWeb"), desk: w.t("settings.seatsDesk"), days: w.t("settings.reminderDays") }[key];
    const text = { kind: w.find("noticeKind", String(value)), channel: w.find("noticeChannel", String(value)) }[key] ?? w.find("week", String(value)) ?? w.find("session", String(value)) ?? plainText(w, value ?? w.t("settings.unlimited"));
    return name ? `${name} ${text}` : text;
  }).join(" ");
}
