// An agent for pictures and tests of the page: answers calls from believable data, as the door does
// (AP-12, AG-121). Names, texts and keys are invented. It keeps what is said to it, and says nothing
// of its own unless told.
import { webcrypto } from 'node:crypto';
import { fromHex, toHex, type Make } from '../src/wire/codec.ts';
import { codec } from '../src/link/session.ts';
import { codeOf } from '../src/link/errors.ts';
import { type Chat, type Message, type Person, type Tables } from '../src/wire/generated/frames.ts';

type Lang = 'en' | 'ru';
type Body = { is: string; as: Record<string, unknown> };

const hash = (text: string): string => {
  // any 32 bytes that differ: a small generator seeded by the text
  let x = 2166136261;
  for (const c of text) x = Math.imul(x ^ c.charCodeAt(0), 16777619) >>> 0;
  let out = '';
  for (let i = 0; i < 32; i++) {
    x ^= x << 13; x >>>= 0; x ^= x >>> 17; x ^= x << 5; x >>>= 0;
    out += (x & 255).toString(16).padStart(2, '0');
  }
  return out;
};
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const pidOf = (text: string): string =>
  [...(hash(text) + hash(text + '2'))].slice(0, 43).map((c, i) => ALPHABET[(parseInt(c, 16) * 7 + i * 5) % 58]).join('');
const idOf = (text: string): string => hash(text).slice(0, 32);

const words = {
  en: {
    me: 'Anna',
    people: ['Vera', 'Igor', 'Maria', 'Timur', 'Lev', 'Olga', 'Sam', 'Zoe'],
    lasts: ['At seven at the pier then', 'Sent the drawing, have a look', 'The photos are in Data', 'The forty-minute video', 'Thank you', 'The seeds came, thank you', 'The link works once', 'Hello, I read your notes on tides. May I ask about the old harbour?'],
    chat: ['Good morning. The boat is ready, the oars are in the shed.', 'Please bring the map of the shore: I gave the old one to Lev.', 'I have it. And here is the ferry timetable, checked at the quay.', 'Thank you. Nina asks whether there is room for two more', 'There is. Five of us, the boat will carry it.', 'At seven at the pier then', 'yes', 'Ferry, winter.pdf', 'Vera has a new device. Her key confirmed it', 'And take the thermos'],
    draft: 'And take the thermos',
    full: 'the box is full',
    question: 'Add a program "notes" that may: chat',
  },
  ru: {
    me: 'Анна',
    people: ['Вера', 'Игорь', 'Мария', 'Тимур', 'Лев', 'Ольга', 'Семён', 'Зоя'],
    lasts: ['Тогда в семь у причала', 'Отправил схему, посмотри', 'Фотографии лежат в «Данных»', 'Видео на сорок минут', 'Спасибо', 'Семена пришли, спасибо', 'Ссылка на один раз', 'Здравствуйте, я прочитала ваши заметки о приливах. Можно спросить о старой гавани?'],
    chat: ['Доброе утро. Лодка готова, вёсла в сарае.', 'Возьми, пожалуйста, карту берега: старую я отдала Льву.', 'Взял. И вот расписание парома, сверил с пристанью.', 'Спасибо. Нина спрашивает, есть ли место ещё для двоих', 'Есть. Нас будет пятеро, лодка выдержит.', 'Тогда в семь у причала', 'да', 'Паром, зима.pdf', 'У Веры новое устройство. Его подтвердил её ключ', 'И захвати термос'],
    draft: 'И захвати термос',
    full: 'ящик полон',
    question: 'Добавить программу «notes», которой можно: chat',
  },
} as const;

/** trust, state */
const KINDS: readonly (readonly [number, number])[] = [[4, 3], [2, 3], [4, 3], [1, 3], [3, 3], [4, 3], [2, 3], [0, 2]];

export interface MockOptions {
  lang: Lang;
  /** New: nothing is there yet. Locked: it has a passphrase. Empty: nobody is known. */
  state?: 'open' | 'new' | 'locked' | 'empty';
  /** Unix ms; pictures are always of the same day. */
  now: number;
  many?: number;
  offline?: boolean;
  alarm?: boolean;
  errors?: string[];
}

export class MockAgent {
  readonly people: Person[] = [];
  readonly chats: Chat[] = [];
  readonly history = new Map<string, Message[]>();
  readonly options: MockOptions;
  readonly said: { name: string; as: Record<string, unknown> }[] = [];
  state: number;
  origin = 'http://localhost:7791';
  code = new Uint8Array(32).fill(3);
  private readonly client = { id: '11'.repeat(16), secret: new Uint8Array(32).fill(5) };
  readonly own: { key: string; pid: string };
  /** Says something of its own on the connection that stands. */
  tell: (is: string, as: object) => void = () => undefined;
  private invites: Make<Tables['Invite']>[] = [];

  constructor(options: MockOptions) {
    this.options = options;
    const w = words[options.lang];
    this.own = { key: hash('me'), pid: pidOf('me') };
    this.state = options.state === 'new' ? 0 : options.state === 'locked' ? 1 : 2;
    if (options.state === 'new' || options.state === 'empty') return;
    w.people.forEach((name, i) => this.person(name, i));
    for (let i = 0; i < (options.many ?? 0); i++) this.person(`${w.people[i % 8]} ${i + 2}`, i + 8);
    this.chat();
  }

  private person(name: string, i: number): void {
    const w = words[this.options.lang];
    const seed = ['vera', 'igor', 'maria', 'timur', 'lev', 'olga', 'sam', 'zoe'][i] ?? `p${i}`;
    const [trust, state] = KINDS[i] ?? [i % 5, 3];
    const p = codec.decode('Person', codec.encode('Person', {
      key: hash(seed), pid: pidOf(seed), name, trust, state, chat: hash('chat ' + seed),
      devices: 1 + (i % 2), reads: true, alarm: this.options.alarm && seed === 'lev' ? 'their key changed' : '',
      verified: trust === 4 ? BigInt(this.options.now - 5e9) : 0n,
    }));
    this.people.push(p);
    const { now } = this.options;
    const ages = [0, 0.5, 1.8, 24, 72, 96, 120, 26];
    const sent = BigInt(Math.round(now - (ages[i] ?? 100 + i) * 3_600_000));
    const mine = i === 0 || i === 3 || i === 4;
    const last = this.message(p, w.lasts[i % 8] ?? '', {
      mine, sent, state: i === 0 ? 1 : i === 3 ? 4 : 2, held: 3, of: 8, reason: i === 3 ? w.full : '',
    });
    this.history.set(p.pid, [last]);
    this.chats.push({ id: p.chat as string, contact: p, unread: i === 1 ? 1 : i === 2 ? 4 : 0, last });
  }

  private message(p: Person, text: string, more: Make<Message>): Message {
    const n = (this.history.get(p.pid)?.length ?? 0) + 1;
    const whole: Make<Message> = {
      id: idOf(p.pid + text + n), chat: p.chat as string, kind: 1, text, order: more.sent ?? 0n, number: BigInt(n), read: true, ...more,
    };
    return codec.decode('Message', codec.encode('Message', whole));
  }

  private chat(): void {
    const vera = this.people[0];
    if (!vera) return;
    const w = words[this.options.lang];
    const all: Message[] = [];
    this.history.set(vera.pid, all);
    const at = (h: number, m: number): bigint => {
      const d = new Date(this.options.now);
      d.setHours(h, m, 0, 0);
      return BigInt(d.getTime());
    };
    const add = (text: string, more: Make<Message>) => all.push(this.message(vera, text, more));
    const t = w.chat;
    add(t[0], { sent: at(9, 12) });
    add(t[1], { sent: at(9, 12) + 1n });
    add(t[2], { mine: true, sent: at(9, 40), state: 3, held: 8, of: 8 });
    add('', { mine: true, kind: 5, sent: at(9, 40) + 1n, state: 3, files: [{ id: idOf('f'), name: t[7], size: 1_400_000n, state: 2, mine: true }] });
    add('', { kind: 65, order: at(10, 0), sent: at(10, 0), reason: t[8] });
    add(t[3], { sent: at(11, 58), reactions: [{ mine: true, emoji: t[6] }] });
    add('', { kind: 64, order: at(12, 0), sent: at(12, 0), missing: 1n });
    add(t[4], { mine: true, sent: at(12, 1), state: 2, receipts: [{ device: 12345678n, time: at(12, 2) }] });
    add(t[5], { mine: true, sent: at(12, 4), state: 1, held: 3, of: 8 });
    const chat = this.chats[0];
    if (chat) chat.last = all[all.length - 1] as Message;
    if (this.options.many) {
      const old: Message[] = [];
      for (let i = 0; i < this.options.many; i++)
        old.push(this.message(vera, `${i + 1}. ${t[i % 6]}`, { mine: i % 3 === 0, sent: at(8, 0) - BigInt(this.options.many - i) * 120_000n, state: 3 }));
      all.unshift(...old);
      all.forEach((m, i) => (m.number = BigInt(i + 1)));
    }
  }

  status(): Make<Tables['AgentStatusIs']> {
    const { offline } = this.options;
    return {
      state: this.state, version: '0.9.0', online: !offline, published: !offline,
      nodes: offline ? 0 : 267, reach: offline ? '' : 'direct', waiting: this.state === 1 ? 2 : 0,
      ...(this.state === 0 ? {} : { pid: this.own.pid, name: words[this.options.lang].me, key: this.own.key }),
    };
  }

  // ---- one connection ----

  connect(send: (frame: Uint8Array) => void): (frame: Uint8Array) => void {
    const put = (body: Body, head: { call?: bigint; more?: boolean; cursor?: bigint } = {}) =>
      send(codec.encode('AppFrame', { ...head, body } as unknown as Make<Tables['AppFrame']>));
    this.tell = (is, as) => put({ is: 'AppTold', as: { body: { is, as } } }, { cursor: 9n });
    let nonces = { ours: new Uint8Array(32), theirs: new Uint8Array(32).fill(8) };
    let secret = new Uint8Array(32);
    const hmac = async (role: string): Promise<Uint8Array> => {
      const key = await webcrypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      const text = Buffer.concat([Buffer.from(`geonet/app/${role}/1`), nonces.ours, nonces.theirs, Buffer.from(this.origin)]);
      return new Uint8Array(await webcrypto.subtle.sign('HMAC', key, text));
    };
    return (bytes) => {
      const frame = codec.decode('AppFrame', bytes);
      const { body, call } = frame;
      if (body.is === 'AppHello') {
        secret = body.as.client?.startsWith('11'.repeat(16)) ? this.client.secret : this.code;
        nonces = { ours: new Uint8Array(fromHex(body.as.nonce)), theirs: nonces.theirs };
        void hmac('server').then((mac) =>
          put({ is: 'AppChallenge', as: { nonce: toHex(nonces.theirs), mac: toHex(mac) } }));
      } else if (body.is === 'AppProof') {
        const given = body.as.mac;
        void hmac('client').then((mac) =>
          toHex(mac) === given
            ? put({ is: 'AppReady', as: { version: 1, outstanding: 64, epoch: 7n, cursor: 1n, rights: ['*'] } })
            : put({ is: 'AppBye', as: { code: codeOf('denied') } }));
      } else if (body.is === 'AppPing') put({ is: 'AppPong', as: {} });
      else if (body.is === 'AppCancel') this.cancelled((is, as) => put({ is, as }, { call }));
      else if (call > 0n) {
        const inner = (body as { as: { body?: Body } }).as.body;
        if (inner?.is === 'unknown') put({ is: 'AppError', as: { code: codeOf('unsupported') } }, { call });
        else if (inner) this.run(inner.is, inner.as, (is, as, more = false) => {
          const area = codec.members('AppBody').find((a) => codec.members(a + 'Body').includes(is));
          put(area ? { is: area, as: { body: { is, as } } } : { is, as }, { call, more });
        });
      }
    };
  }

  protected byWho(who: unknown): Person | undefined {
    return this.people.find((p) => p.pid === who);
  }

  /** A call was given up: nothing is answered here, as its answer came already. */
  protected cancelled(_give: (is: string, as: Record<string, unknown>) => void): void {}

  protected run(name: string, as: Record<string, unknown>, give: (is: string, as: Record<string, unknown>, more?: boolean) => void): void {
    this.said.push({ name, as });
    const fail = (code: Parameters<typeof codeOf>[0], detail = '', next = '') =>
      give('AppError', { code: codeOf(code), detail, next });
    if (this.options.errors?.includes(name)) return fail('timeout', 'the store did not answer');
    const p = this.byWho(as['who']);
    switch (name) {
      case 'EventsOn': return give('AppOk', {});
      case 'AgentStatus': return give('AgentStatusIs', this.status());
      case 'RegistersList': return give('RegistersIs', {});
      case 'RegisterSet': return give('AppOk', {});
      case 'NodeStatus':
        return give('NodeStatusIs', { version: '0.9.0', joined: true, reach: 'joined', reached: 'direct', size: 267, known: 120, links: 41, start_done: 100 });
      case 'AgentStart': case 'Unlock': this.state = 2; return give('AgentStatusIs', this.status());
      case 'Lock': this.state = 1; return give('AgentStatusIs', this.status());
      case 'ClientClaim':
        return give('ClientMade', { id: this.client.id, secret: toHex(this.client.secret) });
      case 'ChatsList': return give('ChatsIs', { chats: this.chats.slice(Number(as['after']), Number(as['after']) + 50), after: BigInt(Number(as['after']) + 50), more: Number(as['after']) + 50 < this.chats.length });
      case 'ContactsList': return give('ContactsIs', { contacts: this.people.slice(Number(as['after']), Number(as['after']) + 50), after: Number(as['after']) + 50, more: Number(as['after']) + 50 < this.people.length });
      case 'ContactGet': return p ? give('Person', { ...p }) : fail('not-found');
      case 'ContactAdd': return fail('unreachable', 'no node answered', 'try again in a minute');
      case 'ContactSet': case 'ContactAnswer':
        if (!p) return fail('not-found');
        if (as['met']) p.trust = 4;
        if (as['accept'] === true) p.state = 3;
        return give('Person', { ...p });
      case 'ContactVerify': {
        const number = Array.from({ length: 60 }, (_, i) => parseInt(hash('safety' + i).slice(0, 2), 16) % 10).join('');
        return give('SafetyIs', { contact: p, number, qr: hash('qr'), equal: as['number'] === number });
      }
      case 'PresenceFollow':
        return give('PresenceIs', { own: 1, people: this.people.slice(0, 1).map((contact) => ({ contact, state: 1, followed: true, told: true })) }, true);
      case 'InvitesList': return give('InvitesIs', { invites: this.invites });
      case 'InviteNew': {
        const invite = { link: `geonet:hi/${this.own.pid}?c=Qm9hdHNhcmVuaWNlISE&n=${encodeURIComponent(words[this.options.lang].me)}&b=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA,203.0.113.7:4600`, uses: 1, used: 0, until: BigInt(Math.round(this.options.now / 1000) + 604_800) };
        this.invites = [invite];
        return give('Invite', invite);
      }
      case 'History': {
        const all = p ? (this.history.get(p.pid) ?? []) : [];
        const before = Number(as['before']) || Infinity;
        const after = Number(as['after']);
        const limit = Number(as['limit']) || 50;
        const some = after
          ? all.filter((m) => Number(m.number) > after).slice(0, limit)
          : all.filter((m) => Number(m.number) < before).slice(-limit);
        const more = after ? all.some((m) => Number(m.number) > Number(some.at(-1)?.number ?? after)) : all.some((m) => Number(m.number) < Number(some[0]?.number ?? 0));
        return give('HistoryIs', { messages: some, more });
      }
      case 'MessageSend': {
        if (!p) return fail('not-found');
        const all = this.history.get(p.pid) ?? [];
        const message = this.message(p, String(as['text']), { id: as['id'] as string, mine: true, sent: BigInt(Date.now()), state: 0, order: BigInt(Date.now()) });
        all.push(message);
        return give('MessageIs', { message });
      }
      case 'Search': {
        const vera = this.people[0];
        const found = (vera ? (this.history.get(vera.pid) ?? []) : []).filter((m) => m.text.toLocaleLowerCase().includes(String(as['text']).toLocaleLowerCase())).slice(0, 3);
        return give('SearchIs', { found: found.map((message) => ({ message, snippet: message.text, contact: vera })) });
      }
      case 'ClientsList': {
        const s = BigInt(Math.round(this.options.now / 1000));
        return give('ClientsIs', { clients: [{ id: this.client.id, name: 'Chromium, Linux', rights: ['*'], since: s - 900_000n, seen: s }, { id: '22'.repeat(16), name: 'backup-bot', rights: ['chat', 'network'], since: s - 90_000n, seen: s - 40_000n }] });
      }
      case 'ClientAdd': return give('ApprovalAsked', { id: 4n, text: words[this.options.lang].question });
      case 'MessageRead': case 'MessageReact': case 'MessageDelete': case 'ContactRemove': case 'InviteDrop': case 'ClientRemove':
        return give('AppOk', {});
      default: return fail('unsupported');
    }
  }
}
export const draftOf = (lang: Lang): string => words[lang].draft;
