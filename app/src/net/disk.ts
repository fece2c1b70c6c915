// Geometry of the Poincaré disk as pictures need it: the unit disk, y down, angles from the right,
// clockwise, in radians. Which of two nodes is nearer is decided nowhere here: that is done by
// integers, in the node (docs/spec/overlay.md OV-3).

export type Point = readonly [number, number];

const TURN = 2 * Math.PI;

/** 0 <= x < a turn. */
export const fold = (a: number) => ((a % TURN) + TURN) % TURN;

export const at = (angle: number, r = 1): Point => [r * Math.cos(angle), r * Math.sin(angle)];

/** A number of a path: three decimals of a unit are less than a pixel of any screen. */
export function num(x: number, digits = 3): string {
  const text = x.toFixed(digits).replace(/\.?0+$/, '');
  return text === '-0' || text === '' ? '0' : text;
}

const pair = ([x, y]: Point, digits?: number) => `${num(x, digits)} ${num(y, digits)}`;

/** The part of a path from p (where the pen is) to q along their geodesic: an arc of the circle
 *  through both that meets the rim at right angles; a line where they lie on a diameter. */
export function geodesicTo(p: Point, q: Point, digits?: number): string {
  const [px, py] = p;
  const [qx, qy] = q;
  const cross = px * qy - py * qx;
  if (Math.abs(cross) < 1e-4) return `L${pair(q, digits)}`;
  const p2 = px * px + py * py + 1;
  const q2 = qx * qx + qy * qy + 1;
  const cx = (p2 * qy - q2 * py) / (2 * cross);
  const cy = (q2 * px - p2 * qx) / (2 * cross);
  const r = num(Math.sqrt(Math.max(cx * cx + cy * cy - 1, 1e-9)), digits);
  return `A${r} ${r} 0 0 ${cross > 0 ? 0 : 1} ${pair(q, digits)}`;
}

export const geodesic = (p: Point, q: Point, digits?: number) =>
  `M${pair(p, digits)}${geodesicTo(p, q, digits)}`;

/** The geodesic's length in units of the picture, for drawing it bit by bit. */
export function geodesicLength(p: Point, q: Point): number {
  const chord = Math.hypot(q[0] - p[0], q[1] - p[1]);
  const cross = p[0] * q[1] - p[1] * q[0];
  if (Math.abs(cross) < 1e-4) return chord;
  const p2 = p[0] ** 2 + p[1] ** 2 + 1;
  const q2 = q[0] ** 2 + q[1] ** 2 + 1;
  const r = Math.sqrt(
    Math.max(
      ((p2 * q[1] - q2 * p[1]) / (2 * cross)) ** 2 + ((q2 * p[0] - p2 * q[0]) / (2 * cross)) ** 2 - 1,
      1e-9,
    ),
  );
  return 2 * r * Math.asin(Math.min(1, chord / (2 * r)));
}

/** An ideal polygon: its corners are angles of the rim, its sides geodesics. */
export function ideal(angles: readonly number[], digits?: number): string {
  const corners = angles.map((a) => at(a));
  const first = corners[0];
  if (!first) return '';
  return `M${pair(first, digits)}${corners
    .map((c, i) => geodesicTo(c, corners[(i + 1) % corners.length]!, digits))
    .join('')}z`;
}

/** The mirror image of an ideal point in the geodesic between two others. On the rim, as complex
 *  numbers, it is (2pq - (p+q)z) / ((p+q) - 2z): no case apart for a diameter. */
export function mirror(z: number, p: number, q: number): number {
  const [zx, zy] = at(z);
  const [px, py] = at(p);
  const [qx, qy] = at(q);
  const sx = px + qx;
  const sy = py + qy;
  const nx = 2 * (px * qx - py * qy) - (sx * zx - sy * zy);
  const ny = 2 * (px * qy + py * qx) - (sx * zy + sy * zx);
  const dx = sx - 2 * zx;
  const dy = sy - 2 * zy;
  return Math.atan2(ny * dx - nx * dy, nx * dx + ny * dy);
}

/** The cap of the disk that a geodesic between angle - half and angle + half cuts off, on the
 *  angle's side. */
export function cap(angle: number, from: number, to: number, digits?: number): string {
  const a = at(angle - from);
  const b = at(angle + to);
  return `M${pair(a, digits)}${geodesicTo(a, b, digits)}A1 1 0 ${from + to > Math.PI ? 1 : 0} 0 ${pair(a, digits)}z`;
}

/** A sector from the middle. */
export function sector(angle: number, half: number, digits?: number): string {
  const a = at(angle - half);
  const b = at(angle + half);
  return `M0 0L${pair(a, digits)}A1 1 0 ${half > Math.PI / 2 ? 1 : 0} 1 ${pair(b, digits)}z`;
}
