// Made by tools/fbc --ts from app.fbs and what it includes: change those and run
// the build target fbc. Types are erased; `fields` is read by codec.ts.

/** Bytes of a fixed length, as hex in small letters. */
export type Hex = string;
/** A member of a union that this version does not know. */
export type Unknown = { is: 'unknown'; type: number };

export type AgentState = number;
export const AgentState = {
  New: 0,
  Locked: 1,
  Open: 2,
} as const;

export type AppRole = number;
export const AppRole = {
  Client: 0,
  Agent: 1,
  Node: 2,
  Plugin: 3,
  Worker: 4,
} as const;

export type BoxWay = number;
export const BoxWay = {
  Work: 0,
  Invite: 1,
  Certificate: 2,
  Token: 3,
} as const;

export type Carrier = number;
export const Carrier = {
  Udp: 0,
  Quic: 1,
  Tls: 2,
  WebSocket: 3,
  Relay: 4,
} as const;

/** Why a request was not served. Numbers are for ever (gn_err's are not). */
export type Code = number;
export const Code = {
  Ok: 0,
  Failed: 1,
  Busy: 2,
  NotFound: 3,
  Denied: 4,
  Quota: 5,
  NoSpace: 6,
  TooLarge: 7,
  Malformed: 8,
  BadHash: 9,
  BadSignature: 10,
  Stale: 11,
  Expired: 12,
  Unsupported: 13,
  ProofOfWork: 14,
  Exists: 15,
  Range: 16,
} as const;

export type ContactState = number;
export const ContactState = {
  None: 0,
  Asked: 1,
  Request: 2,
  Accepted: 3,
  Refused: 4,
} as const;

export type FileState = number;
export const FileState = {
  /** `done` of `size` bytes; copies; the message is said; one of somebody's; it ended. */
  Uploading: 0,
  Spreading: 1,
  Sent: 2,
  Received: 3,
  Failed: 4,
} as const;

/** As ContentBody of content.fbs; a gap, where messages have not arrived; a line of the agent's own. */
export type MessageKind = number;
export const MessageKind = {
  Other: 0,
  Text: 1,
  Edit: 2,
  Delete: 3,
  Reaction: 4,
  File: 5,
  Contact: 6,
  Receipt: 7,
  Typing: 8,
  Payment: 9,
  Job: 10,
  Sync: 11,
  Box: 12,
  Resend: 13,
  System: 14,
  Gap: 64,
  Line: 65,
} as const;

/** Moved: a session goes another way (its peer says which, and why). */
export type NodeEventKind = number;
export const NodeEventKind = {
  Status: 0,
  Linked: 1,
  Unlinked: 2,
  Looked: 3,
  Moved: 4,
} as const;

/** Invisible is only ever an own one: to others it is Offline. */
export type PresenceState = number;
export const PresenceState = {
  Offline: 0,
  Online: 1,
  Away: 2,
  Busy: 3,
  Invisible: 4,
} as const;

export type SendState = number;
export const SendState = {
  Waiting: 0,
  Stored: 1,
  Delivered: 2,
  Read: 3,
  Failed: 4,
} as const;

/**
 * As whom holders and roots see who asks: this node, or a throwaway key of the day behind a relay
 * (docs/spec/reach.md RE-55).
 */
export type SessionAs = number;
export const SessionAs = {
  Node: 0,
  Fresh: 1,
} as const;

export type Switch = number;
export const Switch = {
  Same: 0,
  On: 1,
  Off: 2,
} as const;

export type Trust = number;
export const Trust = {
  Unknown: 0,
  ByName: 1,
  Introduced: 2,
  Linked: 3,
  Met: 4,
} as const;

export type WalletState = number;
export const WalletState = {
  UnderWay: 0,
  Done: 1,
  Waiting: 2,
  Nothing: 3,
  Unknown: 4,
} as const;

/**
 * Less: `amount` can arrive. AskRaise: `who` raises the line to `other` by `amount`; Raise: that line is one's
 * own. Line: nothing leads there, a line with `who` would. Wait: a limit of the day is used up.
 */
export type WalletWayKind = number;
export const WalletWayKind = {
  Less: 0,
  AskRaise: 1,
  Raise: 2,
  Line: 3,
  Wait: 4,
} as const;

export type WalletWhat = number;
export const WalletWhat = {
  Pay: 0,
  Line: 1,
  Answer: 2,
  Join: 3,
  Leave: 4,
} as const;

/** SHA-256. */
export type Hash = Hex;

/** First frame of whoever connected. */
export interface AppHello {
  version_min: number;
  version_max: number;
  role: AppRole;
  /** Program and version, for logs. */
  software: string;
  /** Token id where a token is asked (WebSocket, TCP, plugins); absent: the socket's uid. */
  client?: Hex;
  nonce: Hex;
  /** Receives no frame above this (0: 1 MiB). */
  frame_max: number;
}

/**
 * Answers AppHello where a token is asked: HMAC-SHA-256(token, "geonet/app/server/1" || client's
 * nonce || server's nonce || origin). The client checks it and answers AppProof. origin: what the client
 * dialled, what the server is bound to ("http://localhost:7781"), never a header's word.
 */
export interface AppChallenge {
  nonce: Hex;
  mac: Hex;
}

/** HMAC-SHA-256(token, "geonet/app/client/1" || client's nonce || server's nonce || origin). */
export interface AppProof {
  mac: Hex;
}

/** The connection may be used: at once where the uid decides. */
export interface AppReady {
  version: number;
  role: AppRole;
  software: string;
  /** Rights of this connection: resources and actions as tokens have them; "*" all. */
  rights: string[];
  /**
   * Bounds of this connection: frames in work, live subscriptions, streams, bytes unread before it
   * is cut, a frame.
   */
  outstanding: number;
  subscriptions: number;
  streams: number;
  unread_max: number;
  frame_max: number;
  /** Changes when the server lost its memory: cursors and subscriptions are then void. */
  epoch: bigint;
  cursor: bigint;
  /** Unix milliseconds by this side's estimate. */
  time: bigint;
  /** What this side cannot do, by name of the first table of each group ("Dial"). */
  absent: string[];
}

/** Of any call, instead of its answer. Nothing was done, unless `unknown`. */
export interface AppError {
  /** Number of base/err.def. */
  code: number;
  /** One sentence with the context; what to do next. */
  detail: string;
  next: string;
  /** Which limit, and when to come back. */
  limit: string;
  retry_ms: number;
  /** The value that was there instead (conflict, range). */
  actual: string;
  /** Outcome unknown: it may have been done; ask again with the same id. */
  unknown: boolean;
  /**
   * One word for programs, where the call has such words (docs/spec/agent.md AG-146): it stays the same, and
   * `detail` says it to people.
   */
  kind: string;
}

/** Of any call that gives nothing back. */
export interface AppOk {
}

/** Ends a call: exactly one answer follows, its own or AppError CANCELLED. */
export interface AppCancel {
}

export interface AppPing {
}

export interface AppPong {
}

/** Last frame of either side. */
export interface AppBye {
  code: number;
  detail: string;
  /** Come back after this. */
  retry_ms: number;
}

/** Events between the cursor and this frame's are gone: read the state anew. */
export interface AppGap {
  first: bigint;
}

export interface NodeStatus {
}

/** Ed25519 public key (RFC 8032). */
export type Key = Hex;

/** Where a node listens. */
export interface Addr {
  /** IPv4 is mapped (::ffff:a.b.c.d). */
  ip: Hex;
  port: number;
  /** Carrier; unknown ones are passed on and not dialled. */
  carrier: number;
  /** 0. */
  reserved: number;
}

/** Where the node begins, and whether it answered. */
export interface NodeBegin {
  host: string;
  answered: boolean;
  addrs: string[];
}

export interface NodeClock {
  ahead_s: bigint;
  peers: number;
  used: boolean;
  text: string;
}

export interface NodeTurn {
  server: string;
  state: string;
  address: string;
  why: string;
}

export interface NodeStatusIs {
  version: string;
  id?: Hex;
  key?: Hex;
  addrs: Addr[];
  urls: string[];
  network: string;
  uptime_s: bigint;
  joined: boolean;
  sessions: number;
  links: number;
  estimate: number;
  /** Node's estimate of time, Unix milliseconds, and how far this machine's clock is off. */
  time: bigint;
  clock_off_ms: bigint;
  /** What waits: next try in ms, share of the start-up work done in 1/100. */
  retry_ms: number;
  start_done: number;
  rss: bigint;
  records: bigint;
  block_bytes: bigint;
  box_bytes: bigint;
  block_max: bigint;
  box_max: bigint;
  hops_predicted: number;
  hops_observed: number;
  /** Of UDP; of HTTP on localhost, 0: none. */
  port: number;
  http: number;
  /** The node's folder, for who owns it. */
  data: string;
  pid: number;
  server: boolean;
  size: number;
  hops_max: number;
  hops_p99: number;
  /** founder, alone, joining, joined: a word of docs/spec/node.md. */
  reach: string;
  bootstrap: NodeBegin[];
  pow_bits: number;
  other_work: boolean;
  w: number;
  leaf_cw: number;
  leaf_ccw: number;
  known: number;
  record_bytes: bigint;
  expired: number;
  /** Absent: this machine's clock is right as far as peers say. */
  clock?: NodeClock;
  blocks: number;
  blocks_own: number;
  blocks_held: number;
  block_cached: bigint;
  sent: bigint;
  received: bigint;
  lookups: bigint;
  lookups_failed: bigint;
  /**
   * How others reach it, as it was found to be: unknown, direct, easy, hard, no-udp (docs/spec/reach.md
   * RE-40), and for how long.
   */
  reached: string;
  reached_s: bigint;
  /**
   * Throwaway keys (docs/spec/reach.md RE-55): yes, strict or no; contexts and their sessions now, how
   * many of these go without a relay.
   */
  fresh: string;
  fresh_contexts: number;
  fresh_sessions: number;
  fresh_direct: number;
  /**
   * The TURN server whose address is used, too (docs/spec/reach.md RE-47): its name, what stands
   * (wait, open, ask, live), the address, why there is none.
   */
  turn?: NodeTurn;
}

export interface NodeShutdown {
  within_ms: number;
}

/** `after`: the id of the last one of the page before. */
export interface NodePeers {
  after?: Hex;
  limit: number;
}

export interface NodePeer {
  id?: Hex;
  key?: Hex;
  addr?: Addr;
  linked: boolean;
  leaf: boolean;
  up: boolean;
  annulus: number;
  rtt_us: bigint;
  seen_ms: bigint;
  sent: bigint;
  received: bigint;
  suite: string;
  group: string;
  /** What carries the session, why it is on that path, and how many stand by, itself included. */
  carrier: string;
  why: string;
  paths: number;
  /** Why it runs over somebody else; empty: it does not. Words: docs/spec/reach.md RE-12. */
  indirect: string;
  /** The narrowest rule about its paths (RE-11); empty: none says anything. */
  rule: string;
}

export interface NodePeersIs {
  peers: NodePeer[];
  more: boolean;
}

export interface NodeLookups {
  limit: number;
}

/** One request of a lookup. `code` is of base/err.def. */
export interface LookupStep {
  node?: Hex;
  addr?: Addr;
  depth: number;
  code: number;
  at_us: bigint;
  rtt_us: bigint;
  /** Who named it; absent: this node knew it. */
  named_by?: Hex;
}

export interface Lookup {
  op: bigint;
  kind: string;
  key?: Hex;
  code: number;
  hops: number;
  took_us: bigint;
  at: bigint;
  steps: LookupStep[];
  /** The set that was asked, nearest to the key first, 8 at most. */
  holders: Hex[];
}

export interface NodeLookupsIs {
  lookups: Lookup[];
}

export interface NodeCounters {
}

export interface NodeCounter {
  name: string;
  value: bigint;
}

export interface NodeCountersIs {
  counters: NodeCounter[];
}

/**
 * A session with that node, by whatever way there is, and one round trip on it. Its record is looked up
 * where nothing is known of it. patience_ms: 0: 15,000; 60,000 at most.
 * `rule`: which ways it may take, as long as the call lasts (docs/spec/reach.md RE-11).
 */
export interface NodePing {
  key: Hex;
  patience_ms: number;
  rule: string;
}

export interface NodePingIs {
  key?: Hex;
  addr?: Addr;
  rtt_us: bigint;
  /** How long it took until there was a session; 0: there was one. */
  connect_us: bigint;
  /** As in NodePeer. */
  carrier: string;
  why: string;
  paths: number;
  /** The relay's, where it goes by one. */
  relay?: Hex;
  /** As in NodePeer. */
  indirect: string;
  rule: string;
}

/**
 * How this node is reached, measured anew unless that was done within a minute; answered in 5 s.
 * `long`: how long the box before it keeps a quiet flow is measured, too: minutes.
 */
export interface NodeNetcheck {
  long: boolean;
}

export interface NodeNetcheckRelay {
  key?: Hex;
  addr?: Addr;
  rtt_us: bigint;
  home: boolean;
}

export interface NodeNetcheckIs {
  /** As in NodeStatusIs; `why` it is not direct, one word: never, nobody, all-know, lost, filtered. */
  reached: string;
  why: string;
  /** Unknown, none, addr, port: what the box before it looks at. */
  mapping: string;
  filtering: string;
  /** Nodes that were asked, that had a stranger send, whose strangers got through. */
  asked: number;
  told: number;
  came: number;
  /** Where others see it; where strangers' packets come. Absent: nobody said, nowhere. */
  seen?: Addr;
  proven?: Addr;
  /** Since it was measured. */
  age_s: bigint;
  /** Sessions by UDP over IPv4, over IPv6, by relays. */
  udp_4: number;
  udp_6: number;
  relayed: number;
  /** The nearest nodes that may relay for it, its homes first. */
  relays: NodeNetcheckRelay[];
  /**
   * With how many of the kinds of network that docs/spec/reach.md RE-71 names it has direct paths; 0 of 0:
   * not known.
   */
  kinds: number;
  kinds_of: number;
  port: number;
  /**
   * How long a quiet flow lives in the box before it, and when that was found (Unix seconds); 0: not known.
   * What keeps ours alive; why it is not known: no-router, nobody, lost, limit, running (RE-22).
   */
  lifetime_s: number;
  lifetime_at: bigint;
  keep_alive_s: number;
  lifetime_why: string;
}

/**
 * What the node does for others (docs/spec/reach.md RE-64). `name`, `value`: relay, rate, month, hold,
 * turn or metered is this from now on, also after a restart; without `name` nothing changes. Answered by
 * NodeGiveIs.
 */
export interface NodeGive {
  name: string;
  value: string;
}

export interface NodeGaveMonth {
  month: string;
  small: bigint;
  bulk: bigint;
  turn: bigint;
}

export interface NodeGaveTo {
  key?: Hex;
  token: boolean;
  small: bigint;
  bulk: bigint;
}

export interface NodeGiveIs {
  /** off, small, tokens or commons. */
  relay: string;
  /** Bytes a second of each lane; of a month; of others' blocks. */
  rate: bigint;
  month: bigint;
  hold: bigint;
  hold_nothing: boolean;
  turn: boolean;
  metered: boolean;
  /** Names of what `geonet give` said; the others are the settings'. */
  said: string[];
  /** Months, the present one first: "2026-11". */
  months: NodeGaveMonth[];
  /** Who had most in this month. */
  by: NodeGaveTo[];
  /** When the next month begins. */
  month_ends: bigint;
  /** Now: circuits of each lane, places of others. */
  small: number;
  bulk: number;
  places: number;
  refused: number;
  /** Bytes of others' blocks and records that are held. */
  held_blocks: bigint;
  held_records: bigint;
}

/**
 * A hash, of a block, file, site's manifest or the key of a record, that this node neither holds nor
 * gives from now on; `end`: it is no longer refused. Answered by AppOk.
 */
export interface NodeRefuse {
  hash: Hex;
  end: boolean;
}

/** Those that are refused, from the place `from` on. */
export interface NodeRefused {
  from: number;
  limit: number;
}

export interface NodeRefusedIs {
  hashes: Hex[];
  more: boolean;
}

/**
 * Rules about paths (docs/spec/reach.md RE-11). Without `key`: all of them. `rule`: holds for that node
 * from now on, also after a restart; "any" ends it. Answered by NodePathIs.
 * `contact` instead of `key`: the rule is of a person, by their key, and holds for the nodes that are
 * theirs: `nodes` (`listed`; 4 at most) in place of those before, else those. "any" ends it.
 */
export interface NodePath {
  key?: Hex;
  rule: string;
  contact?: Hex;
  nodes: Hex[];
  listed: boolean;
}

/** `contact`: whose rule it is; absent: the node's for that peer. */
export interface NodePathRule {
  key?: Hex;
  rule: string;
  contact?: Hex;
}

/** `own`: the node's. */
export interface NodePathIs {
  own: string;
  rules: NodePathRule[];
}

/**
 * What this node's picture of the disk needs besides its peers and status: where the nodes stand that
 * it knows to answer for keys, and how many hops its own operations took.
 */
export interface NodeDisk {
}

export interface NodeDiskIs {
  known: number;
  /** Angles, in 2^-64 of a turn, clockwise; of more than 400 none. */
  angles: bigint[];
  /** How many stand in each 360th of the turn, from angle 0 on. */
  ticks: number[];
  /** How many operations took 0, 1, 2.. hops, without the zeros at the end. */
  hops: bigint[];
}

/**
 * Boxes that are followed by this node's owner, each place of them: its key, and who holds it there as
 * was found when it was last looked for (none: it was not found yet). Nobody is asked.
 */
export interface NodeBoxes {
}

export interface NodeBox {
  box?: Hex;
  place?: Hex;
  front: boolean;
  holders: Hex[];
}

export interface NodeBoxesIs {
  boxes: NodeBox[];
}

export type AppNodeBodyIs =
  | { is: 'NodeStatus'; as: NodeStatus }
  | { is: 'NodeStatusIs'; as: NodeStatusIs }
  | { is: 'NodeShutdown'; as: NodeShutdown }
  | { is: 'NodePeers'; as: NodePeers }
  | { is: 'NodePeersIs'; as: NodePeersIs }
  | { is: 'NodeLookups'; as: NodeLookups }
  | { is: 'NodeLookupsIs'; as: NodeLookupsIs }
  | { is: 'NodeCounters'; as: NodeCounters }
  | { is: 'NodeCountersIs'; as: NodeCountersIs }
  | { is: 'NodePing'; as: NodePing }
  | { is: 'NodePingIs'; as: NodePingIs }
  | { is: 'NodeNetcheck'; as: NodeNetcheck }
  | { is: 'NodeNetcheckIs'; as: NodeNetcheckIs }
  | { is: 'NodeGive'; as: NodeGive }
  | { is: 'NodeGiveIs'; as: NodeGiveIs }
  | { is: 'NodeRefuse'; as: NodeRefuse }
  | { is: 'NodeRefused'; as: NodeRefused }
  | { is: 'NodeRefusedIs'; as: NodeRefusedIs }
  | { is: 'NodePath'; as: NodePath }
  | { is: 'NodePathIs'; as: NodePathIs }
  | { is: 'NodeDisk'; as: NodeDisk }
  | { is: 'NodeDiskIs'; as: NodeDiskIs }
  | { is: 'NodeBoxes'; as: NodeBoxes }
  | { is: 'NodeBoxesIs'; as: NodeBoxesIs }
  | Unknown;

export interface AppNode {
  body: AppNodeBodyIs;
}

/** `keep`: the node refreshes this very record until its ttl ends (a new version needs the signer). */
export interface RecordPut {
  record: Uint8Array;
  token: Uint8Array;
  w: number;
  keep: boolean;
  compare: boolean;
  compare_seq: bigint;
  /** As of BoxSend: whom holders see who puts it. */
  session: SessionAs;
  share: bigint;
}

/** Ed25519 signature. */
export type Sig = Hex;

/**
 * A holder's promise to keep a version until held_until (docs/spec/wire.md WR-17). For a block: key and hash are the
 * block's hash, seq is 0.
 */
export interface Receipt {
  key: Hex;
  seq: bigint;
  hash: Hex;
  /** Unix seconds. */
  held_until: bigint;
  /** Node id of the holder, as the overlay makes it from its key and nonce. */
  holder: Hex;
  /** The holder's node key, which signed. */
  holder_key: Hex;
  sig: Hex;
}

/** `code`: QUORUM when fewer than w signed; what was reached stands beside it. */
export interface RecordStored {
  code: number;
  key?: Hex;
  seq: bigint;
  receipts: Receipt[];
  hops: number;
  took_ms: number;
  took_us: bigint;
  steps: LookupStep[];
  /** A newer version was there instead (`code` is not 0, nothing was stored). */
  newer: Uint8Array;
}

/** `quorum` 1: first valid; `min_seq`; sets: pages by owner. */
export interface RecordGet {
  key: Hex;
  type: number;
  quorum: number;
  min_seq: bigint;
  after?: Hex;
  local: boolean;
  fresh_s: number;
  /** As of BoxSend: whom holders see who asks; `local` is not read then. */
  session: SessionAs;
  share: bigint;
}

export interface RecordValue {
  record: Uint8Array;
  holders: Hex[];
  held_by: number;
}

/** `code`: why there may be more than was found. */
export interface RecordValues {
  values: RecordValue[];
  after?: Hex;
  more: boolean;
  asked: number;
  answered: number;
  took_ms: number;
  code: number;
  hops: number;
  took_us: bigint;
  steps: LookupStep[];
}

export interface NameResolve {
  name: string;
  fresh: boolean;
}

export interface NameEntry {
  type: number;
  value: string;
  ttl: number;
}

export interface NameIs {
  name: string;
  form: number;
  owner?: Hex;
  pinned?: Hex;
  seq: bigint;
  expires: bigint;
  entries: NameEntry[];
  record: Uint8Array;
  holders: number;
  /**
   * Of the names' two salts; `code`: what kept the answer from being whole; `looks_like`: a name that
   * is known here and is read as the same.
   */
  held_0: number;
  held_1: number;
  code: number;
  looks_like: string;
  age_s: bigint;
  took_us: bigint;
}

/** The two records of a claim or renewal, at their two places. */
export interface NamePut {
  first: Uint8Array;
  second: Uint8Array;
  w: number;
}

/** `code`: QUORUM when fewer than w signed at a place. */
export interface NameStored {
  code: number;
  name: string;
  held_0: number;
  held_1: number;
  looks_like: string;
  took_us: bigint;
}

/** The `count` nodes nearest to a key (8, at most 24), and the way there. */
export interface RecordFind {
  key: Hex;
  count: number;
}

export interface RecordNode {
  id?: Hex;
  key?: Hex;
  addr?: Addr;
}

export interface RecordFound {
  nodes: RecordNode[];
  hops: number;
  took_us: bigint;
  steps: LookupStep[];
}

export type AppRecordBodyIs =
  | { is: 'RecordPut'; as: RecordPut }
  | { is: 'RecordStored'; as: RecordStored }
  | { is: 'RecordGet'; as: RecordGet }
  | { is: 'RecordValues'; as: RecordValues }
  | { is: 'NameResolve'; as: NameResolve }
  | { is: 'NameIs'; as: NameIs }
  | { is: 'NamePut'; as: NamePut }
  | { is: 'NameStored'; as: NameStored }
  | { is: 'RecordFind'; as: RecordFind }
  | { is: 'RecordFound'; as: RecordFound }
  | Unknown;

export interface AppRecord {
  body: AppRecordBodyIs;
}

/**
 * Bit n of `kinds`: NodeEventKind n; 0: all. What is kept after `cursor` of the same `epoch` is told
 * first; AppGap comes before when something of it is gone.
 */
export interface EventsOn {
  kinds: bigint;
  cursor: bigint;
  epoch: bigint;
}

export interface EventsOff {
}

export interface NodeEvent {
  kind: NodeEventKind;
  status?: NodeStatusIs;
  peer?: NodePeer;
  lookup?: Lookup;
}

export type AppEventBodyIs =
  | { is: 'EventsOn'; as: EventsOn }
  | { is: 'EventsOff'; as: EventsOff }
  | { is: 'NodeEvent'; as: NodeEvent }
  | Unknown;

export interface AppEvent {
  body: AppEventBodyIs;
}

/** The bytes come on this call's stream, answered when it ended. */
export interface FileAdd {
  size: bigint;
}

export interface FileAdded {
  root?: Hex;
  size: bigint;
  blocks: Hex[];
}

/** FileIs, then the bytes on this call's stream, every one verified, then AppOk. `count` 0: to the end. */
export interface FileGet {
  root: Hex;
  size: bigint;
  blocks: Hex[];
  offset: bigint;
  count: bigint;
}

export interface FileIs {
  size: bigint;
  offset: bigint;
  count: bigint;
  mime: string;
}

/**
 * Copies of blocks to other nodes: Progress as it goes on, the last one with `code`. `once`: the node
 * does not look after them afterwards.
 */
export interface BlocksSpread {
  blocks: Hex[];
  copies: number;
  keep_until: bigint;
  once: boolean;
}

export interface Progress {
  done: bigint;
  total: bigint;
  code: number;
}

/**
 * What a site says: with `path` SiteIs, FileIs, that file on the stream and AppOk; with `manifest`
 * the manifest on the stream instead; with neither SiteIs alone.
 */
export interface SiteGet {
  owner: Hex;
  label: string;
  path: string;
  version: bigint;
  fresh: boolean;
  offset: bigint;
  count: bigint;
  manifest: boolean;
}

export interface SiteIs {
  head: Uint8Array;
  version: bigint;
  files: number;
  age_s: bigint;
}

/** What this node keeps published, from the place `from` on, 50 at once, at most 500. */
export interface SitesList {
  from: number;
  limit: number;
}

export interface SiteKept {
  owner?: Hex;
  label: string;
  root?: Hex;
  version: bigint;
  expires: bigint;
  spread: bigint;
  keep_until: bigint;
  copies: number;
  blocks: number;
  /** A version waits for its head; one is out. */
  pending: boolean;
  published: boolean;
  listed: boolean;
  versions: number;
  partial: boolean;
}

export interface SitesListIs {
  sites: SiteKept[];
  more: boolean;
}

/** Its blocks are let go; what others hold fades. */
export interface SiteUnpublish {
  owner: Hex;
  label: string;
}

export type AppFileBodyIs =
  | { is: 'FileAdd'; as: FileAdd }
  | { is: 'FileAdded'; as: FileAdded }
  | { is: 'FileGet'; as: FileGet }
  | { is: 'FileIs'; as: FileIs }
  | { is: 'BlocksSpread'; as: BlocksSpread }
  | { is: 'Progress'; as: Progress }
  | { is: 'SiteGet'; as: SiteGet }
  | { is: 'SiteIs'; as: SiteIs }
  | { is: 'SitesList'; as: SitesList }
  | { is: 'SitesListIs'; as: SitesListIs }
  | { is: 'SiteUnpublish'; as: SiteUnpublish }
  | Unknown;

export interface AppFile {
  body: AppFileBodyIs;
}

/**
 * Bytes of a call, either way, under the call's number: no more than was granted. 256 KiB may be sent
 * at first.
 */
export interface StreamData {
  stream: bigint;
  bytes: Uint8Array;
}

export interface StreamGrant {
  stream: bigint;
  bytes: number;
}

/** Nothing more comes this way; `code`: it is given up. */
export interface StreamEnd {
  stream: bigint;
  code: number;
}

export type AppStreamBodyIs =
  | { is: 'StreamData'; as: StreamData }
  | { is: 'StreamGrant'; as: StreamGrant }
  | { is: 'StreamEnd'; as: StreamEnd }
  | Unknown;

export interface AppStream {
  body: AppStreamBodyIs;
}

/** What lets an item in: one of these. */
export interface BoxProof {
  way: BoxWay;
  /** Work: Unix day and 8 bytes. */
  day: number;
  nonce: bigint;
  /** Invite: its key. */
  invite?: Hex;
  /** 112 bytes; a token's chain. */
  certificate: Uint8Array;
  token: Uint8Array;
  /** Over the item; not of work. */
  sig?: Hex;
}

/** BoxSent as custodies come, and once more, without `more`, when it is over. */
export interface BoxSend {
  box: Hex;
  /** It lies at two places. */
  front: boolean;
  item: Uint8Array;
  /** Seconds. */
  ttl: number;
  proof: BoxProof;
  /** Custodies of one set that mean stored; 0: 3. */
  w: number;
  /** To two nodes beyond the set too, as readers look there: holders may lie. */
  wide: boolean;
  /** Of a queue: 1, lent first, to 4; 0 is 3. */
  class: number;
  session: SessionAs;
  /** Fresh: 0, a key and a relay of its own; else one for all that this user asks with the same number. */
  share: bigint;
}

/**
 * A holder's promise to keep a box's item: Ed25519 by holder_key over "geonet/custody/1" || box || item ||
 * held_until be64 || holder.
 */
export interface Custody {
  box: Hex;
  /** SHA-256(item). */
  item: Hex;
  /** Unix seconds. */
  held_until: bigint;
  /** Node id of the holder, and its node key, which signed. */
  holder: Hex;
  holder_key: Hex;
  sig: Hex;
}

export interface BoxSent {
  /** Of the last one: number of base/err.def, 0 all who were asked hold it. */
  code: number;
  held: number;
  of: number;
  custody?: Custody;
  /** What the holders said: which limit, how many bits of work would do. */
  limit: string;
  bits: number;
}

/** What has become of an item: without its proof holders say no more than held or unknown. */
export interface BoxCheck {
  box: Hex;
  front: boolean;
  item: Hex;
  proof?: BoxProof;
  session: SessionAs;
  share: bigint;
}

export interface BoxCheckIs {
  held: number;
  taken: number;
  of: number;
  code: number;
}

/** Lasts until it is cancelled: BoxGot for each item, once; BoxFollowing when holders have listed all. */
export interface BoxFollow {
  box: Hex;
  front: boolean;
  /** This device's keys in the descriptor. */
  read: Hex;
  ack?: Hex;
  /** An old box: listed now and then, not watched. */
  poll: boolean;
  /** Of a queue: not only what has ended, but each as it stands when it is read. */
  all: boolean;
  /** Of a queue: a chain with Deposit, whose bearer `read` is: what they put in, and no more. */
  token: Uint8Array;
  session: SessionAs;
  share: bigint;
}

export interface BoxGot {
  /** 16 bytes. */
  id: Uint8Array;
  item: Uint8Array;
  /**
   * Deposit key, or the invite's, whose signature over the item (BD-8) is `sig`, which the node has
   * not checked; absent: work.
   */
  by?: Hex;
  /** Unix seconds. */
  deposited: bigint;
  until: bigint;
  /**
   * Of a queue: BoxTurnState and BoxEnd of box.fbs, how often it was lent, for how many seconds
   * more; who worked last, and what they say of it, checked; the chain by which they work.
   */
  class: number;
  state: number;
  end: number;
  delivery: number;
  lease: number;
  worker?: Hex;
  outcome: Uint8Array;
  sig?: Hex;
  token: Uint8Array;
}

export interface BoxFollowing {
  holders: number;
}

/**
 * To who calls, within BoxSend, BoxCheck, BoxFollow: sign for this session (docs/spec/services.md
 * BD-10), answered by BoxSigned.
 */
export interface BoxSign {
  sign: bigint;
  box?: Hex;
  role: number;
  key?: Hex;
  holder?: Hex;
  exporter?: Hex;
}

export interface BoxSigned {
  sign: bigint;
  sig: Hex;
}

/** This device has it safe: holders may let it go. Of a box that this connection follows. */
export interface BoxTake {
  box: Hex;
  id: Uint8Array;
}

/** The same for one that was not shown; of a queue: that nobody shall work on it. */
export interface BoxDrop {
  box: Hex;
  id: Uint8Array;
}

/**
 * Works at a queue until it is cancelled: QueueTask for each item that is lent, up to `slots` at
 * once, QueueOver when it is none of ours any more.
 */
export interface QueueWork {
  box: Hex;
  /** A worker's in the descriptor, or by token: its bearer's signs. */
  key?: Hex;
  token: Uint8Array;
  /** Of a lease; 0: as long as the queue lets. */
  seconds: number;
  slots: number;
  /** One item, and no other when that is over. */
  once: boolean;
}

export interface QueueTask {
  /** 16 bytes. */
  id: Uint8Array;
  item: Uint8Array;
  delivery: number;
  /** Seconds. */
  lease: number;
  class: number;
  by?: Hex;
  /** Unix seconds. */
  deposited: bigint;
  until: bigint;
  holder?: Hex;
}

/** More time for one that this connection works on. A refusal comes as QueueOver. */
export interface QueueMore {
  box: Hex;
  id: Uint8Array;
  seconds: number;
}

/**
 * What became of it; whether that counts comes as QueueOver. sig: by the worker's key,
 * docs/spec/services.md BD-13.
 */
export interface QueueEnd {
  box: Hex;
  id: Uint8Array;
  /** BoxEnd of box.fbs. */
  end: number;
  outcome: Uint8Array;
  sig: Hex;
  /** Failed: seconds before it is lent again. */
  after: number;
}

/**
 * code: number of base/err.def; 0 it counts, Stale it is lent to another, Exists it is over. id zeros
 * and Denied: no holder lets this worker in, now; and Quota: a limit of its token is used up for now, as a holder says.
 */
export interface QueueOver {
  id: Uint8Array;
  code: number;
  reported: boolean;
}

export type AppBoxBodyIs =
  | { is: 'BoxSend'; as: BoxSend }
  | { is: 'BoxSent'; as: BoxSent }
  | { is: 'BoxCheck'; as: BoxCheck }
  | { is: 'BoxCheckIs'; as: BoxCheckIs }
  | { is: 'BoxFollow'; as: BoxFollow }
  | { is: 'BoxGot'; as: BoxGot }
  | { is: 'BoxFollowing'; as: BoxFollowing }
  | { is: 'BoxSign'; as: BoxSign }
  | { is: 'BoxSigned'; as: BoxSigned }
  | { is: 'BoxTake'; as: BoxTake }
  | { is: 'BoxDrop'; as: BoxDrop }
  | { is: 'QueueWork'; as: QueueWork }
  | { is: 'QueueTask'; as: QueueTask }
  | { is: 'QueueMore'; as: QueueMore }
  | { is: 'QueueEnd'; as: QueueEnd }
  | { is: 'QueueOver'; as: QueueOver }
  | Unknown;

export interface AppBox {
  body: AppBoxBodyIs;
}

export interface AgentStatus {
}

export interface AgentStatusIs {
  state: AgentState;
  version: string;
  pid: string;
  name: string;
  /**
   * The node answers; its `reach` word, its links. `why`: why there is none, or why too few nodes
   * keep what is published.
   */
  online: boolean;
  reach: string;
  nodes: number;
  why: string;
  /** The own records and boxes are where others find them. */
  published: boolean;
  unread: number;
  /** Items fetched and not opened, while locked. */
  waiting: number;
  requests: number;
  /** Contents on their way. */
  sending: number;
  /** The identity record must be signed anew: unlock with the passphrase, if there is one. */
  identity_wanted: boolean;
  /** Another device of the person took this one out of their identity. */
  revoked: boolean;
  /** The owner's, which `pid` names; absent of a new one. */
  key?: Hex;
}

/** Of a new one: makes the device's keys, and an identity where there is none. */
export interface AgentStart {
  passphrase: Uint8Array;
  name: string;
}

/** Wrong passphrases cost time (AGENT_TRIES_FREE). */
export interface Unlock {
  passphrase: Uint8Array;
}

export interface Lock {
}

export interface AgentStop {
}

/** New prekeys and another private box, now: as every week, and after an own device was lost. */
export interface AgentRenew {
}

export interface ClientsList {
}

/**
 * Of calls that a person must allow: the passphrase where there is one, or the number of what they
 * allowed (ApprovalGive) and the same call again.
 */
export type ClientId = Hex;

export interface Client {
  id?: Hex;
  name: string;
  rights: string[];
  /** Unix seconds; until 0: for ever. */
  since: bigint;
  seen: bigint;
  until: bigint;
}

export interface ClientsIs {
  clients: Client[];
}

export interface ClientAdd {
  name: string;
  rights: string[];
  until: bigint;
  passphrase: Uint8Array;
  approval: bigint;
}

/** The secret is told once. */
export interface ClientMade {
  id?: Hex;
  secret?: Hex;
  client?: Client;
}

export interface ClientRemove {
  id: Hex;
}

/**
 * Instead of the answer: a person must say yes to this text. `here`: in this client, as there is no
 * other.
 */
export interface ApprovalAsked {
  id: bigint;
  text: string;
  here: boolean;
}

export interface ApprovalGive {
  id: bigint;
  yes: boolean;
}

/**
 * A sealed copy of all that is kept: `BackupIs` as it is made, then its bytes on this call's stream,
 * then BackupIs again.
 */
export interface AgentBackup {
  passphrase: Uint8Array;
  approval: bigint;
}

/** Bytes; `done`: of the copy, then of the stream. `passphrase`: it opens with that, too. */
export interface BackupIs {
  size: bigint;
  done: bigint;
  copied: boolean;
  passphrase: boolean;
}

/** Both key files under another passphrase; without one, or to take it away, it is empty. */
export interface AgentPassphrase {
  before: Uint8Array;
  after: Uint8Array;
}

/**
 * Of the person's own tool: a code for the app, good once and for 5 minutes (AG-121). `port`: where the
 * app is served on loopback; `url`: http://localhost:PORT/#pair=CODE.
 */
export interface ClientPair {
}

export interface ClientPairIs {
  code: string;
  url: string;
  port: number;
  until: bigint;
}

/** Of a connection that proved a code: a client of its own, for ClientMade. The code is used up. */
export interface ClientClaim {
  name: string;
  passphrase: Uint8Array;
}

export type AppAgentBodyIs =
  | { is: 'AgentStatus'; as: AgentStatus }
  | { is: 'AgentStatusIs'; as: AgentStatusIs }
  | { is: 'AgentStart'; as: AgentStart }
  | { is: 'Unlock'; as: Unlock }
  | { is: 'Lock'; as: Lock }
  | { is: 'AgentStop'; as: AgentStop }
  | { is: 'AgentRenew'; as: AgentRenew }
  | { is: 'ClientsList'; as: ClientsList }
  | { is: 'ClientsIs'; as: ClientsIs }
  | { is: 'ClientAdd'; as: ClientAdd }
  | { is: 'ClientMade'; as: ClientMade }
  | { is: 'ClientRemove'; as: ClientRemove }
  | { is: 'ApprovalAsked'; as: ApprovalAsked }
  | { is: 'ApprovalGive'; as: ApprovalGive }
  | { is: 'AgentBackup'; as: AgentBackup }
  | { is: 'BackupIs'; as: BackupIs }
  | { is: 'AgentPassphrase'; as: AgentPassphrase }
  | { is: 'ClientPair'; as: ClientPair }
  | { is: 'ClientPairIs'; as: ClientPairIs }
  | { is: 'ClientClaim'; as: ClientClaim }
  | Unknown;

export interface AppAgent {
  body: AppAgentBodyIs;
}

/** SHA-256 of the owner key that the other was met with. */
export type ChatId = Hex;

export interface Person {
  key?: Hex;
  pid: string;
  name: string;
  petname: string;
  state: ContactState;
  trust: Trust;
  blocked: boolean;
  /** Sending is stopped until somebody looked at it: why. */
  alarm: string;
  chat?: Hex;
  devices: number;
  /** Said and not receipted by any device; said by them and not here. */
  outstanding: number;
  missing: bigint;
  reads: boolean;
  expire: number;
  seq: bigint;
  /** A request of which nothing but the key is known: accepting it looks them up. */
  unseen: boolean;
  /**
   * Unix ms: when the person compared the safety number and found it equal; 0: never. `changed`: it
   * is another one now.
   */
  verified: bigint;
  changed: boolean;
  /** Which ways the node's sessions with their nodes may take (docs/spec/reach.md RE-11); empty: any. */
  path: string;
}

/** `after`: that of the page before. */
export interface ContactsList {
  after: number;
  limit: number;
}

export interface ContactsIs {
  contacts: Person[];
  after: number;
  more: boolean;
}

/** A PID, a name (alice.geo), a link geonet:hi/.. */
export interface ContactAdd {
  who: string;
  petname: string;
}

export interface ContactGet {
  who: string;
}

/** Of a request. */
export interface ContactAnswer {
  who: string;
  accept: boolean;
}

export interface ContactSet {
  who: string;
  petname: string;
  block: Switch;
  reads: Switch;
  met: boolean;
  cleared: boolean;
  /** A rule about paths, "any" ends it; absent: as it is. Alone: with it nothing else is set. */
  path: string;
}

export interface ContactRemove {
  who: string;
}

export interface InviteNew {
  uses: number;
  ttl: number;
  name: string;
}

export interface Invite {
  link: string;
  uses: number;
  used: number;
  until: bigint;
}

export interface InvitesList {
}

export interface InvitesIs {
  invites: Invite[];
}

export interface InviteDrop {
  link: string;
}

/** Without a number: what it is. With one: is it the same? Then it is marked as compared. */
export interface ContactVerify {
  who: string;
  number: string;
}

export interface SafetyIs {
  contact?: Person;
  /** 60 digits; what their QR codes have. */
  number: string;
  qr?: Hex;
  /** Of a call with a number. */
  equal: boolean;
}

/** `who`: of that contact alone, and they are among those that are followed from now on. */
export interface PresenceGet {
  who: string;
}

export interface PresenceSet {
  state: PresenceState;
}

/** Lasts until it is cancelled: PresenceIs, then another whenever that of somebody changes, with them alone. */
export interface PresenceFollow {
}

/**
 * Of a contact. `until`: Unix seconds, when they are offline unless heard of again. Without `followed` nothing is
 * known of them; `told`: they have told us where theirs is.
 */
export interface PresenceOf {
  contact?: Person;
  state: PresenceState;
  until: bigint;
  told: boolean;
  followed: boolean;
}

export interface PresenceIs {
  own: PresenceState;
  people: PresenceOf[];
}

export type AppContactBodyIs =
  | { is: 'Person'; as: Person }
  | { is: 'ContactsList'; as: ContactsList }
  | { is: 'ContactsIs'; as: ContactsIs }
  | { is: 'ContactAdd'; as: ContactAdd }
  | { is: 'ContactGet'; as: ContactGet }
  | { is: 'ContactAnswer'; as: ContactAnswer }
  | { is: 'ContactSet'; as: ContactSet }
  | { is: 'ContactRemove'; as: ContactRemove }
  | { is: 'InviteNew'; as: InviteNew }
  | { is: 'Invite'; as: Invite }
  | { is: 'InvitesList'; as: InvitesList }
  | { is: 'InvitesIs'; as: InvitesIs }
  | { is: 'InviteDrop'; as: InviteDrop }
  | { is: 'ContactVerify'; as: ContactVerify }
  | { is: 'SafetyIs'; as: SafetyIs }
  | { is: 'PresenceGet'; as: PresenceGet }
  | { is: 'PresenceSet'; as: PresenceSet }
  | { is: 'PresenceFollow'; as: PresenceFollow }
  | { is: 'PresenceIs'; as: PresenceIs }
  | Unknown;

export interface AppContact {
  body: AppContactBodyIs;
}

export interface ChatsList {
  after: bigint;
  limit: number;
}

/** Chosen by the client that says it, so that a repeat says nothing twice. */
export type MessageId = Hex;

export interface MessageReaction {
  mine: boolean;
  emoji: string;
}

export interface MessageReceipt {
  /** Short name of the device (docs/spec/people.md); Unix ms, when the receipt came. */
  device: bigint;
  read: boolean;
  time: bigint;
}

/** A file of a message, or on its way to be one: then `id` is what the message will have. */
export interface ChatFile {
  id?: Hex;
  chat?: Hex;
  mine: boolean;
  /** Which of the message's. */
  index: number;
  /** As it may be shown and saved. */
  name: string;
  mime: string;
  size: bigint;
  preview: Uint8Array;
  state: FileState;
  /** Bytes that need not be sent again, or that come. */
  done: bigint;
  /** Copies of blocks, of how many. */
  copies: bigint;
  wanted: bigint;
  /** What is wrong, of err.def, why, and what to do. */
  code: number;
  reason: string;
  next: string;
  sent: bigint;
  text: string;
  /** For pages: ChatFilesList below it. */
  number: bigint;
  /** Whose chat. */
  pid: string;
  contact: string;
}

export interface Message {
  id?: Hex;
  chat?: Hex;
  mine: boolean;
  kind: MessageKind;
  text: string;
  sent: bigint;
  received: bigint;
  /** Its place in the chat. */
  order: bigint;
  edited: boolean;
  deleted: boolean;
  reply?: Hex;
  reactions: MessageReaction[];
  /** Of one that came in: delivered, or read here. */
  state: SendState;
  /** Stored: so many hold it of how many. */
  held: number;
  of: number;
  /** Failed: why, and what to do. */
  reason: string;
  next: string;
  read: boolean;
  expires: bigint;
  /** Gap: so many have not arrived. */
  missing: bigint;
  receipts: MessageReceipt[];
  /** For pages: History before and after it. */
  number: bigint;
  files: ChatFile[];
}

export interface Chat {
  id?: Hex;
  contact?: Person;
  unread: number;
  last?: Message;
}

export interface ChatsIs {
  chats: Chat[];
  after: bigint;
  more: boolean;
}

/** `id` absent: the agent makes one. */
export interface MessageSend {
  who: string;
  text: string;
  id?: Hex;
  reply?: Hex;
}

export interface MessageEdit {
  who: string;
  of: Hex;
  text: string;
  id?: Hex;
}

/** For both. */
export interface MessageDelete {
  who: string;
  of: Hex;
}

export interface MessageReact {
  who: string;
  of: Hex;
  mine: boolean;
  emoji: string;
}

/** All up to this place. */
export interface MessageRead {
  who: string;
  order: bigint;
}

export interface MessageRetry {
  who: string;
  id: Hex;
}

export interface MessageIs {
  message?: Message;
}

/** Newest first, from before the message of that number. */
export interface History {
  who: string;
  before: bigint;
  limit: number;
  after: bigint;
}

export interface HistoryIs {
  messages: Message[];
  more: boolean;
}

export interface Search {
  text: string;
  who: string;
  limit: number;
  below: bigint;
}

export interface Found {
  message?: Message;
  snippet: string;
  contact?: Person;
}

export interface SearchIs {
  found: Found[];
  below: bigint;
  more: boolean;
}

/** One message by its id, of any chat; own ones first. */
export interface MessageGet {
  id: Hex;
}

/** An envelope with it that went out. Custodies are kept as long as they hold, and 30 days more. */
export interface MessageItem {
  box?: Hex;
  front: boolean;
  item?: Hex;
  /** Unix ms: sealed, and first held by enough nodes. */
  made: bigint;
  held: bigint;
  /** Unix seconds: when nobody keeps it any more. */
  until: bigint;
  /** It is looked after: no device has receipted it. */
  looked_after: boolean;
  custodies: Custody[];
}

export interface MessageShown {
  message?: Message;
  contact?: Person;
  items: MessageItem[];
}

/**
 * `id` is the message's, chosen by the client, so that it can go on with it; `mark`: what the file was
 * when it began. Answered by a ChatFile; from its `done` on the bytes come on this call's stream; then
 * by others as copies are made, the last one when the message is said.
 */
export interface ChatFileSend {
  who: string;
  id?: Hex;
  name: string;
  mime: string;
  size: bigint;
  mark: bigint;
  text: string;
  preview: Uint8Array;
  reply?: Hex;
}

/**
 * A ChatFile, the bytes from `offset` on (`count` 0: to the end) on this call's stream, AppOk. `large`:
 * it is wanted although it is large.
 */
export interface ChatFileGet {
  id: Hex;
  who: string;
  index: number;
  offset: bigint;
  count: bigint;
  large: boolean;
}

export interface ChatFilesList {
  who: string;
  limit: number;
  below: bigint;
}

export interface ChatFilesIs {
  files: ChatFile[];
  below: bigint;
  more: boolean;
}

/** Gives up one that is being sent. */
export interface ChatFileDrop {
  id: Hex;
}

export type AppChatBodyIs =
  | { is: 'ChatsList'; as: ChatsList }
  | { is: 'ChatsIs'; as: ChatsIs }
  | { is: 'MessageSend'; as: MessageSend }
  | { is: 'MessageEdit'; as: MessageEdit }
  | { is: 'MessageDelete'; as: MessageDelete }
  | { is: 'MessageReact'; as: MessageReact }
  | { is: 'MessageRead'; as: MessageRead }
  | { is: 'MessageRetry'; as: MessageRetry }
  | { is: 'MessageIs'; as: MessageIs }
  | { is: 'History'; as: History }
  | { is: 'HistoryIs'; as: HistoryIs }
  | { is: 'Search'; as: Search }
  | { is: 'SearchIs'; as: SearchIs }
  | { is: 'MessageGet'; as: MessageGet }
  | { is: 'MessageShown'; as: MessageShown }
  | { is: 'ChatFile'; as: ChatFile }
  | { is: 'ChatFileSend'; as: ChatFileSend }
  | { is: 'ChatFileGet'; as: ChatFileGet }
  | { is: 'ChatFilesList'; as: ChatFilesList }
  | { is: 'ChatFilesIs'; as: ChatFilesIs }
  | { is: 'ChatFileDrop'; as: ChatFileDrop }
  | Unknown;

export interface AppChat {
  body: AppChatBodyIs;
}

export interface ToldState {
  state?: AgentStatusIs;
}

/** Of whose chat, too. */
export interface ToldMessage {
  message?: Message;
  fresh: boolean;
  contact?: Person;
}

export interface ToldContact {
  contact?: Person;
  gone: boolean;
}

export interface ToldTyping {
  chat?: Hex;
  on: boolean;
}

export interface ToldNotice {
  level: number;
  text: string;
  next: string;
}

export interface ToldFile {
  file?: ChatFile;
}

/** Chosen by the client for one act, so that a repeat does it once. */
export type WalletAct = Hex;

/** A line in the way: its ends, whose doing (`by`), and why (the ledger's word). */
export interface WalletCut {
  owner: string;
  owner_name: string;
  debtor: string;
  debtor_name: string;
  by: string;
  by_name: string;
  cause: string;
  available: string;
  left_today: string;
}

export interface WalletWay {
  kind: WalletWayKind;
  who: string;
  name: string;
  other: string;
  other_name: string;
  amount: string;
}

/** Something that was signed. kind, code, reason: why nothing came of it, or why it is not known. */
export interface WalletDone {
  act?: Hex;
  state: WalletState;
  what: WalletWhat;
  hub: string;
  peer: string;
  name: string;
  amount: string;
  equivalent: string;
  note: string;
  tx: string;
  at: bigint;
  before: boolean;
  kind: string;
  code: string;
  reason: string;
  cut: WalletCut[];
  ways: WalletWay[];
}

/** Event: what became of something signed; or (`moved`) what is told of the hub has changed. */
export interface ToldWallet {
  hub: string;
  done?: WalletDone;
  moved: boolean;
}

export type AppToldBodyIs =
  | { is: 'ToldState'; as: ToldState }
  | { is: 'ToldMessage'; as: ToldMessage }
  | { is: 'ToldContact'; as: ToldContact }
  | { is: 'ToldTyping'; as: ToldTyping }
  | { is: 'ToldNotice'; as: ToldNotice }
  | { is: 'ToldFile'; as: ToldFile }
  | { is: 'ToldWallet'; as: ToldWallet }
  | Unknown;

export interface AppTold {
  body: AppToldBodyIs;
}

/**
 * Answered by TopicPublished. A will: it lasts, TopicPublished comes whenever it stands otherwise, and it is left to
 * lapse when the connection ends.
 */
export interface TopicPublish {
  owner: Hex;
  label: string;
  /** A buffer whose root is BusSaid (bus.fbs). */
  said: Uint8Array;
  sig: Hex;
  token: Uint8Array;
  /** Roots that must have taken it; 0: 1. */
  need: number;
  /** A will: what its `by` was made with, beside the key of this node. */
  salt?: Hex;
  /** As of BoxSend. A will is this node's, which its `by` names: Fresh is UNSUPPORTED. */
  session: SessionAs;
  share: bigint;
}

export interface TopicPublished {
  /** Number of base/err.def. */
  code: number;
  roots: number;
  of: number;
  subscribers: number;
  /** What a root said. */
  limit: string;
  retry_ms: number;
}

/** Of this connection: the will of that publisher is taken back, so that nobody hears it. */
export interface TopicTakeBack {
  owner: Hex;
  label: string;
  publisher: Hex;
}

/** Lasts until it is cancelled: TopicFollowing whenever that changes, TopicSaid for each message, TopicGap. */
export interface TopicFollow {
  owner: Hex;
  label: string;
  /** Subjects, `*` one token, `>` the rest; none: all. */
  filters: string[];
  /** Where the topic asks: who follows, and the token. */
  key?: Hex;
  token: Uint8Array;
  session: SessionAs;
  share: bigint;
}

export interface TopicFollowing {
  roots: number;
  subscribers: number;
}

export interface TopicSaid {
  said: Uint8Array;
  sig?: Hex;
  /** The publisher's, where the topic asks one. */
  token: Uint8Array;
}

/** These did not come and will not; without publisher: who calls was too slow for so many. */
export interface TopicGap {
  publisher?: Hex;
  epoch: bigint;
  seq: bigint;
  count: bigint;
}

/** To who calls, within TopicFollow: sign "geonet/bus/show/1" || topic || root || exporter, answered by TopicSigned. */
export interface TopicSign {
  sign: bigint;
  /** K of the record. */
  topic?: Hex;
  key?: Hex;
  /** Node key of who checks. */
  root?: Hex;
  exporter?: Hex;
}

export interface TopicSigned {
  sign: bigint;
  sig: Hex;
}

export type AppTopicBodyIs =
  | { is: 'TopicPublish'; as: TopicPublish }
  | { is: 'TopicPublished'; as: TopicPublished }
  | { is: 'TopicTakeBack'; as: TopicTakeBack }
  | { is: 'TopicFollow'; as: TopicFollow }
  | { is: 'TopicFollowing'; as: TopicFollowing }
  | { is: 'TopicSaid'; as: TopicSaid }
  | { is: 'TopicGap'; as: TopicGap }
  | { is: 'TopicSign'; as: TopicSign }
  | { is: 'TopicSigned'; as: TopicSigned }
  | Unknown;

export interface AppTopic {
  body: AppTopicBodyIs;
}

export interface JobInfo {
  id?: Hex;
  /** 16 bytes: its name in the queue. */
  item: Uint8Array;
  kind: string;
  recipe: Uint8Array;
  class: number;
  /** Unix seconds. */
  deposited: bigint;
  not_after: bigint;
  until: bigint;
  /** waiting, running, done, dead */
  state: string;
  attempts: number;
  /** Dead: why, a sentence. Running: seconds of its lease. */
  reason: string;
  lease: number;
  worker?: Hex;
  /** Of its result: what the program said, and what it gave. */
  note: string;
  output: Uint8Array;
  wall_ms: number;
  requester?: Hex;
  /** How long its program may run; 0: not said. */
  limit_ms: number;
}

/**
 * Which queue, in calls below: absent is this agent's own, else whose owner gave `token`, with the
 * key of the owner's own worker.
 * `nonce` of 16 bytes makes two equal ones two; the same once more is the same job.
 */
export interface JobSubmit {
  kind: string;
  recipe: Uint8Array;
  nonce: Uint8Array;
  /** Unix seconds. */
  not_after: bigint;
  class: number;
  wall_ms: number;
  queue?: Hex;
  token: Uint8Array;
  worker?: Hex;
}

export interface JobIs {
  job?: JobInfo;
  held: number;
  of: number;
}

export interface JobsList {
  limit: number;
  queue?: Hex;
  token: Uint8Array;
  worker?: Hex;
}

export interface JobsIs {
  jobs: JobInfo[];
  more: boolean;
}

export interface JobGet {
  id: Hex;
  queue?: Hex;
  token: Uint8Array;
  worker?: Hex;
}

/** One that waits is called off; one that ended is forgotten. */
export interface JobDrop {
  item: Uint8Array;
}

/** This agent's queue and the key by which it works for others. */
export interface JobKeys {
}

export interface JobKeysIs {
  queue?: Hex;
  worker?: Hex;
  ready: boolean;
}

/** Lets somebody take jobs, put them in, or both: a chain for their key. */
export interface JobGrant {
  worker: Hex;
  seconds: number;
  work: boolean;
  submit: boolean;
  /** At most so many at once, and as many again in so many seconds; no seconds: no limit (WR-37). */
  jobs: bigint;
  jobs_s: number;
  bytes: bigint;
  bytes_s: number;
  ops: bigint;
  ops_s: number;
}

export interface JobGrantIs {
  queue?: Hex;
  token: Uint8Array;
  worker?: Hex;
}

/**
 * Work for one program: one job, or Again after so long without. It says every 15 s at least that it
 * lives (JobKeep), and at last what became of it (JobEnd).
 */
export interface JobTake {
  queue: Hex;
  token: Uint8Array;
  wait_ms: number;
  /** Seconds of its lease; 0: as the queue says. */
  lease: number;
}

export interface JobKeep {
  item: Uint8Array;
}

export interface JobEnd {
  item: Uint8Array;
  /** JobFault of job.fbs; 0: it is done. */
  fault: number;
  note: string;
  output: Uint8Array;
  wall_ms: number;
  tool: string;
  /** Seconds before another tries. */
  after: number;
}

/** What this key was granted counts no more. */
export interface JobRefuse {
  key: Hex;
  undo: boolean;
}

export type AppJobBodyIs =
  | { is: 'JobInfo'; as: JobInfo }
  | { is: 'JobSubmit'; as: JobSubmit }
  | { is: 'JobIs'; as: JobIs }
  | { is: 'JobsList'; as: JobsList }
  | { is: 'JobsIs'; as: JobsIs }
  | { is: 'JobGet'; as: JobGet }
  | { is: 'JobDrop'; as: JobDrop }
  | { is: 'JobKeys'; as: JobKeys }
  | { is: 'JobKeysIs'; as: JobKeysIs }
  | { is: 'JobGrant'; as: JobGrant }
  | { is: 'JobGrantIs'; as: JobGrantIs }
  | { is: 'JobTake'; as: JobTake }
  | { is: 'JobKeep'; as: JobKeep }
  | { is: 'JobEnd'; as: JobEnd }
  | { is: 'JobRefuse'; as: JobRefuse }
  | Unknown;

export interface AppJob {
  body: AppJobBodyIs;
}

/**
 * To the program that listens at that node: TunnelIs when it has taken it, then bytes both ways on this call's stream,
 * AppOk when both have ended and what this side wrote is there.
 */
export interface TunnelDial {
  key: Hex;
  /** 1 to 255 bytes; what begins with "forward/" is the far node's own. */
  service: string;
  /** 2 (interactive) or 3 (files); 0: 3. */
  class: number;
  /** Until it is taken; 0: 15,000; 60,000 at most. */
  patience_ms: number;
  /** A chain that gives the right, shown to the far node. */
  token: Uint8Array;
  /** Which ways the session may take, as long as the call lasts (docs/spec/reach.md RE-11). */
  rule: string;
}

/** Takes one caller: TunnelListening at once, then as TunnelDial. Several calls take several. */
export interface TunnelListen {
  service: string;
  /** From this node alone. */
  key?: Hex;
  /**
   * As in TunnelDial; without `key` for whoever comes, as soon as they do: who came by another way is not
   * taken, and their session ends.
   */
  rule: string;
}

export interface TunnelListening {
}

/** It stands; told before any byte. */
export interface TunnelIs {
  /** The peer's node, and this one. */
  key?: Hex;
  own?: Hex;
  /** Of the session: the same at both ends and nowhere else. */
  exporter?: Hex;
  /** This side dialled. */
  opened: boolean;
  service: string;
}

export type AppTunnelBodyIs =
  | { is: 'TunnelDial'; as: TunnelDial }
  | { is: 'TunnelListen'; as: TunnelListen }
  | { is: 'TunnelListening'; as: TunnelListening }
  | { is: 'TunnelIs'; as: TunnelIs }
  | Unknown;

export interface AppTunnel {
  body: AppTunnelBodyIs;
}

export interface WalletHubs {
}

/** `old`: the newest read failed, for the reason `kind` (AG-146), `why`; what is told is of `at`. */
export interface WalletHub {
  hub: string;
  url: string;
  name: string;
  status: string;
  at: bigint;
  old: boolean;
  kind: string;
  why: string;
}

export interface WalletHubsIs {
  hubs: WalletHub[];
}

/**
 * Where one is a participant already: WalletHubsIs; else WalletQuoteIs to be signed. leave: of a hub joined;
 * `forget`: it is not asked any more, and nothing is signed.
 */
export interface WalletJoin {
  url: string;
  name: string;
  hub: string;
  leave: boolean;
  forget: boolean;
  passphrase: Uint8Array;
}

/** fresh: the hub is asked first. hub absent: of all. */
export interface WalletBalance {
  hub: string;
  fresh: boolean;
}

export interface WalletSum {
  hub: string;
  equivalent: string;
  precision: number;
  owed: string;
  owing: string;
  net: string;
  can_pay: string;
  can_receive: string;
}

export interface WalletBalanceIs {
  hubs: WalletHub[];
  sums: WalletSum[];
}

export interface WalletLines {
  hub: string;
  fresh: boolean;
  equivalent: string;
}

export interface WalletLine {
  id: string;
  given: boolean;
  peer: string;
  name: string;
  equivalent: string;
  limit: string;
  used: string;
  available: string;
  status: string;
  disputed: boolean;
  asks: boolean;
}

export interface WalletLinesIs {
  of?: WalletHub;
  lines: WalletLine[];
  more: boolean;
}

/** Opens the line to `peer` or changes it; close: once it is repaid. limit absent: it stays. */
export interface WalletLineSet {
  hub: string;
  peer: string;
  equivalent: string;
  limit: string;
  close: boolean;
  freeze: boolean;
  unfreeze: boolean;
}

/**
 * A link, with `amount` where it has none; or whom (PID or contact), equivalent, amount. again: a request that
 * was paid before.
 */
export interface WalletQuote {
  link: string;
  whom: string;
  hub: string;
  equivalent: string;
  amount: string;
  note: string;
  again: boolean;
}

/**
 * `signs`: the very text. `says`: what it says, in a sentence. free: within this client's limit, nobody is asked.
 * most: what can arrive, missing: what cannot.
 */
export interface WalletQuoteIs {
  id?: Hex;
  what: WalletWhat;
  hub: string;
  peer: string;
  name: string;
  amount: string;
  equivalent: string;
  note: string;
  signs: string;
  says: string;
  until: bigint;
  can: boolean;
  most: string;
  missing: string;
  cut: WalletCut[];
  ways: WalletWay[];
  free: boolean;
  elsewhere: number;
}

/** Signs a quote and sends it. A repeat with the same `act` does it once and tells how it stands. */
export interface WalletPay {
  act: Hex;
  quote?: Hex;
  passphrase: Uint8Array;
  approval: bigint;
}

export interface WalletPaid {
  done?: WalletDone;
}

/** A link that others pay; amount absent: they choose it. */
export interface WalletRequest {
  hub: string;
  equivalent: string;
  amount: string;
  note: string;
}

export interface WalletRequestIs {
  link: string;
}

/** What this agent signed and is not over comes first. */
export interface WalletHistory {
  hub: string;
  fresh: boolean;
  limit: number;
}

/** `out`: paid by this person. status, code, reason: as the hub has them. */
export interface WalletPayment {
  tx: string;
  out: boolean;
  peer: string;
  amount: string;
  equivalent: string;
  note: string;
  status: string;
  created: string;
  code: string;
  reason: string;
}

export interface WalletHistoryIs {
  of?: WalletHub;
  open: WalletDone[];
  payments: WalletPayment[];
  more: boolean;
}

/** Without key: what waits for an answer. With: WalletQuoteIs of the answer. */
export interface WalletOffers {
  hub: string;
  fresh: boolean;
  key: string;
  accept: boolean;
}

/** A payment over one's line (from, to), or an offer to clear. */
export interface WalletOffer {
  key: string;
  clearing: boolean;
  from: string;
  from_name: string;
  to: string;
  to_name: string;
  amount: string;
  equivalent: string;
  gain: string;
  note: string;
  until: string;
  answered: boolean;
  asked: number;
}

export interface WalletOffersIs {
  of?: WalletHub;
  offers: WalletOffer[];
}

export type AppWalletBodyIs =
  | { is: 'WalletHubs'; as: WalletHubs }
  | { is: 'WalletHubsIs'; as: WalletHubsIs }
  | { is: 'WalletJoin'; as: WalletJoin }
  | { is: 'WalletBalance'; as: WalletBalance }
  | { is: 'WalletBalanceIs'; as: WalletBalanceIs }
  | { is: 'WalletLines'; as: WalletLines }
  | { is: 'WalletLinesIs'; as: WalletLinesIs }
  | { is: 'WalletLineSet'; as: WalletLineSet }
  | { is: 'WalletQuote'; as: WalletQuote }
  | { is: 'WalletQuoteIs'; as: WalletQuoteIs }
  | { is: 'WalletPay'; as: WalletPay }
  | { is: 'WalletPaid'; as: WalletPaid }
  | { is: 'WalletRequest'; as: WalletRequest }
  | { is: 'WalletRequestIs'; as: WalletRequestIs }
  | { is: 'WalletHistory'; as: WalletHistory }
  | { is: 'WalletHistoryIs'; as: WalletHistoryIs }
  | { is: 'WalletOffers'; as: WalletOffers }
  | { is: 'WalletOffersIs'; as: WalletOffersIs }
  | Unknown;

export interface AppWallet {
  body: AppWalletBodyIs;
}

export type AppBodyIs =
  | { is: 'AppHello'; as: AppHello }
  | { is: 'AppChallenge'; as: AppChallenge }
  | { is: 'AppProof'; as: AppProof }
  | { is: 'AppReady'; as: AppReady }
  | { is: 'AppError'; as: AppError }
  | { is: 'AppOk'; as: AppOk }
  | { is: 'AppCancel'; as: AppCancel }
  | { is: 'AppPing'; as: AppPing }
  | { is: 'AppPong'; as: AppPong }
  | { is: 'AppBye'; as: AppBye }
  | { is: 'AppGap'; as: AppGap }
  | { is: 'AppNode'; as: AppNode }
  | { is: 'AppRecord'; as: AppRecord }
  | { is: 'AppEvent'; as: AppEvent }
  | { is: 'AppFile'; as: AppFile }
  | { is: 'AppStream'; as: AppStream }
  | { is: 'AppBox'; as: AppBox }
  | { is: 'AppAgent'; as: AppAgent }
  | { is: 'AppContact'; as: AppContact }
  | { is: 'AppChat'; as: AppChat }
  | { is: 'AppTold'; as: AppTold }
  | { is: 'AppTopic'; as: AppTopic }
  | { is: 'AppJob'; as: AppJob }
  | { is: 'AppTunnel'; as: AppTunnel }
  | { is: 'AppWallet'; as: AppWallet }
  | Unknown;

export interface AppFrame {
  /**
   * Chosen by who calls, counting up from 1, never used twice on a connection; answers repeat it.
   * 0: an event, a ping.
   */
  call: bigint;
  /** More answers of this call follow (subscriptions, progress). */
  more: boolean;
  /** Call: milliseconds; 0: the call's default (10 s; subscriptions: none). Passed on less what is spent. */
  deadline_ms: number;
  /** Event: its place in this side's order; 0: not replayed. */
  cursor: bigint;
  body: AppBodyIs;
}

export interface Tables {
  AppHello: AppHello;
  AppChallenge: AppChallenge;
  AppProof: AppProof;
  AppReady: AppReady;
  AppError: AppError;
  AppOk: AppOk;
  AppCancel: AppCancel;
  AppPing: AppPing;
  AppPong: AppPong;
  AppBye: AppBye;
  AppGap: AppGap;
  NodeStatus: NodeStatus;
  NodeBegin: NodeBegin;
  NodeClock: NodeClock;
  NodeTurn: NodeTurn;
  NodeStatusIs: NodeStatusIs;
  NodeShutdown: NodeShutdown;
  NodePeers: NodePeers;
  NodePeer: NodePeer;
  NodePeersIs: NodePeersIs;
  NodeLookups: NodeLookups;
  LookupStep: LookupStep;
  Lookup: Lookup;
  NodeLookupsIs: NodeLookupsIs;
  NodeCounters: NodeCounters;
  NodeCounter: NodeCounter;
  NodeCountersIs: NodeCountersIs;
  NodePing: NodePing;
  NodePingIs: NodePingIs;
  NodeNetcheck: NodeNetcheck;
  NodeNetcheckRelay: NodeNetcheckRelay;
  NodeNetcheckIs: NodeNetcheckIs;
  NodeGive: NodeGive;
  NodeGaveMonth: NodeGaveMonth;
  NodeGaveTo: NodeGaveTo;
  NodeGiveIs: NodeGiveIs;
  NodeRefuse: NodeRefuse;
  NodeRefused: NodeRefused;
  NodeRefusedIs: NodeRefusedIs;
  NodePath: NodePath;
  NodePathRule: NodePathRule;
  NodePathIs: NodePathIs;
  NodeDisk: NodeDisk;
  NodeDiskIs: NodeDiskIs;
  NodeBoxes: NodeBoxes;
  NodeBox: NodeBox;
  NodeBoxesIs: NodeBoxesIs;
  AppNode: AppNode;
  RecordPut: RecordPut;
  Receipt: Receipt;
  RecordStored: RecordStored;
  RecordGet: RecordGet;
  RecordValue: RecordValue;
  RecordValues: RecordValues;
  NameResolve: NameResolve;
  NameEntry: NameEntry;
  NameIs: NameIs;
  NamePut: NamePut;
  NameStored: NameStored;
  RecordFind: RecordFind;
  RecordNode: RecordNode;
  RecordFound: RecordFound;
  AppRecord: AppRecord;
  EventsOn: EventsOn;
  EventsOff: EventsOff;
  NodeEvent: NodeEvent;
  AppEvent: AppEvent;
  FileAdd: FileAdd;
  FileAdded: FileAdded;
  FileGet: FileGet;
  FileIs: FileIs;
  BlocksSpread: BlocksSpread;
  Progress: Progress;
  SiteGet: SiteGet;
  SiteIs: SiteIs;
  SitesList: SitesList;
  SiteKept: SiteKept;
  SitesListIs: SitesListIs;
  SiteUnpublish: SiteUnpublish;
  AppFile: AppFile;
  StreamData: StreamData;
  StreamGrant: StreamGrant;
  StreamEnd: StreamEnd;
  AppStream: AppStream;
  BoxProof: BoxProof;
  BoxSend: BoxSend;
  Custody: Custody;
  BoxSent: BoxSent;
  BoxCheck: BoxCheck;
  BoxCheckIs: BoxCheckIs;
  BoxFollow: BoxFollow;
  BoxGot: BoxGot;
  BoxFollowing: BoxFollowing;
  BoxSign: BoxSign;
  BoxSigned: BoxSigned;
  BoxTake: BoxTake;
  BoxDrop: BoxDrop;
  QueueWork: QueueWork;
  QueueTask: QueueTask;
  QueueMore: QueueMore;
  QueueEnd: QueueEnd;
  QueueOver: QueueOver;
  AppBox: AppBox;
  AgentStatus: AgentStatus;
  AgentStatusIs: AgentStatusIs;
  AgentStart: AgentStart;
  Unlock: Unlock;
  Lock: Lock;
  AgentStop: AgentStop;
  AgentRenew: AgentRenew;
  ClientsList: ClientsList;
  Client: Client;
  ClientsIs: ClientsIs;
  ClientAdd: ClientAdd;
  ClientMade: ClientMade;
  ClientRemove: ClientRemove;
  ApprovalAsked: ApprovalAsked;
  ApprovalGive: ApprovalGive;
  AgentBackup: AgentBackup;
  BackupIs: BackupIs;
  AgentPassphrase: AgentPassphrase;
  ClientPair: ClientPair;
  ClientPairIs: ClientPairIs;
  ClientClaim: ClientClaim;
  AppAgent: AppAgent;
  Person: Person;
  ContactsList: ContactsList;
  ContactsIs: ContactsIs;
  ContactAdd: ContactAdd;
  ContactGet: ContactGet;
  ContactAnswer: ContactAnswer;
  ContactSet: ContactSet;
  ContactRemove: ContactRemove;
  InviteNew: InviteNew;
  Invite: Invite;
  InvitesList: InvitesList;
  InvitesIs: InvitesIs;
  InviteDrop: InviteDrop;
  ContactVerify: ContactVerify;
  SafetyIs: SafetyIs;
  PresenceGet: PresenceGet;
  PresenceSet: PresenceSet;
  PresenceFollow: PresenceFollow;
  PresenceOf: PresenceOf;
  PresenceIs: PresenceIs;
  AppContact: AppContact;
  ChatsList: ChatsList;
  MessageReaction: MessageReaction;
  MessageReceipt: MessageReceipt;
  ChatFile: ChatFile;
  Message: Message;
  Chat: Chat;
  ChatsIs: ChatsIs;
  MessageSend: MessageSend;
  MessageEdit: MessageEdit;
  MessageDelete: MessageDelete;
  MessageReact: MessageReact;
  MessageRead: MessageRead;
  MessageRetry: MessageRetry;
  MessageIs: MessageIs;
  History: History;
  HistoryIs: HistoryIs;
  Search: Search;
  Found: Found;
  SearchIs: SearchIs;
  MessageGet: MessageGet;
  MessageItem: MessageItem;
  MessageShown: MessageShown;
  ChatFileSend: ChatFileSend;
  ChatFileGet: ChatFileGet;
  ChatFilesList: ChatFilesList;
  ChatFilesIs: ChatFilesIs;
  ChatFileDrop: ChatFileDrop;
  AppChat: AppChat;
  ToldState: ToldState;
  ToldMessage: ToldMessage;
  ToldContact: ToldContact;
  ToldTyping: ToldTyping;
  ToldNotice: ToldNotice;
  ToldFile: ToldFile;
  WalletCut: WalletCut;
  WalletWay: WalletWay;
  WalletDone: WalletDone;
  ToldWallet: ToldWallet;
  AppTold: AppTold;
  TopicPublish: TopicPublish;
  TopicPublished: TopicPublished;
  TopicTakeBack: TopicTakeBack;
  TopicFollow: TopicFollow;
  TopicFollowing: TopicFollowing;
  TopicSaid: TopicSaid;
  TopicGap: TopicGap;
  TopicSign: TopicSign;
  TopicSigned: TopicSigned;
  AppTopic: AppTopic;
  JobInfo: JobInfo;
  JobSubmit: JobSubmit;
  JobIs: JobIs;
  JobsList: JobsList;
  JobsIs: JobsIs;
  JobGet: JobGet;
  JobDrop: JobDrop;
  JobKeys: JobKeys;
  JobKeysIs: JobKeysIs;
  JobGrant: JobGrant;
  JobGrantIs: JobGrantIs;
  JobTake: JobTake;
  JobKeep: JobKeep;
  JobEnd: JobEnd;
  JobRefuse: JobRefuse;
  AppJob: AppJob;
  TunnelDial: TunnelDial;
  TunnelListen: TunnelListen;
  TunnelListening: TunnelListening;
  TunnelIs: TunnelIs;
  AppTunnel: AppTunnel;
  WalletHubs: WalletHubs;
  WalletHub: WalletHub;
  WalletHubsIs: WalletHubsIs;
  WalletJoin: WalletJoin;
  WalletBalance: WalletBalance;
  WalletSum: WalletSum;
  WalletBalanceIs: WalletBalanceIs;
  WalletLines: WalletLines;
  WalletLine: WalletLine;
  WalletLinesIs: WalletLinesIs;
  WalletLineSet: WalletLineSet;
  WalletQuote: WalletQuote;
  WalletQuoteIs: WalletQuoteIs;
  WalletPay: WalletPay;
  WalletPaid: WalletPaid;
  WalletRequest: WalletRequest;
  WalletRequestIs: WalletRequestIs;
  WalletHistory: WalletHistory;
  WalletPayment: WalletPayment;
  WalletHistoryIs: WalletHistoryIs;
  WalletOffers: WalletOffers;
  WalletOffer: WalletOffer;
  WalletOffersIs: WalletOffersIs;
  AppWallet: AppWallet;
  AppFrame: AppFrame;
}

export const fields = `\
=AppFrame GNAP
%Hash b:B32
AppHello version_min:H version_max:H role:B software:s client:Hash nonce:Hash! frame_max:I
AppChallenge nonce:Hash! mac:Hash!
AppProof mac:Hash!
AppReady version:H role:B software:s rights:[s outstanding:H subscriptions:H streams:H unread_max:I frame_max:I epoch:Q cursor:Q time:Q absent:[s
AppError code:H detail:s next:s limit:s retry_ms:I actual:s unknown:? kind:s
AppOk
AppCancel
AppPing
AppPong
AppBye code:H detail:s retry_ms:I
AppGap first:Q
NodeStatus
%Key b:B32
%Addr ip:B16 port:H carrier:B reserved:B
NodeBegin host:s answered:? addrs:[s
NodeClock ahead_s:q peers:I used:? text:s
NodeTurn server:s state:s address:s why:s
NodeStatusIs version:s id:Hash key:Key addrs:[Addr urls:[s network:s uptime_s:Q joined:? sessions:I links:I estimate:I time:Q clock_off_ms:q retry_ms:I start_done:B rss:Q records:Q block_bytes:Q box_bytes:Q block_max:Q box_max:Q hops_predicted:f hops_observed:f port:H http:H data:s pid:I server:? size:d hops_max:B hops_p99:B reach:s bootstrap:[NodeBegin pow_bits:B other_work:? w:B leaf_cw:H leaf_ccw:H known:I record_bytes:Q expired:I clock:NodeClock blocks:I blocks_own:I blocks_held:I block_cached:Q sent:Q received:Q lookups:Q lookups_failed:Q reached:s reached_s:Q fresh:s fresh_contexts:I fresh_sessions:I fresh_direct:I turn:NodeTurn
NodeShutdown within_ms:I
NodePeers after:Hash limit:H
NodePeer id:Hash key:Key addr:Addr linked:? leaf:? up:? annulus:B rtt_us:Q seen_ms:Q sent:Q received:Q suite:s group:s carrier:s why:s paths:B indirect:s rule:s
NodePeersIs peers:[NodePeer more:?
NodeLookups limit:H
LookupStep node:Hash addr:Addr depth:B code:H at_us:Q rtt_us:Q named_by:Hash
Lookup op:Q kind:s key:Hash code:H hops:I took_us:Q at:Q steps:[LookupStep holders:[Hash
NodeLookupsIs lookups:[Lookup
NodeCounters
NodeCounter name:s value:Q
NodeCountersIs counters:[NodeCounter
NodePing key:Key! patience_ms:I rule:s
NodePingIs key:Key addr:Addr rtt_us:Q connect_us:Q carrier:s why:s paths:B relay:Key indirect:s rule:s
NodeNetcheck long:?
NodeNetcheckRelay key:Key addr:Addr rtt_us:Q home:?
NodeNetcheckIs reached:s why:s mapping:s filtering:s asked:B told:B came:B seen:Addr proven:Addr age_s:Q udp_4:I udp_6:I relayed:I relays:[NodeNetcheckRelay kinds:B kinds_of:B port:H lifetime_s:I lifetime_at:Q keep_alive_s:I lifetime_why:s
NodeGive name:s value:s
NodeGaveMonth month:s small:Q bulk:Q turn:Q
NodeGaveTo key:Key token:? small:Q bulk:Q
NodeGiveIs relay:s rate:Q month:Q hold:Q hold_nothing:? turn:? metered:? said:[s months:[NodeGaveMonth by:[NodeGaveTo month_ends:Q small:I bulk:I places:I refused:I held_blocks:Q held_records:Q
NodeRefuse hash:Hash! end:?
NodeRefused from:I limit:H
NodeRefusedIs hashes:[Hash more:?
NodePath key:Key rule:s contact:Key nodes:[Key listed:?
NodePathRule key:Key rule:s contact:Key
NodePathIs own:s rules:[NodePathRule
NodeDisk
NodeDiskIs known:I angles:[Q ticks:[I hops:[Q
NodeBoxes
NodeBox box:Key place:Hash front:? holders:[Hash
NodeBoxesIs boxes:[NodeBox
|AppNodeBody NodeStatus NodeStatusIs NodeShutdown NodePeers NodePeersIs NodeLookups NodeLookupsIs NodeCounters NodeCountersIs NodePing NodePingIs NodeNetcheck NodeNetcheckIs NodeGive NodeGiveIs NodeRefuse NodeRefused NodeRefusedIs NodePath NodePathIs NodeDisk NodeDiskIs NodeBoxes NodeBoxesIs
AppNode - body:AppNodeBody!
RecordPut record:[B! token:[B w:B keep:? compare:? compare_seq:Q session:B share:Q
%Sig b:B64
Receipt key:Hash! seq:Q hash:Hash! held_until:Q holder:Hash! holder_key:Key! sig:Sig!
RecordStored code:H key:Hash seq:Q receipts:[Receipt hops:B took_ms:I took_us:Q steps:[LookupStep newer:[B
RecordGet key:Hash! type:H quorum:B min_seq:Q after:Key local:? fresh_s:I session:B share:Q
RecordValue record:[B! holders:[Hash held_by:I
RecordValues values:[RecordValue after:Key more:? asked:B answered:B took_ms:I code:H hops:I took_us:Q steps:[LookupStep
NameResolve name:s! fresh:?
NameEntry type:H value:s ttl:I
NameIs name:s form:B owner:Key pinned:Key seq:Q expires:Q entries:[NameEntry record:[B holders:B held_0:B held_1:B code:H looks_like:s age_s:Q took_us:Q
NamePut first:[B! second:[B! w:B
NameStored code:H name:s held_0:B held_1:B looks_like:s took_us:Q
RecordFind key:Hash! count:B
RecordNode id:Hash key:Key addr:Addr
RecordFound nodes:[RecordNode hops:I took_us:Q steps:[LookupStep
|AppRecordBody RecordPut RecordStored RecordGet RecordValues NameResolve NameIs NamePut NameStored RecordFind RecordFound
AppRecord - body:AppRecordBody!
EventsOn kinds:Q cursor:Q epoch:Q
EventsOff
NodeEvent kind:B status:NodeStatusIs peer:NodePeer lookup:Lookup
|AppEventBody EventsOn EventsOff NodeEvent
AppEvent - body:AppEventBody!
FileAdd size:Q
FileAdded root:Hash size:Q blocks:[Hash
FileGet root:Hash! size:Q blocks:[Hash offset:Q count:Q
FileIs size:Q offset:Q count:Q mime:s
BlocksSpread blocks:[Hash copies:B keep_until:Q once:?
Progress done:Q total:Q code:H
SiteGet owner:Key! label:s path:s version:Q fresh:? offset:Q count:Q manifest:?
SiteIs head:[B version:Q files:I age_s:Q
SitesList from:I limit:H
SiteKept owner:Key label:s root:Hash version:Q expires:Q spread:Q keep_until:Q copies:B blocks:I pending:? published:? listed:? versions:I partial:?
SitesListIs sites:[SiteKept more:?
SiteUnpublish owner:Key! label:s
|AppFileBody FileAdd FileAdded FileGet FileIs BlocksSpread Progress SiteGet SiteIs SitesList SitesListIs SiteUnpublish
AppFile - body:AppFileBody!
StreamData stream:Q bytes:[B!
StreamGrant stream:Q bytes:I
StreamEnd stream:Q code:H
|AppStreamBody StreamData StreamGrant StreamEnd
AppStream - body:AppStreamBody!
BoxProof way:B day:I nonce:Q invite:Key certificate:[B token:[B sig:Sig
BoxSend box:Key! front:? item:[B! ttl:I proof:BoxProof! w:B wide:? class:B session:B share:Q
Custody box:Key! item:Hash! held_until:Q holder:Hash! holder_key:Key! sig:Sig!
BoxSent code:H held:B of:B custody:Custody limit:s bits:B
BoxCheck box:Key! front:? item:Hash! proof:BoxProof session:B share:Q
BoxCheckIs held:B taken:B of:B code:H
BoxFollow box:Key! front:? read:Key! ack:Key poll:? all:? token:[B session:B share:Q
BoxGot id:[B item:[B by:Key deposited:Q until:Q class:B state:B end:B delivery:H lease:I worker:Key outcome:[B sig:Sig token:[B
BoxFollowing holders:B
BoxSign sign:Q box:Key role:B key:Key holder:Key exporter:Hash
BoxSigned sign:Q sig:Sig!
BoxTake box:Key! id:[B!
BoxDrop box:Key! id:[B!
QueueWork box:Key! key:Key token:[B seconds:I slots:B once:?
QueueTask id:[B item:[B delivery:H lease:I class:B by:Key deposited:Q until:Q holder:Key
QueueMore box:Key! id:[B! seconds:I
QueueEnd box:Key! id:[B! end:B outcome:[B sig:Sig! after:I
QueueOver id:[B code:H reported:?
|AppBoxBody BoxSend BoxSent BoxCheck BoxCheckIs BoxFollow BoxGot BoxFollowing BoxSign BoxSigned BoxTake BoxDrop QueueWork QueueTask QueueMore QueueEnd QueueOver
AppBox - body:AppBoxBody!
AgentStatus
AgentStatusIs state:B version:s pid:s name:s online:? reach:s nodes:I why:s published:? unread:I waiting:I requests:I sending:I identity_wanted:? revoked:? key:Key
AgentStart passphrase:[B name:s
Unlock passphrase:[B!
Lock
AgentStop
AgentRenew
ClientsList
%ClientId b:B16
Client id:ClientId name:s rights:[s since:Q seen:Q until:Q
ClientsIs clients:[Client
ClientAdd name:s! rights:[s! until:Q passphrase:[B approval:Q
ClientMade id:ClientId secret:Hash client:Client
ClientRemove id:ClientId!
ApprovalAsked id:Q text:s here:?
ApprovalGive id:Q yes:?
AgentBackup passphrase:[B approval:Q
BackupIs size:Q done:Q copied:? passphrase:?
AgentPassphrase before:[B after:[B
ClientPair
ClientPairIs code:s url:s port:H until:Q
ClientClaim name:s! passphrase:[B
|AppAgentBody AgentStatus AgentStatusIs AgentStart Unlock Lock AgentStop AgentRenew ClientsList ClientsIs ClientAdd ClientMade ClientRemove ApprovalAsked ApprovalGive AgentBackup BackupIs AgentPassphrase ClientPair ClientPairIs ClientClaim
AppAgent - body:AppAgentBody!
%ChatId b:B32
Person key:Key pid:s name:s petname:s state:B trust:B blocked:? alarm:s chat:ChatId devices:I outstanding:I missing:Q reads:? expire:I seq:Q unseen:? verified:Q changed:? path:s
ContactsList after:I limit:H
ContactsIs contacts:[Person after:I more:?
ContactAdd who:s! petname:s
ContactGet who:s!
ContactAnswer who:s! accept:?
ContactSet who:s! petname:s block:B reads:B met:? cleared:? path:s
ContactRemove who:s!
InviteNew uses:I ttl:I name:s
Invite link:s uses:I used:I until:Q
InvitesList
InvitesIs invites:[Invite
InviteDrop link:s!
ContactVerify who:s! number:s
SafetyIs contact:Person number:s qr:Hash equal:?
PresenceGet who:s
PresenceSet state:B
PresenceFollow
PresenceOf contact:Person state:B until:Q told:? followed:?
PresenceIs own:B people:[PresenceOf
|AppContactBody Person ContactsList ContactsIs ContactAdd ContactGet ContactAnswer ContactSet ContactRemove InviteNew Invite InvitesList InvitesIs InviteDrop ContactVerify SafetyIs PresenceGet PresenceSet PresenceFollow PresenceIs
AppContact - body:AppContactBody!
ChatsList after:Q limit:H
%MessageId b:B16
MessageReaction mine:? emoji:s
MessageReceipt device:Q read:? time:Q
ChatFile id:MessageId chat:ChatId mine:? index:B name:s mime:s size:Q preview:[B state:B done:Q copies:Q wanted:Q code:H reason:s next:s sent:Q text:s number:Q pid:s contact:s
Message id:MessageId chat:ChatId mine:? kind:B text:s sent:Q received:Q order:Q edited:? deleted:? reply:MessageId reactions:[MessageReaction state:B held:B of:B reason:s next:s read:? expires:Q missing:Q receipts:[MessageReceipt number:Q files:[ChatFile
Chat id:ChatId contact:Person unread:I last:Message
ChatsIs chats:[Chat after:Q more:?
MessageSend who:s! text:s! id:MessageId reply:MessageId
MessageEdit who:s! of:MessageId! text:s! id:MessageId
MessageDelete who:s! of:MessageId!
MessageReact who:s! of:MessageId! mine:? emoji:s
MessageRead who:s! order:Q
MessageRetry who:s! id:MessageId!
MessageIs message:Message
History who:s! before:Q limit:H after:Q
HistoryIs messages:[Message more:?
Search text:s! who:s limit:H below:Q
Found message:Message snippet:s contact:Person
SearchIs found:[Found below:Q more:?
MessageGet id:MessageId!
MessageItem box:Key front:? item:Hash made:Q held:Q until:Q looked_after:? custodies:[Custody
MessageShown message:Message contact:Person items:[MessageItem
ChatFileSend who:s! id:MessageId name:s mime:s size:Q mark:Q text:s preview:[B reply:MessageId
ChatFileGet id:MessageId! who:s index:B offset:Q count:Q large:?
ChatFilesList who:s limit:H below:Q
ChatFilesIs files:[ChatFile below:Q more:?
ChatFileDrop id:MessageId!
|AppChatBody ChatsList ChatsIs MessageSend MessageEdit MessageDelete MessageReact MessageRead MessageRetry MessageIs History HistoryIs Search SearchIs MessageGet MessageShown ChatFile ChatFileSend ChatFileGet ChatFilesList ChatFilesIs ChatFileDrop
AppChat - body:AppChatBody!
ToldState state:AgentStatusIs
ToldMessage message:Message fresh:? contact:Person
ToldContact contact:Person gone:?
ToldTyping chat:ChatId on:?
ToldNotice level:B text:s next:s
ToldFile file:ChatFile
%WalletAct b:B16
WalletCut owner:s owner_name:s debtor:s debtor_name:s by:s by_name:s cause:s available:s left_today:s
WalletWay kind:B who:s name:s other:s other_name:s amount:s
WalletDone act:WalletAct state:B what:B hub:s peer:s name:s amount:s equivalent:s note:s tx:s at:Q before:? kind:s code:s reason:s cut:[WalletCut ways:[WalletWay
ToldWallet hub:s done:WalletDone moved:?
|AppToldBody ToldState ToldMessage ToldContact ToldTyping ToldNotice ToldFile ToldWallet
AppTold - body:AppToldBody!
TopicPublish owner:Key! label:s said:[B! sig:Sig! token:[B need:B salt:Hash session:B share:Q
TopicPublished code:H roots:B of:B subscribers:I limit:s retry_ms:I
TopicTakeBack owner:Key! label:s publisher:Key!
TopicFollow owner:Key! label:s filters:[s key:Key token:[B session:B share:Q
TopicFollowing roots:B subscribers:I
TopicSaid said:[B sig:Sig token:[B
TopicGap publisher:Key epoch:Q seq:Q count:Q
TopicSign sign:Q topic:Hash key:Key root:Key exporter:Hash
TopicSigned sign:Q sig:Sig!
|AppTopicBody TopicPublish TopicPublished TopicTakeBack TopicFollow TopicFollowing TopicSaid TopicGap TopicSign TopicSigned
AppTopic - body:AppTopicBody!
JobInfo id:Hash item:[B kind:s recipe:[B class:B deposited:Q not_after:Q until:Q state:s attempts:I reason:s lease:I worker:Key note:s output:[B wall_ms:I requester:Key limit_ms:I
JobSubmit kind:s! recipe:[B nonce:[B not_after:Q class:B wall_ms:I queue:Key token:[B worker:Key
JobIs job:JobInfo held:B of:B
JobsList limit:H queue:Key token:[B worker:Key
JobsIs jobs:[JobInfo more:?
JobGet id:Hash! queue:Key token:[B worker:Key
JobDrop item:[B!
JobKeys
JobKeysIs queue:Key worker:Key ready:?
JobGrant worker:Key! seconds:I work:? submit:? jobs:Q jobs_s:I bytes:Q bytes_s:I ops:Q ops_s:I
JobGrantIs queue:Key token:[B worker:Key
JobTake queue:Key! token:[B wait_ms:I lease:I
JobKeep item:[B!
JobEnd item:[B! fault:B note:s output:[B wall_ms:I tool:s after:I
JobRefuse key:Key! undo:?
|AppJobBody JobInfo JobSubmit JobIs JobsList JobsIs JobGet JobDrop JobKeys JobKeysIs JobGrant JobGrantIs JobTake JobKeep JobEnd JobRefuse
AppJob - body:AppJobBody!
TunnelDial key:Key! service:s! class:B patience_ms:I token:[B rule:s
TunnelListen service:s! key:Key rule:s
TunnelListening
TunnelIs key:Key own:Key exporter:Hash opened:? service:s
|AppTunnelBody TunnelDial TunnelListen TunnelListening TunnelIs
AppTunnel - body:AppTunnelBody!
WalletHubs
WalletHub hub:s url:s name:s status:s at:Q old:? kind:s why:s
WalletHubsIs hubs:[WalletHub
WalletJoin url:s name:s hub:s leave:? forget:? passphrase:[B
WalletBalance hub:s fresh:?
WalletSum hub:s equivalent:s precision:B owed:s owing:s net:s can_pay:s can_receive:s
WalletBalanceIs hubs:[WalletHub sums:[WalletSum
WalletLines hub:s fresh:? equivalent:s
WalletLine id:s given:? peer:s name:s equivalent:s limit:s used:s available:s status:s disputed:? asks:?
WalletLinesIs of:WalletHub lines:[WalletLine more:?
WalletLineSet hub:s peer:s! equivalent:s! limit:s close:? freeze:? unfreeze:?
WalletQuote link:s whom:s hub:s equivalent:s amount:s note:s again:?
WalletQuoteIs id:Hash what:B hub:s peer:s name:s amount:s equivalent:s note:s signs:s says:s until:Q can:? most:s missing:s cut:[WalletCut ways:[WalletWay free:? elsewhere:I
WalletPay act:WalletAct! quote:Hash passphrase:[B approval:Q
WalletPaid done:WalletDone
WalletRequest hub:s equivalent:s! amount:s note:s
WalletRequestIs link:s
WalletHistory hub:s fresh:? limit:H
WalletPayment tx:s out:? peer:s amount:s equivalent:s note:s status:s created:s code:s reason:s
WalletHistoryIs of:WalletHub open:[WalletDone payments:[WalletPayment more:?
WalletOffers hub:s fresh:? key:s accept:?
WalletOffer key:s clearing:? from:s from_name:s to:s to_name:s amount:s equivalent:s gain:s note:s until:s answered:? asked:I
WalletOffersIs of:WalletHub offers:[WalletOffer
|AppWalletBody WalletHubs WalletHubsIs WalletJoin WalletBalance WalletBalanceIs WalletLines WalletLinesIs WalletLineSet WalletQuote WalletQuoteIs WalletPay WalletPaid WalletRequest WalletRequestIs WalletHistory WalletHistoryIs WalletOffers WalletOffersIs
AppWallet - body:AppWalletBody!
|AppBody AppHello AppChallenge AppProof AppReady AppError AppOk AppCancel AppPing AppPong AppBye AppGap AppNode AppRecord AppEvent AppFile AppStream AppBox AppAgent AppContact AppChat AppTold AppTopic AppJob AppTunnel AppWallet
AppFrame call:Q more:? deadline_ms:I cursor:Q - body:AppBody!
`;
