// One connection of app/1 (docs/spec/app.md), from the greeting to its end. It knows no socket and
// no clock of its own: frames come in by `take`, go out by `send`, time by `tick`.
//
//   greeting -> proving -> ready -> over
//
// Invariants: 1. a call's number is above all before it; 2. a call ends once: by its answer, an
// error, its time (AP-13), or the connection's end (closed, unknown); 3. what breaks the protocol
// ends the connection with AppBye, and nothing is read or sent after that.
import { Codec, FrameError, fromHex, toHex, type Make } from '../wire/codec.ts';
import { fields, type AppReady, type Hex, type Tables } from '../wire/generated/frames.ts';
import { CallError, codeOf, nameOf, type ErrorName } from './errors.ts';
import { mac, macIs, type Identity } from './proof.ts';

export const codec = new Codec<Tables>(fields);

export type TableName = keyof Tables & string;
export type Answer = { [K in TableName]: { is: K; as: Tables[K] } }[TableName];

const FRAME_MAX = 2 ** 20;
const WINDOW = 256 * 1024;
const CHUNK = 64 * 1024;
const DEFAULT_MS = 10_000;
const GRACE_MS = 5_000;
const PING_MS = 5_000;
const SILENCE_MS = 15_000;
const GREETING_MS = 10_000;

/** Name of a call, answer or event -> the area it travels in. */
const areas = new Map<string, string>();
for (const area of codec.members('AppBody'))
  for (const name of codec.members(area + 'Body')) areas.set(name, area);

export interface CallOptions {
  /** How long it may take; 10 s when nothing is said. */
  deadlineMs?: number;
  /** It lasts until it is cancelled. */
  lasts?: boolean;
  signal?: AbortSignal;
  /** Answers before the last one. */
  more?: (answer: Answer) => void;
  /** Bytes of its stream; the next are granted when this has taken them. */
  data?: (bytes: Uint8Array) => void | Promise<void>;
}

export interface Call {
  readonly id: bigint;
  readonly done: Promise<Answer>;
  cancel(): void;
  /** Resolves when the other end granted room for it. */
  write(bytes: Uint8Array): Promise<void>;
  end(code?: number): void;
}

interface Live {
  id: bigint;
  options: CallOptions;
  /** When this side stops waiting; Infinity for calls that last. */
  until: number;
  resolve: (a: Answer) => void;
  reject: (e: CallError) => void;
  granted: number;
  mayWrite: number;
  room: (() => void)[];
  stop: (() => void) | undefined;
}

export interface SessionHooks {
  send(frame: Uint8Array): void;
  /** The connection is to be closed; told once. `came`: the other end said so. */
  over(why: { code: ErrorName; detail: string; retryMs: number }): void;
  ready(ready: AppReady): void;
  event(name: TableName, value: unknown, cursor: bigint): void;
  /** Events up to here are gone: read everything anew. */
  gap(): void;
  now(): number;
}

export interface SessionSetup {
  software: string;
  origin: string;
  /** None: the door says what may be done without. */
  identity: Identity | undefined;
  nonce: Uint8Array;
}

export class Session {
  state: 'greeting' | 'proving' | 'ready' | 'over' = 'greeting';
  ready: AppReady | undefined;
  private readonly hooks: SessionHooks;
  private readonly setup: SessionSetup;
  private readonly calls = new Map<bigint, Live>();
  /** Given up by this side; their late answers are dropped. The newest 256. */
  private readonly gone = new Set<bigint>();
  private readonly waiting: (() => void)[] = [];
  private last = 0n;
  private heard: number;
  private pinged: number;
  private readonly began: number;

  constructor(setup: SessionSetup, hooks: SessionHooks) {
    this.hooks = hooks;
    this.setup = setup;
    this.began = this.heard = this.pinged = hooks.now();
  }

  /** The first frame: the connection stands. */
  open(): void {
    const { identity, nonce, software } = this.setup;
    this.send('AppHello', {
      version_min: 1,
      version_max: 1,
      role: 0,
      software,
      nonce: toHex(nonce),
      ...(identity ? { client: identity.client } : {}),
    });
  }

  /** A frame that is not of a call. */
  private send<K extends TableName>(name: K, value: Make<Tables[K]>, call: bigint = 0n): void {
    this.put(name, value, { call });
  }

  private put(name: string, value: unknown, head: { call: bigint; deadline_ms?: number }): void {
    if (this.state === 'over') return;
    const area = areas.get(name);
    const body = area ? { is: area, as: { body: { is: name, as: value } } } : { is: name, as: value };
    const frame = codec.encode('AppFrame', { ...head, body } as Make<Tables['AppFrame']>);
    if (frame.length > FRAME_MAX) throw new CallError('too-large', { detail: 'a frame has 1 MiB' });
    this.hooks.send(frame);
  }

  // ---- calls ----

  call<K extends TableName>(name: K, args: Make<Tables[K]>, options: CallOptions = {}): Call {
    const id = ++this.last;
    let live: Live | undefined;
    const done = new Promise<Answer>((resolve, reject) => {
      live = {
        id,
        options,
        until: options.lasts
          ? Infinity
          : this.hooks.now() + (options.deadlineMs ?? DEFAULT_MS) + GRACE_MS,
        resolve,
        reject,
        granted: WINDOW,
        mayWrite: WINDOW,
        room: [],
        stop: undefined,
      };
    });
    done.catch(() => undefined);
    const me = live as Live | undefined;
    if (!me || this.state !== 'ready') {
      me?.reject(new CallError('closed', { detail: 'there is no connection' }));
      return { id, done, cancel: () => undefined, write: () => done.then(() => undefined), end: () => undefined };
    }
    this.calls.set(id, me);
    try {
      this.put(name, args, { call: id, deadline_ms: options.deadlineMs ?? 0 });
    } catch (e) {
      this.calls.delete(id);
      me.reject(e instanceof CallError ? e : new CallError('usage', { detail: String(e) }));
    }
    const cancel = () => {
      if (this.calls.has(id)) this.send('AppCancel', {}, id);
    };
    const { signal } = options;
    if (signal) {
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
      me.stop = () => signal.removeEventListener('abort', cancel);
    }
    return {
      id,
      done,
      cancel,
      write: (bytes) => this.write(me, bytes),
      end: (code = 0) => {
        if (this.calls.has(id)) this.send('StreamEnd', { stream: id, code }, id);
      },
    };
  }

  /** How many more calls this connection takes now. */
  get room(): number {
    return (this.ready?.outstanding || 64) - this.calls.size;
  }

  /** Resolves when a call may be made; rejects never, the call will say that it is over. */
  async free(keep = 4): Promise<void> {
    while (this.state === 'ready' && this.room <= keep)
      await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private async write(live: Live, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      while (live.mayWrite <= 0 && this.calls.has(live.id))
        await new Promise<void>((resolve) => live.room.push(resolve));
      if (!this.calls.has(live.id)) throw new CallError('closed', { detail: 'the call has ended' });
      const part = bytes.subarray(at, at + Math.min(CHUNK, live.mayWrite));
      live.mayWrite -= part.length;
      at += part.length;
      this.send('StreamData', { stream: live.id, bytes: part }, live.id);
    }
  }

  private end(live: Live, how: () => void): void {
    this.calls.delete(live.id);
    live.stop?.();
    how();
    for (const wake of live.room.splice(0)) wake();
    this.waiting.shift()?.();
  }

  // ---- frames that come ----

  take(bytes: Uint8Array): void {
    if (this.state === 'over') return;
    this.heard = this.hooks.now();
    if (bytes.length > FRAME_MAX) return this.close('too-large', 'a frame above 1 MiB');
    try {
      const frame = codec.decode('AppFrame', bytes);
      this.sort(frame);
    } catch (e) {
      if (!(e instanceof FrameError)) throw e;
      this.close('malformed', e.message);
    }
  }

  private sort(frame: Tables['AppFrame']): void {
    const { body, call } = frame;
    if (body.is === 'unknown') return undefined;
    if (body.is === 'AppBye')
      return this.finish(nameOf(body.as.code), body.as.detail, body.as.retry_ms);
    if (this.state === 'greeting' || this.state === 'proving') return this.greet(body as Answer);
    if (body.is === 'AppPing') return this.send('AppPong', {});
    if (body.is === 'AppPong') return undefined;
    if (body.is === 'AppGap') return this.hooks.gap();
    if (body.is === 'AppStream') return this.stream(call, body.as);
    if (call === 0n) {
      const inner = (body.as as { body?: { is: string; as: unknown } }).body;
      if (inner && inner.is !== 'unknown' && areas.get(inner.is) === body.is)
        this.hooks.event(inner.is as TableName, inner.as, frame.cursor);
      return undefined;
    }
    return this.answer(call, frame.more, body as Answer);
  }

  private answer(call: bigint, more: boolean, body: Answer): void {
    const live = this.calls.get(call);
    if (!live) {
      if (!this.gone.has(call)) this.close('protocol', 'an answer to no call');
      else if (!more) this.gone.delete(call);
      return;
    }
    const inner = (body.as as { body?: { is: string; as: unknown } }).body;
    const said = areas.get(inner?.is ?? '') === body.is ? (inner as Answer) : body;
    if (body.is === 'AppError') {
      this.end(live, () => live.reject(new CallError(nameOf(body.as.code), body.as)));
    } else if (more) {
      live.options.more?.(said);
    } else {
      this.end(live, () => live.resolve(said));
    }
  }

  private stream(call: bigint, area: Tables['AppStream']): void {
    const body = area.body;
    const live = this.calls.get(call);
    if (!live) {
      if (call > this.last || call === 0n) this.close('protocol', 'a stream of no call');
      return;
    }
    if (body.is === 'StreamGrant') {
      live.mayWrite += body.as.bytes;
      for (const wake of live.room.splice(0)) wake();
    } else if (body.is === 'StreamData') {
      const { bytes } = body.as;
      live.granted -= bytes.length;
      if (live.granted < 0) return this.close('protocol', 'more of a stream than was granted');
      if (Number.isFinite(live.until))
        live.until = this.hooks.now() + (live.options.deadlineMs ?? DEFAULT_MS) + GRACE_MS;
      void Promise.resolve(live.options.data?.(bytes)).then(
        () => {
          if (!this.calls.has(call)) return;
          live.granted += bytes.length;
          this.send('StreamGrant', { stream: call, bytes: bytes.length }, call);
        },
        () => this.send('AppCancel', {}, call),
      );
    }
  }

  // ---- greeting (AP-5, AP-12) ----

  private greet(body: Answer): void {
    const { identity } = this.setup;
    if (body.is === 'AppChallenge' && this.state === 'greeting' && identity) {
      this.state = 'proving';
      void this.prove(identity, body.as.nonce, body.as.mac);
    } else if (body.is === 'AppReady' && (this.state === 'proving') === (identity !== undefined)) {
      if (this.proven !== (identity !== undefined)) return this.close('denied', 'it proved nothing');
      this.state = 'ready';
      this.ready = body.as;
      this.hooks.ready(body.as);
    } else if (body.is === 'AppError') {
      this.finish(nameOf(body.as.code), body.as.detail, body.as.retry_ms);
    } else {
      this.close(identity ? 'denied' : 'protocol', 'not what a greeting is answered with');
    }
  }

  private proven = false;

  private async prove(identity: Identity, nonce: Hex, given: Hex): Promise<void> {
    const { origin, nonce: ours } = this.setup;
    const theirs = fromHex(nonce);
    const theirsIs = await macIs(identity.key, 'server', ours, theirs, origin, fromHex(given));
    if (this.state !== 'proving') return;
    if (!theirsIs) return this.close('denied', 'whoever listens there does not know our secret');
    this.proven = true;
    const proof = await mac(identity.key, 'client', ours, theirs, origin);
    if (this.state === 'proving') this.send('AppProof', { mac: toHex(proof) });
  }

  // ---- time and end ----

  /** Call it each second or so. */
  tick(): void {
    const now = this.hooks.now();
    if (this.state === 'over') return;
    if (this.state !== 'ready') {
      if (now - this.began >= GREETING_MS) this.close('timeout', 'no greeting in 10 s');
      return;
    }
    if (now - this.heard >= SILENCE_MS) return this.close('timeout', 'not a word for 15 s');
    if (now - this.pinged >= PING_MS) {
      this.pinged = now;
      this.send('AppPing', {});
    }
    for (const live of [...this.calls.values()])
      if (now >= live.until) {
        this.send('AppCancel', {}, live.id);
        this.forget(live.id);
        const error = new CallError('timeout', { unknown: true, detail: 'no answer in time' });
        this.end(live, () => live.reject(error));
      }
  }

  private forget(id: bigint): void {
    this.gone.add(id);
    if (this.gone.size > 256) for (const first of this.gone) return void this.gone.delete(first);
  }

  /** This side ends it. */
  close(code: ErrorName, detail: string): void {
    if (this.state === 'over') return;
    this.send('AppBye', { code: codeOf(code), detail });
    this.finish(code, detail, 0);
  }

  /** It is over, whoever said so. */
  finish(code: ErrorName, detail: string, retryMs = 0): void {
    if (this.state === 'over') return;
    this.state = 'over';
    for (const live of [...this.calls.values()])
      this.end(live, () => live.reject(new CallError('closed', { detail, unknown: true })));
    for (const wake of this.waiting.splice(0)) wake();
    this.hooks.over({ code, detail, retryMs });
  }
}
