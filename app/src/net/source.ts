// What the picture of the network is made of, as app/1 says it in JSON (docs/spec/app.md AP-3): keys
// and hashes in hex, 64-bit numbers above 2^53 as strings, or as the codec of
// frames has them. The node's page reads it over HTTP, the
// app through its agent.

export type Whole = number | string | bigint;

export interface RawStatus {
  version: string;
  id: string;
  key?: string;
  uptime_s: Whole;
  joined: boolean;
  links: number;
  estimate?: number;
  size: number;
  known: number;
  retry_ms?: number;
  start_done?: number;
  rss: Whole;
  records: Whole;
  record_bytes: Whole;
  blocks: number;
  blocks_own: number;
  blocks_held: number;
  block_bytes: Whole;
  hops_predicted: number;
  hops_observed: number;
  hops_max: number;
  server: boolean;
  /** founder, alone, joining, joined. */
  reach: string;
  /** unknown, direct, easy, hard, no-udp. */
  reached: string;
  bootstrap?: { host: string; answered: boolean }[];
  clock?: { ahead_s: Whole; text: string };
  sent: Whole;
  received: Whole;
  lookups: Whole;
  lookups_failed: Whole;
}

export interface RawPeer {
  id: string;
  key: string;
  linked: boolean;
  leaf: boolean;
  up: boolean;
  rtt_us: Whole;
  sent: Whole;
  received: Whole;
  /** udp, relay, quic, tls.. */
  carrier: string;
  why: string;
  /** Why it runs over somebody else; empty: it does not. */
  indirect: string;
  paths: number;
}

export interface RawStep {
  node: string;
  depth: number;
  code: number;
  at_us: Whole;
  rtt_us: Whole;
  named_by?: string;
}

export interface RawLookup {
  op: Whole;
  kind: string;
  key: string;
  code: number;
  hops: number;
  took_us: Whole;
  /** Unix seconds, when it ended. */
  at: Whole;
  steps: RawStep[];
  holders: string[];
}

export interface RawDisk {
  known: number;
  angles: Whole[];
  ticks: number[];
  hops: Whole[];
}

export interface RawBox {
  box: string;
  place: string;
  front: boolean;
  holders: string[];
}

export interface RawGive {
  relay: string;
  month: Whole;
  months: { month: string; small: Whole; bulk: Whole; turn: Whole }[];
  metered: boolean;
  small: number;
  bulk: number;
  places: number;
  held_blocks: Whole;
  held_records: Whole;
}

export interface RawSite {
  label: string;
  root?: string;
  blocks: number;
}

/** How busy the node is for others: load 0 to 1. */
export interface RawGuard {
  mode: string;
  load: number;
}

/** One reading; what the reader may not know is absent. */
export interface Reading {
  status: RawStatus;
  peers?: RawPeer[];
  lookups?: RawLookup[];
  disk?: RawDisk;
  boxes?: RawBox[];
  give?: RawGive;
  guard?: RawGuard;
  sites?: RawSite[];
}

/** Somebody whose face stands outside the rim, or on their node where there are few. */
export interface NetContact {
  name: string;
  /** The owner's key, 32 bytes. */
  key: Uint8Array;
  /** Keys of their nodes, hex. */
  nodes: string[];
}

/** Where a view has its readings from. */
export interface NetSource {
  read(): Promise<Reading>;
  /** Calls back whenever something happened that is worth a new reading; gives what ends it. */
  listen(happened: () => void): () => void;
}
