// The connection: AP-5..AP-13 from the side of who calls.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CallError, codeOf, errorNames } from '../src/link/errors.ts';
import { importSecret, type Identity } from '../src/link/proof.ts';
import { World, proven, settle } from './world.ts';

const SECRET = () => new Uint8Array(32).map((_, i) => i);
async function identity(): Promise<Identity> {
  return { client: '01'.repeat(16) + '00'.repeat(16), key: await importSecret(SECRET()) };
}

async function standing(): Promise<World> {
  const w = new World();
  w.link.start(undefined);
  await settle();
  assert.equal(w.link.state, 'ready');
  return w;
}

const chats = (w: World, more = false) => {
  const call = w.callOf('ChatsList')!.call;
  w.say({ call, more, body: { is: 'AppChat', as: { body: { is: 'ChatsIs', as: { more: false } } } } });
};

test('errors have the numbers of base/err.def', () => {
  const def = readFileSync(join(process.env['APP_ROOT'] as string, '../src/base/err.def'), 'utf8');
  const rows = [...def.matchAll(/^X\((\d+), (\w+),/gm)];
  assert.equal(rows.length, errorNames.length);
  for (const [, n, name] of rows)
    assert.equal(errorNames[Number(n)], name?.toLowerCase().replace(/_/g, '-'));
});

test('both ends prove the secret, over the origin (AP-12)', async () => {
  const w = new World(true);
  w.secretOfServer = await importSecret(SECRET());
  w.link.start(await identity());
  await proven();
  assert.equal(w.link.state, 'ready');
  assert.deepEqual(w.got.map((f) => f.body.is).slice(0, 2), ['AppHello', 'AppProof']);
});

test('a listener that does not know the secret, or sits elsewhere, gets no proof', async () => {
  for (const wrong of ['secret', 'origin'] as const) {
    const w = new World(true);
    const other = SECRET();
    other[0] = wrong === 'secret' ? 1 : 0;
    w.secretOfServer = await importSecret(other);
    if (wrong === 'origin') w.serverOrigin = 'http://localhost:7782';
    w.link.start(await identity());
    await proven();
    assert.equal(w.link.state, 'waiting', wrong);
    assert.deepEqual(w.got.map((f) => f.body.is), ['AppHello', 'AppBye'], wrong);
  }
});

test('AppReady without a proof is refused where there is a secret (AP-13)', async () => {
  const w = new World(true);
  w.silent = true;
  w.link.start(await identity());
  await settle();
  w.ready();
  await settle();
  assert.equal(w.link.state, 'waiting');
  await w.advance(60_000);
  assert.notEqual(w.link.state, 'ready');
});

test('without an identity nothing is dialled', () => {
  const w = new World(true);
  w.link.start(undefined);
  assert.equal(w.link.state, 'unpaired');
  assert.equal(w.dials, 0);
});

test('calls count up, answers find them, more come before the last (AP-6)', async () => {
  const w = await standing();
  const more: string[] = [];
  const first = w.link.call('ChatsList', { limit: 5 }, { more: (a) => more.push(a.is) });
  const second = w.link.ask('ChatsList', {}, 'ChatsIs');
  await settle();
  assert.equal(w.callOf('ChatsList')!.call, first.id + 1n);
  chats(w);
  assert.deepEqual((await second).chats, []);
  w.say({ call: first.id, more: true, body: { is: 'AppOk', as: {} } });
  w.say({ call: first.id, body: { is: 'AppOk', as: {} } });
  assert.equal((await first.done).is, 'AppOk');
  assert.deepEqual(more, ['AppOk']);
});

test('an error is an error, another answer than was wanted, too', async () => {
  const w = await standing();
  const one = w.link.ask('Unlock', { passphrase: new Uint8Array(1) }, 'AppOk');
  await settle();
  const { call } = w.callOf('Unlock')!;
  w.say({ call, body: { is: 'AppError', as: { code: codeOf('passphrase'), next: 'again' } } });
  await assert.rejects(one, (e: CallError) => e.code === 'passphrase' && e.next === 'again');
  const two = w.link.ask('ChatsList', {}, 'AppOk');
  await settle();
  chats(w);
  await assert.rejects(two, (e: CallError) => e.code === 'protocol');
});

test('an answer to no call ends the connection (AP-13)', async () => {
  const w = await standing();
  w.say({ call: 99n, body: { is: 'AppOk', as: {} } });
  assert.equal(w.link.state, 'waiting');
  assert.equal(w.got.at(-1)?.body.is, 'AppBye');
});

test('what does not parse ends the connection', async () => {
  const w = await standing();
  w.wire?.message(new Uint8Array(40));
  assert.equal(w.link.state, 'waiting');
});

test('a call that nothing is said of ends 5 s after its time; its late answer is dropped', async () => {
  const w = await standing();
  const one = w.link.ask('ChatsList', {}, 'ChatsIs', { deadlineMs: 2000 });
  const ends: CallError[] = [];
  one.catch((e: CallError) => ends.push(e));
  await w.advance(6_500);
  assert.equal(ends.length, 0);
  await w.advance(1_000);
  assert.equal(ends[0]?.code, 'timeout');
  assert.equal(ends[0]?.unknown, true);
  assert.ok(w.got.some((f) => f.body.is === 'AppCancel'));
  chats(w);
  assert.equal(w.link.state, 'ready');
});

test('a signal cancels', async () => {
  const w = await standing();
  const stop = new AbortController();
  const call = w.link.call('PresenceFollow', {}, { lasts: true, signal: stop.signal });
  await w.advance(100_000);
  assert.equal(w.link.state, 'ready');
  stop.abort();
  assert.ok(w.got.some((f) => f.body.is === 'AppCancel' && f.call === call.id));
});

test('a ping each 5 s, 15 without a word are the end', async () => {
  const w = await standing();
  await w.advance(11_000);
  assert.equal(w.got.filter((f) => f.body.is === 'AppPing').length, 2);
  assert.equal(w.link.state, 'ready');
  w.silent = true;
  await w.advance(12_900);
  assert.equal(w.link.state, 'ready');
  await w.advance(2_100);
  assert.notEqual(w.link.state, 'ready');
});

test('dialled again after 0.1 s, doubled up to 5 s', async () => {
  const w = new World();
  w.refuseDial = true;
  w.link.start(undefined);
  const at: number[] = [0];
  for (let ms = 0, last = 0; ms < 25_000; ms += 50) {
    await w.advance(50);
    if (w.dials !== last && last) at.push(w.now);
    last = w.dials;
  }
  const gaps = at.slice(1).map((t, i) => t - (at[i] ?? 0));
  assert.deepEqual(gaps.slice(0, 8), [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('calls that live when the connection ends are closed and unknown', async () => {
  const w = await standing();
  const one = w.link.ask('ChatsList', {}, 'ChatsIs');
  await settle();
  w.wire?.closed();
  await assert.rejects(one, (e: CallError) => e.code === 'closed' && e.unknown);
});

test('events go on after the cursor; a gap and another epoch are read anew (AP-10)', async () => {
  const w = await standing();
  assert.deepEqual(w.readies, [true]);
  const told = { is: 'AppTold', as: { body: { is: 'ToldState', as: { state: {} } } } } as const;
  w.say({ cursor: 11n, body: told });
  assert.equal(w.events[0]?.[0], 'ToldState');
  w.wire?.closed();
  await w.advance(200);
  const on = w.callOf('EventsOn')!.as as { cursor: bigint; epoch: bigint };
  assert.deepEqual([on.cursor, on.epoch], [11n, 5n]);
  assert.deepEqual(w.readies, [true, false]);
  w.say({ body: { is: 'AppGap', as: { first: 50n } } });
  assert.deepEqual(w.readies, [true, false, true]);
  w.epoch = 6n;
  w.cursor = 2n;
  w.wire?.closed();
  await w.advance(400);
  assert.deepEqual(w.readies, [true, false, true, true]);
  assert.equal((w.callOf('EventsOn')!.as as { cursor: bigint }).cursor, 2n);
});

test('a stream sends what was granted and no more (AP-11)', async () => {
  const w = await standing();
  const call = w.link.call('FileAdd', { size: 600_000n });
  let all = false;
  const writing = call.write(new Uint8Array(600_000)).then(() => (all = true));
  await settle();
  const sent = () =>
    w.got.reduce((n, f) => {
      const b = f.body;
      return b.is === 'AppStream' && b.as.body.is === 'StreamData' ? n + b.as.body.as.bytes.length : n;
    }, 0);
  assert.equal(sent(), 256 * 1024);
  w.say({
    call: call.id,
    body: { is: 'AppStream', as: { body: { is: 'StreamGrant', as: { stream: call.id, bytes: 400_000 } } } },
  });
  await writing;
  assert.equal(all, true);
  assert.equal(sent(), 600_000);
});

test('bytes are granted as they are taken; more than granted is the end', async () => {
  const w = await standing();
  let release = () => {};
  let taken = 0;
  const call = w.link.call('FileGet', { root: '00'.repeat(32) }, {
    data: (b) => {
      taken += b.length;
      return new Promise((resolve) => (release = resolve));
    },
  });
  const data = (n: number) =>
    w.say({
      call: call.id,
      body: { is: 'AppStream', as: { body: { is: 'StreamData', as: { stream: call.id, bytes: new Uint8Array(n) } } } },
    });
  data(200_000);
  assert.equal(taken, 200_000);
  release();
  await settle();
  assert.equal(w.got.filter((f) => f.body.is === 'AppStream').length, 1);
  data(256 * 1024);
  assert.equal(w.link.state, 'ready');
  data(1);
  assert.equal(w.link.state, 'waiting');
});

test('stopped and started as another client: one connection, everything is read anew', async () => {
  const w = await standing();
  w.link.stop();
  assert.equal(w.link.state, 'off');
  await w.advance(1_000);
  assert.equal(w.dials, 1);
  w.link.start(undefined);
  await w.advance(5_000);
  assert.equal(w.dials, 2);
  assert.deepEqual(w.readies, [true, true]);
});

test('a client that is no longer known stops after three tries', async () => {
  const w = new World(true);
  w.secretOfServer = await importSecret(new Uint8Array(32));
  w.link.start(await identity());
  for (let i = 0; i < 4; i++) {
    await proven();
    await w.advance(1_000);
  }
  assert.equal(w.link.state, 'denied');
  assert.equal(w.dials, 3);
});
