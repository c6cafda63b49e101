// Texts that clinics and patients typed, beside numbers and sentences of ours
// (row S13). The store drops direction marks of earlier versions. Letters that are
// written from right to left remain: they would turn round a number beside them.

// The surrogates begin the letters of U+10800 to U+10FFF and U+1E800 to U+1EFFF. A few
// signs among them turn nothing: to isolate them does no harm.
const turns = /[\u0590-\u08ff\ufb1d-\ufefc\ud802\ud803\ud83a\ud83b]/;

/** The text between Unicode isolates where it could turn what stands beside it; <bdi> for places that take text only. */
export function isolated(text: string): string {
  return turns.test(text) ? `\u2068${text}\u2069` : text;
}
