// Ctrl K: people, messages, things to do; arrows choose, Enter goes.
import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Found } from '../wire/generated/frames.ts';
import { Icon, TrustSign, type IconName } from '../look/icons.tsx';
import { nameOf, PersonFace, trustOf, trustWord } from '../look/people.tsx';
import { go } from '../router.ts';
import { ask, call, contacts, ready, set, settings } from '../store/state.ts';
import { when } from '../words/time.ts';
import { cleanLine, t } from '../words/words.ts';
import { sections } from './frame.tsx';

export const paletteOpen = signal(false);
export const keysOpen = signal(false);

interface Item {
  key: string;
  group: 'palette.people' | 'palette.messages' | 'palette.actions';
  text: string;
  side: string;
  face?: string | undefined;
  trust?: ReturnType<typeof trustOf>;
  icon?: IconName;
  run: () => void;
}

/** The match in bold. */
function Bold({ text, find }: { text: string; find: string }) {
  const at = find ? text.toLocaleLowerCase().indexOf(find.toLocaleLowerCase()) : -1;
  if (at < 0) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {text.slice(0, at)}
      <b>{text.slice(at, at + find.length)}</b>
      {text.slice(at + find.length)}
    </bdi>
  );
}

function actions(): Omit<Item, 'key' | 'group'>[] {
  return [
    ...sections.map((s) => ({ text: t(s.word), side: '', icon: s.icon, run: () => go(s.view) })),
    { text: t('people.invite'), side: '', icon: 'qr', run: () => go('add') },
    { text: t('palette.pay'), side: '', icon: 'wallet', run: () => go('wallet', 'pay') },
    { text: t('palette.request'), side: '', icon: 'qr', run: () => go('wallet', 'request') },
    { text: t('nav.settings'), side: '', icon: 'settings', run: () => go('settings') },
    {
      text: t('palette.theme'),
      side: '',
      icon: 'settings',
      run: () => set({ theme: settings.value.theme === 'dark' ? 'light' : 'dark' }),
    },
    { text: t('set.lock-do'), side: '', icon: 'lock', run: () => void call('Lock', {}) },
    { text: t('palette.keys'), side: '?', icon: 'key', run: () => (keysOpen.value = true) },
  ];
}

function itemsFor(find: string, found: readonly Found[]): Item[] {
  const low = find.toLocaleLowerCase();
  const people: Item[] = contacts.value
    .filter((p) => !low || `${nameOf(p)} ${p.name}`.toLocaleLowerCase().includes(low))
    .slice(0, 6)
    .map((p) => ({
      key: `p${p.key}`,
      group: 'palette.people',
      text: nameOf(p),
      side: trustWord(p),
      face: p.key,
      trust: trustOf(p),
      run: () => go('chat', p.pid),
    }));
  const messages: Item[] = found.map((f, i) => ({
    key: `m${i}`,
    group: 'palette.messages',
    text: cleanLine(f.snippet || f.message?.text || ''),
    side: `${nameOf(f.contact)}, ${when(f.message?.sent ?? 0)}`,
    icon: 'chats',
    run: () => f.contact && go('chat', f.contact.pid),
  }));
  const todo: Item[] = actions()
    .filter((a) => low && a.text.toLocaleLowerCase().includes(low))
    .concat(low ? [] : actions().slice(-5))
    .map((a, i) => ({ ...a, key: `a${i}`, group: 'palette.actions' }));
  return [...people, ...messages, ...todo];
}

export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [find, setFind] = useState('');
  const [found, setFound] = useState<readonly Found[]>([]);
  const [at, setAt] = useState(0);
  const items = itemsFor(find.trim(), found);
  const close = () => (paletteOpen.value = false);
  // at once, so that what is typed next goes into it
  useLayoutEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  useEffect(() => {
    setAt(0);
    const text = find.trim();
    if (text.length < 2 || !ready.value) return setFound([]);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask('Search', { text, limit: 6 }, 'SearchIs', { signal: stop.signal }).then(
        (a) => setFound(a.found),
        () => setFound([]),
      );
    }, 120);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [find]);
  const run = (item: Item | undefined) => {
    if (!item) return;
    close();
    item.run();
  };
  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label={t('palette.title')}
      onCancel={(e) => {
        e.preventDefault();
        close();
      }}
      onClick={(e) => {
        if (e.target === dialog.current) close();
      }}
    >
      <div class="palette-in">
        <div class="palette-head">
          <Icon name="search" />
          <input
            class="palette-input"
            value={find}
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={items[at] ? `palette-${at}` : undefined}
            aria-label={t('palette.title')}
            placeholder={t('palette.hint')}
            onInput={(e) => setFind(e.currentTarget.value)}
            onKeyDown={(e) => {
              const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
              if (step) {
                e.preventDefault();
                const next = (at + step + items.length) % Math.max(1, items.length);
                setAt(next);
                document.getElementById(`palette-${next}`)?.scrollIntoView({ block: 'nearest' });
              } else if (e.key === 'Enter') run(items[at]);
            }}
          />
          <kbd>Esc</kbd>
        </div>
        <ul class="palette-list" id="palette-list" role="listbox" aria-label={t('palette.title')}>
          {items.length === 0 && <li class="palette-none">{t('palette.none')}</li>}
          {items.map((item, i) => (
            <>
              {items[i - 1]?.group !== item.group && (
                <li class="palette-group" role="presentation">
                  {t(item.group)}
                </li>
              )}
              <li
                key={item.key}
                id={`palette-${i}`}
                role="option"
                aria-selected={i === at}
                class={i === at ? 'palette-item palette-on' : 'palette-item'}
                onClick={() => run(item)}
                onMouseMove={() => setAt(i)}
              >
                {item.face ? (
                  <PersonFace of={item.face} size={32} />
                ) : (
                  <span class="palette-icon">
                    <Icon name={item.icon ?? 'chats'} />
                  </span>
                )}
                <span class="palette-text">
                  <Bold text={item.text} find={find.trim()} />
                  {item.trust && <TrustSign trust={item.trust} />}
                </span>
                <span class="palette-side">{item.side}</span>
              </li>
            </>
          ))}
        </ul>
        <p class="palette-foot only-wide">
          <span>
            <kbd>↑</kbd> <kbd>↓</kbd> {t('palette.choose')}
          </span>
          <span>
            <kbd>Enter</kbd> {t('palette.go')}
          </span>
          <span>
            <kbd>?</kbd> {t('palette.all-keys')}
          </span>
        </p>
      </div>
    </dialog>
  );
}
