// Paying and being paid: whom, how much, for what; or the link and QR code that others pay.
import { useState } from 'preact/hooks';
import { Button, Field, Tabs, toast } from '../../look/parts.tsx';
import { QrCode } from '../../look/qrcode.tsx';
import { go } from '../../router.ts';
import { chosen, hubs, linesOf, precisionOf, sum, sums } from '../../store/wallet.ts';
import { ask, contacts, ready } from '../../store/state.ts';
import { cleanLine, lang, t } from '../../words/words.ts';
import { nameOf } from '../../look/people.tsx';
import { canScan, Scanner } from '../scan.tsx';
import { show, typed } from './amount.ts';
import { payLink, type PayLink } from './link.ts';
import { money, refusal, w, whoIs } from './say.ts';
import { Sign, useQuote } from './Sign.tsx';

const DEADLINE = { deadlineMs: 45_000 };

/** Contacts and who shares a line, by name; what is chosen is sent as a PID. */
function people(): { name: string; pid: string }[] {
  const all = new Map<string, string>();
  for (const p of contacts.value) all.set(p.pid, nameOf(p));
  for (const l of linesOf.value) if (!all.has(l.peer)) all.set(l.peer, whoIs(l.peer, l.name));
  return [...all].map(([pid, name]) => ({ pid, name }));
}
export function pidOf(text: string): string {
  const wanted = cleanLine(text).toLocaleLowerCase();
  const found = people().filter((p) => p.name.toLocaleLowerCase() === wanted);
  return found.length === 1 ? (found[0]?.pid ?? '') : text.trim();
}

export function WhoField(props: { label: string; hint: string; value: string; onInput: (v: string) => void; error?: string | undefined; autofocus?: boolean }) {
  const some = people().slice(0, 6);
  return (
    <div class="w-who">
      <Field {...props} />
      {!props.value && some.length > 0 && (
        <div class="w-some">
          {some.map((p) => (
            <button type="button" class="w-chip" onClick={() => props.onInput(p.name)}>
              <bdi>{p.name}</bdi>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

export function Equivalents() {
  const s = sum.value;
  if (!s || sums.value.length < 2) return null;
  return (
    <Tabs
      label={w('equivalent')}
      value={`${s.hub} ${s.equivalent}`}
      options={sums.value.map((x) => ({ value: `${x.hub} ${x.equivalent}`, label: cleanLine(x.equivalent) }))}
      onChange={(v) => {
        const [hub = '', equivalent = ''] = v.split(' ');
        chosen.value = { hub, equivalent };
      }}
    />
  );
}

/** `about`: a link, or whom. */
export function PayView({ about }: { about: string }) {
  const first = payLink(about);
  const [link, setLink] = useState<PayLink | undefined>(first);
  const [whom, setWhom] = useState(first || !about ? '' : whoIs(about));
  const [amount, setAmount] = useState('');
  const [note, setNote] = useState('');
  const [again, setAgain] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const [scanning, scan] = useState(false);
  const { quote, error, busy, run, drop } = useQuote();
  const s = sum.value;
  const unit = link?.equivalent ?? s?.equivalent ?? '';
  const hub = link?.hub ?? s?.hub ?? '';
  const precision = precisionOf(hub, unit);
  const badLink = !link && /^(web\+)?geonet:|^geo:/i.test(whom.trim() || about);
  const known = !link || hubs.value.some((h) => h.hub === link.hub);

  const ask1 = (plain: string, more: boolean) =>
    run(() =>
      ask(
        'WalletQuote',
        link
          ? { link: link.link, again: more, ...(link.amount ? {} : { amount: plain }) }
          : { whom: pidOf(whom), hub, equivalent: unit, amount: plain, note: note.trim(), again: more },
        'WalletQuoteIs',
        DEADLINE,
      ),
    );
  const submit = (more = again): void => {
    const plain = link?.amount || typed(amount, precision, lang.value);
    if (plain === undefined || (plain && !/[1-9]/.test(plain))) return setWrong(w('bad-amount', { example: show('12.5', lang.value, { precision: Math.min(precision, 2) }) }));
    setWrong(undefined);
    return ask1(plain, more);
  };
  const take = (text: string) => {
    const found = payLink(text);
    if (found) {
      setLink(found);
      setWhom('');
    } else setWhom(text);
  };
  if (quote)
    return (
      <Sign
        key={quote.id}
        quote={quote}
        again={(less) => {
          drop();
          setLink(undefined);
          setWhom(whoIs(quote.peer, quote.name));
          setNote(quote.note);
          setAmount(show(less, lang.value, { short: true }).replace(/\u00a0/g, ''));
          if (less !== quote.amount)
            run(() => ask('WalletQuote', { whom: quote.peer, hub: quote.hub, equivalent: quote.equivalent, amount: less, note: quote.note }, 'WalletQuoteIs', DEADLINE));
        }}
      />
    );
  return (
    <form
      class="form"
      onSubmit={(e) => {
        e.preventDefault();
        submit();
      }}
    >
      <h1>{w('pay')}</h1>
      {link ? (
        <dl class="facts">
          <div>
            <dt>{w('whom')}</dt>
            <dd>
              <bdi>{whoIs(link.to)}</bdi>
            </dd>
          </div>
          {link.amount && (
            <div>
              <dt>{w('how-much', { unit })}</dt>
              <dd class="strong">{money(link.amount, unit, hub)}</dd>
            </div>
          )}
          {link.note && (
            <div>
              <dt>{w('note')}</dt>
              <dd>
                <bdi>{cleanLine(link.note)}</bdi>
              </dd>
            </div>
          )}
        </dl>
      ) : (
        <>
          <WhoField label={w('whom')} hint={w('whom-hint')} value={whom} onInput={take} error={badLink ? w('bad-link') : undefined} autofocus />
          {canScan() && (
            <div class="actions">
              <Button small icon="qr" onClick={() => scan(true)}>
                {w('scan')}
              </Button>
            </div>
          )}
          <Equivalents />
        </>
      )}
      {!known && <p class="field-error">{w('no-hub')}</p>}
      {!link?.amount && (
        <Field
          label={w('how-much', { unit })}
          value={amount}
          onInput={setAmount}
          maxLength={40}
          error={wrong}
          hint={s && !link ? w('can-pay', { amount: money(s.can_pay, s.equivalent, s.hub) }) : undefined}
        />
      )}
      {!link && <Field label={w('note')} hint={w('note-hint')} value={note} onInput={setNote} maxLength={500} />}
      {error && (
        <p class="field-error" role="alert">
          {error.text}
        </p>
      )}
      <div class="actions">
        {error?.kind === 'paid' ? (
          <Button
            onClick={() => {
              setAgain(true);
              submit(true);
            }}
          >
            {w('again')}
          </Button>
        ) : (
          <Button kind="main" type="submit" disabled={busy || !ready.value || !known || (!link && (!whom.trim() || badLink))}>
            {w('go-on')}
          </Button>
        )}
        {!known && <Button onClick={() => go('wallet', 'hubs')}>{w('join')}</Button>}
      </div>
      {scanning && (
        <Scanner
          onFound={(text) => {
            scan(false);
            take(text);
          }}
          onClose={() => scan(false)}
        />
      )}
    </form>
  );
}

export function RequestView() {
  const [amount, setAmount] = useState('');
  const [note, setNote] = useState('');
  const [made, setMade] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const s = sum.value;
  if (!s) return null;
  const submit = () => {
    const plain = amount.trim() ? typed(amount, s.precision, lang.value) : '';
    if (plain === undefined || (plain && !/[1-9]/.test(plain))) return setWrong(w('bad-amount', { example: show('12.5', lang.value, { precision: Math.min(s.precision, 2) }) }));
    setWrong(undefined);
    setBusy(true);
    ask('WalletRequest', { hub: s.hub, equivalent: s.equivalent, note: note.trim(), ...(plain ? { amount: plain } : {}) }, 'WalletRequestIs')
      .then((a) => setMade(a.link))
      .catch((e: unknown) => setWrong(refusal(e)))
      .finally(() => setBusy(false));
    return undefined;
  };
  const link = made && payLink(made);
  if (made && link)
    return (
      <div class="form">
        <h1>{w('request-title')}</h1>
        <figure class="qr-card">
          <QrCode text={made} label={w('request-qr')} />
          <figcaption>
            <bdi class="strong">{link.amount ? money(link.amount, link.equivalent, link.hub) : `${w('request-any')}, ${cleanLine(link.equivalent)}`}</bdi>
            {link.note && <bdi class="second">{cleanLine(link.note)}</bdi>}
          </figcaption>
        </figure>
        <p class="second">{w(link.amount ? 'request-how' : 'request-how-any')}</p>
        <p class="mono w-link" dir="ltr">
          {made}
        </p>
        <div class="actions">
          <Button kind="main" icon="link" onClick={() => void navigator.clipboard.writeText(made).then(() => toast(t('do.copied')), () => undefined)}>
            {w('request-copy')}
          </Button>
          <Button onClick={() => setMade(undefined)}>{w('request-more')}</Button>
        </div>
      </div>
    );
  return (
    <form
      class="form"
      onSubmit={(e) => {
        e.preventDefault();
        submit();
      }}
    >
      <h1>{w('request-title')}</h1>
      <Equivalents />
      <Field label={w('how-much', { unit: s.equivalent })} value={amount} onInput={setAmount} maxLength={40} hint={w('request-none')} error={wrong} autofocus />
      <Field label={w('note')} hint={w('note-hint')} value={note} onInput={setNote} maxLength={500} />
      <div class="actions">
        <Button kind="main" type="submit" disabled={busy || !ready.value}>
          {w('request-do')}
        </Button>
      </div>
    </form>
  );
}
