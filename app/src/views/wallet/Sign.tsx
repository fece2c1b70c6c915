// From a quote to what became of it. Nothing is signed but the text that was shown; one act stands for
// one quote, so that asking again never does it twice.
//
//   quote -> sign -> (passphrase | allowed by the person) -> done | waiting | nothing | unknown
//
// "Nothing was paid" is said only where the agent says so: a call that ended without an answer is unknown.
import { useState } from 'preact/hooks';
import {
  WalletState, WalletWhat, type ApprovalAsked, type WalletDone, type WalletQuoteIs,
} from '../../wire/generated/frames.ts';
import { toHex } from '../../wire/codec.ts';
import { asCallError } from '../../link/errors.ts';
import { Icon, TrustSign } from '../../look/icons.tsx';
import { Button, Field, Loading } from '../../look/parts.tsx';
import { go } from '../../router.ts';
import { acts, howStands, learnDone } from '../../store/wallet.ts';
import { ask, askAny, call, ready } from '../../store/state.ts';
import { clock } from '../../words/time.ts';
import { clean, cleanLine, lang } from '../../words/words.ts';
import { NotThrough } from './Cut.tsx';
import { isKind, kindWords, money, refusal, w, whoIs } from './say.ts';

export const newAct = (): string => toHex(crypto.getRandomValues(new Uint8Array(16)));
const passBytes = (text: string): Uint8Array => new TextEncoder().encode(text.normalize('NFC'));

export function titleOf(q: WalletQuoteIs, closes = false): string {
  const name = whoIs(q.peer, q.name);
  const amount = q.amount ? money(q.amount, q.equivalent, q.hub) : '';
  switch (q.what) {
    case WalletWhat.Pay: return w('sign-pay', { amount, name });
    case WalletWhat.Line: return closes ? w('sign-close', { name }) : amount ? w('sign-line', { amount, name }) : w('sign-line-other', { name });
    case WalletWhat.Join: return w('sign-join', { name: q.name || q.hub.slice(0, 10) });
    case WalletWhat.Leave: return w('sign-leave');
    default: return w('sign-answer');
  }
}

interface SignProps {
  quote: WalletQuoteIs;
  title?: string;
  /** With that amount instead, or the same again. */
  again: (amount: string) => void;
}

type Stand =
  | { is: 'quote' }
  | { is: 'asked'; asked: ApprovalAsked }
  | { is: 'sent' };

export function Sign({ quote, title, again }: SignProps) {
  const [act] = useState(newAct);
  const [stand, setStand] = useState<Stand>({ is: 'quote' });
  const [pass, setPass] = useState('');
  const [needsPass, setNeedsPass] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [lost, setLost] = useState(false);
  const told = acts.value.get(act);

  const sign = async (approval?: bigint): Promise<void> => {
    setBusy(true);
    setError(undefined);
    const passphrase = passBytes(pass);
    try {
      const answer = await call(
        'WalletPay',
        { act, quote: quote.id as string, passphrase, ...(approval === undefined ? {} : { approval }) },
        { deadlineMs: 45_000 },
      ).done;
      if (answer.is === 'ApprovalAsked') setStand({ is: 'asked', asked: answer.as });
      else if (answer.is === 'WalletPaid') {
        if (answer.as.done) learnDone({ ...answer.as.done, act });
        setStand({ is: 'sent' });
      }
    } catch (e) {
      const c = asCallError(e);
      if (c.unknown) {
        setStand({ is: 'sent' });
        setLost(true);
      } else if (c.kind === 'passphrase' || c.code === 'passphrase') {
        setNeedsPass(true);
        if (pass) setError(refusal(e));
      } else setError(refusal(e));
    } finally {
      passphrase.fill(0);
      setPass('');
      setBusy(false);
    }
  };
  const allow = async (id: bigint): Promise<void> => {
    setBusy(true);
    try {
      await askAny('ApprovalGive', { id, yes: true });
      await sign(id);
    } catch (e) {
      setError(refusal(e));
      setBusy(false);
    }
  };

  if (told) return <Result done={told} quote={quote} again={again} />;
  if (stand.is === 'sent') {
    if (!lost) return <Loading />;
    return <NotKnown act={act} lost />;
  }
  if (quote.what === WalletWhat.Pay && !quote.can)
    return (
      <NotThrough of={quote} signed={false} again={again} />
    );
  const pays = quote.what === WalletWhat.Pay;
  return (
    <form
      class="form"
      onSubmit={(e) => {
        e.preventDefault();
        if (stand.is === 'asked') void (stand.asked.here ? allow(stand.asked.id) : sign(stand.asked.id));
        else void sign();
      }}
    >
      <h1>{title ?? titleOf(quote)}</h1>
      {pays && quote.most && <p class="second">{w('sign-most', { amount: money(quote.most, quote.equivalent, quote.hub) })}</p>}
      {quote.note && (
        <p>
          <bdi>{cleanLine(quote.note)}</bdi>
        </p>
      )}
      {quote.says && (
        <div class="w-says">
          <h2>{w('sign-says')}</h2>
          <p lang="en">
            <bdi>{cleanLine(quote.says)}</bdi>
          </p>
        </div>
      )}
      <div class="w-says">
        <h2>{w('sign-text')}</h2>
        <pre class="w-text" tabIndex={0}>
          <bdi>{clean(quote.signs)}</bdi>
        </pre>
        <p class="second">{w('sign-until', { when: clock(quote.until * 1000n) })}</p>
      </div>
      {stand.is === 'asked' &&
        (stand.asked.here ? (
          <p class="second">{w('sign-here')}</p>
        ) : (
          <div class="w-says">
            <p class="second">{w('approve')}</p>
            <pre class="w-text">{`geonet agent approve ${stand.asked.id}`}</pre>
          </div>
        ))}
      {needsPass && <Field label={w('sign-pass')} type="password" value={pass} onInput={setPass} autofocus autocomplete="current-password" />}
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      <div class="actions">
        <Button kind="main" type="submit" disabled={busy || !ready.value || (needsPass && !pass)}>
          {stand.is === 'asked'
            ? w(stand.asked.here ? 'allow-here' : 'approved')
            : pays
              ? w('sign-do-pay', { amount: money(quote.amount, quote.equivalent, quote.hub) })
              : w('sign-do')}
        </Button>
        <Button onClick={() => go('wallet')}>{w('back')}</Button>
      </div>
    </form>
  );
}

/** Nobody knows yet: the agent asks on; here it can be asked how it stands. */
function NotKnown(props: { act: string; lost?: boolean; why?: string }) {
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  return (
    <div class="w-result" role="status">
      <TrustSign trust="unknown" />
      <h1>{w('unknown')}</h1>
      {props.why && <p>{props.why}</p>}
      <p class="second">{w('unknown-text')}</p>
      {error && <p class="field-error">{error}</p>}
      <div class="actions">
        <Button
          icon="retry"
          disabled={busy || !ready.value}
          onClick={() => {
            setBusy(true);
            setError(undefined);
            howStands(props.act)
              .catch((e: unknown) => setError(refusal(e)))
              .finally(() => setBusy(false));
          }}
        >
          {w('unknown-ask')}
        </Button>
        <Button onClick={() => go('wallet')}>{w('finish')}</Button>
      </div>
    </div>
  );
}

/** Why nothing came of it: its kind, and in English what was said. */
export function whyNot(done: Pick<WalletDone, 'kind' | 'reason'>): string {
  const kind = isKind(done.kind) ? kindWords(done.kind) : '';
  const said = lang.value === 'en' || !kind ? cleanLine(done.reason) : '';
  return [kind, said].filter(Boolean).join(': ') + (kind || said ? '.' : '');
}

export function Result(props: { done: WalletDone; quote?: WalletQuoteIs; again: (amount: string) => void }) {
  const { done } = props;
  const pays = done.what === WalletWhat.Pay;
  const head = done.amount && (pays || done.what === WalletWhat.Line) ? money(done.amount, done.equivalent, done.hub) : '';
  if (done.state === WalletState.Unknown || (done.state === WalletState.UnderWay && done.kind))
    return <NotKnown act={done.act ?? ''} why={whyNot(done)} />;
  if (done.state === WalletState.Nothing && pays && (done.cut.length > 0 || done.ways.length > 0))
    return (
      <NotThrough
        of={{ ...done, most: '', missing: '', elsewhere: 0 }}
        signed
        again={props.again}
      />
    );
  const state = (
    {
      [WalletState.Done]: { icon: 'check', title: pays ? 'done-pay' : 'done', text: undefined, class: 'w-good' },
      [WalletState.Waiting]: { icon: 'clock', title: 'waiting', text: 'waiting-text', class: '' },
      [WalletState.UnderWay]: { icon: 'clock', title: 'under-way', text: 'under-way-text', class: '' },
      [WalletState.Nothing]: { icon: 'warn', title: pays ? 'nothing' : 'nothing-other', text: pays ? 'not-taken' : undefined, class: 'w-bad' },
    } as const
  )[done.state as 0 | 1 | 2 | 3];
  return (
    <div class="w-result" role="status">
      <p class={state.class || 'w-quiet'}>
        <Icon name={state.icon} />
        <span>{w(state.title)}</span>
      </p>
      {head && (
        <h1 class="w-sum">
          {w('sum-to', { sum: head, name: whoIs(done.peer, done.name) })}
        </h1>
      )}
      {done.note && (
        <p>
          <bdi>{cleanLine(done.note)}</bdi>
        </p>
      )}
      {done.state === WalletState.Nothing && whyNot(done) && <p>{whyNot(done)}</p>}
      {state.text && <p class="second">{w(state.text)}</p>}
      {done.before && <p class="second">{w('before')}</p>}
      <div class="actions">
        {done.state === WalletState.Nothing && <Button onClick={() => props.again(done.amount)}>{w('try-again')}</Button>}
        <Button onClick={() => go('wallet')}>{w('finish')}</Button>
      </div>
    </div>
  );
}

/** What a form of the wallet does: asks for a quote, says why it was refused. */
export function useQuote() {
  const [quote, setQuote] = useState<WalletQuoteIs>();
  const [error, setError] = useState<{ text: string; kind: string }>();
  const [busy, setBusy] = useState(false);
  const run = (make: () => ReturnType<typeof ask<'WalletQuote', 'WalletQuoteIs'>>): void => {
    setBusy(true);
    setError(undefined);
    make()
      .then(setQuote)
      .catch((e: unknown) => setError({ text: refusal(e), kind: asCallError(e).kind }))
      .finally(() => setBusy(false));
  };
  return { quote, error, busy, run, drop: () => setQuote(undefined) };
}
