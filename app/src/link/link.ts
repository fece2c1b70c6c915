// The way to the agent: dials its WebSocket, proves who we are, dials again after 0.1 s, doubled up
// to 5 s, and asks for the events that were missed meanwhile. One for the whole page.
//
//   off -> dialing -> ready -> waiting -> dialing ..        without an identity: unpaired
//   denied: the agent does not know this client any more; paired anew by a link of `geonet app`
import { type Make } from '../wire/codec.ts';
import { type AppReady, type Tables } from '../wire/generated/frames.ts';
import { CallError, type ErrorName } from './errors.ts';
import { type Identity } from './proof.ts';
import { Session, type Answer, type Call, type CallOptions, type TableName } from './session.ts';

export interface Wire {
  send(bytes: Uint8Array): void;
  close(): void;
}
export interface WireHooks {
  open(): void;
  message(bytes: Uint8Array): void;
  closed(): void;
}
export type Dial = (hooks: WireHooks) => Wire;

export function webSocket(url: string): Dial {
  return (hooks) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => hooks.open();
    socket.onmessage = (m: MessageEvent<unknown>) => {
      if (m.data instanceof ArrayBuffer) hooks.message(new Uint8Array(m.data));
      else socket.close();
    };
    socket.onclose = () => hooks.closed();
    return {
      send: (bytes) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(bytes as Uint8Array<ArrayBuffer>);
      },
      close: () => socket.close(),
    };
  };
}

export type LinkState = 'off' | 'dialing' | 'ready' | 'waiting' | 'unpaired' | 'denied';

export interface LinkHooks {
  state(state: LinkState, retryAt: number): void;
  /** It stands. `fresh`: what is known must be read anew. */
  ready(ready: AppReady, fresh: boolean): void;
  event(name: TableName, value: unknown): void;
}

export interface LinkSetup {
  dial: Dial;
  origin: string;
  software: string;
  /** The door lets nobody in without one; a socket does. */
  paired: boolean;
  random(): Uint8Array;
  now(): number;
  later(act: () => void, ms: number): () => void;
}

const RETRY_MS = 100;
const RETRY_MAX_MS = 5_000;
const EARLY = 3;

export class Link {
  state: LinkState = 'off';
  private readonly setup: LinkSetup;
  private readonly hooks: LinkHooks;
  private identity: Identity | undefined;
  private session: Session | undefined;
  private wire: Wire | undefined;
  private wait = RETRY_MS;
  private epoch = 0n;
  private cursor = 0n;
  private refused = 0;
  private stopTimer: (() => void) | undefined;
  private stopTicks: (() => void) | undefined;

  constructor(setup: LinkSetup, hooks: LinkHooks) {
    this.setup = setup;
    this.hooks = hooks;
  }

  start(identity: Identity | undefined): void {
    this.identity = identity;
    this.refused = 0;
    this.epoch = 0n; // what another client was told is nothing to this one
    if (!identity && this.setup.paired) return this.become('unpaired');
    this.dial();
  }

  stop(): void {
    this.stopTimer?.();
    this.become('off');
    this.session?.close('ok', 'it is no longer needed');
  }

  /** Not waiting any longer for the next try. */
  hurry(): void {
    if (this.state !== 'waiting') return;
    this.stopTimer?.();
    this.wait = RETRY_MS;
    this.dial();
  }

  private become(state: LinkState, retryAt = 0): void {
    this.state = state;
    this.hooks.state(state, retryAt);
  }

  private dial(): void {
    this.stopTimer?.();
    this.become('dialing');
    const { setup } = this;
    const session = new Session(
      {
        software: setup.software,
        origin: setup.origin,
        identity: this.identity,
        nonce: setup.random(),
      },
      {
        send: (frame) => this.wire?.send(frame),
        over: (why) => this.over(session, why),
        ready: (ready) => this.stands(session, ready),
        event: (name, value, cursor) => {
          if (cursor) this.cursor = cursor;
          this.hooks.event(name, value);
        },
        gap: () => this.hooks.ready(session.ready as AppReady, true),
        now: setup.now,
      },
    );
    this.session = session;
    this.wire = setup.dial({
      open: () => session.open(),
      message: (bytes) => session.take(bytes),
      closed: () => session.finish('closed', 'the connection is closed'),
    });
    const tick = (): void => {
      session.tick();
      if (session.state !== 'over') this.stopTicks = setup.later(tick, 1000);
    };
    this.stopTicks?.();
    this.stopTicks = setup.later(tick, 1000);
  }

  private stands(session: Session, ready: AppReady): void {
    const fresh = ready.epoch !== this.epoch || this.epoch === 0n;
    if (fresh) [this.epoch, this.cursor] = [ready.epoch, ready.cursor];
    this.wait = RETRY_MS;
    this.refused = 0;
    const { epoch, cursor } = this;
    session.call('EventsOn', { kinds: 0n, cursor, epoch });
    this.become('ready');
    this.hooks.ready(ready, fresh);
  }

  private over(session: Session, why: { code: ErrorName; retryMs: number }): void {
    if (session !== this.session) return;
    const wire = this.wire;
    this.session = undefined;
    this.wire = undefined;
    this.stopTicks?.();
    wire?.close();
    if (this.state === 'off') return;
    if (why.code === 'denied' && ++this.refused >= EARLY) return this.become('denied');
    const ms = Math.max(this.wait, why.retryMs);
    this.wait = Math.min(2 * this.wait, RETRY_MAX_MS);
    this.become('waiting', this.setup.now() + ms);
    this.stopTimer = this.setup.later(() => this.dial(), ms);
  }

  /** A call whose handle is wanted: one that lasts, or has a stream. */
  call<K extends TableName>(name: K, args: Make<Tables[K]>, options: CallOptions = {}): Call {
    const { session } = this;
    if (session) return session.call(name, args, options);
    const done = Promise.reject<Answer>(new CallError('closed', { detail: 'no connection' }));
    done.catch(() => undefined);
    return {
      id: 0n,
      done,
      cancel: () => undefined,
      write: () => done.then(() => undefined),
      end: () => undefined,
    };
  }

  /** A call and the one answer that is wanted; any other is an error. */
  async ask<K extends TableName, A extends TableName>(
    name: K,
    args: Make<Tables[K]>,
    want: A,
    options: CallOptions = {},
  ): Promise<Tables[A]> {
    await this.session?.free();
    const answer = await this.call(name, args, options).done;
    if (answer.is !== want)
      throw new CallError('protocol', { detail: `${name} was answered by ${answer.is}` });
    return answer.as as Tables[A];
  }

  /** A call of which several answers make sense. */
  async askAny<K extends TableName>(
    name: K,
    args: Make<Tables[K]>,
    options: CallOptions = {},
  ): Promise<Answer> {
    await this.session?.free();
    return this.call(name, args, options).done;
  }
}

/** What a page runs with. */
export function browserSetup(url: string, origin: string): LinkSetup {
  return {
    dial: webSocket(url),
    origin,
    software: 'geonet-app',
    paired: true,
    random: () => crypto.getRandomValues(new Uint8Array(32)),
    now: () => performance.now(),
    later: (act, ms) => {
      const id = setTimeout(act, ms);
      return () => clearTimeout(id);
    },
  };
}
