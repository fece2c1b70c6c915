// What stands in the way of a payment, as a picture: who pays at the left, who is paid at the right,
// and between them the lines of the cut. A line in which `owner` trusts `debtor` carries the payment
// from debtor to owner. Only the person's own lines are told (LG-61): what lies between the ends and
// those lines is drawn as not known, without a figure.
//
//   payer | debtors  ¦cut¦  owners | payee
import { type WalletCut } from '../../wire/generated/frames.ts';
import { compare, fromUnits, plus, share, units } from './amount.ts';

export interface CutNode {
  pid: string;
  name: string;
  x: number;
  y: number;
  far: boolean;
}
export interface CutEdge {
  from: CutNode;
  to: CutNode;
  d: string;
  /** Pixels; 0: what goes over it is not known. */
  width: number;
  available: string;
  /** Where its figure stands. */
  x: number;
  y: number;
}
export interface CutGraph {
  nodes: CutNode[];
  edges: CutEdge[];
  /** The dashed line, and what lies behind it. */
  cut: string;
  far: string;
  height: number;
  /** Over the lines that are known. */
  sum: string;
}

const ROW = 92;
const EDGE = 52;
const WIDEST = 14;

export function cutGraph(
  cut: readonly WalletCut[],
  ends: { me: string; payee: string; payeeName: string; amount: string },
  width: number,
): CutGraph {
  const near: { pid: string; name: string }[] = [];
  const beyond: { pid: string; name: string }[] = [];
  const add = (list: typeof near, pid: string, name: string, other: string) => {
    if (pid !== other && !list.some((n) => n.pid === pid)) list.push({ pid, name });
  };
  for (const c of cut) {
    add(near, c.debtor, c.debtor_name, ends.me);
    add(beyond, c.owner, c.owner_name, ends.payee);
  }
  const columns = [[{ pid: ends.me, name: '' }], near, beyond, [{ pid: ends.payee, name: ends.payeeName }]].filter(
    (c) => c.length > 0,
  );
  const rows = Math.max(...columns.map((c) => c.length));
  const height = Math.max(240, rows * ROW + 112);
  const nearColumns = near.length ? 2 : 1;
  const step = (width - 2 * EDGE) / (columns.length - 1);
  const nodes = columns.flatMap((column, i) =>
    column.map(
      (n, j): CutNode => ({
        ...n,
        x: Math.round(EDGE + i * step),
        y: Math.round((height - 24) / 2 + (j - (column.length - 1) / 2) * ROW),
        far: i >= nearColumns,
      }),
    ),
  );
  const at = (pid: string): CutNode => nodes.find((n) => n.pid === pid) as CutNode;
  const edges: CutEdge[] = [];
  const join = (from: CutNode, to: CutNode, available: string, w: number) => {
    const mid = (from.x + to.x) / 2;
    // what leads past a column goes over whoever stands there
    const over = to.x - from.x > step * 1.5 ? -(rows * ROW) / 2 - 24 : 0;
    edges.push({
      from,
      to,
      available,
      width: w,
      d: `M${from.x} ${from.y}C${Math.round(mid)} ${from.y + over} ${Math.round(mid)} ${to.y + over} ${to.x} ${to.y}`,
      x: Math.round(mid),
      y: Math.round((from.y + to.y) / 2 + 0.75 * over),
    });
  };
  for (const n of near) join(at(ends.me), at(n.pid), '', 0);
  for (const n of beyond) join(at(n.pid), at(ends.payee), '', 0);
  for (const c of cut) {
    const from = at(c.debtor === ends.me ? ends.me : c.debtor);
    const to = at(c.owner);
    if (from && to) join(from, to, c.available, Math.max(1.5, share(c.available, ends.amount) * WIDEST));
  }
  const line = EDGE + (nearColumns - 1) * step + Math.max(34, step * (columns.length > 2 ? 0.24 : 0.3));
  const curve = (x: number): string =>
    `M${x + 8} 0Q${x - 16} ${height / 2} ${x + 10} ${height}`;
  return {
    nodes,
    edges,
    height,
    cut: curve(Math.round(line)),
    far: `${curve(Math.round(line))}H${width}V0Z`,
    sum: cut.reduce((all, c) => plus(all, c.available || '0'), '0'),
  };
}

/** Trust between the person and one other, both ways, on one scale for all. */
export interface Scale {
  /** Where even lies, 0 to 1, and how much one whole of the width is. */
  middle: number;
  whole: string;
}

/** `sides`: of each row what they trust with and what is trusted to them. */
export function scaleOf(sides: readonly { left: string; right: string }[]): Scale {
  const most = (side: 'left' | 'right'): string =>
    sides.reduce((m, s) => (compare(s[side], m) > 0 ? s[side] : m), '0');
  const [left, right] = [most('left'), most('right')];
  const middle = Math.min(0.75, Math.max(0.25, share(left, plus(left, right))));
  // the side that needs more room sets the scale
  const over = (side: string, part: number): string =>
    fromUnits(((units(side) ?? 0n) * 1000n) / BigInt(Math.round(part * 1000)));
  const [a, b] = [over(left, middle), over(right, 1 - middle)];
  return { middle, whole: compare(a, b) > 0 ? a : b };
}
