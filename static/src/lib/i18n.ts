// What a page says, in which words: the sentences live in locale/*.json, two
// levels deep. Each page names the groups that it needs in a texts.ts, which the
// build makes into one small file per language; the page brings the one of its
// own language, and its script takes the sentences from there.

import { isolated } from "./isolated.ts";

export type Texts = Record<string, Record<string, string>>;

/** Every "group.key" of a set of texts. */
export type Key<T> = { [G in keyof T & string]: `${G}.${keyof T[G] & string}` }[keyof T & string];

export type Values = Record<string, string | number>;

/** The sentences of one language. */
export interface Words<T> {
  readonly lang: string;
  /** The sentence under a key, every {name} in it replaced by its isolated value. */
  t(key: Key<T>, values?: Values): string;
  /** The sentence under a key that came from outside, if there is one, filled in as t does. */
  find(group: keyof T & string, key: string, values?: Values): string | undefined;
}

export function words<T>(texts: T & Texts, lang = ""): Words<T> {
  const find = (group: string, key: string, values: Values = {}): string | undefined => {
    const sentence = (texts[group] ?? {})[key];
    if (typeof sentence !== "string") return undefined; // every object has functions of its own
    return sentence.replace(/\{(\w+)\}/g, (whole, v: string) => isolated(String(values[v] ?? whole)));
  };
  return {
    lang,
    find,
    t(key, values) {
      const [group = "", name = ""] = key.split(".");
      return find(group, name, values) || key;
    },
  };
}

/** Whether a number takes the singular in a language, as CLDR has it. */
export function isOne(n: number, lang: string): boolean {
  return lang && "PluralRules" in Intl ? new Intl.PluralRules(lang).select(n) === "one" : n === 1;
}

/** Leaves the sentences of a page for its script, which comes after. */
export function publish(texts: Texts): void {
  (window as { junbanWords?: Texts }).junbanWords = texts;
}

/** The sentences that came with the page; nothing where their file did not come. */
export function published(): Texts | undefined {
  return (window as { junbanWords?: Texts }).junbanWords;
}
