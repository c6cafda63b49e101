// Texts of clinics and patients beside numbers and sentences of the page.
// The store removes direction marks. Right-to-left letters remain, and would reorder a
// number beside them.

// The surrogates begin the letters of U+10800 to U+10FFF and U+1E800 to U+1EFFF. A few
// signs among them turn nothing: to isolate them does no harm.
const turns = /[\u0590-\u08ff\ufb1d-\ufefc\ud802\ud803\ud83a\ud83b]/;

/** Returns the text in Unicode isolates if it could reorder its neighbours. <bdi> is for places that take elements. */
export function isolated(text: string): string {
  return turns.test(text) ? "\u2068" + text + "\u2069" : text;
}
