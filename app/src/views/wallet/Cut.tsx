// What stands in the way, in words and as a picture; the ways out, each a button.
import { useEffect, useRef, useState } from 'preact/hooks';
import { WalletWayKind, type WalletCut, type WalletWay } from '../../wire/generated/frames.ts';
import { Icon } from '../../look/icons.tsx';
import { Button, toast } from '../../look/parts.tsx';
import { go } from '../../router.ts';
import { setDraft } from '../../store/history.ts';
import { byPid, me } from '../../store/state.ts';
import { compare } from './amount.ts';
import { cutGraph } from './cut.ts';
import { bare, causeWords, money, w, whoIs } from './say.ts';
import { WhoMark } from './Who.tsx';

export interface Blocked {
  hub: string;
  peer: string;
  name: string;
  amount: string;
  equivalent: string;
  note: string;
  most: string;
  missing: string;
  cut: readonly WalletCut[];
  ways: readonly WalletWay[];
  elsewhere: number;
}

function CutPicture({ of }: { of: Blocked }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const el = box.current;
    if (!el) return undefined;
    const look = () => setWidth(Math.max(260, Math.floor(el.clientWidth)));
    const watch = new ResizeObserver(look);
    watch.observe(el);
    look();
    return () => watch.disconnect();
  }, []);
  const own = me.value?.pid ?? '';
  const g = width > 0 && cutGraph(of.cut, { me: own, payee: of.peer, payeeName: of.name, amount: of.amount }, width);
  const whole = g && of.cut.length > 0 && of.elsewhere === 0 && (!of.most || compare(g.sum, of.most) === 0);
  const spoken = of.cut.map((c) =>
    w('cut-line', {
      from: whoIs(c.debtor, c.debtor_name),
      to: whoIs(c.owner, c.owner_name),
      cause: causeWords(c.cause),
      amount: bare(c.available),
    }),
  );
  return (
    <>
      <div class="w-cut" ref={box}>
        {g && (
          <svg width={width} height={g.height} viewBox={`0 0 ${width} ${g.height}`} role="img" aria-label={w('cut-picture', { name: whoIs(of.peer, of.name) })}>
            <path class="w-cut-far" d={g.far} />
            {g.edges.map((e) => (
              <path class={e.width ? 'w-cut-edge' : 'w-cut-unknown'} d={e.d} stroke-width={e.width || 1.5} />
            ))}
            <path class="w-cut-line" d={g.cut} />
            {g.edges.map(
              (e) =>
                e.width > 0 && (
                  <g transform={`translate(${e.x} ${e.y})`}>
                    <rect class="w-cut-pill" x={-6 - 4.2 * bare(e.available).length} y="-13" width={12 + 8.4 * bare(e.available).length} height="26" rx="13" />
                    <text class="w-cut-figure" text-anchor="middle" y="5">
                      {bare(e.available)}
                    </text>
                  </g>
                ),
            )}
            {g.nodes.map((n) => (
              <>
                <WhoMark pid={n.pid} x={n.x} y={n.y} size={40} />
                <text class="w-cut-name" text-anchor="middle" x={n.x} y={n.y + 40}>
                  {short(whoIs(n.pid, n.name))}
                </text>
              </>
            ))}
            {whole && (
              <text class="w-cut-sum" text-anchor="end" x={width - 12} y={g.height - 10}>
                {w('cut-sum', { sum: of.cut.map((c) => bare(c.available)).join(' + ') + (of.cut.length > 1 ? ` = ${bare(g.sum)}` : '') })}
              </text>
            )}
          </svg>
        )}
      </div>
      {spoken.length > 0 ? (
        <ul class="second">
          {spoken.map((s) => (
            <li>{s}</li>
          ))}
        </ul>
      ) : (
        <p class="second">{w('cut-other')}</p>
      )}
      {of.elsewhere > 0 && <p class="second">{w('elsewhere', { n: of.elsewhere })}</p>}
    </>
  );
}

const short = (name: string): string => (name.length > 12 ? name.slice(0, 11) + '…' : name);

/** Somebody is asked in words: into the chat's draft, or copied. */
export function askThem(pid: string, text: string): void {
  const person = byPid(pid);
  if (person) {
    setDraft(person.pid, text);
    go('chat', person.pid);
    toast(w('asked'));
  } else void navigator.clipboard.writeText(text).then(() => toast(w('copied-ask')), () => undefined);
}

interface Way {
  title: string;
  text: string;
  button: string;
  run: () => void;
}

function wayOf(of: Blocked, way: WalletWay, again: (amount: string) => void): Way {
  const amount = way.amount ? money(way.amount, of.equivalent, of.hub) : '';
  const name = whoIs(way.who, way.name);
  const other = whoIs(way.other, way.other_name);
  const sum = money(of.amount, of.equivalent, of.hub);
  switch (way.kind) {
    case WalletWayKind.Less:
      return { title: w('way-less', { amount }), text: w('way-less-text'), button: w('way-less-do', { amount }), run: () => again(way.amount) };
    case WalletWayKind.AskRaise:
      return {
        title: way.other === me.value?.pid ? w('way-ask-you', { name, amount }) : w('way-ask', { name, other, amount }),
        text: w('way-ask-text'),
        button: w('way-ask-do', { name }),
        run: () => askThem(way.who, w('way-ask-message', { payee: whoIs(of.peer, of.name), sum, other: way.other === me.value?.pid ? (me.value?.name ?? '') : other, amount })),
      };
    case WalletWayKind.Raise:
      return { title: w('way-raise', { other, amount }), text: w('way-raise-text'), button: w('way-raise-do'), run: () => go('wallet', `trust:${way.other}`) };
    case WalletWayKind.Line:
      return { title: w('way-line', { name }), text: w('way-line-text'), button: w('way-line-do', { name }), run: () => askThem(way.who, w('way-line-message', { sum })) };
    default:
      return { title: w('way-wait'), text: w('way-wait-text'), button: w('way-wait-do'), run: () => go('wallet') };
  }
}

/** `taken`: something was signed before; it was not taken all the same. */
export function NotThrough(props: { of: Blocked; signed: boolean; again: (amount: string) => void }) {
  const { of } = props;
  return (
    <div class="w-failed" role="alert">
      <p class="w-bad">
        <Icon name="warn" />
        <span>{w(props.signed ? 'nothing' : 'cannot')}</span>
      </p>
      <h1 class="w-sum">
        {w('sum-to', { sum: money(of.amount, of.equivalent, of.hub), name: whoIs(of.peer, of.name) })}
      </h1>
      <p class="lead second">
        {of.most && of.missing && compare(of.most, '0') > 0
          ? w('can-arrive', { most: money(of.most, of.equivalent, of.hub), missing: money(of.missing, of.equivalent, of.hub) })
          : of.most
            ? w('none-arrives')
            : ''}{' '}
        {w(props.signed ? 'not-taken' : 'not-signed')}
      </p>
      <CutPicture of={of} />
      {of.ways.length > 0 && (
        <section class="w-ways">
          <h2>{w('helps')}</h2>
          <ul>
            {of.ways.slice(0, 3).map((x) => {
              const way = wayOf(of, x, props.again);
              return (
                <li>
                  <span>
                    <span class="w-way">{way.title}</span>
                    <span class="second">{way.text}</span>
                  </span>
                  <Button onClick={way.run}>{way.button}</Button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </div>
  );
}
