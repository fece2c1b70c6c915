// A network that is not there, for pictures and tests: places drawn from a seed, links as the overlay
// chooses them (leaves, and a few in every annulus), lookups that go where they would.
import type { NetContact, RawDisk, RawLookup, RawPeer, RawStatus, Reading } from '../src/net/source.ts';

function random(seed: number): () => number {
  let x = seed >>> 0;
  return () => {
    x = (x + 0x6d2b79f5) >>> 0;
    let t = Math.imul(x ^ (x >>> 15), 1 | x);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MASK = (1n << 64n) - 1n;
const sep = (a: bigint, b: bigint) => {
  const d = (a - b) & MASK;
  return d >> 63n ? (MASK + 1n - d) & MASK : d;
};

export interface Fake {
  reading: Reading;
  contacts: NetContact[];
}

export function fake(count: number, seed: number): Fake {
  const rand = random(seed);
  const word = () => BigInt(Math.floor(rand() * 2 ** 32));
  const theta = () => (word() << 32n) | word();
  const hex = (a: bigint, rest: number) => a.toString(16).padStart(16, '0') + rest.toString(16).padStart(4, '0').repeat(12);
  const self = theta();
  const nodes = Array.from({ length: count - 1 }, theta).sort((a, b) => (((a - self) & MASK) < ((b - self) & MASK) ? -1 : 1));
  const id = new Map(nodes.map((n, i) => [n, hex(n, i & 0xffff)]));
  const key = new Map(nodes.map((n, i) => [n, hex(n ^ 0x5555555555555555n, i & 0xffff)]));
  const chosen = new Set<bigint>();
  for (let i = 0; i < 8; i++) for (const n of [nodes[i], nodes[nodes.length - 1 - i]]) if (n !== undefined) chosen.add(n);
  const leaves = new Set(chosen);
  for (let j = 1; j < 62; j++) {
    for (const side of [0, 1]) {
      const there = nodes.filter((n) => {
        const s = sep(n, self);
        return s >= 1n << BigInt(63 - j) && s < 1n << BigInt(64 - j) && Number(((n - self) & MASK) >> 63n) === side;
      });
      for (let i = 0; i < 2 && there.length; i++) chosen.add(there[Math.floor(rand() * there.length)]!);
    }
  }
  const rtt = new Map<bigint, number>();
  for (const n of nodes) rtt.set(n, 6 + 170 * rand() ** 3);
  const peers: RawPeer[] = [...chosen].map((n) => ({
    id: id.get(n)!, key: key.get(n)!, linked: true, leaf: leaves.has(n), up: true,
    rtt_us: Math.round(rtt.get(n)! * 1000), sent: 4000, received: 5000,
    carrier: rand() < 0.12 ? 'relay' : 'udp', why: 'first', indirect: '', paths: 1,
  }));
  for (const p of peers) if (p.carrier === 'relay') p.indirect = 'both-hard';
  const ticks = new Array<number>(360).fill(0);
  for (const n of nodes) ticks[Number(((n >> 32n) * 360n) >> 32n)]!++;
  const disk: RawDisk = {
    known: nodes.length,
    angles: nodes.length <= 400 ? nodes.map(String) : [],
    ticks,
    hops: count < 20 ? [1, 12] : [2, 31, 40, 3],
  };
  const lookups: RawLookup[] = Array.from({ length: 5 }, (_, i) => {
    const at = theta();
    const near = [...nodes].sort((a, b) => (sep(a, at) < sep(b, at) ? -1 : 1));
    const first = [...chosen].sort((a, b) => (sep(a, at) < sep(b, at) ? -1 : 1));
    const path = count <= 8 ? [near[0]!] : [first[2] ?? near[5]!, near[Math.min(60, near.length - 1)]!, near[9] ?? near[1]!, near[0]!];
    let now = 0;
    const unique = path.filter((n, k) => path.indexOf(n) === k).slice(0, count <= 8 ? 1 : count < 1000 ? 3 : 4);
    const steps = unique.map((n, k) => {
      const took = Math.round(rtt.get(n)! * 1000);
      const step = { node: id.get(n)!, depth: k + 1, code: 0, at_us: now, rtt_us: took, ...(k > 0 && { named_by: id.get(unique[k - 1]!)! }) };
      now += took;
      return step;
    });
    return {
      op: 100 - i, kind: (['get', 'find', 'put'] as const)[i % 3]!, key: hex(at, i), code: i === 4 ? 26 : i === 3 ? 6 : 0, hops: unique.length,
      took_us: now, at: 1796000000 - i, steps, holders: near.slice(0, 8).map((n) => id.get(n)!),
    };
  });
  const boxAt = (self + (MASK / 9n)) & MASK;
  const status: RawStatus = {
    version: '0.1.0', id: hex(self, 0), uptime_s: 86400 * 3, joined: true, links: peers.length, size: count, known: nodes.length,
    rss: 42e6, records: count < 20 ? 12 : 341, record_bytes: 1.2e6, blocks: 40, blocks_own: 12, blocks_held: 28, block_bytes: 18e6,
    hops_predicted: count < 20 ? 1 : count < 1000 ? 2.5 : 2.6, hops_observed: count < 20 ? 1 : 2.4, hops_max: 4, server: true,
    reach: 'joined', reached: 'direct', bootstrap: [], sent: 11e6, received: 18e6, lookups: 90, lookups_failed: 1,
  };
  const names = ['Vera', 'Igor', 'Maria', 'Timur', 'Lev'];
  const step = count <= 8 ? 1 : Math.floor(nodes.length / 6);
  const contacts = names.slice(0, count <= 8 ? 3 : 5).flatMap((name, i) => {
    const node = nodes[(i + 1) * step - (count <= 8 ? 1 : 0)];
    if (node === undefined) return [];
    if (!chosen.has(node)) peers.push({ ...peers[0]!, id: id.get(node)!, key: key.get(node)!, linked: false, leaf: false });
    return [{ name, key: new Uint8Array(32).fill(i * 31 + 7), nodes: [key.get(node)!] }];
  });
  const near = [...nodes].sort((a, b) => (sep(a, boxAt) < sep(b, boxAt) ? -1 : 1));
  return {
    contacts,
    reading: {
      status, peers, lookups, disk,
      boxes: count <= 8 ? [] : [{ box: key.get(nodes[0]!)!, place: hex(boxAt, 1), front: false, holders: near.slice(0, 8).map((n) => id.get(n)!) }],
      give: { relay: 'small', month: 1e11, months: [{ month: '2026-12', small: 4e8, bulk: 2e9, turn: 0 }], metered: false, small: 3, bulk: 1, places: 4, held_blocks: 12e6, held_records: 1e6 },
      guard: { mode: 'guard', load: 0.05 },
      sites: [{ label: 'blog', root: 'ab', blocks: 3 }],
    },
  };
}
