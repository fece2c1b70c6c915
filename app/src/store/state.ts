// What the page knows, as signals. It comes from calls and events of the agent alone, and from the
// cache of before while the agent does not answer (then `stale` says so). Nothing is guessed: a
// message is there when the agent says so.
import { computed, signal } from '@preact/signals';
import { fromHex, type Make } from '../wire/codec.ts';
import {
  AgentState, ContactState, MessageKind, Trust,
  type AgentStatusIs, type Chat, type ChatFile, type Message, type Person, type PresenceOf, type Tables,
} from '../wire/generated/frames.ts';
import { CallError, asCallError } from '../link/errors.ts';
import { clear, drop, keep, kept, type StoreName } from '../link/keep.ts';
import { browserSetup, Link, type LinkSetup, type LinkState } from '../link/link.ts';
import { importSecret, type Identity } from '../link/proof.ts';
import { type Answer, type TableName } from '../link/session.ts';
import { lang, langOfSystem, type Lang } from '../words/words.ts';
import { sha256 } from '../look/sha256.ts';

// ---- what is known ----

export const linkState = signal<{ state: LinkState; retryAt: number }>({ state: 'off', retryAt: 0 });
export const status = signal<AgentStatusIs | undefined>(undefined);
/** A code of `geonet app` is being turned into a client. */
export const pairing = signal(false);
/** What is shown is of before: the agent does not answer. */
export const stale = signal(false);

export type Loaded = 'none' | 'loading' | 'ready' | CallError;
export const chats = signal<readonly Chat[]>([]);
export const chatsState = signal<Loaded>('none');
export const people = signal<ReadonlyMap<string, Person>>(new Map());
export const peopleState = signal<Loaded>('none');
export const presence = signal<ReadonlyMap<string, PresenceOf>>(new Map());
export const typing = signal<ReadonlyMap<string, number>>(new Map());
/** Files on their way, by the id of their message. */
export const uploads = signal<ReadonlyMap<string, ChatFile>>(new Map());
export const notices = signal<readonly { level: number; text: string; next: string }[]>([]);

export const ready = computed(() => linkState.value.state === 'ready');
export const open = computed(() => status.value?.state === AgentState.Open);
export const contacts = computed(() =>
  [...people.value.values()].filter(
    (p) => p.state === ContactState.Accepted || p.state === ContactState.Asked,
  ),
);
export const requests = computed(() =>
  [...people.value.values()].filter((p) => p.state === ContactState.Request),
);

export const byPid = (pid: string): Person | undefined => {
  const known = people.value; // read first: whoever asks is told when that changes
  const key = keyOfPid.get(pid);
  return key === undefined ? undefined : known.get(key);
};
const keyOfPid = new Map<string, string>();

function putPeople(list: readonly Person[]): void {
  if (list.length === 0) return;
  const next = new Map(people.value);
  for (const p of list) {
    if (!p.key) continue;
    next.set(p.key, p);
    keyOfPid.set(p.pid, p.key);
  }
  people.value = next;
}

// ---- settings of this browser ----

export type Theme = 'system' | 'light' | 'dark';
export interface Settings {
  theme: Theme;
  lang: Lang | '';
  notify: boolean;
  /** Names and text in notifications, too. */
  notifyText: boolean;
  compact: boolean;
}
export const settings = signal<Settings>({
  theme: 'system', lang: '', notify: false, notifyText: false, compact: false,
});

export function set(change: Partial<Settings>): void {
  settings.value = { ...settings.value, ...change };
  apply();
  void keep('set', 'settings', settings.value);
}

function apply(): void {
  const { theme, lang: chosen } = settings.value;
  lang.value = chosen || langOfSystem();
  const html = document.documentElement;
  html.lang = lang.value;
  if (theme === 'system') delete html.dataset['theme'];
  else html.dataset['theme'] = theme;
}

// ---- the link ----

let link: Link;
const onEvent: ((name: TableName, value: unknown) => void)[] = [];
const onFresh: (() => void)[] = [];

/** Told of every event, and when everything must be read anew. */
export function listen(event: (name: TableName, value: unknown) => void, fresh: () => void): void {
  onEvent.push(event);
  onFresh.push(fresh);
}

export const ask = <K extends TableName, A extends TableName>(
  name: K,
  args: Make<Tables[K]>,
  want: A,
  options?: Parameters<Link['ask']>[3],
): Promise<Tables[A]> => link.ask(name, args, want, options);

export const askAny = <K extends TableName>(name: K, args: Make<Tables[K]>): Promise<Answer> =>
  link.askAny(name, args);

export const call: Link['call'] = (name, args, options) => link.call(name, args, options);
export const hurry = (): void => link.hurry();

function event(name: TableName, value: unknown): void {
  if (name === 'ToldState') {
    const { state } = value as Tables['ToldState'];
    if (state) setStatus(state);
  } else if (name === 'ToldContact') {
    const { contact, gone } = value as Tables['ToldContact'];
    if (contact?.key && gone) {
      const next = new Map(people.value);
      next.delete(contact.key);
      people.value = next;
    } else if (contact) putPeople([contact]);
    soon();
  } else if (name === 'ToldMessage') {
    const { contact, message, fresh: isNew } = value as Tables['ToldMessage'];
    if (contact) putPeople([contact]);
    if (message) putLast(message, isNew);
    soon();
  } else if (name === 'ToldTyping') {
    const { chat, on } = value as Tables['ToldTyping'];
    if (chat) setTyping(chat, on);
  } else if (name === 'ToldFile') {
    const { file } = value as Tables['ToldFile'];
    if (file?.id) uploads.value = new Map(uploads.value).set(file.id, file);
  } else if (name === 'ToldNotice') {
    notices.value = [...notices.value.slice(-4), value as Tables['ToldNotice']];
  }
  for (const hear of onEvent) hear(name, value);
}

function setTyping(chat: string, on: boolean): void {
  const next = new Map(typing.value);
  if (on) next.set(chat, Date.now());
  else next.delete(chat);
  typing.value = next;
  if (on) setTimeout(() => typing.value.get(chat) !== undefined && setTyping(chat, false), 8000);
}

function setStatus(next: AgentStatusIs): void {
  const was = status.value?.state;
  status.value = next;
  void keep('cache', 'status', { pid: next.pid, name: next.name, key: next.key });
  if (next.state === AgentState.Open && was !== AgentState.Open) fresh();
}

/** Everything is read anew: the connection is new, or events are gone. */
function fresh(): void {
  if (pairing.value || status.value?.state !== AgentState.Open) return;
  void readChats();
  void readPeople();
  followPresence();
  for (const hear of onFresh) hear();
}

let stopPresence = new AbortController();
function followPresence(): void {
  stopPresence.abort();
  stopPresence = new AbortController();
  const take = (answer: Answer) => {
    if (answer.is !== 'PresenceIs') return;
    const next = new Map(presence.value);
    for (const p of answer.as.people) if (p.contact?.key) next.set(p.contact.key, p);
    presence.value = next;
  };
  call('PresenceFollow', {}, { lasts: true, signal: stopPresence.signal, more: take });
}

async function stands(isFresh: boolean): Promise<void> {
  try {
    const next = await ask('AgentStatus', {}, 'AgentStatusIs');
    const was = status.value?.state;
    setStatus(next);
    stale.value = false;
    if (isFresh && was === AgentState.Open) fresh();
    else if (was === AgentState.Open) void readChats();
    if (pairing.value && next.state === AgentState.Open) await claim(new Uint8Array(0));
  } catch (e) {
    if (pairing.value) pairError.value = asCallError(e);
  }
}

// ---- chats and people ----

/** The line of that chat; how many are unread is counted anew soon. */
function putLast(m: Message, isNew: boolean): void {
  if (m.kind === MessageKind.Receipt) return;
  chats.value = chats.value.map((c) => {
    if (c.id !== m.chat || (c.last && c.last.order > m.order)) return c;
    const more = isNew && !m.mine && !m.read && m.kind < MessageKind.Gap && c.last?.id !== m.id;
    return { ...c, last: m, unread: c.unread + (more ? 1 : 0) };
  });
}

let soonTimer: ReturnType<typeof setTimeout> | undefined;
/** The list is read again, the longer it is the later. */
function soon(): void {
  soonTimer ??= setTimeout(
    () => {
      soonTimer = undefined;
      void readChats();
    },
    chats.value.length > 200 ? 5_000 : 120,
  );
}

const CHATS_MAX = 10_000;

export async function readChats(): Promise<void> {
  if (chatsState.value === 'none') chatsState.value = 'loading';
  try {
    const all: Chat[] = [];
    let after = 0n;
    for (let more = true; more && all.length < CHATS_MAX; ) {
      const page = await ask('ChatsList', { after }, 'ChatsIs');
      all.push(...page.chats);
      putPeople(page.chats.flatMap((c) => (c.contact ? [c.contact] : [])));
      if (chatsState.value !== 'ready' && !stale.value) chats.value = all.slice();
      more = page.more && page.chats.length > 0;
      after = page.after;
    }
    chats.value = all;
    chatsState.value = 'ready';
    void keep('cache', 'chats', all.slice(0, 200));
  } catch (e) {
    if (chatsState.value !== 'ready' && !stale.value) chatsState.value = asCallError(e);
  }
}

export async function readPeople(): Promise<void> {
  if (peopleState.value === 'none') peopleState.value = 'loading';
  try {
    const all: Person[] = [];
    let after = 0;
    for (let more = true; more && all.length < CHATS_MAX; ) {
      const page = await ask('ContactsList', { after }, 'ContactsIs');
      all.push(...page.contacts);
      more = page.more && page.contacts.length > 0;
      after = page.after;
    }
    people.value = new Map();
    putPeople(all);
    peopleState.value = 'ready';
    void keep('cache', 'people', all.slice(0, 500));
  } catch (e) {
    if (peopleState.value !== 'ready' && !stale.value) peopleState.value = asCallError(e);
  }
}

/** What an answer says of a person. */
export function learn(p: Person | undefined): void {
  if (p) putPeople([p]);
}

export const orderOf = (m: Message | undefined): bigint => m?.order ?? 0n;
/** Contacts' chats by their last message; requests stand apart. */
export const shownChats = computed(() =>
  chats.value
    .filter((c) => {
      const p = people.value.get(c.contact?.key ?? '') ?? c.contact;
      return p && p.state !== ContactState.Request && p.state !== ContactState.Refused;
    })
    .sort((a, b) => (orderOf(a.last) < orderOf(b.last) ? 1 : orderOf(a.last) > orderOf(b.last) ? -1 : 0)),
);
export const unreadAll = computed(() => shownChats.value.reduce((n, c) => n + c.unread, 0));

export const met = (p: Person): boolean => p.trust === Trust.Met;

// ---- the beginning: pairing, what was kept ----

export const pairError = signal<CallError | undefined>(undefined);

const base64url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const toHex = (b: Uint8Array): string => [...b].map((x) => x.toString(16).padStart(2, '0')).join('');

/** A code is a client whose secret is its 32 bytes (AG-121). */
async function identityOfCode(code: string): Promise<Identity> {
  const bytes = base64url(code);
  const label = new TextEncoder().encode('geonet/agent/pair/1');
  const said = new Uint8Array(label.length + bytes.length);
  said.set(label);
  said.set(bytes, label.length);
  return { client: toHex(sha256(said)), key: await importSecret(bytes) };
}

/** The code becomes a client of its own; its secret is kept as a key that cannot be read. */
export async function claim(passphrase: Uint8Array): Promise<void> {
  const name = browserName();
  const made = await ask('ClientClaim', { name, passphrase }, 'ClientMade');
  passphrase.fill(0);
  if (!made.id || !made.secret) throw new CallError('protocol', { detail: 'no secret was given' });
  const key = await importSecret(fromHex(made.secret));
  const identity: Identity = { client: made.id.padEnd(64, '0'), key };
  await keep('identity', 'client', identity);
  pairing.value = false;
  link.stop();
  link.start(identity);
}

function browserName(): string {
  const ua = navigator.userAgent;
  const name = /Firefox/.test(ua) ? 'Firefox' : /Edg\//.test(ua) ? 'Edge'
    : /Chrom/.test(ua) ? 'Chromium' : /Safari/.test(ua) ? 'Safari' : 'browser';
  return `${name}, ${navigator.platform || 'computer'}`;
}

async function recall(): Promise<void> {
  const [before, list, known] = await Promise.all([
    kept<Pick<AgentStatusIs, 'pid' | 'name' | 'key'>>('cache', 'status'),
    kept<Chat[]>('cache', 'chats'),
    kept<Person[]>('cache', 'people'),
  ]);
  if (chatsState.value === 'ready') return;
  stale.value = list !== undefined;
  if (known) putPeople(known);
  if (list) {
    putPeople(list.flatMap((c) => (c.contact ? [c.contact] : [])));
    chats.value = list;
  }
  if (before && !status.value) remembered.value = before;
}
/** Whose page this was, while the agent has not answered yet. */
export const remembered = signal<Pick<AgentStatusIs, 'pid' | 'name' | 'key'> | undefined>(undefined);
export const me = computed(() => status.value ?? remembered.value);

export async function begin(code: string | undefined, setup?: LinkSetup): Promise<void> {
  const saved = await kept<Settings>('set', 'settings');
  if (saved) settings.value = { ...settings.value, ...saved };
  apply();
  const { origin } = location;
  link = new Link(setup ?? browserSetup(`${origin.replace(/^http/, 'ws')}/api/v1/app`, origin), {
    state: (state, retryAt) => {
      linkState.value = { state, retryAt };
      // this browser was removed, and was opened anew by the person's own tool
      if (state === 'denied' && code && !pairing.value) queueMicrotask(() => void pair(code));
      if (state !== 'ready' && chats.value.length) stale.value = true;
    },
    ready: (_, isFresh) => void stands(isFresh),
    event,
  });
  const identity = await kept<Identity>('identity', 'client');
  if (code && !identity) return pair(code);
  await recall();
  link.start(identity);
}

async function pair(code: string): Promise<void> {
  pairing.value = true;
  link.start(await identityOfCode(code));
}

/** Nothing of this person stays in this browser. */
export async function forget(): Promise<void> {
  link.stop();
  for (const store of ['identity', 'cache', 'draft'] as StoreName[]) await clear(store);
  await drop('set', 'settings');
  location.replace(location.pathname);
}
