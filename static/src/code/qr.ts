// A text as a QR code, as far as links need it: bytes, error correction L,
// versions 1 to 10, which take 271 bytes. The mask is always the first: readers
// take any, and choosing among eight would be most of the work.

const capacity = [0, 19, 34, 55, 80, 108, 136, 156, 194, 232, 274]; // data codewords of each version at L
const checks = [0, 7, 10, 15, 20, 26, 18, 20, 24, 30, 18]; // error correction codewords of each block
const blocks = [0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4];
const level = 0b01000; // error correction L, mask 0

/** The rows of the code, true is black; nothing when the text is too long. */
export function encode(text: string): boolean[][] | undefined {
  const bytes = new TextEncoder().encode(text);
  const version = capacity.findIndex((n, v) => v > 0 && bytes.length + (v < 10 ? 2 : 3) <= n);
  return version > 0 ? draw(version, interleave(version, pack(version, bytes))) : undefined;
}

/** Mode, length and bytes, filled up to what the version takes. */
function pack(version: number, bytes: Uint8Array): number[] {
  const bits: number[] = [];
  const push = (value: number, n: number) => {
    for (let i = n - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  const all = (capacity[version] as number) * 8;
  push(0b0100, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((b) => push(b, 8));
  push(0, Math.min(4, all - bits.length));
  push(0, -bits.length & 7);
  for (let pad = 0xec; bits.length < all; pad ^= 0xec ^ 0x11) push(pad, 8);
  return Array.from({ length: all / 8 }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((sum, b) => sum * 2 + b, 0));
}

/** Splits the codewords into blocks, adds their checks, and deals them in turn. */
function interleave(version: number, data: number[]): number[] {
  const n = blocks[version] as number;
  const least = Math.floor(data.length / n);
  const longer = n - (data.length % n); // blocks from here on have one more
  const parts: number[][] = [];
  for (let i = 0, at = 0; i < n; i++) {
    const size = least + (i >= longer ? 1 : 0);
    parts.push(data.slice(at, at + size));
    at += size;
  }
  const deal = (of: number[][]) => {
    const out: number[] = [];
    for (let i = 0; i <= least + 30; i++) for (const p of of) if (i < p.length) out.push(p[i] as number);
    return out;
  };
  return [...deal(parts), ...deal(parts.map((p) => check(p, checks[version] as number)))];
}

/** Multiplies in the field of 256 that the standard names. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> i) & 1) * a);
  return product;
}

/** The Reed–Solomon remainder of n codewords. */
function check(data: number[], n: number): number[] {
  let divisor = [1];
  for (let i = 0, root = 1; i < n; i++, root = multiply(root, 2)) {
    const next = [...divisor, 0];
    divisor.forEach((c, j) => (next[j + 1] = (next[j + 1] as number) ^ multiply(c, root)));
    divisor = next;
  }
  const rest = new Array<number>(n).fill(0);
  for (const d of data) {
    const factor = d ^ (rest.shift() as number);
    rest.push(0);
    rest.forEach((r, i) => (rest[i] = r ^ multiply(divisor[i + 1] as number, factor)));
  }
  return rest;
}

function draw(version: number, codewords: number[]): boolean[][] {
  const size = version * 4 + 17;
  const rows = Array.from({ length: size }, () => new Array<boolean | undefined>(size).fill(undefined));
  const set = (x: number, y: number, black: boolean) => {
    const row = rows[y];
    if (row && x >= 0 && x < size) row[x] = black;
  };
  const square = (x: number, y: number, radius: number, black: (ring: number) => boolean) => {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) set(x + dx, y + dy, black(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  };
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const centres = version < 2 ? [] : version < 7 ? [6, size - 7] : [6, 6 + Math.floor((size - 13) / 2), size - 7];
  for (const x of centres) {
    for (const y of centres) {
      if ((x === 6 && y === 6) || (x === 6 && y === size - 7) || (x === size - 7 && y === 6)) continue;
      square(x, y, 2, (ring) => ring !== 1);
    }
  }
  formats(version, size, set);
  let at = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--;
    for (let i = 0; i < size; i++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        const row = rows[y] as (boolean | undefined)[];
        if (row[x] !== undefined) continue;
        const bit = ((codewords[at >> 3] || 0) >> (7 - (at & 7))) & 1;
        at++;
        row[x] = (bit === 1) !== ((x + y) % 2 === 0);
      }
    }
  }
  return rows as boolean[][];
}

/** What tells the reader of level, mask and version, twice each. */
function formats(version: number, size: number, set: (x: number, y: number, black: boolean) => void): void {
  const format = ((level << 10) | remainder(level, 10, 0x537)) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const black = ((format >> i) & 1) === 1;
    set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, black);
    set(i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, black);
  }
  set(8, size - 8, true);
  if (version < 7) return;
  const bits = (version << 12) | remainder(version, 12, 0x1f25);
  for (let i = 0; i < 18; i++) {
    const black = ((bits >> i) & 1) === 1;
    set(size - 11 + (i % 3), Math.floor(i / 3), black);
    set(Math.floor(i / 3), size - 11 + (i % 3), black);
  }
}

function remainder(value: number, n: number, generator: number): number {
  let rest = value;
  for (let i = 0; i < n; i++) rest = (rest << 1) ^ ((rest >> (n - 1)) * generator);
  return rest;
}
