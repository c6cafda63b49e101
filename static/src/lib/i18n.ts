// The texts of a page. The sentences are in locale/*.json, two levels deep. A page
// lists the groups that it needs in a texts.ts. The build makes one small file of them
// per language. The page loads the one of its language, and its script reads that.

import { isolated } from "./isolated.ts";

export type Texts = Record<string, Record<string, string>>;

/** Every "group.key" of a set of texts. The key of a sentence with plural forms is without its category. */
export type Key<T> = { [G in keyof T & string]: `${G}.${Singular<keyof T[G] & string>}` }[keyof T & string];
type Singular<K extends string> = K extends `${infer S}_other` ? S : K;

export type Values = Record<string, string | number>;

/** The sentences of one language. */
export interface Words<T> {
  readonly lang: string;
  /**
   * The sentence under a key, every {name} in it replaced by its isolated value. Where
   * it has plural forms (key_one, key_other), {n} chooses one of them.
   */
  t(key: Key<T>, values?: Values): string;
  /** The sentence under a key that came from outside, if there is one, filled in as t does. */
  find(group: keyof T & string, key: string, values?: Values): string | undefined;
}

export function words<T>(texts: T & Texts, lang = "ja"): Words<T> {
  const find = (group: string, key: string, values: Values = {}): string | undefined => {
    const of = texts[group] || {};
    const sentence = of[key] ?? of[key + "_" + category(Number(values["n"]), lang)] ?? of[key + "_other"];
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

/** The plural category of a number, as CLDR has it. Safari 12 has no such rules. */
export function category(n: number, lang: string): string {
  return "PluralRules" in Intl ? new Intl.PluralRules(lang).select(n) : n === 1 ? "one" : "other";
}

/** Leaves the sentences of a page, or of a part of it, for its script, which comes after. */
export function publish(texts: Texts): void {
  const w = window as { junbanWords?: Texts };
  w.junbanWords = Object.assign(w.junbanWords || {}, texts);
}

/** The sentences that came with the page; nothing where their file did not come. */
export function published(): Texts | undefined {
  return (window as { junbanWords?: Texts }).junbanWords;
}
