// What a page says, in which words: the sentences live in locale/*.json, two
// levels deep, and a page takes only the groups that it needs.

export type Texts = Record<string, Record<string, string>>;

export type Lang = "ja" | "en";

/** Every "group.key" of a set of texts. */
export type Key<T> = { [G in keyof T & string]: `${G}.${keyof T[G] & string}` }[keyof T & string];

export type Values = Record<string, string | number>;

/** The sentences of one language. */
export interface Words<T> {
  /** The sentence under a key, every {name} in it replaced. */
  t(key: Key<T>, values?: Values): string;
  /** The sentence under a key that came from outside, if there is one. */
  find(group: keyof T & string, key: string): string | undefined;
}

export function words<T>(lang: Lang, texts: Record<Lang, T & Texts>): Words<T> {
  const find = (group: string, key: string): string | undefined => {
    const sentences = texts[lang][group];
    return sentences && Object.prototype.hasOwnProperty.call(sentences, key) ? sentences[key] : undefined;
  };
  return {
    find,
    t(key, values = {}) {
      const [group = "", name = ""] = key.split(".");
      return (find(group, name) || key).replace(/\{(\w+)\}/g, (whole, v: string) => String(values[v] ?? whole));
    },
  };
}

/** The language nearest to a tag such as "en-GB"; Japanese when it is neither. */
export function langOf(tag: string | null | undefined): Lang {
  return /^en\b/i.test(tag || "") ? "en" : "ja";
}
