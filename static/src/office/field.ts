// A field of a form: its limits, its value in a resource, and what is typed into it.
// Pure functions.

export interface Field {
  path: string; // in the resource; also the key of its words
  kind: "text" | "tel" | "long" | "list" | "lines" | "number" | "bound" | "check" | "select" | "time"; // a bound is a number, or none
  least?: number;
  most?: number; // of a number; of a text, its characters
  values?: readonly string[]; // of a select
  empty?: "clinic.lookupAuto" | "settings.untilCall" | "settings.untilStart" | "settings.usual"; // the words of a select's empty value, if it has one
}

/** Fields of a kind, with their limits. */
export function ruled<R extends Record<string, object>>(rules: R, kind: Field["kind"]): (path: keyof R & string) => Field {
  return (path) => ({ path, kind, ...rules[path] });
}

/** The form of a time of a business date. From 24:00 it is after midnight. */
export const timeForm = "([01][0-9]|2[0-9]|30):[0-5][0-9]";

/** Returns "09:00" for "900" and "9:00", also for full-width digits. */
export function written(text: string): string {
  const plain = text.normalize("NFKC").trim();
  const parts = /^(\d{1,2}):?(\d\d)$/.exec(plain);
  return parts ? `${(parts[1] ?? "").padStart(2, "0")}:${parts[2] ?? ""}` : plain;
}

type Values = Record<string, unknown>;

export function valueOf(resource: object, path: string): unknown {
  return path.split(".").filter((key) => key !== "").reduce((at: unknown, key) => (at as Values)[key], resource);
}

export function setValue(resource: object, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  (valueOf(resource, keys.join(".")) as Values)[last] = value;
}

/** A value as its control shows it. */
export function textOf(f: Field, value: unknown): string {
  if (f.kind === "list") return (value as string[]).join("、");
  return f.kind === "lines" ? (value as string[]).join("\n") : String(value ?? "");
}

/** The value that is typed into the control of a field. */
export function typedIn(f: Field, control: { value: string; checked?: boolean }): unknown {
  const text = control.value.trim();
  const parts = (between: RegExp) => text.split(between).map((part) => part.trim()).filter((part) => part !== "");
  switch (f.kind) {
    case "check":
      return control.checked;
    case "bound":
      return text === "" ? null : Number(text);
    case "number":
      return Number(text) || 0;
    case "time":
      return written(text);
    case "list":
      return parts(/[、,，]/);
    case "lines":
      return parts(/\s+/);
    default:
      return text;
  }
}
