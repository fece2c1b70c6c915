// The Poincaré disk: this node at the bottom, arches over it, links, one lookup, contacts' faces.
// All in pixels of the pane, so that texts keep their size. Attributes and classes alone.
import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { FaceMarks } from '../../look/face.tsx';
import { at, fold, geodesicTo, num, type Point } from '../../net/disk.ts';
import {
  arches, bracket, shortId,
  type NetBox, type NetLink, type NetLookup, type NetModel, type NetStep,
} from '../../net/model.ts';
import type { NetContact } from '../../net/source.ts';
import type { Say } from './say.ts';

const TURN = 2 * Math.PI;
const BOTTOM = TURN / 4;
const DRAW_LEAST = 120; // ms

export interface DiskProps {
  say: Say;
  model: NetModel;
  width: number;
  /** Of the disk, at most. */
  tall: number;
  /** Text's size, of 16 px. */
  em: number;
  contacts: NetContact[];
  lookup: NetLookup | undefined;
  /** It stays because it was chosen. */
  kept: boolean;
  /** Of links, by id. */
  picked: string | undefined;
  pick: (id: string | undefined) => void;
}

/** Where things are: the middle, the radius, and points by angle and part of the radius. */
class Place {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  /** Text's size, of 16 px. */
  readonly em: number;
  constructor(x: number, y: number, r: number, em: number) {
    this.em = em;
    this.x = x;
    this.y = y;
    this.r = r;
  }
  at(angle: number, part = 1): Point {
    const [x, y] = at(angle, part);
    return [this.x + this.r * x, this.y + this.r * y];
  }
  /** A geodesic between two points of the unit disk. */
  arc(p: Point, q: Point): string {
    const scaled = geodesicTo(p, q, 5).replace(/^A(\S+) \S+ 0 0 (\d) .*/, (_, r: string, sweep: string) => {
      const px = num(Number(r) * this.r, 1);
      return `A${px} ${px} 0 0 ${sweep} `;
    });
    const [px, py] = [this.x + this.r * p[0], this.y + this.r * p[1]];
    const [qx, qy] = [this.x + this.r * q[0], this.y + this.r * q[1]];
    return `M${num(px, 1)} ${num(py, 1)}${scaled.startsWith('A') ? scaled : 'L'}${num(qx, 1)} ${num(qy, 1)}`;
  }
  rim(from: number, to: number, part: number): string {
    const [ax, ay] = this.at(from, part);
    const [bx, by] = this.at(to, part);
    const r = num(this.r * part, 1);
    return `M${num(ax, 1)} ${num(ay, 1)}A${r} ${r} 0 ${to - from > Math.PI ? 1 : 0} 1 ${num(bx, 1)} ${num(by, 1)}`;
  }
}

const diamond = ([x, y]: Point, r: number) =>
  `M${num(x, 1)} ${num(y - r, 1)}l${r} ${r}l-${r} ${r}l-${r} -${r}z`;

/** A word outside the rim, on its side, kept inside the picture. */
function Label(props: {
  place: Place; angle: number; part: number; off: number; width: number; class: string; text: string;
}) {
  const { place, angle, width, text } = props;
  const [x, y] = place.at(angle, props.part);
  const c = Math.cos(angle);
  const side = c > 0.35 ? 1 : c < -0.35 ? -1 : 0;
  const wide = text.length * 8.2 * place.em;
  let left = side === 0 ? x - wide / 2 : side > 0 ? x + props.off : x - props.off - wide;
  let down = y + 4 * place.em + (side === 0 ? Math.sign(Math.sin(angle)) * (props.off + 4 * place.em) : 0);
  if (left < 4 || left + wide > width - 4) {
    left = Math.max(4, Math.min(width - 4 - wide, left));
    if (side !== 0) down += (Math.sin(angle) < 0 ? -1 : 1) * (props.off + 6 * place.em);
  }
  return side > 0 ? (
    <text class={props.class} x={num(left, 1)} y={num(down, 1)}>{text}</text>
  ) : side < 0 ? (
    <text class={props.class} x={num(left + wide, 1)} y={num(down, 1)} text-anchor="end">{text}</text>
  ) : (
    <text class={props.class} x={num(left + wide / 2, 1)} y={num(down, 1)} text-anchor="middle">{text}</text>
  );
}

/** Drawn as long as it took: the path grows, once. */
function Drawn(props: { d: string; class: string; opacity: number; after: number; took: number; still: boolean }) {
  const path = useRef<SVGPathElement>(null);
  useEffect(() => {
    const still = props.still || matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (still || !path.current?.animate) return;
    const grow = path.current.animate([{ strokeDashoffset: 1 }, { strokeDashoffset: 0 }], {
      delay: props.after,
      duration: Math.max(DRAW_LEAST, props.took),
      easing: 'cubic-bezier(.2,0,0,1)',
      fill: 'backwards',
    });
    return () => grow.cancel();
  }, []);
  return <path ref={path} class={props.class} d={props.d} opacity={props.opacity} pathLength={1} />;
}

interface Cluster {
  x: number;
  y: number;
  steps: NetStep[];
}

/** Numbers that would lie on each other are one pill. */
function clusters(steps: NetStep[], place: Place, part: number): Cluster[] {
  const out: Cluster[] = [];
  for (const step of steps) {
    const [x, y] = place.at(step.angle, part);
    const near = out.find((c) => Math.hypot(c.x - x, c.y - y) < 20 * place.em);
    if (near) near.steps.push(step);
    else out.push({ x, y, steps: [step] });
  }
  return out;
}

function numbersOf(steps: NetStep[]): string {
  const first = steps[0]!.number;
  const last = steps[steps.length - 1]!.number;
  if (steps.length === 1) return String(first);
  return last - first === steps.length - 1 ? `${first}–${last}` : `${first}…${last}`;
}

function Lookup(props: { l: NetLookup; place: Place; part: number; width: number; kept: boolean; small: boolean }) {
  const { l, place, part } = props;
  const you = at(BOTTOM, part);
  const ends = props.small ? null : bracket(l.angle, l.holders);
  const where = new Map(l.steps.map((s) => [s.number, at(s.angle, part)]));
  return (
    <g class={props.kept ? 'net-lookup' : 'net-lookup net-fading'}>
      {l.steps.map((s) => (
        <Drawn
          key={s.id}
          class={s.ok ? 'net-step' : 'net-step net-step-none'}
          d={place.arc(you, at(s.angle, part))}
          opacity={0.45 + (0.55 * s.number) / l.steps.length}
          after={s.atMs}
          took={s.ms}
          still={props.kept}
        />
      ))}
      {l.steps.map((s) => {
        const by = where.get(s.by);
        return by && <path key={`n${s.id}`} class="net-named" d={place.arc(by, at(s.angle, part))} />;
      })}
      {ends && <path class="net-bracket" d={place.rim(ends[0], ends[1], 1 + 16 / place.r)} />}
      <path class="net-key" d={diamond(place.at(l.angle, 1 + 16 / place.r), 6)} />
      <Label place={place} angle={l.angle} part={1 + 16 / place.r} off={13} width={props.width} class="net-key-name" text={shortId(l.key)} />
      {clusters(l.steps, place, part).map((c) => {
        const text = numbersOf(c.steps);
        const tall = 9 * place.em;
        const half = text.length > 1 ? (4 + text.length * 3.6) * place.em : tall;
        return (
          <g key={text}>
            <rect class="net-number" x={num(c.x - half, 1)} y={num(c.y - tall, 1)} width={num(2 * half, 1)} height={num(2 * tall, 1)} rx={tall} />
            <text class="net-number-text" x={num(c.x, 1)} y={num(c.y + 4 * place.em, 1)} text-anchor="middle">{text}</text>
          </g>
        );
      })}
    </g>
  );
}

function Box(props: { box: NetBox; place: Place; width: number; name: string; small: boolean }) {
  const { box, place } = props;
  const ends = props.small ? null : bracket(box.angle, box.holders);
  const part = 1 + 16 / place.r;
  return (
    <g>
      {ends && <path class="net-bracket net-bracket-box" d={place.rim(ends[0], ends[1], part)} />}
      <path class="net-box" d={diamond(place.at(box.angle, part), 6)} />
      {props.name && (
        <Label place={place} angle={box.angle} part={part} off={13} width={props.width} class="net-key-name net-box-name" text={props.name} />
      )}
    </g>
  );
}

function Link(props: { link: NetLink; place: Place; part: number; picked: boolean; pick: DiskProps['pick'] }) {
  const { link, place, part } = props;
  const d = place.arc(at(BOTTOM, part), at(link.angle, part));
  const [x, y] = place.at(link.angle, part);
  return (
    <g
      class={`net-link net-link-${link.cls}${props.picked ? ' net-picked' : ''}`}
      onPointerEnter={() => props.pick(link.id)}
      onPointerLeave={() => props.pick(undefined)}
    >
      <path class="net-touch" d={d} />
      <path class="net-line" d={d} />
      <circle class="net-end" cx={num(x, 1)} cy={num(y, 1)} r={props.picked ? 6 : 3.5} />
    </g>
  );
}

function Tip(props: { link: NetLink; place: Place; part: number; width: number; say: Say }) {
  const { link, place, say } = props;
  const [x, y] = place.at(link.angle, props.part);
  const wide = Math.min(236, props.width - 16);
  const left = Math.max(8, Math.min(props.width - wide - 8, x > place.x ? x - wide - 14 : x + 14));
  const top = Math.max(4, Math.min(place.y + place.r - 96, y - 104));
  return (
    <foreignObject x={num(left, 1)} y={num(top, 1)} width={wide} height={100} class={x > place.x ? 'net-tip net-tip-right' : 'net-tip'}>
      <div class="net-tip-box">
        <b>{say.t('net.tip.node', { id: shortId(link.id) })}</b>
        <span>
          {say.ms(link.ms)} · {link.indirect ? say.t('net.tip.through', { why: say.why(link) }) : say.t('net.tip.direct')}
        </span>
        {link.leaf && <span>{say.t('net.tip.ring')}</span>}
      </div>
    </foreignObject>
  );
}

/** Faces on the nodes where there are few: a contact's own, else the node key's. */
function NodeFace(props: { x: number; y: number; r: number; of: Uint8Array; name?: string | undefined; angle: number; place: Place; width: number }) {
  return (
    <g>
      <g transform={`translate(${num(props.x, 1)} ${num(props.y, 1)}) scale(${props.r})`}>
        <FaceMarks of={props.of} size={2 * props.r} />
      </g>
      {props.name && (
        <Label place={props.place} angle={props.angle} part={1} off={16} width={props.width} class="net-name" text={props.name} />
      )}
    </g>
  );
}

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (h) => Number.parseInt(h, 16));

export function Disk(props: DiskProps) {
  const { model, say, width, em } = props;
  const narrow = width < 560 * Math.sqrt(em);
  const side = narrow ? 22 : props.contacts.length || model.boxes.length || model.draw !== 'faces' ? 128 : 72;
  const r = Math.max(80, Math.min((width - 2 * side) / 2, props.tall / 2));
  const top = (narrow ? 44 : props.contacts.length ? 68 : 52) + 20 * (em - 1);
  const place = new Place(width / 2, top + r, r, em);
  const height = Math.round(2 * r + top + 40 * em);
  const part = model.draw === 'faces' ? 0.93 : 0.985;
  const [youX, youY] = place.at(BOTTOM, part);
  const picked = model.links.find((l) => l.id === props.picked);
  const faceR = narrow ? 13 : 18;
  const byNode = new Map(props.contacts.flatMap((c) => c.nodes.map((n) => [n, c] as const)));
  const small = model.count <= 8;

  const outside = props.contacts.flatMap((c) => {
    if (model.draw === 'faces') return [];
    const angle = c.nodes.map((n) => model.places.get(n)).find((a) => a !== undefined);
    return angle === undefined ? [] : [{ c, angle }];
  });
  const keys = [
    ...model.links.map((l) => ({ id: l.id, key: l.key, angle: l.angle })),
    ...model.others.flatMap((o) => (o.key ? [{ id: o.id, key: o.key, angle: o.angle }] : [])),
  ];

  return (
    <svg class="net-disk" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <circle class="net-ground" cx={place.x} cy={place.y} r={r} />
      {arches(model.count, r).map(({ half, nodes }) => {
        const [lx, ly] = place.at(BOTTOM - half, 1);
        const inside = narrow && half > 1.5;
        return (
          <Fragment key={half}>
            <path class="net-arch" d={place.arc(at(BOTTOM - half, 0.9999), at(BOTTOM + half, 0.9999))} />
            {nodes > 0 && (
              <text
                class="net-count"
                x={num(inside ? lx - 6 : lx + 26 * Math.sin(half), 1)}
                y={num(inside ? ly - 6 : ly + 4 * em + 22 * Math.cos(half), 1)}
                text-anchor={inside ? 'end' : 'start'}
              >
                {say.number(nodes)}
              </text>
            )}
          </Fragment>
        );
      })}
      {model.ticks.map((part360, i) => {
        if (!part360) return null;
        const angle = fold(BOTTOM + ((i + 0.5) / model.ticks.length) * TURN);
        const [x1, y1] = place.at(angle, 1);
        const [x2, y2] = place.at(angle, 1 - (4 + 8 * part360) / 330);
        return <line key={i} class="net-tick" x1={num(x1, 1)} y1={num(y1, 1)} x2={num(x2, 1)} y2={num(y2, 1)} />;
      })}
      {model.draw === 'dots' &&
        model.others.map((o) => {
          const [x, y] = place.at(o.angle, part);
          return <circle key={o.id} class="net-dot" cx={num(x, 1)} cy={num(y, 1)} r={narrow ? 1.6 : 2.4} />;
        })}
      <circle class="net-rim" cx={place.x} cy={place.y} r={r} />
      {model.links.map((l) => (
        <Link key={l.id} link={l} place={place} part={part} picked={l.id === props.picked} pick={props.pick} />
      ))}
      {picked && <Link key="picked" link={picked} place={place} part={part} picked pick={props.pick} />}
      {props.lookup && (
        <Lookup key={props.lookup.op} l={props.lookup} place={place} part={part} width={width} kept={props.kept} small={small} />
      )}
      {model.draw === 'faces' &&
        keys.map((k) => {
          if (props.lookup?.steps.some((s) => s.id === k.id)) return null; // its number stands there
          const [x, y] = place.at(k.angle, part);
          const c = byNode.get(k.key);
          return (
            <NodeFace key={k.key} x={x} y={y} r={faceR} of={c ? c.key : bytesOf(k.key)} name={narrow ? undefined : (c?.name ?? shortId(k.id))} angle={k.angle} place={place} width={width} />
          );
        })}
      {outside.map(({ c, angle }) => {
        const far = 1 + (14 + faceR * 0.8) / r;
        const [x, y] = place.at(angle, far);
        const [ax, ay] = place.at(angle, 1.005);
        const [bx, by] = place.at(angle, 1 + 14 / r);
        return (
          <g key={c.name}>
            <line class="net-stalk" x1={num(ax, 1)} y1={num(ay, 1)} x2={num(bx, 1)} y2={num(by, 1)} />
            <g transform={`translate(${num(x, 1)} ${num(y, 1)}) scale(${narrow ? 10 : 14})`}>
              <FaceMarks of={c.key} size={narrow ? 20 : 28} />
            </g>
            {!narrow && <Label place={place} angle={angle} part={far} off={20} width={width} class="net-name" text={c.name} />}
          </g>
        );
      })}
      {model.boxes.map((b, i) => (
        <Box key={b.box + b.angle} box={b} place={place} width={width} name={i === 0 ? say.t('net.box') : ''} small={small} />
      ))}
      <circle class="net-halo" cx={num(youX, 1)} cy={num(youY, 1)} r={narrow ? 11 : 16} />
      <circle class="net-you" cx={num(youX, 1)} cy={num(youY, 1)} r={narrow ? 5 : 7} />
      <text class="net-you-name" x={num(place.x, 1)} y={num(place.y + r + 10 + 14 * em, 1)} text-anchor="middle">{say.t('net.you')}</text>
      {picked && <Tip link={picked} place={place} part={part} width={width} say={say} />}
    </svg>
  );
}
