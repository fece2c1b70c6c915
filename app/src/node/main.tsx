// The node's own page: the network view alone. The owner's link (`geonet open`) carries the token in
// its fragment, which no server sees: it is kept for this tab and taken out of the address. Without
// it the page shows what everybody on this machine may know. A token is good until the node ends;
// the link of the next one may be opened in the same tab.
import { render } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Mark } from '../look/icons.tsx';
import { NodeHttp, Stale } from '../net/http.ts';
import type { NetSource, Reading } from '../net/source.ts';
import { Network } from '../views/network/Network.tsx';
import { sayIn, type Lang } from '../views/network/say.ts';
import '../views/network/network.css';
import './node.css';

function take(): boolean {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!given) return false;
  sessionStorage.setItem('token', given);
  history.replaceState(null, '', location.pathname);
  return true;
}
take();
addEventListener('hashchange', () => take() && location.reload());

const COMMAND = 'geonet open';
const EXAMPLE = 'welcome.geo';

const lang: Lang = navigator.language.startsWith('ru') ? 'ru' : 'en';
const say = sayIn(lang);
document.documentElement.lang = lang;
document.title = say.t('net.node');

/** A source that says when its token is of another run, and goes on without it. */
class Owned implements NetSource {
  #inner: NodeHttp;
  #stale: () => void;
  constructor(token: string | null, stale: () => void) {
    this.#inner = new NodeHttp(token);
    this.#stale = stale;
  }
  async read(): Promise<Reading> {
    try {
      return await this.#inner.read();
    } catch (e) {
      if (!(e instanceof Stale)) throw e;
      sessionStorage.removeItem('token');
      this.#inner = new NodeHttp(null);
      this.#stale();
      return this.#inner.read();
    }
  }
  listen(happened: () => void): () => void {
    return this.#inner.listen(happened);
  }
}

function OpenSite() {
  const open = (e: Event) => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const name = String(new FormData(form).get('name') ?? '').trim().toLowerCase().replace(/\.geo$/, '');
    if (name) location.href = `http://${name}.geo.localhost:${location.port}/`;
  };
  return (
    <form class="node-open" onSubmit={open}>
      <label for="name">{say.t('net.open')}</label>
      <div>
        <input id="name" name="name" placeholder={EXAMPLE} autocomplete="off" autocapitalize="off" spellcheck={false} aria-label={say.t('net.open.name')} />
        <button type="submit">{say.t('net.open.do')}</button>
      </div>
    </form>
  );
}

function Page() {
  const [token, set] = useState(sessionStorage.getItem('token'));
  const [again, ask] = useState(false);
  const source = useMemo(
    () =>
      new Owned(sessionStorage.getItem('token'), () => {
        set(null);
        ask(true);
      }),
    [],
  );
  return (
    <Network source={source} lang={lang} head={<p class="node-brand"><Mark /> {say.t('net.node')}</p>}>
      {!token && (
        <p class="node-note" id={again ? 'again' : 'stranger'}>
          {say.t(again ? 'net.again' : 'net.stranger')} <code>{COMMAND}</code>
        </p>
      )}
      <OpenSite />
    </Network>
  );
}

const root = document.getElementById('app');
if (root) render(<main><Page /></main>, root);
