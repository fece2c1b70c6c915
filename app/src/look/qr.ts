// QR codes (ISO/IEC 18004): bytes, level M (L where M does not fit), versions 1 to 20, drawn as one
// SVG path. Enough for links of 600 bytes.

/** By version: codewords in all; for levels L and M: correction words per block, blocks. */
const TABLE: readonly (readonly [number, number, number, number, number])[] = [
  [26, 7, 1, 10, 1], [44, 10, 1, 16, 1], [70, 15, 1, 26, 1], [100, 20, 1, 18, 2],
  [134, 26, 1, 24, 2], [172, 18, 2, 16, 4], [196, 20, 2, 18, 4], [242, 24, 2, 22, 4],
  [292, 30, 2, 22, 5], [346, 18, 4, 26, 5], [404, 20, 4, 30, 5], [466, 24, 4, 22, 8],
  [532, 26, 4, 22, 9], [581, 30, 4, 24, 9], [655, 22, 6, 24, 10], [733, 24, 6, 28, 10],
  [815, 28, 6, 28, 11], [901, 30, 6, 26, 13], [991, 28, 7, 26, 14], [1085, 28, 8, 26, 16],
];

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++, x = (x << 1) ^ (x & 0x80 ? 0x11d : 0)) {
  EXP[i] = EXP[i + 255] = x;
  LOG[x] = i;
}
const mul = (a: number, b: number): number => (a && b ? EXP[LOG[a]! + LOG[b]!]! : 0);

function correction(data: Uint8Array, count: number): Uint8Array {
  const poly = new Uint8Array(count + 1);
  poly[0] = 1;
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j > 0; j--) poly[j] = poly[j]! ^ mul(poly[j - 1]!, EXP[i]!);
  const rest = new Uint8Array(count);
  for (const byte of data) {
    const f = byte ^ rest[0]!;
    rest.copyWithin(0, 1);
    rest[count - 1] = 0;
    for (let j = 0; j < count; j++) rest[j] = rest[j]! ^ mul(poly[j + 1]!, f);
  }
  return rest;
}

interface Plan {
  version: number;
  low: boolean;
  words: number;
  check: number;
  blocks: number;
}

function plan(bytes: number): Plan | undefined {
  for (const low of [false, true])
    for (let v = 1; v <= TABLE.length; v++) {
      const [words, lc, lb, mc, mb] = TABLE[v - 1]!;
      const [check, blocks] = low ? [lc, lb] : [mc, mb];
      const room = words - check * blocks;
      if (4 + (v < 10 ? 8 : 16) + 8 * bytes <= 8 * room)
        return { version: v, low, words, check, blocks };
    }
  return undefined;
}

function codewords(data: Uint8Array, p: Plan): Uint8Array {
  const room = p.words - p.check * p.blocks;
  const bits: number[] = [];
  const push = (v: number, n: number) => {
    for (let i = n - 1; i >= 0; i--) bits.push((v >> i) & 1);
  };
  push(4, 4);
  push(data.length, p.version < 10 ? 8 : 16);
  for (const b of data) push(b, 8);
  push(0, Math.min(4, 8 * room - bits.length));
  while (bits.length % 8) bits.push(0);
  const words = new Uint8Array(room);
  for (let i = 0; i < bits.length; i++)
    words[i >> 3] = words[i >> 3]! | (bits[i]! << (7 - (i & 7)));
  for (let i = bits.length / 8, pad = 0xec; i < room; i++, pad ^= 0xec ^ 0x11) words[i] = pad;
  const short = Math.floor(room / p.blocks);
  const long = room % p.blocks;
  const parts: Uint8Array[] = [];
  for (let i = 0, at = 0; i < p.blocks; i++) {
    const len = short + (i >= p.blocks - long ? 1 : 0);
    parts.push(words.subarray(at, at + len));
    at += len;
  }
  const checks = parts.map((part) => correction(part, p.check));
  const out: number[] = [];
  for (let i = 0; i <= short; i++) for (const part of parts) if (i < part.length) out.push(part[i]!);
  for (let i = 0; i < p.check; i++) for (const c of checks) out.push(c[i]!);
  return Uint8Array.from(out);
}

class Grid {
  readonly size: number;
  readonly dark: Uint8Array;
  readonly fixed: Uint8Array;

  constructor(version: number) {
    this.size = 17 + 4 * version;
    this.dark = new Uint8Array(this.size * this.size);
    this.fixed = new Uint8Array(this.size * this.size);
    this.patterns(version);
  }

  get(x: number, y: number): number {
    return this.dark[y * this.size + x]!;
  }

  set(x: number, y: number, dark: boolean | number): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y * this.size + x] = dark ? 1 : 0;
    this.fixed[y * this.size + x] = 1;
  }

  private patterns(version: number): void {
    const n = this.size;
    for (let i = 0; i < n; i++) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
    for (const [cx, cy] of [[3, 3], [n - 4, 3], [3, n - 4]] as const)
      for (let dy = -4; dy <= 4; dy++)
        for (let dx = -4; dx <= 4; dx++) {
          const ring = Math.max(Math.abs(dx), Math.abs(dy));
          this.set(cx + dx, cy + dy, ring !== 2 && ring !== 4);
        }
    const places = alignments(version, n);
    for (const x of places)
      for (const y of places) {
        if ((x === 6 && (y === 6 || y === n - 7)) || (y === 6 && x === n - 7)) continue;
        for (let dy = -2; dy <= 2; dy++)
          for (let dx = -2; dx <= 2; dx++)
            this.set(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
      }
    this.format(0, false);
    if (version >= 7) {
      let rest = version;
      for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
      const bits = (version << 12) | rest;
      for (let i = 0; i < 18; i++) {
        this.set(n - 11 + (i % 3), Math.floor(i / 3), (bits >> i) & 1);
        this.set(Math.floor(i / 3), n - 11 + (i % 3), (bits >> i) & 1);
      }
    }
  }

  format(mask: number, low: boolean): void {
    const n = this.size;
    const data = ((low ? 1 : 0) << 3) | mask;
    let rest = data;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i: number) => (bits >> i) & 1;
    for (let i = 0; i <= 5; i++) this.set(8, i, bit(i));
    this.set(8, 7, bit(6));
    this.set(8, 8, bit(7));
    this.set(7, 8, bit(8));
    for (let i = 9; i < 15; i++) this.set(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i++) this.set(n - 1 - i, 8, bit(i));
    for (let i = 8; i < 15; i++) this.set(8, n - 15 + i, bit(i));
    this.set(8, n - 8, 1);
  }

  fill(words: Uint8Array): void {
    const n = this.size;
    let i = 0;
    for (let right = n - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let v = 0; v < n; v++)
        for (let j = 0; j < 2; j++) {
          const x = right - j;
          const y = ((right + 1) & 2) === 0 ? n - 1 - v : v;
          if (this.fixed[y * n + x] || i >= 8 * words.length) continue;
          this.dark[y * n + x] = (words[i >> 3]! >> (7 - (i & 7))) & 1;
          i++;
        }
    }
  }

  mask(m: number): void {
    const n = this.size;
    const rules = [
      (x: number, y: number) => (x + y) % 2,
      (_: number, y: number) => y % 2,
      (x: number) => x % 3,
      (x: number, y: number) => (x + y) % 3,
      (x: number, y: number) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
      (x: number, y: number) => ((x * y) % 2) + ((x * y) % 3),
      (x: number, y: number) => (((x * y) % 2) + ((x * y) % 3)) % 2,
      (x: number, y: number) => (((x + y) % 2) + ((x * y) % 3)) % 2,
    ];
    const rule = rules[m]!;
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++)
        if (!this.fixed[y * n + x] && rule(x, y) === 0) this.dark[y * n + x]! ^= 1;
  }

  penalty(): number {
    const n = this.size;
    let sum = 0;
    let dark = 0;
    const line = (at: (i: number) => number) => {
      let run = 1;
      let seen = 0;
      for (let i = 0; i < n; i++) {
        seen = ((seen << 1) | at(i)) & 0x7ff;
        if (i >= 10 && (seen === 0x05d || seen === 0x5d0)) sum += 40;
        if (i && at(i) === at(i - 1)) {
          run++;
          if (run === 5) sum += 3;
          else if (run > 5) sum++;
        } else run = 1;
      }
    };
    for (let i = 0; i < n; i++) {
      line((j) => this.get(j, i));
      line((j) => this.get(i, j));
    }
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++) {
        const v = this.get(x, y);
        dark += v;
        if (x + 1 < n && y + 1 < n && v === this.get(x + 1, y) && v === this.get(x, y + 1) &&
            v === this.get(x + 1, y + 1))
          sum += 3;
      }
    return sum + 10 * Math.floor(Math.abs((dark * 20) / (n * n) - 10));
  }
}

function alignments(version: number, size: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const out = [6];
  for (let at = size - 7; out.length < count; at -= step) out.splice(1, 0, at);
  return out;
}

export interface Qr {
  size: number;
  dark(x: number, y: number): boolean;
}

/** Undefined when the text is too long. */
export function qr(text: string): Qr | undefined {
  const data = new TextEncoder().encode(text);
  const p = plan(data.length);
  if (!p) return undefined;
  const words = codewords(data, p);
  let best: Grid | undefined;
  let least = Infinity;
  for (let m = 0; m < 8; m++) {
    const grid = new Grid(p.version);
    grid.fill(words);
    grid.mask(m);
    grid.format(m, p.low);
    const penalty = grid.penalty();
    if (penalty < least) [best, least] = [grid, penalty];
  }
  const grid = best as Grid;
  return { size: grid.size, dark: (x, y) => grid.get(x, y) === 1 };
}

/** One path over all dark modules, with a margin of 4. */
export function qrPath(code: Qr): string {
  let d = '';
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) {
      let w = 0;
      while (x + w < code.size && code.dark(x + w, y)) w++;
      if (w) d += `M${x + 4} ${y + 4}h${w}v1h-${w}z`;
      x += w;
    }
  return d;
}
