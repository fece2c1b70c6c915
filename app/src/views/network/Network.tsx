// The network view: live picture and figures, one reading a second at most. The same in the app and,
// alone, as the node's page (docs/spec/app-network.md UI-61..65).
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { modelOf, rates, shortId, whole } from '../../net/model.ts';
import type { NetContact, NetSource, Reading } from '../../net/source.ts';
import { Disk } from './Disk.tsx';
import { Figures, Legend, Lookups, ThisNode, stateOf } from './Facts.tsx';
import { Tables } from './Table.tsx';
import { sayIn, type Lang } from './say.ts';

const EACH = 1000; // ms between readings, at least
const QUIET = 2000; // and at most, while it is looked at
const SHOWN = 6000; // a lookup that nobody chose

export interface NetworkProps {
  source: NetSource;
  lang: Lang;
  contacts?: NetContact[];
  invite?: () => void;
  /** Below the figures; above the title. */
  children?: ComponentChildren;
  head?: ComponentChildren;
}

interface Live {
  reading?: Reading;
  gone: boolean;
  rate: { up: number; down: number };
}

/** Readings as they come: when something happened, and now and then, while the page is seen. */
function useReadings(source: NetSource): Live {
  const [live, set] = useState<Live>({ gone: false, rate: { up: 0, down: 0 } });
  useEffect(() => {
    let last: { at: number; sent: number; received: number } | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let running = false;
    let begun = 0;
    let over = false;
    const later = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(run, ms);
    };
    async function run(): Promise<void> {
      if (running || over) return;
      if (document.hidden) return later(QUIET);
      running = true;
      begun = Date.now();
      try {
        const reading = await source.read();
        const now = { at: Date.now(), sent: whole(reading.status.sent), received: whole(reading.status.received) };
        const rate = rates(last, now);
        last = now;
        if (!over) set({ reading, gone: false, rate });
      } catch {
        if (!over) set((before) => ({ ...before, gone: true }));
      }
      running = false;
      later(QUIET);
    }
    void run();
    const end = source.listen(() => later(Math.max(0, begun + EACH - Date.now())));
    const seen = () => !document.hidden && later(0);
    document.addEventListener('visibilitychange', seen);
    return () => {
      over = true;
      clearTimeout(timer);
      end();
      document.removeEventListener('visibilitychange', seen);
    };
  }, [source]);
  return live;
}

/** Its width, and how high a disk may be. */
function useSize() {
  const box = useRef<HTMLDivElement>(null);
  const [size, set] = useState({ width: 0, tall: 0, em: 1 });
  useEffect(() => {
    const look = () => {
      const width = Math.floor(box.current?.clientWidth ?? 0);
      const tall = Math.max(260, window.innerHeight - 190);
      const em = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
      set((s) => (s.width === width && s.tall === tall && s.em === em ? s : { width, tall, em }));
    };
    look();
    const watch = new ResizeObserver(look);
    if (box.current) watch.observe(box.current);
    window.addEventListener('resize', look);
    return () => {
      watch.disconnect();
      window.removeEventListener('resize', look);
    };
  }, []);
  return { box, ...size };
}

/** The lookup that is shown: the chosen one, else the newest while it is fresh. */
function useShown(ops: string[]) {
  const [chosen, choose] = useState<string>();
  const [, again] = useState(0);
  const seen = useRef<Map<string, number>>();
  const now = Date.now();
  if (ops.length || seen.current) {
    const first = !seen.current;
    const map = (seen.current ??= new Map<string, number>());
    for (const op of ops) if (!map.has(op)) map.set(op, first ? 0 : now);
    for (const op of map.keys()) if (!ops.includes(op)) map.delete(op);
  }
  const newest = ops[0];
  const fresh = newest !== undefined && now - (seen.current?.get(newest) ?? 0) < SHOWN ? newest : undefined;
  useEffect(() => {
    if (fresh === undefined) return;
    const timer = setTimeout(() => again((n) => n + 1), SHOWN + 50);
    return () => clearTimeout(timer);
  }, [fresh]);
  const kept = chosen !== undefined && ops.includes(chosen);
  return { shown: kept ? chosen : fresh, kept, chosen, choose: (op: string) => choose(op === chosen ? undefined : op) };
}

function Waiting() {
  const [late, set] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => set(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return late ? (
    <div class="net-waiting" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  ) : null;
}

export function Network(props: NetworkProps) {
  const say = sayIn(props.lang);
  const live = useReadings(props.source);
  const { box, width, tall, em } = useSize();
  const [picked, pick] = useState<string>();
  const model = useMemo(() => (live.reading ? modelOf(live.reading) : undefined), [live.reading]);
  const shown = useShown(model?.lookups.map((l) => l.op) ?? []);
  const lookup = model?.lookups.find((l) => l.op === shown.shown);
  const owner = live.reading?.peers !== undefined;
  const state = live.gone
    ? { text: say.t('net.state.gone'), how: 'bad' as const }
    : live.reading
      ? stateOf(live.reading.status, say, model?.count ?? 1)
      : undefined;
  const link = model?.links.find((l) => l.id === picked);

  const keys = (e: KeyboardEvent) => {
    const links = model?.links ?? [];
    const step = { ArrowRight: -1, ArrowUp: -1, ArrowLeft: 1, ArrowDown: 1 }[e.key];
    if (e.key === 'Escape') pick(undefined);
    else if (step && links.length) {
      const i = links.findIndex((l) => l.id === picked);
      pick(links[i < 0 ? (step > 0 ? 0 : links.length - 1) : (i + step + links.length) % links.length]!.id);
      e.preventDefault();
    }
  };

  return (
    <div class="net">
      <div class="net-main">
        {props.head}
        <header class="net-head">
          <h1>{say.t('net.title')}</h1>
          {state && (
            <p class={`net-state net-state-${state.how}`} role="status">
              <span class="net-state-mark" aria-hidden="true" />
              {state.text}
            </p>
          )}
        </header>
        <div class="net-picture" ref={box}>
          {model && width > 0 && (
            <div class="net-keys" role="group" tabIndex={0} aria-label={say.t('net.picture')} onKeyDown={keys} onBlur={() => pick(undefined)}>
              <Disk
                say={say}
                model={model}
                width={width}
                tall={tall}
                em={em}
                contacts={props.contacts ?? []}
                lookup={lookup}
                kept={shown.kept}
                picked={picked}
                pick={pick}
              />
            </div>
          )}
          {!model && !live.gone && <Waiting />}
          <p class="unseen" aria-live="polite">
            {link &&
              `${say.t('net.tip.node', { id: shortId(link.id) })}, ${say.ms(link.ms)}, ${
                link.indirect ? say.t('net.tip.through', { why: say.why(link) }) : say.t('net.tip.direct')
              }`}
          </p>
        </div>
        {model && owner && <Tables say={say} model={model} lookup={lookup} />}
      </div>
      <aside class="net-aside">
        {model && live.reading && (
          <>
            <Figures say={say} reading={live.reading} model={model} rate={live.rate} />
            {owner && <Lookups say={say} lookups={model.lookups} chosen={shown.kept ? shown.chosen : undefined} choose={shown.choose} />}
            {props.invite && model.count <= 8 && (
              <section class="net-small">
                <h2>{say.t('net.small')}</h2>
                <p>{say.t('net.small.text')}</p>
                <button type="button" class="net-button" onClick={props.invite}>{say.t('net.invite')}</button>
              </section>
            )}
            {props.children}
            <Legend say={say} model={model} owner={owner} />
            <ThisNode say={say} reading={live.reading} model={model} />
          </>
        )}
      </aside>
    </div>
  );
}
