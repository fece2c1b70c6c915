// One chat: its pages, bubbles and their states, and the place to write. Others' text is shown as
// text and nothing else; links in full.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import {
  ContactState, FileState, MessageKind, SendState, Switch,
  type ChatFile, type Message, type Person,
} from '../wire/generated/frames.ts';
import { chatGround } from '../look/faces.ts';
import { Icon, TrustSign } from '../look/icons.tsx';
import { Button, Dialog, Empty, Failed, Loading, Menu, question, spoken, toast, toastError, type MenuItem } from '../look/parts.tsx';
import { keyBytes, nameOf, PersonFace, trustOf, trustWord } from '../look/people.tsx';
import { Ring, stateWords } from '../look/ring.tsx';
import { go, isPay, pathTo } from '../router.ts';
import { enter, historyOf, keyOf, markRead, newer, newest, older, put, type History } from '../store/history.ts';
import { ask, byPid, chats, learn, me, people, presence, ready, typing, uploads } from '../store/state.ts';
import { stopFile } from '../store/files.ts';
import { askLarge, isPicture, Picture, Preview, save } from '../look/preview.tsx';
import { clock, dayLine, moment, sameDay, size } from '../words/time.ts';
import { clean, cleanLine, t } from '../words/words.ts';
import { attach, Composer, editing, replying } from './composer.tsx';

const EMOJI = ['👍', '❤️', '😂', '😮', '🙏'];

// ---- text ----

const LINK = /(https?:\/\/|geonet:)[^\s<>"'«»]+[^\s<>"'«».,;:!?)\]]/gi;

/** Text with links in it, which are shown in full as they are (UI-32). */
export function Text({ text }: { text: string }) {
  const said = clean(text);
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const m of said.matchAll(LINK)) {
    parts.push(said.slice(at, m.index));
    parts.push(
      /^geonet:/i.test(m[0]) ? (
        <a href={pathTo(isPay(m[0]) ? 'wallet' : 'add', m[0])}>{m[0]}</a>
      ) : (
        <a href={m[0]} target="_blank" rel="noopener noreferrer nofollow">
          {m[0]}
        </a>
      ),
    );
    at = m.index + m[0].length;
  }
  parts.push(said.slice(at));
  return (
    <span class="text" dir="auto">
      {parts}
    </span>
  );
}

// ---- one message ----

/** m, who: whose it is; one that is on its way says so itself. */
function FileOf({ file: raw, m, who }: { file: ChatFile; m?: Message; who?: string }) {
  const id = raw.id ?? m?.id;
  const file: ChatFile = { ...raw, pid: raw.pid || (who ?? ''), ...(id ? { id } : {}) };
  const [busy, setBusy] = useState(false);
  const [shown, show] = useState(false);
  const can = file.state === FileState.Received || file.state === FileState.Sent;
  const picture = isPicture(file);
  const part =
    file.state === FileState.Uploading
      ? t('file.on-its-way', { done: size(file.done), size: size(file.size) })
      : file.state === FileState.Spreading
        ? t('file.copies', { n: Number(file.copies), of: Number(file.wanted) })
        : file.state === FileState.Failed
          ? t('file.failed')
          : size(file.size);
  return (
    <>
      <button
        type="button"
        class={file.preview.length ? 'file file-picture' : 'file'}
        disabled={!can || busy}
        aria-label={t(picture ? 'file.open' : 'file.save', { name: file.name, size: size(file.size) })}
        onClick={() => (picture ? askLarge(file, () => show(true)) : save(file, setBusy))}
      >
        {file.preview.length > 0 && <Preview file={file} />}
        <span class="file-line">
          <span class="file-icon">
            <Icon name="file" />
          </span>
          <span class="file-words">
            <bdi class="file-name">{cleanLine(file.name)}</bdi>
            <span class="file-size">{busy ? t('file.coming') : part}</span>
          </span>
        </span>
      </button>
      {shown && <Picture file={file} onClose={() => show(false)} />}
    </>
  );
}

/** A file on its way to be a message: how far it is, and a way to give it up. */
function Sending({ file }: { file: ChatFile }) {
  const failed = file.state === FileState.Failed;
  const spreading = file.state === FileState.Spreading;
  const [done, of] = spreading ? [file.copies, file.wanted] : [file.done, file.size];
  return (
    <div class={failed ? 'message mine failed first last' : 'message mine first last'}>
      <div class="message-line">
        <div class="bubble">
          <FileOf file={file} />
          {!failed && (
            <svg class="progress" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect class="progress-track" width="100" height="4" />
              <rect
                class="progress-done"
                width={(of > 0n ? Math.min(100, (100 * Number(done)) / Number(of)) : 0).toFixed(2)}
                height="4"
              />
            </svg>
          )}
        </div>
      </div>
      <p class={failed ? 'failure' : 'failure failure-calm'}>
        {failed && (
          <span>
            {t('file.failed')}
            {file.reason && <span>: {cleanLine(file.reason)}</span>}
          </span>
        )}
        <button type="button" class="text-link" onClick={() => void stopFile(file).catch(toastError)}>
          {t(failed ? 'do.delete' : 'file.stop')}
        </button>
      </p>
    </div>
  );
}

function Quote({ of, history }: { of: string; history: History }) {
  const m = history.messages.value.find((x) => x.id === of);
  const person = byPid(history.pid);
  return (
    <span class="quote">
      <span class="quote-who">{m ? (m.mine ? t('chat.you') : nameOf(person)) : t('chat.earlier')}</span>
      {m && <span class="quote-text">{m.deleted ? t('chat.deleted') : cleanLine(m.text).slice(0, 200)}</span>}
    </span>
  );
}

const receiptsOf = { value: undefined as undefined | ((m: Message) => void) };

function react(p: Person, m: Message, emoji: string): void {
  const had = m.reactions.some((r) => r.mine && r.emoji === emoji);
  ask(
    'MessageReact',
    { who: p.pid, of: m.id, mine: m.mine, emoji: had ? '' : emoji },
    'AppOk',
  ).catch(toastError);
}

function remove(p: Person, m: Message): void {
  question.value = {
    title: t('chat.delete-title'),
    text: t('chat.delete-text', { name: nameOf(p) }),
    keep: t('do.keep'),
    yes: t('chat.delete-yes'),
    run: () => {
      ask('MessageDelete', { who: p.pid, of: m.id }, 'AppOk').catch(toastError);
    },
  };
}

function retry(p: Person, m: Message): void {
  ask('MessageRetry', { who: p.pid, id: m.id }, 'MessageIs')
    .then((a) => put(p.pid, a.message))
    .catch(toastError);
}

function menuOf(p: Person, m: Message): MenuItem[] {
  const items: MenuItem[] = [
    { label: t('chat.reply'), icon: 'reply', run: () => (replying.value = { pid: p.pid, message: m }) },
    {
      label: t('chat.copy'),
      icon: 'link',
      run: () => void navigator.clipboard.writeText(clean(m.text)).then(() => toast(t('do.copied'))),
    },
  ];
  if (m.mine && m.kind === MessageKind.Text)
    items.push({ label: t('chat.edit'), icon: 'edit', run: () => (editing.value = { pid: p.pid, message: m }) });
  if (m.mine) {
    items.push({ label: t('chat.receipts'), icon: 'check', run: () => receiptsOf.value?.(m) });
    items.push({ label: t('do.delete'), icon: 'bin', bad: true, run: () => remove(p, m) });
  }
  return items;
}

interface BubbleProps {
  m: Message;
  person: Person;
  history: History;
  first: boolean;
  last: boolean;
}

function Meta({ m }: { m: Message }) {
  const stored = m.mine && m.state === SendState.Stored;
  return (
    <span class="meta">
      {m.edited && <span>{t('chat.edited')}</span>}
      <time>{clock(m.sent || m.received)}</time>
      {stored && <span>· {t('sent.of', { n: m.held, of: m.of || 8 })}</span>}
      {m.mine && !m.deleted && (
        <button
          type="button"
          class="ring-button"
          aria-label={stateWords(m)}
          title={stateWords(m)}
          onClick={() => receiptsOf.value?.(m)}
        >
          <Ring state={m.state} held={m.held} of={m.of} />
        </button>
      )}
    </span>
  );
}

function Bubble({ m, person, history, first, last }: BubbleProps) {
  const failed = m.mine && m.state === SendState.Failed;
  const own = `${m.mine ? 'mine' : 'theirs'}${failed ? ' failed' : ''}`;
  return (
    <div
      class={`message ${own}${first ? ' first' : ''}${last ? ' last' : ''}`}
      data-key={keyOf(m)}
      tabIndex={-1}
    >
      <div class="message-line">
        <div class="bubble">
          {m.reply && !/^0+$/.test(m.reply) && <Quote of={m.reply} history={history} />}
          {m.files.map((f) => (
            <FileOf file={f} m={m} who={person.pid} />
          ))}
          {m.deleted ? (
            <span class="text text-gone">{t('chat.deleted')}</span>
          ) : (
            m.text && <Text text={m.text} />
          )}
          <Meta m={m} />
        </div>
        {!m.deleted && (
          <div class="message-tools">
            <Menu label={t('chat.react')} icon="plus" items={reactItems(person, m)} />
            <Menu label={t('do.more')} items={menuOf(person, m)} />
          </div>
        )}
      </div>
      {m.reactions.length > 0 && (
        <div class="reactions">
          {m.reactions.map((r) => (
            <button
              type="button"
              class="reaction"
              aria-pressed={r.mine}
              aria-label={t(r.mine ? 'chat.reaction-mine' : 'chat.reaction', { emoji: r.emoji })}
              onClick={() => r.mine && react(person, m, r.emoji)}
            >
              <PersonFace of={r.mine ? me.value?.key : person.key} size={14} />
              <span>{cleanLine(r.emoji)}</span>
            </button>
          ))}
        </div>
      )}
      {failed && (
        <p class="failure">
          <span>
            {t('sent.failed')}
            {m.reason && <span>: {cleanLine(m.reason)}</span>}
          </span>
          <button type="button" class="text-link" onClick={() => retry(person, m)}>
            {t('do.again')}
          </button>
          <button type="button" class="text-link" onClick={() => remove(person, m)}>
            {t('do.delete')}
          </button>
        </p>
      )}
    </div>
  );
}

const reactItems = (p: Person, m: Message): MenuItem[] =>
  EMOJI.map((e) => ({ label: e, icon: 'plus' as const, run: () => react(p, m, e) }));

/** A line of the agent's own, or of what has not come. */
function GreyLine({ m, person }: { m: Message; person: Person }) {
  const gap = m.kind === MessageKind.Gap;
  return (
    <p class="grey-line">
      <Icon name={gap ? 'clock' : /devic|устройств/i.test(m.reason) ? 'device' : 'key'} size={16} />
      <span>
        {gap
          ? t('chat.gap', { n: Number(m.missing) || 1, name: nameOf(person) })
          : cleanLine(m.reason || m.text)}
      </span>
    </p>
  );
}

// ---- the pages ----

function isShown(m: Message): boolean {
  return (
    m.kind === MessageKind.Text || m.kind === MessageKind.File || m.kind === MessageKind.Gap ||
    m.kind === MessageKind.Line || m.kind === MessageKind.System || m.files.length > 0 || m.deleted ||
    (m.kind === MessageKind.Other && m.text !== '')
  );
}

function Messages({ history, person }: { history: History; person: Person }) {
  const box = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const anchor = useRef<{ key: string; top: number }>();
  const list = history.messages.value.filter(isShown);
  const mark = history.mark.value;

  // what was in sight stays where it was when pages come and go above it
  const note = () => {
    const el = box.current;
    if (!el) return;
    stick.current =
      el.scrollHeight - el.scrollTop - el.clientHeight < 40 && !history.after.value;
    const top = el.getBoundingClientRect().top;
    for (const row of el.querySelectorAll<HTMLElement>('[data-key]')) {
      const r = row.getBoundingClientRect();
      if (r.bottom > top) {
        anchor.current = { key: row.dataset['key'] ?? '', top: r.top - top };
        break;
      }
    }
    if (el.scrollTop < 600) void older(history);
    if (el.scrollHeight - el.scrollTop - el.clientHeight < 600) void newer(history);
  };
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    if (stick.current) el.scrollTop = el.scrollHeight;
    else if (anchor.current) {
      const row = el.querySelector<HTMLElement>(`[data-key="${anchor.current.key}"]`);
      if (row)
        el.scrollTop +=
          row.getBoundingClientRect().top - el.getBoundingClientRect().top - anchor.current.top;
    }
  }, [list, history.state.value]);
  useEffect(() => {
    const el = box.current;
    if (!el || typeof ResizeObserver === 'undefined') return undefined;
    const watch = new ResizeObserver(() => {
      if (stick.current) el.scrollTop = el.scrollHeight;
    });
    watch.observe(el);
    return () => watch.disconnect();
  }, []);

  const coming = [...uploads.value.values()].filter(
    (f) => f.chat === person.chat && !list.some((m) => m.id === f.id),
  );
  const lastKey = list.length ? keyOf(list[list.length - 1] as Message) : '';
  useEffect(() => {
    const last = list.at(-1);
    if (!last) return undefined;
    if (!last.mine && stick.current && last.kind < MessageKind.Gap && document.hasFocus())
      spoken.value = t('chat.spoken', { name: nameOf(person), text: last.text.slice(0, 300) });
    const read = () => {
      if (document.visibilityState === 'visible' && document.hasFocus() && stick.current &&
          (chats.value.find((c) => c.contact?.pid === person.pid)?.unread ?? 0) > 0)
        void markRead(person);
    };
    const timer = setTimeout(read, 300);
    addEventListener('focus', read);
    return () => {
      clearTimeout(timer);
      removeEventListener('focus', read);
    };
  }, [lastKey, chats.value]);

  const rows: ComponentChildren[] = [];
  let marked = false;
  list.forEach((m, i) => {
    const prev = list[i - 1];
    const next = list[i + 1];
    const when = m.sent || m.received;
    const newDay = !prev || !sameDay(prev.sent || prev.received, when);
    if (newDay && when)
      rows.push(
        <h2 class="day" key={`day ${keyOf(m)}`}>
          {dayLine(when)}
        </h2>,
      );
    if (!marked && mark > 0n && m.order >= mark && !m.mine) {
      marked = true;
      rows.push(
        <p class="unread-mark" key="mark">
          <span>{t('chat.unread')}</span>
        </p>,
      );
    }
    if (m.kind >= MessageKind.System) {
      rows.push(<GreyLine key={keyOf(m)} m={m} person={person} />);
      return;
    }
    const joins = (a: Message | undefined, b: Message): boolean =>
      !!a && a.mine === b.mine && a.kind < MessageKind.System && sameDay(a.sent, b.sent) &&
      Math.abs(Number(b.sent - a.sent)) < 600_000;
    rows.push(
      <Bubble
        key={keyOf(m)}
        m={m}
        person={person}
        history={history}
        first={!joins(prev, m) || newDay}
        last={!next || !joins(m, next)}
      />,
    );
  });
  return (
    <div class="messages" ref={box} onScroll={note} role="log" aria-label={t('chat.messages')} tabIndex={0}>
      <div class="messages-in">
        {history.before.value && <p class="grey-line">{t('chat.more-above')}</p>}
        {rows}
        {coming.map((f) => (
          <Sending key={f.id} file={f} />
        ))}
      </div>
      {history.after.value && (
        <div class="to-newest">
          <Button
            small
            icon="down"
            onClick={() => {
              stick.current = true;
              void newest(history);
            }}
          >
            {t('chat.newest')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Ground({ person }: { person: Person }) {
  const own = me.value?.key;
  const d = useMemo(() => (own && person.key ? chatGround(keyBytes(own), keyBytes(person.key)) : ''), [own, person.key]);
  if (!d) return null;
  return (
    <svg class="ground" viewBox="-1 -1 2 2" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <path d={d} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

function Receipts(props: { m: Message; person: Person; onClose: () => void }) {
  const { m, person } = props;
  return (
    <Dialog title={t('chat.receipts')} onClose={props.onClose}>
      <p class="receipt-state">
        <Ring state={m.state} held={m.held} of={m.of} size={40} />
        <span>
          <span class="strong">{stateWords(m)}</span>
          <span class="second">{t(`sent.more-${stateName(m.state)}` as 'sent.more-waiting', { name: nameOf(person) })}</span>
        </span>
      </p>
      {m.state === SendState.Failed && m.reason && <p class="second">{cleanLine(m.reason)}</p>}
      {m.receipts.length > 0 && (
        <ul class="facts">
          {m.receipts.map((r) => (
            <li>
              <span>{t(r.read ? 'chat.read-on' : 'chat.taken-on', { device: r.device.toString(36).slice(0, 4) })}</span>
              <span>{moment(r.time)}</span>
            </li>
          ))}
        </ul>
      )}
      <div class="actions actions-end">
        <Button onClick={props.onClose}>{t('do.close')}</Button>
      </div>
    </Dialog>
  );
}

const stateName = (s: number): string =>
  ['waiting', 'stored', 'delivered', 'read', 'failed'][s] ?? 'waiting';

// ---- alarms and what may be said ----

function Alarm({ person }: { person: Person }) {
  if (!person.alarm && !person.changed) return null;
  return (
    <div class="alarm" role="alert">
      <Icon name="warn" />
      <span class="alarm-words">
        <span class="alarm-title">
          {t(person.alarm ? 'chat.key-changed' : 'chat.number-changed', { name: nameOf(person) })}
        </span>
        <span>{t(person.alarm ? 'chat.key-changed-text' : 'chat.number-changed-text')}</span>
      </span>
      <Button small onClick={() => go('verify', person.pid)}>
        {t('verify.compare')}
      </Button>
    </div>
  );
}

function Foot({ person, history }: { person: Person; history: History }) {
  if (person.blocked)
    return (
      <p class="foot-line">
        {t('chat.blocked', { name: nameOf(person) })}{' '}
        <button
          type="button"
          class="text-link"
          onClick={() =>
            ask('ContactSet', { who: person.pid, block: Switch.Off }, 'Person').then(learn, toastError)
          }
        >
          {t('chat.unblock')}
        </button>
      </p>
    );
  if (person.state === ContactState.Request)
    return (
      <p class="foot-line">
        <a class="text-link" href={pathTo('requests')}>
          {t('chat.answer-request')}
        </a>
      </p>
    );
  if (person.alarm) return <p class="foot-line">{t('chat.stopped')}</p>;
  return (
    <>
      {person.state === ContactState.Asked && <p class="foot-note">{t('chat.asked', { name: nameOf(person) })}</p>}
      <Composer person={person} history={history} disabled={!ready.value} />
    </>
  );
}

export function ChatView({ pid }: { pid: string }) {
  const person = byPid(pid);
  const [shown, show] = useState<Message>();
  receiptsOf.value = show;
  useEffect(() => {
    if (ready.value && !person)
      ask('ContactGet', { who: pid }, 'Person').then(learn, () => undefined);
  }, [pid, ready.value]);
  if (!person)
    return (
      <div class="pane-scroll">
        <Loading />
      </div>
    );
  return <Known key={pid} person={people.value.get(person.key ?? '') ?? person} shown={shown} show={show} />;
}

function Known(props: { person: Person; shown: Message | undefined; show: (m: Message | undefined) => void }) {
  const { person, shown } = props;
  const history = historyOf(person.pid);
  useEffect(() => enter(history), [history]);
  const [over, setOver] = useState(false);
  const state = history.state.value;
  const seen = presence.value.get(person.key ?? '')?.state;
  const words = [
    trustWord(person),
    typing.value.has(person.chat ?? '')
      ? t('chat.typing')
      : seen === 1 || seen === 2 || seen === 3
        ? t(`presence.${['', 'online', 'away', 'busy'][seen]}` as 'presence.online')
        : '',
  ].filter(Boolean);
  const takes = ready.value && !person.blocked && !person.alarm && person.state === ContactState.Accepted;
  return (
    <div
      class="chat"
      onDragOver={(e) => {
        e.preventDefault();
        if (!e.dataTransfer) return;
        e.dataTransfer.dropEffect = takes ? 'copy' : 'none';
        if (takes && e.dataTransfer.types.includes('Files')) setOver(true);
      }}
      onDragLeave={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        const files = [...(e.dataTransfer?.files ?? [])];
        if (takes && files.length) attach(person, files);
      }}
    >
      {over && (
        <p class="chat-drop">
          <span>{t('file.drop', { name: nameOf(person) })}</span>
        </p>
      )}
      <Ground person={person} />
      <header class="pane-head">
        <a class="icon-button only-narrow" href={pathTo('chats')} aria-label={t('do.back')}>
          <Icon name="back" />
        </a>
        <a class="chat-who" href={pathTo('person', person.pid)}>
          <PersonFace of={person.key} size={40} />
          <span class="chat-who-words">
            <bdi class="chat-name">{nameOf(person)}</bdi>
            <span class="chat-sub">
              <TrustSign trust={trustOf(person)} /> {words.join(' · ')}
            </span>
          </span>
        </a>
        <span class="pane-space" />
        <Menu
          label={t('do.more')}
          items={[
            { label: t('verify.title-do'), icon: 'key', run: () => go('verify', person.pid) },
            { label: t('person.open'), icon: 'people', run: () => go('person', person.pid) },
            {
              label: t(person.blocked ? 'chat.unblock' : 'chat.block', { name: nameOf(person) }),
              icon: 'block',
              bad: !person.blocked,
              run: () =>
                void ask('ContactSet', { who: person.pid, block: person.blocked ? Switch.Off : Switch.On }, 'Person').then(learn, toastError),
            },
          ]}
        />
      </header>
      <Alarm person={person} />
      {state !== 'none' && state !== 'loading' && state !== 'ready' && history.messages.value.length === 0 ? (
        <div class="pane-scroll">
          <Failed error={state} retry={() => void newest(history)} />
        </div>
      ) : history.messages.value.length === 0 && state !== 'ready' ? (
        <div class="pane-scroll">
          <Loading />
        </div>
      ) : history.messages.value.length === 0 && ![...uploads.value.values()].some((f) => f.chat === person.chat) ? (
        <div class="pane-scroll">
          <Empty title={t('chat.empty')} text={t('chat.empty-text', { name: nameOf(person) })} />
        </div>
      ) : (
        <Messages history={history} person={person} />
      )}
      <Foot person={person} history={history} />
      {shown && (
        <Receipts m={history.messages.value.find((m) => keyOf(m) === keyOf(shown)) ?? shown} person={person} onClose={() => props.show(undefined)} />
      )}
    </div>
  );
}
