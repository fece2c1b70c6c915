// The wallet: figures, what can be done, lines, the newest of the history at the left; at the right what
// was chosen. Loaded when it is first looked at.
//
// About is one of: pay, pay:PID, a payment link, request, hubs, trust, trust:PID, line:PID, offer:KEY,
// act:ID, tx:ID, history; '' shows the history beside.
import { useEffect } from 'preact/hooks';
import { type WalletSum } from '../../wire/generated/frames.ts';
import { Icon } from '../../look/icons.tsx';
import { Button, Empty, Failed, IconButton, Loading } from '../../look/parts.tsx';
import { go, pathTo } from '../../router.ts';
import { chosen, hub, hubs, hubState, its, ofBefore, readWallet, sum, sums, walletState, watchWallet } from '../../store/wallet.ts';
import { ready, stale } from '../../store/state.ts';
import { moment } from '../../words/time.ts';
import { cleanLine } from '../../words/words.ts';
import { Bar, Rail, StatusLine } from '../frame.tsx';
import { sign } from './amount.ts';
import { ActView, HistoryRow, HistoryView, PaymentView, rows } from './History.tsx';
import { HubsView, hubWhy, OfferView, Offers } from './Hubs.tsx';
import { LineView, Lines, TrustView } from './Lines.tsx';
import { PayView, RequestView } from './Pay.tsx';
import { figure, hostOf, w } from './say.ts';
import './wallet.css';

const LOOK_MS = 15_000;

function Figure({ of, on }: { of: WalletSum; on: boolean }) {
  const h = hubs.value.find((x) => x.hub === of.hub);
  return (
    <button
      type="button"
      class={`w-figure${on ? ' w-figure-on' : ''}${sign(of.net) < 0 ? ' w-figure-less' : ''}`}
      aria-pressed={on}
      onClick={() => (chosen.value = { hub: of.hub, equivalent: of.equivalent })}
    >
      <span class="w-figure-unit">
        <bdi>{cleanLine(of.equivalent)}</bdi>
        {hubs.value.length > 1 && h && <span class="w-figure-hub">{hostOf(h.url)}</span>}
      </span>
      <span class="w-figure-sum">{figure(of.net, of.equivalent, of.hub, true)}</span>
      <svg class="w-figure-arc" viewBox="0 0 80 8" aria-hidden="true">
        <path d="M2 2Q40 9 78 2" />
      </svg>
    </button>
  );
}

/** That what is shown is of before, and since when. */
function Age() {
  const h = hub.value;
  if (!h) return null;
  const when = h.at ? moment(h.at * 1000n) : '';
  const text =
    stale.value || ofBefore.value || !ready.value
      ? w('of-before', { when })
      : h.old
        ? h.at
          ? w('hub-old', { when, why: hubWhy(h) })
          : w('hub-never', { why: hubWhy(h) })
        : '';
  if (!text) return null;
  return (
    <p class="w-age" role="status">
      <Icon name="clock" size={16} />
      <span>{text}</span>
      {ready.value && (
        <button type="button" class="text-link" onClick={() => void readWallet(true)}>
          {w('try-again')}
        </button>
      )}
    </p>
  );
}

function Home({ about }: { about: string }) {
  const s = sum.value;
  const state = walletState.value;
  const calm = about === '' || about === 'history';
  if (hubs.value.length === 0) {
    if (state !== 'ready')
      return state === 'none' || state === 'loading' ? <Loading /> : <Failed error={state} retry={() => void readWallet()} />;
    return (
      <Empty title={w('empty')} text={w('empty-text')}>
        <Button kind={about === 'hubs' ? 'plain' : 'main'} onClick={() => go('wallet', 'hubs')}>
          {w('empty-do')}
        </Button>
      </Empty>
    );
  }
  const recent = rows().slice(0, 4);
  const h = hubState.value.get(hub.value?.hub ?? '');
  return (
    <>
      <Age />
      <div class="w-figures" role="group" aria-label={w('figures')}>
        {sums.value.map((x) => (
          <Figure of={x} on={x === s} />
        ))}
        {sums.value.length === 0 && <p class="second">{w('no-sums')}</p>}
      </div>
      {s && (
        <div class="actions">
          <Button kind={calm ? 'main' : 'plain'} onClick={() => go('wallet', 'pay')}>
            {w('pay')}
          </Button>
          <Button onClick={() => go('wallet', 'request')}>{w('request')}</Button>
          <IconButton icon="qr" label={w('scan')} onClick={() => go('wallet', 'pay')} />
        </div>
      )}
      {h !== undefined && h !== 'ready' && h !== 'loading' && h !== 'none' && <Failed error={h} retry={() => void readWallet()} />}
      <Offers />
      <Lines />
      <section class={calm ? 'w-part w-recent-calm' : 'w-part'}>
        <div class="w-part-head">
          <h2>{w('history')}</h2>
          {recent.length > 0 && (
            <a class="text-link" href={pathTo('wallet', 'history')}>
              {w('history-all')}
            </a>
          )}
        </div>
        {recent.length === 0 && <p class="second">{w('history-empty')}</p>}
        {recent.map((r) => (
          <HistoryRow key={r.key} of={r} />
        ))}
      </section>
    </>
  );
}

function Pane({ about }: { about: string }) {
  const [what = '', ...rest] = about.split(':');
  const id = rest.join(':');
  if (/^(web\+)?geonet:|^geo:/i.test(about)) return <PayView key={about} about={about} />;
  switch (what) {
    case 'pay': return <PayView key={about} about={id} />;
    case 'request': return <RequestView />;
    case 'hubs': return <HubsView />;
    case 'trust': return <TrustView key={about} peer={id} />;
    case 'line': return <LineView key={about} peer={id} />;
    case 'offer': return <OfferView key={about} id={id} />;
    case 'act': return <ActView id={id} />;
    case 'tx': return <PaymentView tx={id} />;
    default: return hubs.value.length ? <HistoryView /> : null;
  }
}

export function WalletView({ about }: { about: string }) {
  useEffect(() => void watchWallet(), []);
  useEffect(() => {
    if (!ready.value) return undefined;
    // what is known first, then what the hubs say; while it is looked at they are asked now and then
    void readWallet().then(() => readWallet(true));
    const timer = setInterval(() => {
      if (!document.hidden) void readWallet(true);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [ready.value]);
  const calm = about === '' || about === 'history';
  const waits = hubs.value.length === 0 && !about;
  return (
    <div class={`frame w-frame${about ? ' frame-inside' : ''}${waits ? ' w-alone' : ''}`}>
      <Rail />
      <section class="list w-home">
        <div class="w-home-in">
          <header class="w-head">
            <h1>{w('title')}</h1>
            {hubs.value.length > 0 && (
              <a class="text-link" href={pathTo('wallet', 'hubs')}>
                {w('hubs')}
              </a>
            )}
          </header>
          <Home about={about} />
        </div>
        <StatusLine />
      </section>
      <main class="pane w-pane" id="pane" tabIndex={-1}>
        <a class="icon-button only-narrow w-back" href={pathTo('wallet')} aria-label={w('back')} title={w('back')}>
          <Icon name="back" />
        </a>
        <div class={calm && its.value.payments.length + its.value.open.length > 0 ? 'w-pane-in w-pane-list' : 'w-pane-in'}>
          <Pane about={about} />
        </div>
      </main>
      <Bar />
    </div>
  );
}
