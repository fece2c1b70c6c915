// The pages of one chat that are in the page, and drafts. At most six pages stand there: what is far
// away is let go and read again when somebody goes back to it.
import { effect, signal, type Signal } from '@preact/signals';
import { MessageKind, type Message, type Person, type Tables } from '../wire/generated/frames.ts';
import { asCallError } from '../link/errors.ts';
import { drop, keep, kept } from '../link/keep.ts';
import {
  ask, byPid, cache as keepPage, chats, listen, people, peopleState, ready, sealed, whenSealed, type Loaded,
} from './state.ts';

export const PAGE = 50;
const PAGES = 6;
const CACHED = 20;

export interface History {
  pid: string;
  /** By place, the oldest first. */
  messages: Signal<readonly Message[]>;
  state: Signal<Loaded>;
  before: Signal<boolean>;
  after: Signal<boolean>;
  /** Order of the last message that was read when it was opened: the mark stands after it. */
  mark: Signal<bigint>;
}

const open = new Map<string, History>();
/** Asked for at this moment: pages above or below. */
const asked = new Set<string>();

const place = (a: Message, b: Message): number =>
  a.order < b.order ? -1 : a.order > b.order ? 1
  : a.sent < b.sent ? -1 : a.sent > b.sent ? 1
  : (a.id ?? '') < (b.id ?? '') ? -1 : (a.id ?? '') > (b.id ?? '') ? 1 : 0;

export const keyOf = (m: Message): string =>
  m.id && !/^0+$/.test(m.id) ? `${m.mine ? 'm' : 't'}${m.id}` : `n${m.number}`;

function joined(old: readonly Message[], more: readonly Message[]): Message[] {
  const all = new Map(old.map((m) => [keyOf(m), m]));
  for (const m of more) all.set(keyOf(m), m);
  return [...all.values()].sort(place);
}

export function historyOf(pid: string): History {
  let h = open.get(pid);
  if (!h) {
    h = {
      pid,
      messages: signal<readonly Message[]>([]),
      state: signal<Loaded>('none'),
      before: signal(false),
      after: signal(false),
      mark: signal(0n),
    };
    open.set(pid, h);
    void start(h);
  }
  return h;
}

/** It is looked at again: the mark stands where unread begins now. */
export function enter(h: History): void {
  if (h.state.value === 'ready') h.mark.value = markOf(h);
}

async function start(h: History): Promise<void> {
  h.state.value = 'loading';
  const old = await kept<Message[]>('cache', `chat ${h.pid}`);
  if (old && h.state.value === 'loading') h.messages.value = old;
  await newest(h);
}

async function page(h: History, where: { before?: bigint; after?: bigint }) {
  return ask('History', { who: h.pid, limit: PAGE, ...where }, 'HistoryIs');
}

/** The last page, or what changed in it. */
export async function newest(h: History): Promise<void> {
  try {
    const got = await page(h, {});
    const first = h.state.value !== 'ready';
    h.messages.value = first || h.after.value ? [...got.messages].sort(place) : joined(h.messages.value, got.messages);
    if (first || h.after.value) h.before.value = got.more;
    h.after.value = false;
    if (first) h.mark.value = markOf(h);
    h.state.value = 'ready';
    cache(h);
  } catch (e) {
    if (h.state.value !== 'ready') h.state.value = asCallError(e);
  }
}

/** Where "unread" begins: before the first that is not read. */
function markOf(h: History): bigint {
  const unread = chats.value.find((c) => c.contact?.pid === h.pid)?.unread ?? 0;
  if (!unread) return 0n;
  const theirs = h.messages.value.filter((m) => !m.mine && !m.read && m.kind < MessageKind.Gap);
  const first = theirs[Math.max(0, theirs.length - unread)];
  return first?.order ?? 0n;
}

function cache(h: History): void {
  if (!h.after.value) keepPage(`chat ${h.pid}`, h.messages.value.slice(-PAGE));
  if (open.size <= CACHED) return;
  for (const [pid] of open) {
    if (pid === h.pid) continue;
    open.delete(pid);
    break;
  }
}

export async function older(h: History): Promise<void> {
  const first = h.messages.value.find((m) => m.number !== 0n);
  if (!h.before.value || !first || asked.has(h.pid)) return;
  asked.add(h.pid);
  try {
    const got = await page(h, { before: first.number });
    h.before.value = got.more;
    const all = joined(h.messages.value, got.messages);
    if (all.length > PAGE * PAGES) {
      all.length = PAGE * PAGES;
      h.after.value = true;
    }
    h.messages.value = all;
  } catch {
    /* asked again when somebody comes near */
  } finally {
    asked.delete(h.pid);
  }
}

export async function newer(h: History): Promise<void> {
  const last = [...h.messages.value].reverse().find((m) => m.number !== 0n);
  if (!h.after.value || !last || asked.has(h.pid)) return;
  asked.add(h.pid);
  try {
    const got = await page(h, { after: last.number });
    h.after.value = got.more;
    let all = joined(h.messages.value, got.messages);
    if (all.length > PAGE * PAGES) {
      all = all.slice(-PAGE * PAGES);
      h.before.value = true;
    }
    h.messages.value = all;
  } catch {
    /* as above */
  } finally {
    asked.delete(h.pid);
  }
}

export function put(pid: string, m: Message | undefined): void {
  const h = open.get(pid);
  if (!h || !m) return;
  const known = h.messages.value.some((x) => keyOf(x) === keyOf(m));
  const gone = m.kind === MessageKind.Other && !m.text;
  if (h.after.value && !known) return;
  if (!known && m.mine) h.mark.value = 0n;
  if (!gone) h.messages.value = joined(h.messages.value, [m]);
  cache(h);
}

listen(
  (name, value) => {
    if (name !== 'ToldMessage') return;
    const { contact, message } = value as Tables['ToldMessage'];
    if (contact) put(contact.pid, message);
  },
  () => {
    for (const h of open.values()) void newest(h);
  },
);

/** Everything up to the last one was seen. */
export async function markRead(person: Person): Promise<void> {
  const h = open.get(person.pid);
  const last = h?.messages.value.at(-1);
  if (!last) return;
  try {
    await ask('MessageRead', { who: person.pid, order: last.order }, 'AppOk');
    chats.value = chats.value.map((c) => (c.contact?.pid === person.pid ? { ...c, unread: 0 } : c));
  } catch {
    /* said again with the next one */
  }
}

whenSealed.push(() => {
  open.clear();
  drafts.value = new Map();
});

// ---- drafts: in this browser at once, with the agent soon, so that every device has them (UI-22) ----

export const drafts = signal<ReadonlyMap<string, string>>(new Map());
const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** What the agent has of them, by chat. */
const said = new Map<string, string>();
const KEY = /^app\/chat\/([0-9a-f]{64})\/draft$/;

function show(pid: string, text: string): void {
  const next = new Map(drafts.value);
  if (text) next.set(pid, text);
  else next.delete(pid);
  drafts.value = next;
}

export async function recallDraft(pid: string): Promise<void> {
  if (drafts.value.has(pid)) return;
  const text = await kept<string>('draft', pid);
  if (text && !drafts.value.has(pid)) show(pid, text);
}

export function setDraft(pid: string, text: string): void {
  show(pid, text);
  clearTimeout(timers.get(pid));
  timers.set(
    pid,
    setTimeout(() => {
      timers.delete(pid);
      store(pid, text);
    }, 700),
  );
}

function store(pid: string, text: string): void {
  if (!sealed) void (text ? keep('draft', pid, text) : drop('draft', pid));
  const chat = byPid(pid)?.chat;
  const value = new TextEncoder().encode(text);
  if (!chat || !ready.value || said.get(chat) === text || value.length > 8192) return;
  said.set(chat, text);
  ask('RegisterSet', { key: `app/chat/${chat}/draft`, value }, 'AppOk').catch(() => said.delete(chat));
}

/** The agent tells a draft: of another device, or our own come back. */
function hear(key: string, value: Uint8Array): void {
  const chat = KEY.exec(key)?.[1];
  if (!chat) return;
  const text = new TextDecoder().decode(value);
  if (said.get(chat) === text) return;
  said.set(chat, text);
  const pid = [...people.value.values()].find((p) => p.chat === chat)?.pid;
  if (pid && !timers.has(pid)) show(pid, text);
}

/** Drafts are of chats, and whose they are is known with the people. */
function peopleKnown(): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (peopleState.value === 'ready') queueMicrotask(() => (stop(), resolve()));
    });
  });
}

async function readDrafts(): Promise<void> {
  await peopleKnown();
  let after = '';
  for (let more = true, pages = 0; more && pages < 20; pages++) {
    const page = await ask('RegistersList', { prefix: 'app/chat/', after }, 'RegistersIs');
    for (const r of page.registers) hear(r.key, r.value);
    more = page.more && page.registers.length > 0;
    after = page.after;
  }
}

listen(
  (name, value) => {
    if (name !== 'ToldRegister') return;
    const r = value as Tables['ToldRegister'];
    hear(r.key, r.value);
  },
  () => void readDrafts().catch(() => undefined),
);
