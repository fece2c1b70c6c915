// What was signed and paid, newest first: each state has a shape and a word. And one of them in full.
import { WalletState, WalletWhat, type WalletDone, type WalletPayment } from '../../wire/generated/frames.ts';
import { Icon, TrustSign, type IconName } from '../../look/icons.tsx';
import { VirtualList } from '../../look/list.tsx';
import { Empty } from '../../look/parts.tsx';
import { go, pathTo } from '../../router.ts';
import { acts, hub, its } from '../../store/wallet.ts';
import { moment, when } from '../../words/time.ts';
import { cleanLine, lang } from '../../words/words.ts';
import { type WalletWord } from '../../words/wallet.en.ts';
import { figure, kindWords, money, w, whoIs } from './say.ts';
import { Result } from './Sign.tsx';
import { WhoFace } from './Who.tsx';

type How = 'out' | 'in' | 'waiting' | 'nothing' | 'unknown' | 'under-way' | 'done';
export interface Row {
  key: string;
  how: How;
  title: string;
  peer: string;
  at: number;
  /** With its sign; '' where nothing is moved. */
  amount: string;
  equivalent: string;
  done?: WalletDone;
  payment?: WalletPayment;
}

const WHATS: Record<number, WalletWord | undefined> = {
  [WalletWhat.Line]: 'what-line',
  [WalletWhat.Answer]: 'what-answer',
  [WalletWhat.Join]: 'what-join',
  [WalletWhat.Leave]: 'what-leave',
};
const STATES: readonly How[] = ['under-way', 'done', 'waiting', 'nothing', 'unknown'];

export function howOf(p: Pick<WalletPayment, 'status' | 'out'>): How {
  return p.status === 'COMMITTED' ? (p.out ? 'out' : 'in') : p.status === 'ABORTED' ? 'nothing' : 'waiting';
}

function rowOfDone(d: WalletDone): Row {
  const pays = d.what === WalletWhat.Pay;
  const what = WHATS[d.what];
  const name = d.peer ? whoIs(d.peer, d.name) : cleanLine(d.name);
  const head = what ? w(what) : '';
  const state = STATES[d.state] ?? 'unknown';
  return {
    key: `act:${d.act}`,
    how: pays && state === 'done' ? 'out' : state,
    title: [head, name, cleanLine(d.note)].filter(Boolean).join(', '),
    peer: d.peer,
    at: Number(d.at) * 1000,
    amount: pays ? `-${d.amount}` : '',
    equivalent: d.equivalent,
    done: d,
  };
}

function rowOfPayment(p: WalletPayment): Row {
  return {
    key: `tx:${p.tx}`,
    how: howOf(p),
    title: [whoIs(p.peer), cleanLine(p.note)].filter(Boolean).join(', '),
    peer: p.peer,
    at: Date.parse(p.created) || 0,
    amount: p.out ? `-${p.amount}` : p.amount,
    equivalent: p.equivalent,
    payment: p,
  };
}

/** What is not over first; a payment that the hub tells of stands once. */
export function rowsOf(open: readonly WalletDone[], payments: readonly WalletPayment[]): Row[] {
  const told = new Set(payments.map((p) => p.tx));
  const own = open.filter((d) => !(d.tx && told.has(d.tx) && d.state !== WalletState.Unknown && d.state !== WalletState.UnderWay));
  const waits = new Set(own.map((d) => d.tx).filter(Boolean));
  return [...own.map(rowOfDone), ...payments.filter((p) => !waits.has(p.tx)).map(rowOfPayment)];
}
export const rows = (): Row[] => rowsOf(its.value.open, its.value.payments);

const ICONS: Partial<Record<How, IconName>> = { waiting: 'clock', nothing: 'warn', 'under-way': 'clock', done: 'check' };

function Shape({ of }: { of: Row }) {
  const icon = ICONS[of.how];
  if (of.how === 'unknown') return <TrustSign trust="unknown" />;
  if (icon) return <Icon name={icon} {...(of.how === 'nothing' ? { class: 'status-bad' } : {})} />;
  return <WhoFace pid={of.peer} size={32} />;
}

export function HistoryRow(props: { of: Row; on?: boolean }) {
  const { of } = props;
  const moved = of.how === 'in' || of.how === 'out';
  return (
    <a class="w-row" href={pathTo('wallet', of.key)} tabIndex={props.on === false ? -1 : 0}>
      <span class="w-shape">
        <Shape of={of} />
      </span>
      <span class="w-line-words">
        <bdi class="w-name">{of.title}</bdi>
        <span class={of.how === 'nothing' ? 'second w-bad-words' : 'second'}>
          {[w(`h-${of.how}`), when(of.at)].filter(Boolean).join(' · ')}
        </span>
      </span>
      {of.amount && (
        <span class={moved ? 'w-amount' : 'w-amount w-amount-not'}>
          {figure(moved ? of.amount : of.amount.replace('-', ''), of.equivalent, hub.value?.hub, moved)} {cleanLine(of.equivalent)}
        </span>
      )}
    </a>
  );
}

export function HistoryView() {
  const list = rows();
  if (list.length === 0) return <Empty title={w('history-empty')} text={w('history-empty-text')} />;
  return (
    <div class="w-history">
      <h1>{w('history')}</h1>
      <VirtualList label={w('history')} items={list} row={4} keyOf={(r) => r.key} render={(r, on) => <HistoryRow of={r} on={on} />} />
      {its.value.more && <p class="second">{w('history-more')}</p>}
    </div>
  );
}

export function ActView({ id }: { id: string }) {
  const done = acts.value.get(id) ?? its.value.open.find((d) => d.act === id);
  if (!done) return <HistoryView />;
  return <Result done={done} again={() => go('wallet', done.what === WalletWhat.Pay ? `pay:${done.peer}` : '')} />;
}

export function PaymentView({ tx }: { tx: string }) {
  const p = its.value.payments.find((x) => x.tx === tx);
  if (!p) return <HistoryView />;
  const of = rowOfPayment(p);
  const reason =
    of.how !== 'nothing' ? '' : lang.value === 'en' && p.reason ? cleanLine(p.reason) : kindWords(p.code === 'E002' ? 'way' : 'refused');
  const facts: [string, string][] = [
    [w('state'), w(`h-${of.how}`)],
    [w('with'), whoIs(p.peer)],
    [w('when'), of.at ? moment(of.at) : ''],
    [w('note'), cleanLine(p.note)],
    [w('reason'), reason],
  ];
  return (
    <div class="form">
      <h1 class="w-sum">{of.how === 'in' || of.how === 'out' ? `${figure(of.amount, p.equivalent, hub.value?.hub, true)}\u00a0${cleanLine(p.equivalent)}` : money(p.amount, p.equivalent, hub.value?.hub)}</h1>
      {of.how === 'nothing' && <p class="second">{w('not-taken')}</p>}
      <dl class="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div>
                <dt>{name}</dt>
                <dd>
                  <bdi>{value}</bdi>
                </dd>
              </div>
            ),
        )}
        <div>
          <dt>{w('tx')}</dt>
          <dd class="mono">{cleanLine(p.tx)}</dd>
        </div>
      </dl>
    </div>
  );
}
