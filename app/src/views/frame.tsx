// The frame: rail, list, pane; narrow: one pane and a bar below. And the line that always says how
// we are connected.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { AgentState } from '../wire/generated/frames.ts';
import { Icon, Mark, type IconName } from '../look/icons.tsx';
import { PersonFace } from '../look/people.tsx';
import { pathTo, route } from '../router.ts';
import { hurry, linkState, me, settings, stale, status, unreadAll } from '../store/state.ts';
import { node } from '../store/node.ts';
import { t } from '../words/words.ts';
import { type Key } from '../words/en.ts';

interface Section {
  view: string;
  icon: IconName;
  word: Key;
  /** Views that belong to it. */
  also?: readonly string[];
}
/** In the order of the rail. Each part of the app that lands adds its own. */
export const sections: Section[] = [
  { view: 'chats', icon: 'chats', word: 'nav.chats', also: ['chat', 'requests'] },
  { view: 'people', icon: 'people', word: 'nav.people', also: ['person', 'verify', 'add'] },
  { view: 'data', icon: 'data', word: 'nav.data', also: ['files', 'site', 'publish'] },
  { view: 'wallet', icon: 'wallet', word: 'nav.wallet' },
  { view: 'network', icon: 'net', word: 'nav.network' },
];
const settingsSection: Section = { view: 'settings', icon: 'settings', word: 'nav.settings' };

const isIn = (s: Section, view: string): boolean => s.view === view || !!s.also?.includes(view);

function NavLink(props: { of: Section; count?: number; bar?: boolean }) {
  const { of: s } = props;
  const on = isIn(s, route.value.view);
  return (
    <a
      class={on ? 'nav nav-on' : 'nav'}
      href={pathTo(s.view)}
      {...(on ? { 'aria-current': 'page' as const } : {})}
    >
      <svg class="nav-arc" viewBox={props.bar ? '0 0 44 6' : '0 0 6 44'} aria-hidden="true">
        <path d={props.bar ? 'M1 5Q22 -2 43 5' : 'M5 1Q-2 22 5 43'} />
      </svg>
      <Icon name={s.icon} size={24} />
      <span>{t(s.word)}</span>
      {props.count ? (
        <span class="nav-count" aria-label={t('nav.unread', { n: props.count })}>
          {props.count > 99 ? '99+' : props.count}
        </span>
      ) : null}
    </a>
  );
}

export function Rail() {
  return (
    <nav class="rail" aria-label={t('nav.label')}>
      <a class="rail-mark" href={pathTo('chats')} aria-label={t('app.name')}>
        <Mark />
      </a>
      {sections.map((s) => (
        <NavLink of={s} />
      ))}
      <span class="rail-space" />
      <NavLink of={settingsSection} />
      <a class="rail-me" href={pathTo('people')} aria-label={t('nav.me')} title={t('nav.me')}>
        <PersonFace of={me.value?.key} size={40} own />
      </a>
    </nav>
  );
}

export function Bar() {
  return (
    <nav class="bar-nav" aria-label={t('nav.label')}>
      {[...sections, settingsSection].map((s) => (
        <NavLink of={s} bar count={s.view === 'chats' ? unreadAll.value : 0} />
      ))}
    </nav>
  );
}

// ---- how we are connected ----

function useSeconds(until: number): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (until <= performance.now()) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(1, Math.ceil((until - performance.now()) / 1000));
}

export function StatusLine() {
  const { state, retryAt } = linkState.value;
  const s = status.value;
  const seconds = useSeconds(retryAt);
  const line = (mark: ComponentChildren, ...parts: (string | ComponentChildren)[]) => (
    <div class="status" role="status">
      {mark}
      <span class="status-words">
        {parts.filter(Boolean).map((p, i) => (
          <>
            {i > 0 && <span aria-hidden="true"> · </span>}
            {p}
          </>
        ))}
      </span>
    </div>
  );
  const dot = (kind: string) => (
    <svg class={`dot dot-${kind}`} viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
      <circle cx="5" cy="5" r="4" />
      {kind === 'half' && <path d="M5 1a4 4 0 0 1 0 8z" />}
    </svg>
  );
  if (state === 'waiting' || (state === 'dialing' && stale.value))
    return line(
      <Icon name="warn" size={16} class="status-bad" />,
      t('status.no-agent'),
      state === 'waiting' && seconds > 1 ? t('status.next-try', { n: seconds }) : '',
      <button type="button" class="text-link" onClick={hurry}>
        {t('status.now')}
      </button>,
    );
  if (state !== 'ready' || !s) return line(dot('open'), t('status.starting'));
  if (s.state === AgentState.Locked)
    return line(<Icon name="lock" size={16} />, t('status.locked'));
  if (s.revoked) return line(<Icon name="warn" size={16} class="status-bad" />, t('status.revoked'));
  if (!s.online) return line(<Icon name="warn" size={16} class="status-bad" />, t('status.no-node'));
  const n = node.value;
  if (n && n.start_done > 0 && n.start_done < 100)
    return line(dot('open'), t('status.starting'), t('status.work', { n: n.start_done }));
  const off = Math.round(Math.abs(Number(n?.clock?.ahead_s ?? 0)) / 60);
  if (off >= 1) return line(<Icon name="clock" size={16} />, t('status.clock', { n: off }));
  if (n?.reach === 'alone') return line(dot('open'), t('status.alone'));
  if (n?.reach === 'joining') return line(dot('open'), t('status.starting'));
  const nodes = n ? Math.max(1, Math.round(n.size)) : 0;
  const reached = n && ({ direct: 'status.direct', hard: 'status.relayed' } as const)[n.reached];
  return line(
    dot('good'),
    t('status.online'),
    nodes > 0 ? t('status.nodes', { n: nodes }) : '',
    reached ? t(reached) : '',
  );
}

/** A list at the left and what was chosen from it; narrow, the one or the other. */
export function Split(props: { list: ComponentChildren; pane: ComponentChildren; inside: boolean }) {
  return (
    <div class={`frame${props.inside ? " frame-inside" : ""}${settings.value.compact ? " compact" : ""}`}>
      <Rail />
      <section class="list">
        {props.list}
        <StatusLine />
      </section>
      <main class="pane" id="pane" tabIndex={-1}>
        {props.pane}
      </main>
      <Bar />
    </div>
  );
}

/** A view without a list. */
export function Single(props: { children: ComponentChildren }) {
  return (
    <div class="frame frame-single frame-inside">
      <Rail />
      <main class="pane" id="pane" tabIndex={-1}>
        {props.children}
        <div class="pane-status">
          <StatusLine />
        </div>
      </main>
      <Bar />
    </div>
  );
}

/** The head of a pane: back where it is narrow, a title, what can be done. */
export function PaneHead(props: {
  back?: string;
  title?: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  always?: boolean;
}) {
  return (
    <header class="pane-head">
      {props.back && (
        <a
          class={props.always ? 'icon-button' : 'icon-button only-narrow'}
          href={props.back}
          aria-label={t('do.back')}
          title={t('do.back')}
        >
          <Icon name="back" />
        </a>
      )}
      {props.title && <h1>{props.title}</h1>}
      {props.children}
      <span class="pane-space" />
      {props.actions}
    </header>
  );
}
