// A door for tests: the server's end of a session, over wires in memory, with a clock of its own.
import { fromHex, toHex } from '../src/wire/codec.ts';
import { codec } from '../src/link/session.ts';
import { mac, macIs } from '../src/link/proof.ts';
import { Link, type LinkState, type WireHooks } from '../src/link/link.ts';
import { type Tables } from '../src/wire/generated/frames.ts';

export type Frame = Tables['AppFrame'];

export class World {
  now = 0;
  private timers: { at: number; act: () => void }[] = [];
  /** The connection that stands, and what came on it. */
  wire: WireHooks | undefined;
  dials = 0;
  got: Frame[] = [];
  origin = 'http://localhost:7781';
  serverOrigin = 'http://localhost:7781';
  secretOfServer: CryptoKey | undefined;
  silent = false;
  refuseDial = false;
  states: LinkState[] = [];
  events: [string, unknown][] = [];
  readies: boolean[] = [];
  epoch = 5n;
  cursor = 10n;
  private clientNonce = new Uint8Array(32);
  private nonce = new Uint8Array(32).fill(9);
  readonly link: Link;

  constructor(paired = false) {
    this.link = new Link(
      {
        dial: (hooks) => {
          this.dials++;
          if (this.refuseDial) queueMicrotask(() => hooks.closed());
          else {
            this.wire = hooks;
            queueMicrotask(() => hooks.open());
          }
          return {
            send: (bytes) => this.take(codec.decode('AppFrame', bytes)),
            close: () => {
              if (this.wire === hooks) this.wire = undefined;
            },
          };
        },
        origin: this.origin,
        software: 'test',
        paired,
        random: () => new Uint8Array(32).fill(7),
        now: () => this.now,
        later: (act, ms) => {
          const timer = { at: this.now + ms, act };
          this.timers.push(timer);
          return () => (this.timers = this.timers.filter((t) => t !== timer));
        },
      },
      {
        state: (s) => this.states.push(s),
        ready: (_, fresh) => this.readies.push(fresh),
        event: (name, value) => this.events.push([name, value]),
      },
    );
  }

  say(frame: Parameters<typeof codec.encode<'AppFrame'>>[1]): void {
    this.wire?.message(codec.encode('AppFrame', frame));
  }

  private take(frame: Frame): void {
    this.got.push(frame);
    if (this.silent) return;
    const { body } = frame;
    if (body.is === 'AppHello') {
      this.clientNonce = new Uint8Array(fromHex(body.as.nonce));
      if (body.as.client) void this.challenge();
      else this.ready();
    } else if (body.is === 'AppProof') void this.judge(body.as.mac);
    else if (body.is === 'AppPing') this.say({ body: { is: 'AppPong', as: {} } });
  }

  private async challenge(): Promise<void> {
    if (!this.secretOfServer) throw new Error('no secret');
    const proof = await mac(
      this.secretOfServer, 'server', this.clientNonce, this.nonce, this.serverOrigin,
    );
    this.say({ body: { is: 'AppChallenge', as: { nonce: toHex(this.nonce), mac: toHex(proof) } } });
  }

  private async judge(given: string): Promise<void> {
    const ok = await macIs(
      this.secretOfServer!, 'client', this.clientNonce, this.nonce, this.serverOrigin,
      fromHex(given),
    );
    if (ok) this.ready();
    else this.say({ body: { is: 'AppBye', as: { code: 10 } } });
  }

  ready(): void {
    const as = { version: 1, outstanding: 64, epoch: this.epoch, cursor: this.cursor };
    this.say({ body: { is: 'AppReady', as } });
  }

  /** The call of that name, the newest. */
  callOf(name: string): { call: bigint; as: unknown } | undefined {
    for (const frame of this.got.slice().reverse()) {
      const area = (frame.body as { as: { body?: { is: string; as: unknown } } }).as.body;
      if (area?.is === name) return { call: frame.call, as: area.as };
    }
    return undefined;
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settle();
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((t) => t !== next);
      this.now = next.at;
      next.act();
    }
    this.now = end;
    await settle();
  }
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** As long as HMACs take, which other threads make. */
export async function proven(): Promise<void> {
  for (let i = 0; i < 8; i++) await new Promise((resolve) => setTimeout(resolve, 4));
}
