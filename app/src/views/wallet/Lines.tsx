// Trust lines: both directions with one person on one bar, all bars on one scale; opening, changing,
// closing one.
import { useState } from 'preact/hooks';
import { type WalletLine } from '../../wire/generated/frames.ts';
import { Button, Field } from '../../look/parts.tsx';
import { go, pathTo } from '../../router.ts';
import { chosen, hub, linesOf, sum } from '../../store/wallet.ts';
import { ask, ready } from '../../store/state.ts';
import { lang } from '../../words/words.ts';
import { compare, plus, share, show, sign, typed } from './amount.ts';
import { scaleOf, type Scale } from './cut.ts';
import { bare, money, w, whoIs } from './say.ts';
import { Equivalents, pidOf, WhoField } from './Pay.tsx';
import { Sign, useQuote } from './Sign.tsx';
import { WhoFace } from './Who.tsx';

export interface Pair {
  peer: string;
  name: string;
  /** The line the person gave, and the one they were given. */
  gives: WalletLine | undefined;
  takes: WalletLine | undefined;
}

export function pairsOf(lines: readonly WalletLine[]): Pair[] {
  const all = new Map<string, Pair>();
  for (const l of lines) {
    const p = all.get(l.peer) ?? { peer: l.peer, name: l.name, gives: undefined, takes: undefined };
    if (l.given) p.gives = l;
    else p.takes = l;
    all.set(l.peer, p);
  }
  return [...all.values()];
}

const left = (p: Pair): string => p.takes?.limit || '0';
const right = (p: Pair): string => p.gives?.limit || '0';
const owes = (p: Pair): string => p.takes?.used || '0';
const owed = (p: Pair): string => p.gives?.used || '0';

export function standing(p: Pair, hubPid: string): string {
  const unit = p.gives?.equivalent ?? p.takes?.equivalent ?? '';
  const parts: string[] = [];
  if (sign(owes(p)) > 0) parts.push(w('you-owe', { amount: money(owes(p), unit, hubPid) }));
  if (sign(owed(p)) > 0) parts.push(w('owed', { amount: money(owed(p), unit, hubPid) }));
  if (!parts.length) parts.push(w('even'));
  const lines = [p.gives, p.takes];
  if (lines.some((l) => l?.status === 'frozen')) parts.push(w('frozen'));
  if (lines.some((l) => l?.status === 'closing')) parts.push(w('closing'));
  if (lines.some((l) => l?.disputed)) parts.push(w('disputed'));
  return parts.join(' · ');
}

const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;

function Bar({ of, scale }: { of: Pair; scale: Scale }) {
  const [l, r] = [share(left(of), scale.whole), share(right(of), scale.whole)];
  const [mine, theirs] = [share(owes(of), scale.whole), share(owed(of), scale.whole)];
  const even = scale.middle;
  const at = (x: number, part: number, end: 'start' | 'end', text: string) => (
    <svg class="w-bar-over" x={percent(x)} y="0">
      <text class="w-bar-figure" x={part < 0.2 ? (end === 'start' ? -4 : 4) : 0} y="31" text-anchor={part < 0.2 ? (end === 'start' ? 'end' : 'start') : end}>
        {text}
      </text>
    </svg>
  );
  return (
    <svg class="w-bar" width="100%" height="36" role="img" aria-label={w('bar', { left: bare(left(of)), right: bare(right(of)) })}>
      <rect class="w-bar-track" x={percent(even - l)} y="6" width={percent(l + r)} height="10" rx="3" />
      {mine > 0 && <rect class="w-bar-mine" x={percent(even - mine)} y="6" width={percent(mine)} height="10" rx="2" />}
      {theirs > 0 && <rect class="w-bar-theirs" x={percent(even)} y="6" width={percent(theirs)} height="10" rx="2" />}
      <svg class="w-bar-over" x={percent(even)} y="0">
        <path class="w-bar-even" d="M0 2V20" />
      </svg>
      {l > 0 && at(l < 0.2 ? even : even - l, l, 'start', bare(left(of)))}
      {r > 0 && at(r < 0.2 ? even : even + r, r, 'end', bare(right(of)))}
    </svg>
  );
}

export function Lines() {
  const s = sum.value;
  if (!s) return null;
  const pairs = pairsOf(linesOf.value);
  const scale = scaleOf(pairs.map((p) => ({ left: left(p), right: right(p) })));
  return (
    <section class="w-part">
      <div class="w-part-head">
        <h2>{w('lines', { unit: s.equivalent })}</h2>
        {pairs.length > 0 && (
          <span class="w-bar-head" aria-hidden="true">
            <span>{w('trust-you')}</span>
            <span>{w('you-trust')}</span>
          </span>
        )}
      </div>
      {pairs.length === 0 && <p class="second">{w('lines-empty')}</p>}
      <ul class="w-lines">
        {pairs.map((p) => (
          <li key={p.peer}>
            <a class="w-line" href={pathTo('wallet', `line:${p.peer}`)}>
              <WhoFace pid={p.peer} />
              <span class="w-line-words">
                <bdi class="w-name">{whoIs(p.peer, p.name)}</bdi>
                <span class="second">{standing(p, s.hub)}</span>
              </span>
              <Bar of={p} scale={scale} />
            </a>
          </li>
        ))}
      </ul>
      <div class="actions">
        <Button small icon="plus" onClick={() => go('wallet', 'trust')}>
          {w('line-new')}
        </Button>
      </div>
    </section>
  );
}

/** A new line, or another limit for the one to `peer`. */
export function TrustView({ peer }: { peer: string }) {
  const s = sum.value;
  const line = linesOf.value.find((l) => l.given && l.peer === peer);
  const [whom, setWhom] = useState(peer ? whoIs(peer) : '');
  const [limit, setLimit] = useState(line ? show(line.limit, lang.value, { short: true }).replace(/\u00a0/g, '') : '');
  const [wrong, setWrong] = useState<string>();
  const { quote, error, busy, run, drop } = useQuote();
  if (!s) return null;
  if (quote) return <Sign key={quote.id} quote={quote} again={drop} />;
  const submit = () => {
    const plain = typed(limit, s.precision, lang.value);
    if (plain === undefined) return setWrong(w('bad-amount', { example: show('100', lang.value) }));
    setWrong(undefined);
    return run(() =>
      ask('WalletLineSet', { hub: s.hub, peer: peer || pidOf(whom), equivalent: s.equivalent, limit: plain }, 'WalletQuoteIs', { deadlineMs: 45_000 }),
    );
  };
  return (
    <form
      class="form"
      onSubmit={(e) => {
        e.preventDefault();
        submit();
      }}
    >
      <h1>{peer ? whoIs(peer) : w('line-new')}</h1>
      {!peer && (
        <>
          <WhoField label={w('line-who')} hint={w('whom-hint')} value={whom} onInput={setWhom} autofocus />
          <Equivalents />
        </>
      )}
      <Field label={w('line-limit', { unit: s.equivalent })} hint={w('line-limit-hint')} value={limit} onInput={setLimit} error={wrong} maxLength={40} autofocus={!!peer} />
      {error && (
        <p class="field-error" role="alert">
          {error.text}
        </p>
      )}
      <div class="actions">
        <Button kind="main" type="submit" disabled={busy || !ready.value || (!peer && !whom.trim())}>
          {w('go-on')}
        </Button>
      </div>
    </form>
  );
}

function Facts({ line, title }: { line: WalletLine; title: string }) {
  const hubPid = hub.value?.hub ?? '';
  return (
    <dl class="facts">
      <div>
        <dt>{title}</dt>
        <dd class="strong">{money(line.limit, line.equivalent, hubPid)}</dd>
      </div>
      <div>
        <dt>{w('line-used')}</dt>
        <dd>{money(line.used, line.equivalent, hubPid)}</dd>
      </div>
      <div>
        <dt>{w('line-free')}</dt>
        <dd>{money(line.available, line.equivalent, hubPid)}</dd>
      </div>
    </dl>
  );
}

export function LineView({ peer }: { peer: string }) {
  const pair = pairsOf(linesOf.value).find((p) => p.peer === peer);
  const [closing, setClosing] = useState(false);
  const { quote, error, busy, run, drop } = useQuote();
  const s = sum.value;
  if (quote) return <Sign key={quote.id} quote={quote} again={drop} {...(closing ? { title: w('sign-close', { name: whoIs(peer) }) } : {})} />;
  if (!pair || !s) return <p class="second">{w('line-gone')}</p>;
  const change = (how: { close?: boolean; freeze?: boolean; unfreeze?: boolean }) => {
    setClosing(!!how.close);
    run(() => ask('WalletLineSet', { hub: s.hub, peer, equivalent: s.equivalent, ...how }, 'WalletQuoteIs', { deadlineMs: 45_000 }));
  };
  const off = busy || !ready.value;
  const { gives, takes } = pair;
  return (
    <div class="form">
      <div class="w-person">
        <WhoFace pid={peer} size={44} />
        <div>
          <h1>{whoIs(peer, pair.name)}</h1>
          <p class="second">{standing(pair, s.hub)}</p>
        </div>
      </div>
      {gives && <Facts line={gives} title={w('line-given')} />}
      {gives?.asks && <p class="second">{w('line-asks')}</p>}
      {takes && <Facts line={takes} title={w('line-taken')} />}
      {error && (
        <p class="field-error" role="alert">
          {error.text}
        </p>
      )}
      <div class="actions">
        <Button onClick={() => go('wallet', `trust:${peer}`)}>{gives ? w('line-change') : w('line-new')}</Button>
        {gives && (
          <Button disabled={off} onClick={() => change(gives.status === 'frozen' ? { unfreeze: true } : { freeze: true })}>
            {w(gives.status === 'frozen' ? 'line-unfreeze' : 'line-freeze')}
          </Button>
        )}
        <Button onClick={() => go('wallet', `pay:${peer}`)}>{w('line-pay')}</Button>
        {gives && gives.status !== 'closing' && (
          <Button kind="bad" disabled={off} onClick={() => change({ close: true })}>
            {w('line-close')}
          </Button>
        )}
      </div>
      {gives && compare(gives.used, '0') > 0 && (
        <p class="second">{w('line-close-owed', { amount: money(plus(gives.used, '0'), gives.equivalent, chosen.value?.hub ?? s.hub) })}</p>
      )}
    </div>
  );
}
