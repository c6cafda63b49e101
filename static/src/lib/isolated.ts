// Texts that clinics and patients typed, beside numbers and sentences of ours
// (row S13). The store drops direction marks of earlier versions. Letters that are
// written from right to left remain: they would turn round a number beside them.

const turns = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The text between Unicode isolates where it could turn what stands beside it; <bdi> for places that take text only. */
export function isolated(text: string): string {
  return turns.test(text) ? `\u2068${text}\u2069` : text;
}
