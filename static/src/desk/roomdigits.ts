// The key of each room at the desk.

/**
 * Returns the digit of each room by its id. It is the number in the room's name, or
 * its id if names have no number or share one. A room without such a digit has no key.
 */
export function roomDigits(rooms: readonly { id: string; name: string }[]): Map<string, number> {
  const named = new Map(rooms.map((r) => [r.id, numberIn(r.name)]));
  const count = (n: number) => rooms.filter((r) => named.get(r.id) === n).length;
  const digits = new Map<string, number>();
  for (const [id, n] of named) if (n && count(n) === 1) digits.set(id, n);
  const taken = new Set(digits.values());
  for (const { id } of rooms) {
    const n = numberIn(id);
    if (n && String(n) === id && !digits.has(id) && !taken.has(n)) digits.set(id, n);
  }
  return digits;
}

/** The only number in a text, if it is one of the keys 1 to 9; otherwise 0. */
function numberIn(text: string): number {
  const all = text.normalize("NFKC").match(/\d+/g) ?? [];
  const n = all.length === 1 ? Number(all[0]) : 0;
  return n > 0 && n < 10 ? n : 0;
}
