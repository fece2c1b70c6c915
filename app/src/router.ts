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

/** A request to be paid opens in the wallet. */
export const isPay = (link: string): boolean => /^(web\+)?geonet:pay\?/i.test(link);

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

/** What `geonet app` opened the page with, `/#pair=CODE&link=geonet:..`, taken out of the address and
 *  its history at once (UI-11). A link leads to where it belongs. */
export function takeOpening(): string | undefined {
  const m = /^#pair=([A-Za-z0-9_-]{43})(?:&link=([^&]*))?$/.exec(location.hash);
  if (!location.hash.startsWith('#pair=')) return undefined;
  let to = '#/chats';
  try {
    const link = decodeURIComponent(m?.[2] ?? '');
    if (/^(web\+)?geonet:hi\//i.test(link)) to = pathTo('add', link.replace(/^web\+/i, ''));
    else if (isPay(link)) to = pathTo('wallet', link.replace(/^web\+/i, ''));
  } catch {
    /* no link then */
  }
  history.replaceState(null, '', location.pathname + to);
  return m?.[1];
}
