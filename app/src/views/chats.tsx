// The list of chats: those with people first, requests as one row above them.
import { ContactState, MessageKind, SendState, type Chat, type Message, type Person } from '../wire/generated/frames.ts';
import { Icon, TrustSign } from '../look/icons.tsx';
import { Button, Empty, Failed, IconButton, Loading } from '../look/parts.tsx';
import { VirtualList } from '../look/list.tsx';
import { nameOf, PersonFace, trustOf, trustWord } from '../look/people.tsx';
import { Ring, stateWords } from '../look/ring.tsx';
import { go, pathTo, route } from '../router.ts';
import { drafts } from '../store/history.ts';
import { chatsState, people, presence, readChats, requests, settings, shownChats, stale, typing } from '../store/state.ts';
import { when } from '../words/time.ts';
import { apart, cleanLine, t } from '../words/words.ts';
import { paletteOpen } from './palette.tsx';

/** What a message says in one line. */
export function lineOf(m: Message): string {
  if (m.deleted) return t('chat.deleted');
  if (m.kind === MessageKind.Gap) return t('chat.gap', { n: Number(m.missing), name: '' }).trim();
  if (m.kind === MessageKind.Line || m.kind === MessageKind.System) return cleanLine(m.reason || m.text);
  const file = m.files[0];
  if (file && !m.text) return cleanLine(file.name);
  return cleanLine(m.text);
}

function Preview({ chat }: { chat: Chat }) {
  const m = chat.last;
  const pid = chat.contact?.pid ?? '';
  const draft = drafts.value.get(pid);
  if (typing.value.has(chat.id ?? '')) return <span class="row-line">{t('chat.typing')}</span>;
  if (draft && route.value.about !== pid)
    return (
      <span class="row-line">
        <span class="draft-word">{t('chat.draft')}</span> {apart(draft)}
      </span>
    );
  if (!m) return <span class="row-line" />;
  if (m.mine && m.state === SendState.Failed)
    return (
      <span class="row-line row-failed">
        <Ring state={m.state} /> {t('sent.failed')}
      </span>
    );
  return (
    <span class="row-line">
      {m.mine && m.kind < MessageKind.Gap && !m.deleted && (
        <Ring state={m.state} held={m.held} of={m.of} label={stateWords(m)} />
      )}
      <bdi>{lineOf(m)}</bdi>
    </span>
  );
}

/** All who ask, as one row above the chats. */
function RequestRow({ first, count, tab }: { first: Person; count: number; tab: boolean }) {
  return (
    <a
      class={route.value.view === 'requests' ? 'row row-on' : 'row'}
      href={pathTo('requests')}
      tabIndex={tab ? 0 : -1}
    >
      <span class="row-face">
        <PersonFace of={first.key} size={settings.value.compact ? 32 : 44} />
      </span>
      <span class="row-top">
        <span class="row-name">{t('requests.title')}</span>
      </span>
      <span class="row-bottom">
        <span class="row-line">
          <bdi>{nameOf(first)}</bdi>
        </span>
        <span class="pill">{count}</span>
      </span>
    </a>
  );
}

function ChatRow({ chat, tab }: { chat: Chat; tab: boolean }) {
  const p = people.value.get(chat.contact?.key ?? '') ?? chat.contact;
  if (!p) return null;
  const on = route.value.view === 'chat' && route.value.about === p.pid;
  const online = presence.value.get(p.key ?? '')?.state === 1;
  return (
    <a
      class={on ? 'row row-on' : 'row'}
      href={pathTo('chat', p.pid)}
      tabIndex={tab ? 0 : -1}
      {...(on ? { 'aria-current': 'true' as const } : {})}
    >
      <span class="row-face">
        <PersonFace of={p.key} size={settings.value.compact ? 32 : 44} />
        {online && <span class="row-online" role="img" aria-label={t('presence.online')} />}
      </span>
      <span class="row-top">
        <span class="row-name">
          <bdi>{nameOf(p)}</bdi>
        </span>
        <TrustSign trust={trustOf(p)} label={trustWord(p)} />
        <span class="row-when">{when(chat.last?.sent || chat.last?.received || 0)}</span>
      </span>
      <span class="row-bottom">
        <Preview chat={chat} />
        {chat.unread > 0 && (
          <span class="pill" aria-label={t('nav.unread', { n: chat.unread })}>
            {chat.unread > 999 ? '999+' : chat.unread}
          </span>
        )}
      </span>
    </a>
  );
}

export function SearchButton() {
  return (
    <button type="button" class="search-button" onClick={() => (paletteOpen.value = true)}>
      <Icon name="search" />
      <span>{t('chats.search')}</span>
      <kbd class="only-wide">Ctrl K</kbd>
    </button>
  );
}

export function ChatList() {
  const list = shownChats.value;
  const state = chatsState.value;
  const waiting = requests.value;
  const first = waiting[0];
  const items: (Chat | undefined)[] = first ? [undefined, ...list] : list.slice();
  return (
    <>
      <header class="list-head">
        <h1>{t('nav.chats')}</h1>
        <IconButton icon="edit" label={t('chats.new')} onClick={() => go('add')} />
      </header>
      <SearchButton />
      {state !== 'none' && state !== 'loading' && state !== 'ready' && items.length === 0 ? (
        <Failed error={state} retry={() => void readChats()} />
      ) : items.length === 0 && (state === 'loading' || state === 'none') && !stale.value ? (
        <Loading rows={6} />
      ) : items.length === 0 ? (
        <Empty title={t('chats.empty')} text={t('chats.empty-text')}>
          <Button onClick={() => go('add')}>{t('people.invite')}</Button>
        </Empty>
      ) : (
        <VirtualList
          label={t('nav.chats')}
          items={items}
          row={settings.value.compact ? 3 : 4}
          keyOf={(c) => c?.contact?.key ?? ''}
          render={(c, on) =>
            c ? (
              <ChatRow chat={c} tab={on} />
            ) : (
              first && <RequestRow first={first} count={waiting.length} tab={on} />
            )
          }
        />
      )}
    </>
  );
}

/** Alt and an arrow: the next chat of the list. */
export function stepChat(by: number): void {
  const list = shownChats.value;
  const at = list.findIndex((c) => c.contact?.pid === route.value.about);
  const next = list[at < 0 ? 0 : (at + by + list.length) % list.length];
  if (next?.contact) go('chat', next.contact.pid);
}

export const isRequest = (state: number): boolean => state === ContactState.Request;
