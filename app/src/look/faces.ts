// The faces: a picture of the hyperbolic plane drawn from a key, the same in every app, so that two
// people see the same one. It helps the eye and proves nothing. Rule: docs/spec/app-network.md UI-60.
import { at, cap, ideal, mirror, num, sector } from '../net/disk.ts';
import { sha256 } from './sha256.ts';

/** In the unit disk, in order: `d` of a path, or a circle. `fine`: left out up to 20 px. */
export interface Mark {
  fill: string;
  d?: string;
  circle?: readonly [x: number, y: number, r: number];
  fine?: boolean;
}
export interface Drawing {
  ground: string;
  mid: string;
  marks: Mark[];
}

const HUES = [18, 42, 135, 160, 190, 225, 255, 285, 320, 350]; // none is honey
const TURN = 2 * Math.PI;

/** oklch as "#rrggbb"; what sRGB has not is cut off at its edge, as browsers do. */
export function oklch(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const byte = (x: number) => {
    const v = x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, v)))
      .toString(16)
      .padStart(2, '0');
  };
  return `#${linear.map(byte).join('')}`;
}

/** n angles, the gaps between them uneven by up to j of one, from `rot` on. */
function uneven(h: Uint8Array, n: number, j: number, rot: number): number[] {
  const gaps = Array.from({ length: n }, (_, i) => 1 + j * (h[5 + i]! / 127.5 - 1));
  const sum = gaps.reduce((a, b) => a + b);
  let angle = rot;
  return gaps.map((gap) => {
    const here = angle;
    angle += (gap / sum) * TURN;
    return here;
  });
}

interface Colours {
  ground: string;
  second: string;
  figure: string;
}

/** An ideal polygon, and its mirror images in its sides. */
function polygons(h: Uint8Array, rot: number): [string, ...string[]] {
  const corners = uneven(h, 3 + (h[4]! % 3), 0.5, rot);
  return [
    ideal(corners),
    ...corners.map((p, i) => {
      const q = corners[(i + 1) % corners.length]!;
      return ideal(corners.map((z) => (z === p || z === q ? z : mirror(z, p, q))));
    }),
  ];
}

function web(h: Uint8Array, rot: number, c: Colours): Mark[] {
  const [polygon, ...images] = polygons(h, rot);
  return [
    ...images.map((d) => ({ d, fill: c.second, fine: true })),
    { d: polygon, fill: c.figure },
  ];
}

function bands(h: Uint8Array, rot: number, c: Colours): Mark[] {
  const fills = [c.figure, c.ground, c.second, c.ground];
  return [2.5, 1.75, 1.15, 0.7].slice(0, 3 + (h[4]! % 2)).map((w, i) => {
    const half = w * (0.92 + (0.16 * h[5 + i]!) / 255);
    return { d: cap(rot, half, half), fill: fills[i]! };
  });
}

function horocycles(h: Uint8Array, rot: number, c: Colours): Mark[] {
  const n = 2 + (h[4]! % 3);
  const size = [0.46, 0.4, 0.34][n - 2]!;
  const spread = [0.12, 0.1, 0.08][n - 2]!;
  return uneven(h, n, 0.25, rot).flatMap((angle, i) => {
    const q = size + spread * (h[9 + i]! / 255 - 0.5);
    const touching = (r: number, fill: string): Mark => ({ circle: [...at(angle, 1 - r), r], fill });
    const one = touching(q, i % 2 ? c.second : c.figure);
    return h[13]! % 2 ? [one, touching(0.45 * q, c.ground)] : [one];
  });
}

function rays(h: Uint8Array, rot: number, c: Colours): Mark[] {
  const n = 3 + (h[4]! % 4);
  const marks: Mark[] = uneven(h, n, 0.2, rot).map((angle, i) => ({
    d: sector(angle, (0.62 * Math.PI) / n),
    fill: i === 0 && h[13]! % 2 ? c.second : c.figure,
  }));
  if (h[14]! % 2)
    marks.push({ circle: [0, 0, 0.34], fill: c.ground }, { circle: [0, 0, 0.18], fill: c.second });
  return marks;
}

/** Of a hash, 32 bytes. */
export function drawing(h: Uint8Array): Drawing {
  const hue = HUES[h[0]! % 10]!;
  const deep = oklch(0.4, 0.1, hue);
  const mid = oklch(0.62, 0.12, hue);
  const pale = oklch(0.91, 0.055, hue + 45);
  const [ground, second, figure] = (
    [
      [deep, mid, pale],
      [pale, mid, deep],
      [mid, deep, pale],
    ] as const
  )[(h[2]! % 3) as 0 | 1 | 2];
  const draw = [web, bands, horocycles, rays][h[1]! % 4]!;
  return { ground, mid, marks: draw(h, (h[3]! / 256) * TURN, { ground, second, figure }) };
}

const PREFIX = new TextEncoder().encode('geonet/avatar/1');
const KEPT = 512;
const kept = new Map<string, Drawing>();

/** Of an owner key, 32 bytes. The last few hundred are kept. */
export function faceOf(key: Uint8Array): Drawing {
  const name = String.fromCharCode(...key);
  let found = kept.get(name);
  if (!found) {
    const whole = new Uint8Array(PREFIX.length + key.length);
    whole.set(PREFIX);
    whole.set(key, PREFIX.length);
    found = drawing(sha256(whole));
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
    kept.set(name, found);
  }
  return found;
}

/** The ground of a chat of two: one web in the unit disk, of both keys. */
export function chatGround(a: Uint8Array, b: Uint8Array): string {
  const order = a.findIndex((x, i) => x !== b[i]);
  const [first, second] = order >= 0 && a[order]! > b[order]! ? [b, a] : [a, b];
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  const h = sha256(both);
  return polygons(h, (h[3]! / 256) * TURN).join('');
}

/** What of a group's ring stands out behind its face: the unit disk, the face at .86 low left. */
export const GROUP = (() => {
  const r = 0.82;
  const far = 0.14 * Math.SQRT2 * 2; // between the two middles
  const clear = 0.86 + 0.1;
  const half = Math.acos((r * r + far * far - clear * clear) / (2 * r * far));
  const towards = (3 * Math.PI) / 4; // low left, y down
  const [ax, ay] = at(towards + half, r);
  const [bx, by] = at(towards - half, r);
  return {
    scale: 0.86,
    x: -0.14,
    y: 0.14,
    width: 0.08,
    d: `M${num(ax + 0.14)} ${num(ay - 0.14)}A${r} ${r} 0 0 1 ${num(bx + 0.14)} ${num(by - 0.14)}`,
  };
})();
