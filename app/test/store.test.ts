// What the page knows: from calls and events of a mock of the agent, over the real link. UI-13, UI-20,
// UI-22, UI-24.
import test from 'node:test';
import assert from 'node:assert/strict';
import { codec } from '../src/link/session.ts';
import { type LinkSetup, type WireHooks } from '../src/link/link.ts';
import { begin, chats, open, people, pairing, ready, sealed, shownChats, status } from '../src/store/state.ts';
import { drafts, historyOf, keyOf, newer, older, PAGE, put, setDraft } from '../src/store/history.ts';
import { type Make } from '../src/wire/codec.ts';
import { type Tables } from '../src/wire/generated/frames.ts';
import { MockAgent } from './mock.ts';

const NOW = new Date(2026, 10, 27, 12, 6).getTime();
const agent = new MockAgent({ lang: 'en', now: NOW, many: 500 });
agent.origin = 'http://localhost:7781';
let wire: WireHooks | undefined;
Object.assign(globalThis, {
  location: { origin: agent.origin, hash: '', pathname: '/' },
  document: { documentElement: { dataset: {} }, addEventListener: () => undefined },
});

Object.defineProperty(globalThis, 'navigator', {
  value: { userAgent: 'test', platform: 'test', languages: ['en'] },
  configurable: true,
});

const setup: LinkSetup = {
  dial: (hooks) => {
    wire = hooks;
    const take = agent.connect((frame) => setImmediate(() => hooks.message(frame)));
    setImmediate(() => hooks.open());
    return { send: (b) => take(b), close: () => undefined };
  },
  origin: agent.origin,
  software: 'test',
  paired: true,
  random: () => new Uint8Array(32).fill(4),
  now: () => performance.now(),
  later: (act, ms) => {
    const timer = setTimeout(act, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

async function until(what: () => boolean, words: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (what()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(words);
}
const tell = (is: string, as: object, cursor = 0n): void =>
  wire?.message(
    codec.encode('AppFrame', { cursor, body: { is: 'AppTold', as: { body: { is, as } } } } as unknown as Make<Tables['AppFrame']>),
  );

test('a code becomes a client, and then everything is read', async () => {
  await begin(Buffer.from(agent.code).toString('base64url'), setup);
  await until(() => ready.value && open.value && !pairing.value, 'it stands');
  await until(() => chats.value.length === 508 && people.value.size === 508, 'all of it');
  assert.deepEqual(agent.said.filter((s) => s.name === 'ClientClaim').length, 1);
  assert.ok(shownChats.value.every((c) => c.contact?.name !== 'Zoe'), 'requests stand apart');
});

test('a chat is read page by page, six at most, both ways', async () => {
  const pid = agent.people[0]!.pid;
  const h = historyOf(pid);
  await until(() => h.state.value === 'ready', 'the last page');
  assert.equal(h.messages.value.length, PAGE);
  const newestKey = keyOf(h.messages.value.at(-1)!);
  for (let i = 0; i < 9; i++) await older(h);
  assert.equal(h.messages.value.length, 6 * PAGE);
  assert.equal(h.after.value, true);
  assert.equal(h.messages.value.some((m) => keyOf(m) === newestKey), false);
  const orders = h.messages.value.map((m) => m.order);
  assert.deepEqual(orders, [...orders].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  for (let i = 0; i < 9; i++) await newer(h);
  assert.equal(h.after.value, false);
  assert.equal(keyOf(h.messages.value.at(-1)!), newestKey);
  assert.equal(new Set(h.messages.value.map(keyOf)).size, h.messages.value.length);
});

test('an event changes one message where it stands; the same one does not come twice', async () => {
  const p = agent.people[0]!;
  const h = historyOf(p.pid);
  const before = h.messages.value.length;
  const last = h.messages.value.at(-1)!;
  tell('ToldMessage', { message: { ...last, state: 2, held: 8 }, contact: p }, 5n);
  assert.equal(h.messages.value.length, before);
  assert.equal(h.messages.value.at(-1)?.state, 2);
  put(p.pid, last);
  assert.equal(h.messages.value.length, before);
});

test('a new message is the line of its chat', () => {
  const p = agent.people[5]!;
  const chat = chats.value.find((c) => c.contact?.key === p.key)!;
  const message = { ...chat.last!, chat: p.chat!, id: 'ab'.repeat(16), text: 'news', mine: false, read: false, order: chat.last!.order + 9n };
  tell('ToldMessage', { message, contact: p, fresh: true }, 6n);
  const now = chats.value.find((c) => c.contact?.key === p.key)!;
  assert.equal(now.last?.text, 'news');
  assert.equal(now.unread, chat.unread + 1);
});

test('a draft is said to the agent, and one of another device is shown', async () => {
  const [a, b] = [agent.people[1]!, agent.people[2]!];
  setDraft(a.pid, 'half a thought');
  await until(() => agent.said.some((s) => s.name === 'RegisterSet'), 'it was said');
  const said = agent.said.find((s) => s.name === 'RegisterSet')!.as;
  assert.equal(said['key'], `app/chat/${a.chat}/draft`);
  assert.equal(new TextDecoder().decode(said['value'] as Uint8Array), 'half a thought');
  tell('ToldRegister', { key: `app/chat/${b.chat}/draft`, value: new TextEncoder().encode('from the other') });
  assert.equal(drafts.value.get(b.pid), 'from the other');
  tell('ToldRegister', { key: `app/chat/${b.chat}/draft` });
  assert.equal(drafts.value.has(b.pid), false);
});

test('locked: what was read goes from the page, and nothing is cached from then on', async () => {
  tell('ToldState', { state: { ...agent.status(), state: 1 } });
  assert.equal(status.value?.state, 1);
  assert.equal(chats.value.length, 0);
  assert.equal(people.value.size, 0);
  assert.equal(drafts.value.size, 0);
  assert.equal(sealed, true);
  setImmediate(() => process.exit(process.exitCode ?? 0)); // timers of the page live on
});
