// Hubs: joining by address, leaving, and what waits there for an answer of the person.
import { useState } from 'preact/hooks';
import { type WalletHub, type WalletOffer, type WalletQuoteIs } from '../../wire/generated/frames.ts';
import { Icon } from '../../look/icons.tsx';
import { Button, Field, question, toast } from '../../look/parts.tsx';
import { go, pathTo } from '../../router.ts';
import { hub, hubs, its, readWallet } from '../../store/wallet.ts';
import { ask, askAny, me, ready } from '../../store/state.ts';
import { asCallError } from '../../link/errors.ts';
import { clock, moment, sameDay } from '../../words/time.ts';
import { cleanLine, lang, t } from '../../words/words.ts';
import { hostOf, isKind, kindWords, money, refusal, w, whoIs } from './say.ts';
import { Sign, useQuote } from './Sign.tsx';

/** Why a hub was not read, in words. */
export const hubWhy = (h: WalletHub): string =>
  isKind(h.kind) ? kindWords(h.kind) : lang.value === 'en' ? cleanLine(h.why) : kindWords('unreachable');

export function HubsView() {
  const [url, setUrl] = useState('');
  const [name, setName] = useState(me.value?.name ?? '');
  const [pass, setPass] = useState('');
  const [needsPass, setNeedsPass] = useState(false);
  const [quote, setQuote] = useState<WalletQuoteIs>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const call = async (args: Parameters<typeof askAny<'WalletJoin'>>[1]): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await askAny('WalletJoin', args);
      if (answer.is === 'WalletQuoteIs') setQuote(answer.as);
      else {
        if (answer.is === 'WalletHubsIs') toast(w('joined-already'));
        await readWallet();
        if (answer.is === 'WalletHubsIs') go('wallet');
      }
    } catch (e) {
      if (asCallError(e).kind === 'passphrase') setNeedsPass(true);
      setError(refusal(e));
    } finally {
      setBusy(false);
    }
  };
  if (quote) return <Sign key={quote.id} quote={quote} again={() => setQuote(undefined)} />;
  const off = busy || !ready.value;
  return (
    <div class="form">
      {hubs.value.length > 0 && (
        <>
          <h1>{w('hubs')}</h1>
          <ul class="facts">
            {hubs.value.map((h) => (
              <li>
                <span class="w-line-words">
                  <bdi class="w-name">{hostOf(h.url)}</bdi>
                  <span class={h.old ? 'second w-bad-words' : 'second'}>
                    {h.old && <Icon name="warn" size={16} />} {h.old ? w('not-reachable', { why: hubWhy(h) }) : w('reachable')}
                    {h.name && ` · ${cleanLine(h.name)}`}
                  </span>
                </span>
                <span class="actions">
                  <Button small disabled={off} onClick={() => void call({ hub: h.hub, leave: true })}>
                    {w('leave')}
                  </Button>
                  <Button
                    small
                    kind="bad"
                    disabled={off}
                    onClick={() =>
                      (question.value = {
                        title: w('forget-title'),
                        text: w('forget-text'),
                        keep: t('do.keep'),
                        yes: w('forget-do'),
                        run: () => void call({ hub: h.hub, forget: true }),
                      })
                    }
                  >
                    {w('forget')}
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <form
        class="form"
        onSubmit={(e) => {
          e.preventDefault();
          void call({ url: url.trim(), name: name.trim(), ...(pass ? { passphrase: new TextEncoder().encode(pass.normalize('NFC')) } : {}) });
        }}
      >
        {hubs.value.length > 0 ? <h2>{w('join')}</h2> : <h1>{w('join')}</h1>}
        <Field label={w('join-url')} hint={w('join-hint')} value={url} onInput={setUrl} autofocus={hubs.value.length === 0} />
        <Field label={w('join-name')} value={name} onInput={setName} maxLength={200} />
        {needsPass && <Field label={w('sign-pass')} type="password" value={pass} onInput={setPass} autocomplete="current-password" />}
        {error && (
          <p class="field-error" role="alert">
            {error}
          </p>
        )}
        <div class="actions">
          <Button kind="main" type="submit" disabled={off || !url.trim() || !name.trim()}>
            {w('join-do')}
          </Button>
        </div>
      </form>
    </div>
  );
}

// ---- what is asked of the person ----

const until = (o: WalletOffer): string => {
  const at = Date.parse(o.until);
  return at > 0 ? w('offer-until', { when: sameDay(at, Date.now()) ? clock(at) : moment(at) }) : '';
};
const offerTitle = (o: WalletOffer): string =>
  o.clearing ? w('offer-clear', { n: 1 }) : w('offer-pay', { from: whoIs(o.from, o.from_name), to: whoIs(o.to, o.to_name) });
function offerText(o: WalletOffer): string {
  const pid = hub.value?.hub;
  return o.clearing
    ? w('offer-clear-text', { amount: money(o.gain || o.amount, o.equivalent, pid) })
    : w('offer-pay-text', { from: whoIs(o.from, o.from_name), to: whoIs(o.to, o.to_name), amount: money(o.amount, o.equivalent, pid) });
}

export function Offers() {
  const list = its.value.offers;
  if (list.length === 0) return null;
  return (
    <section class="w-part">
      <h2>{w('offers')}</h2>
      <ul>
        {list.map((o) => (
          <li key={o.key}>
            <a class="w-row" href={pathTo('wallet', `offer:${o.key}`)}>
              <span class="w-shape">
                <Icon name={o.clearing ? 'retry' : 'clock'} />
              </span>
              <span class="w-line-words">
                <bdi class="w-name">{offerTitle(o)}</bdi>
                <span class="second">{o.answered ? w('offer-said') : until(o)}</span>
              </span>
              <span class="w-amount w-amount-not">{money(o.amount, o.equivalent, hub.value?.hub)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function OfferView({ id }: { id: string }) {
  const o = its.value.offers.find((x) => x.key === id);
  const { quote, error, busy, run, drop } = useQuote();
  const [yes, setYes] = useState(true);
  if (quote) return <Sign key={quote.id} quote={quote} again={drop} title={w(yes ? 'offer-yes' : 'offer-no')} />;
  if (!o) return <p class="second">{w('offer-gone')}</p>;
  const answer = (accept: boolean) => {
    setYes(accept);
    run(() => ask('WalletOffers', { hub: hub.value?.hub ?? '', key: o.key, accept }, 'WalletQuoteIs', { deadlineMs: 45_000 }));
  };
  return (
    <div class="form">
      <h1>{offerTitle(o)}</h1>
      <p class="w-sum">{money(o.amount, o.equivalent, hub.value?.hub)}</p>
      <p>{offerText(o)}</p>
      {o.note && (
        <p class="second">
          <bdi>{cleanLine(o.note)}</bdi>
        </p>
      )}
      {until(o) && <p class="second">{until(o)}</p>}
      {error && (
        <p class="field-error" role="alert">
          {error.text}
        </p>
      )}
      <div class="actions">
        <Button kind="main" disabled={busy || !ready.value || o.answered} onClick={() => answer(true)}>
          {w('offer-yes')}
        </Button>
        <Button disabled={busy || !ready.value || o.answered} onClick={() => answer(false)}>
          {w('offer-no')}
        </Button>
      </div>
    </div>
  );
}
