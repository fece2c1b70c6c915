// Where we are, in the part of the address behind #: nothing of it ever leaves the browser.
import { signal } from '@preact/signals';

export interface Route {
  /** chats, people, verify, settings, .. */
  view: string;
  /** Whom or what it is about. */
  about: string;
}

export const route = signal<Route>({ view: 'chats', about: '' });

export function parse(hash: string): Route {
  const [view = '', about = ''] = hash.replace(/^#\/?/, '').split('/');
  let word = '';
  try {
    word = decodeURIComponent(about);
  } catch {
    word = '';
  }
  return { view: /^[a-z]+$/.test(view) ? view : 'chats', about: word };
}

export const pathTo = (view: string, about = ''): string =>
  `#/${view}${about ? '/' + encodeURIComponent(about) : ''}`;

export function go(view: string, about = ''): void {
  const to = pathTo(view, about);
  if (location.hash !== to) location.hash = to;
  else route.value = parse(to);
}

export function watchRoute(): void {
  const read = () => {
    if (!location.hash.startsWith('#pair=')) route.value = parse(location.hash);
  };
  addEventListener('hashchange', read);
  read();
}

/** The code of `/#pair=CODE`, taken out of the address and its history at once. */
export function takePairCode(): string | undefined {
  const m = /^#pair=([A-Za-z0-9_-]{43})$/.exec(location.hash);
  if (location.hash.startsWith('#pair=')) history.replaceState(null, '', location.pathname + '#/');
  return m?.[1];
}
