// Readings over the node's own API on loopback: twins of app/1 in JSON, with the owner's token; what
// anybody on this machine may know without it.
import type { NetSource, RawStatus, Reading } from './source.ts';

const SLOWLY = 10_000; // ms between readings of what moves slowly

/** The token does not count any more: the node was started anew. */
export class Stale extends Error {}

/** What GET /api/v1/status says to anybody, as a status of app/1. */
interface OpenStatus {
  version: string;
  node: { id: string };
  uptime_s: number;
  server: boolean;
  joined: boolean;
  n_estimate: number;
  hops: { predicted: number; observed: number; max: number };
  reach: string;
  reached: string;
  bootstrap: { host: string; answered: boolean }[];
  links: number;
  known: number;
  records: { count: number; bytes: number };
  clock?: { ahead_s: number; text: string };
  blocks: { count: number; own: number; held: number; bytes: number };
  traffic: { sent: number; received: number };
  rss: number;
  lookups: { total: number; failed: number };
}

const statusOf = (s: OpenStatus): RawStatus => ({
  version: s.version,
  id: s.node.id,
  uptime_s: s.uptime_s,
  joined: s.joined,
  links: s.links,
  size: s.n_estimate,
  known: s.known,
  rss: s.rss,
  records: s.records.count,
  record_bytes: s.records.bytes,
  blocks: s.blocks.count,
  blocks_own: s.blocks.own,
  blocks_held: s.blocks.held,
  block_bytes: s.blocks.bytes,
  hops_predicted: s.hops.predicted,
  hops_observed: s.hops.observed,
  hops_max: s.hops.max,
  server: s.server,
  reach: s.reach,
  reached: s.reached,
  bootstrap: s.bootstrap,
  ...(s.clock && { clock: s.clock }),
  sent: s.traffic.sent,
  received: s.traffic.received,
  lookups: s.lookups.total,
  lookups_failed: s.lookups.failed,
});

export class NodeHttp implements NetSource {
  readonly token: string | null;
  #slow: Pick<Reading, 'disk' | 'give' | 'guard' | 'sites' | 'boxes'> = {};
  #slowAt = -SLOWLY;

  constructor(token: string | null) {
    this.token = token;
  }

  async #ask<T>(path: string, body?: object): Promise<T> {
    const answer = await fetch(`/api/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.status === 403 && this.token) throw new Stale();
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as T;
  }

  async #readSlow(): Promise<void> {
    if (performance.now() < this.#slowAt + SLOWLY) return;
    const [disk, boxes, give, guard, sites] = await Promise.all([
      this.#ask<NonNullable<Reading['disk']>>('node/disk', {}),
      this.#ask<{ boxes: NonNullable<Reading['boxes']> }>('node/boxes', {}),
      this.#ask<NonNullable<Reading['give']>>('node/give', {}),
      this.#ask<NonNullable<Reading['guard']>>('guard'),
      this.#ask<{ sites: NonNullable<Reading['sites']> }>('sites'),
    ]);
    this.#slow = { disk, boxes: boxes.boxes, give, guard, sites: sites.sites };
    this.#slowAt = performance.now();
  }

  async read(): Promise<Reading> {
    const status = statusOf(await this.#ask<OpenStatus>('status'));
    if (!this.token) return { status };
    const [peers, lookups] = await Promise.all([
      this.#ask<{ peers: NonNullable<Reading['peers']> }>('node/peers', { limit: 500 }),
      this.#ask<{ lookups: NonNullable<Reading['lookups']> }>('node/lookups', { limit: 12 }),
      this.#readSlow(),
    ]);
    return { status, peers: peers.peers, lookups: lookups.lookups, ...this.#slow };
  }

  /** A WebSocket: of answers that never end a browser has room for six, of these for many. */
  listen(happened: () => void): () => void {
    let over = false;
    let socket: WebSocket | undefined;
    const open = () => {
      if (over || !this.token) return;
      socket = new WebSocket(`ws://${location.host}/api/v1/events`, ['bearer', this.token]);
      socket.onmessage = (e) => {
        if (/"event":"(un)?link"/.test(String(e.data))) this.#slowAt = -SLOWLY;
        happened();
      };
      socket.onclose = () => setTimeout(open, 5000);
    };
    open();
    return () => {
      over = true;
      socket?.close();
    };
  }
}
