// From readings to a picture: who stands where, links by round trip, lookups step by step, arches.
// Pure. Angles of the picture are turned so that this node is at the bottom: nobody moves, the disk
// does (docs/spec/app-network.md UI-61).
import { fold } from './disk.ts';
import type { RawBox, RawDisk, RawLookup, RawPeer, RawStatus, Reading, Whole } from './source.ts';

/** By round trip in ms; 0: not measured yet. */
export type LinkClass = 0 | 1 | 2 | 3 | 4;

export interface NetLink {
  id: string;
  key: string;
  angle: number;
  ms: number;
  cls: LinkClass;
  leaf: boolean;
  /** Over somebody else, and why. */
  indirect: string;
  carrier: string;
  why: string;
  paths: number;
}

export interface NetStep {
  id: string;
  number: number;
  angle: number;
  /** Since the lookup began. */
  atMs: number;
  ms: number;
  ok: boolean;
  /** The number of the step that named it; 0: this node knew it. */
  by: number;
}

export interface NetLookup {
  op: string;
  kind: string;
  key: string;
  angle: number;
  hops: number;
  tookMs: number;
  code: number;
  at: number;
  steps: NetStep[];
  holders: number[];
}

export interface NetBox {
  box: string;
  angle: number;
  holders: number[];
  front: boolean;
}

export type NetDraw = 'faces' | 'dots' | 'ticks';

export interface NetModel {
  self: string;
  /** About how many nodes there are. */
  count: number;
  draw: NetDraw;
  links: NetLink[];
  /** Known and without a link, as dots. */
  others: { id: string; angle: number; key?: string }[];
  /** Where the nodes stand whose keys are known, by key in hex. */
  places: Map<string, number>;
  /** 360 parts from the bottom on, clockwise; the greatest is 1. */
  ticks: number[];
  lookups: NetLookup[];
  boxes: NetBox[];
  medianMs: number;
  hops: number[];
}

const TURN = 2 * Math.PI;
const FACES = 20;
const DOTS = 400;
const STEPS = 24;

export const whole = (x: Whole | undefined) => Number(x ?? 0);

/** A place as a part of a turn, from the first 52 bits of an id: more than a picture shows. */
export const turnOf = (hex: string) => Number.parseInt(hex.slice(0, 13), 16) / 2 ** 52;

/** The same of an angle in 2^-64 of a turn, which JSON has as a string where it is large. */
export const turnOfAngle = (angle: Whole) => Number(BigInt(angle) >> 12n) / 2 ** 52;

/** Where a place stands in the picture of who is at `self`: y down, so the bottom is a quarter. */
export const pictureAngle = (turn: number, self: number) => fold((turn - self) * TURN + TURN / 4);

export function linkClass(ms: number): LinkClass {
  if (ms <= 0) return 0;
  if (ms < 20) return 1;
  if (ms < 60) return 2;
  return ms < 150 ? 3 : 4;
}

/** "7f3a·c21e": enough to tell nodes apart by eye. */
export const shortId = (hex: string) => `${hex.slice(0, 4)}·${hex.slice(4, 8)}`;

const hexOfAngle = (angle: Whole) => BigInt(angle).toString(16).padStart(16, '0');

/** How many nodes there are: as many as are known where all may be, else by the node's estimate;
 *  never fewer than there are links to. */
export function nodesOf(s: Pick<RawStatus, 'size' | 'links'>, disk?: Pick<RawDisk, 'known'>): number {
  const known = disk && s.size <= DOTS && disk.known <= DOTS ? disk.known + 1 : Math.round(s.size);
  return Math.max(1, known, s.links + 1);
}

function link(peer: RawPeer, self: number): NetLink {
  const ms = whole(peer.rtt_us) / 1000;
  return {
    id: peer.id,
    key: peer.key,
    angle: pictureAngle(turnOf(peer.id), self),
    ms,
    cls: linkClass(ms),
    leaf: peer.leaf,
    indirect: peer.indirect,
    carrier: peer.carrier,
    why: peer.why,
    paths: peer.paths,
  };
}

export function lookupOf(raw: RawLookup, self: number): NetLookup {
  const sorted = [...raw.steps].sort((a, b) => whole(a.at_us) - whole(b.at_us));
  const numbers = new Map<string, number>();
  const steps: NetStep[] = [];
  for (const step of sorted) {
    if (numbers.has(step.node) || steps.length === STEPS) continue; // asked again
    numbers.set(step.node, steps.length + 1);
    steps.push({
      id: step.node,
      number: steps.length + 1,
      angle: pictureAngle(turnOf(step.node), self),
      atMs: whole(step.at_us) / 1000,
      ms: whole(step.rtt_us) / 1000,
      ok: sorted.some((s) => s.node === step.node && s.code === 0),
      by: (step.named_by && numbers.get(step.named_by)) || 0,
    });
  }
  return {
    op: String(raw.op),
    kind: raw.kind,
    key: raw.key,
    angle: pictureAngle(turnOf(raw.key), self),
    hops: raw.hops,
    tookMs: whole(raw.took_us) / 1000,
    code: raw.code,
    at: whole(raw.at),
    steps,
    holders: raw.holders.map((h) => pictureAngle(turnOf(h), self)),
  };
}

const boxOf = (raw: RawBox, self: number): NetBox => ({
  box: raw.box,
  angle: pictureAngle(turnOf(raw.place), self),
  holders: raw.holders.map((h) => pictureAngle(turnOf(h), self)),
  front: raw.front,
});

/** The ticks of the whole turn, from the bottom on, the greatest 1. */
function turnTicks(ticks: number[], self: number): number[] {
  const most = Math.max(1, ...ticks);
  const first = Math.floor(self * ticks.length);
  return ticks.map((_, i) => ticks[(first + i) % ticks.length]! / most);
}

function median(values: number[]): number {
  const sorted = values.filter((v) => v > 0).sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1]! : 0;
}

export function modelOf(r: Reading): NetModel {
  const self = turnOf(r.status.id);
  const links = (r.peers ?? []).filter((p) => p.linked).map((p) => link(p, self));
  links.sort((a, b) => fold(a.angle - TURN / 4) - fold(b.angle - TURN / 4));
  const linked = new Set(links.map((l) => l.id.slice(0, 13)));
  const count = nodesOf(r.status, r.disk);
  const draw = count <= FACES ? 'faces' : count <= DOTS ? 'dots' : 'ticks';
  const keys = new Map((r.peers ?? []).map((p) => [p.id.slice(0, 13), p.key]));
  const others = (r.disk?.angles ?? [])
    .map(hexOfAngle)
    .filter((id) => !linked.has(id.slice(0, 13)))
    .map((id) => {
      const key = keys.get(id.slice(0, 13));
      const node = { id, angle: pictureAngle(turnOf(id), self) };
      return key === undefined ? node : { ...node, key };
    });
  return {
    self: r.status.id,
    count,
    draw,
    links,
    others: draw === 'ticks' ? [] : others,
    places: new Map((r.peers ?? []).map((p) => [p.key, pictureAngle(turnOf(p.id), self)])),
    ticks: draw === 'ticks' && r.disk ? turnTicks(r.disk.ticks, self) : [],
    lookups: (r.lookups ?? []).map((l) => lookupOf(l, self)),
    boxes: (r.boxes ?? []).map((b) => boxOf(b, self)),
    medianMs: median(links.map((l) => l.ms)),
    hops: (r.disk?.hops ?? []).map(whole),
  };
}

/** Arch k spans a turn / 2^k around this node, so under it lie about N / 2^k nodes: as many arches
 *  as can be told apart, two at least, their counts where at least 8 nodes make them true. */
export function arches(count: number, radius: number): { half: number; nodes: number }[] {
  const out = [];
  for (let k = 1; k <= 8; k++) {
    const half = Math.PI / 2 ** k;
    const nodes = Math.round(count / 2 ** k);
    if (k > 2 && (nodes < 4 || radius * Math.sin(half) < 14)) break;
    out.push({ half, nodes: nodes >= 8 && radius * Math.sin(half) >= 30 ? nodes : 0 });
  }
  return out;
}

/** From the first to the last of some angles, around one in their middle: a bracket's two ends,
 *  none when they go all around. */
export function bracket(middle: number, angles: number[]): [number, number] | null {
  let from = 0;
  let to = 0;
  for (const a of angles) {
    const off = fold(a - middle + Math.PI) - Math.PI;
    from = Math.min(from, off);
    to = Math.max(to, off);
  }
  return angles.length && to - from < (2 / 3) * TURN ? [middle + from, middle + to] : null;
}

/** Bytes a second between two readings; a node that was started anew has sent less than before. */
export function rates(
  before: { at: number; sent: number; received: number } | undefined,
  now: { at: number; sent: number; received: number },
): { up: number; down: number } {
  const s = before ? (now.at - before.at) / 1000 : 0;
  if (!before || s <= 0 || now.sent < before.sent || now.received < before.received)
    return { up: 0, down: 0 };
  return { up: (now.sent - before.sent) / s, down: (now.received - before.received) / s };
}
