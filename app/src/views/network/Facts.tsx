// What stands beside the picture: figures, lookups, how to read it, and the node itself.
import { nameOf } from '../../link/errors.ts';
import { shortId, whole, type NetLookup, type NetModel } from '../../net/model.ts';
import type { RawStatus, Reading } from '../../net/source.ts';
import type { NetWord, Say } from './say.ts';

const SHOWN = 6;

/** How it stands, in one sentence, and whether that is well. */
export function stateOf(status: RawStatus, say: Say, count: number): { text: string; how: 'good' | 'wait' | 'bad' } {
  if (status.clock) return { text: say.t('net.state.clock', { text: status.clock.text }), how: 'bad' };
  const silent = (status.bootstrap ?? []).filter((b) => !b.answered).map((b) => b.host);
  switch (status.reach) {
    case 'joined': return { text: say.t('net.state.joined', { n: count }), how: 'good' };
    case 'founder': return { text: say.t('net.state.founder'), how: 'wait' };
    case 'joining': return { text: say.t('net.state.joining'), how: 'wait' };
    default:
      return {
        text: silent.length
          ? say.t('net.state.alone.hosts', { hosts: silent.join(', '), n: silent.length })
          : say.t('net.state.alone'),
        how: 'bad',
      };
  }
}

function Figure(props: { value: string; words: string; said?: string }) {
  return (
    <div class="net-figure">
      <dt>{props.words}</dt>
      <dd>
        {props.said ? <span class="unseen">{props.said}</span> : null}
        <span aria-hidden={props.said ? true : undefined}>{props.value}</span>
      </dd>
    </div>
  );
}

export function Figures(props: { say: Say; reading: Reading; model: NetModel; rate: { up: number; down: number } }) {
  const { say, model, rate } = props;
  const s = props.reading.status;
  const kb = (n: number) => say.number(n / 1000, n >= 50 && n < 950 ? 1 : 0);
  return (
    <section class="net-figures" aria-label={say.t('net.title')}>
      <p class="net-big">{say.number(model.count)}</p>
      <p class="net-big-words">{say.t('net.nodes.seen', { n: model.count })}</p>
      <dl>
        <Figure value={say.number(s.links)} words={say.t('net.links', { n: s.links })} />
        <Figure value={model.medianMs ? say.ms(model.medianMs) : '–'} words={say.t('net.rtt')} />
        <Figure value={`${say.number(s.hops_observed, 1)} / ${say.number(s.hops_predicted, 1)}`} words={say.t('net.hops')} />
        <Figure
          value={`↓ ${kb(rate.down)} ↑ ${kb(rate.up)}`}
          words={say.t('net.rate')}
          said={say.t('net.rate.said', { down: kb(rate.down), up: kb(rate.up) })}
        />
      </dl>
    </section>
  );
}

function outcome(l: NetLookup, say: Say): string {
  switch (nameOf(l.code)) {
    case 'ok': return say.t('net.lookup.hops', { n: l.hops });
    case 'not-found': return say.t('net.lookup.nothing');
    case 'timeout':
    case 'unreachable': return say.t('net.lookup.silent');
    default: return say.t('net.lookup.failed');
  }
}

export function Lookups(props: { say: Say; lookups: NetLookup[]; chosen: string | undefined; choose: (op: string) => void }) {
  const { say } = props;
  return (
    <section class="net-lookups">
      <h2>{say.t('net.lookups')}</h2>
      {props.lookups.length === 0 && <p class="net-none">{say.t('net.lookups.none')}</p>}
      <ul>
        {props.lookups.slice(0, SHOWN).map((l) => (
          <li key={l.op}>
            <button
              type="button"
              class="net-row"
              aria-pressed={l.op === props.chosen}
              onClick={() => props.choose(l.op)}
            >
              <b>{shortId(l.key)}</b>
              <span>
                {say.t(`net.lookup.kind.${l.kind}` as NetWord)} ·{' '}
                {outcome(l, say)}
              </span>
              <span class="net-took">{say.ms(l.tookMs)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const LEGEND: readonly [cls: string, word: NetWord, range: string][] = [
  ['net-link-1', 'net.read.near', '< 20'],
  ['net-link-2', 'net.read.middling', '20–60'],
  ['net-link-3', 'net.read.far', '60–150'],
  ['net-link-4', 'net.read.very', '> 150'],
];

export function Legend(props: { say: Say; model: NetModel; owner: boolean }) {
  const { say } = props;
  const arc = (cls: string) => (
    <svg viewBox="0 0 36 12" width={36} height={12} class={cls} aria-hidden="true">
      <path class="net-line" d="M2 9A34 34 0 0 1 34 9" />
    </svg>
  );
  return (
    <section class="net-legend">
      <h2>{say.t('net.read')}</h2>
      <ul>
        {LEGEND.map(([cls, word, range], i) => (
          <li key={word}>
            {arc(`net-link ${cls}`)}
            <span>{say.t(word)}</span>
            <span class="net-took">{i % 3 === 0 ? say.t('net.ms', { n: range }) : range}</span>
          </li>
        ))}
        {props.owner && (
          <>
            <li>
              <svg viewBox="0 0 36 12" width={36} height={12} aria-hidden="true"><path class="net-step" d="M2 9A34 34 0 0 1 34 9" /></svg>
              <span>{say.t('net.read.lookup')}</span>
            </li>
            <li>
              <svg viewBox="0 0 36 12" width={36} height={12} aria-hidden="true"><path class="net-named" d="M2 9A34 34 0 0 1 34 9" /></svg>
              <span>{say.t('net.read.named')}</span>
            </li>
            <li>
              <svg viewBox="0 0 36 12" width={36} height={12} aria-hidden="true"><path class="net-box" d="M18 1l5 5l-5 5l-5 -5z" /></svg>
              <span>{say.t('net.read.box')}</span>
            </li>
          </>
        )}
        <li>
          <svg viewBox="0 0 36 12" width={36} height={12} aria-hidden="true"><path class="net-arch net-arch-legend" d="M3 11A17 17 0 0 1 33 11" /></svg>
          <span>{say.t('net.read.arch')}</span>
          {props.model.count >= 16 && <span class="net-took">{say.number(Math.round(props.model.count / 2))}</span>}
        </li>
      </ul>
    </section>
  );
}

function upFor(s: number, say: Say): string {
  const days = Math.floor(s / 86400);
  return days >= 2
    ? say.t('net.days', { n: days })
    : say.t('net.hours', { h: Math.floor(s / 3600), m: Math.floor(s / 60) % 60 });
}

/** What the node is and does for others: what its page has always said. */
export function ThisNode(props: { say: Say; reading: Reading; model: NetModel }) {
  const { say, reading } = props;
  const s = reading.status;
  const rows: [NetWord, string][] = [
    ['net.fact.reached', say.t(`net.reached.${s.reached}` as NetWord)],
    ['net.fact.keys', say.t(s.server ? 'net.fact.keys.yes' : 'net.fact.keys.no')],
    ['net.fact.keeps', say.t('net.fact.keeps.text', { n: whole(s.records), bytes: say.bytes(whole(s.record_bytes)) })],
    ['net.fact.blocks', say.t('net.fact.blocks.text', { own: s.blocks_own, held: s.blocks_held, bytes: say.bytes(whole(s.block_bytes)) })],
  ];
  const taken = props.model.hops.map((n, hops) => (n ? `${say.number(hops)}:\u00a0${say.number(n)}` : '')).filter(Boolean);
  if (taken.length)
    rows.push(['net.fact.hops', say.t('net.fact.hops.most', { list: taken.join(' · '), n: s.hops_max })]);
  if (reading.give) {
    const now = reading.give.months[0];
    const used = now ? whole(now.small) + whole(now.bulk) + whole(now.turn) : 0;
    rows.push([
      'net.fact.gives',
      reading.give.metered
        ? say.t('net.fact.gives.metered')
        : say.t('net.fact.gives.text', { used: say.bytes(used), month: say.bytes(whole(reading.give.month)) }),
    ]);
    rows.push(['net.fact.circuits', say.t('net.fact.circuits.text', { n: reading.give.small + reading.give.bulk })]);
  }
  if (reading.guard)
    rows.push([
      'net.fact.guard',
      reading.guard.load < 0.5
        ? say.t('net.fact.guard.calm')
        : say.t('net.fact.guard.busy', { n: `${say.number(100 * reading.guard.load)} %` }),
    ]);
  if (reading.sites?.length)
    rows.push(['net.fact.sites', reading.sites.map((x) => x.label || shortId(x.root ?? '')).join(', ')]);
  rows.push(
    ['net.fact.traffic', say.t('net.fact.traffic.text', { down: say.bytes(whole(s.received)), up: say.bytes(whole(s.sent)) })],
    ['net.fact.memory', say.bytes(whole(s.rss))],
    ['net.fact.up', upFor(whole(s.uptime_s), say)],
    ['net.fact.version', s.version],
  );
  return (
    <section class="net-this">
      <h2>{say.t('net.this')}</h2>
      <dl>
        {rows.map(([word, text]) => (
          <div key={word}>
            <dt>{say.t(word)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
