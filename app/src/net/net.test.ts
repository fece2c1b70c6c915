// The rules of docs/spec/app-network.md: places and arches (UI-61), links (UI-62), lookups (UI-63), what
// may not be known (UI-66).
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fold, geodesic, geodesicLength, ideal, mirror, at, cap, sector, num } from './disk.ts';
import { arches, bracket, linkClass, lookupOf, modelOf, nodesOf, pictureAngle, rates, shortId, turnOf, turnOfAngle } from './model.ts';
import type { RawLookup } from './source.ts';
import { reasons } from '../words/reasons.ts';
import { netEn } from '../words/net.en.ts';
import { netRu } from '../words/net.ru.ts';
import { sayIn } from '../views/network/say.ts';
import { stateOf } from '../views/network/Facts.tsx';
import { fake } from '../../test/net-fake.ts';

const TURN = 2 * Math.PI;
const near = (a: number, b: number, by = 1e-9) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);
const apart = (a: number, b: number) => Math.abs(fold(a - b + Math.PI) - Math.PI);

/** Middle and radius of an SVG arc, by chord and radius, on the side the flags say. */
function circleOf(d: string): { x: number; y: number; r: number } {
  const [, px, py, r, , sweep, qx, qy] = /^M(\S+) (\S+)A(\S+) \S+ 0 (\d) (\d) (\S+) (\S+)$/.exec(d)!.map(Number);
  const dx = qx! - px!, dy = qy! - py!, chord = Math.hypot(dx, dy);
  const h = Math.sqrt(Math.max(0, r! * r! - (chord * chord) / 4)) * (sweep ? 1 : -1);
  return { x: (px! + qx!) / 2 - (h * dy) / chord, y: (py! + qy!) / 2 + (h * dx) / chord, r: r! };
}

test('a geodesic is an arc that meets the rim at right angles', () => {
  for (const [a, b, ra, rb] of [[0.3, 2.2, 0.985, 0.985], [5.9, 0.4, 0.93, 0.5], [3, 1, 1, 1], [1, 4, 0.7, 0.9]] as const) {
    const c = circleOf(geodesic(at(a, ra), at(b, rb), 9));
    near(c.x * c.x + c.y * c.y, 1 + c.r * c.r, 1e-5); // orthogonal to the unit circle
  }
  assert.match(geodesic(at(0), at(Math.PI)), /^M1 0L-1 0$/);
  near(geodesicLength(at(0), at(Math.PI)), 2);
  near(geodesicLength(at(0), at(Math.PI / 2)), Math.PI / 2, 1e-6); // radius 1, a quarter
});

test('a mirror image is the inversion in the side, also in a diameter', () => {
  near(apart(mirror(Math.PI / 2, 0, Math.PI), -Math.PI / 2), 0);
  const [p, q, z] = [0.2, 1.4, 4];
  const m = mirror(z, p, q);
  near(apart(mirror(m, p, q), z), 0);
  near(apart(mirror(p, p, q), p), 0);
  assert.ok(apart(m, 0.8) < 0.6, 'it lies behind the side');
});

test('shapes of faces close', () => {
  assert.match(ideal([0, 2, 4]), /^M.*z$/);
  assert.match(cap(0, 2, 2), /A1 1 0 1 0 .*z$/);
  assert.match(cap(0, 1, 1), /A1 1 0 0 0 .*z$/);
  assert.match(sector(0, 0.3), /^M0 0L.*A1 1 0 0 1 .*z$/);
  assert.equal(num(-0.0001), '0');
});

test('this node is at the bottom, and nobody moves', () => {
  const self = turnOf('c000000000000000');
  near(self, 0.75);
  near(pictureAngle(self, self), TURN / 4);
  near(pictureAngle(turnOf('4000000000000000'), self), (3 / 4) * TURN); // the antipode: at the top
  near(turnOfAngle('13835058055282163712'), 0.75);
  near(turnOfAngle(0n), 0);
});

test('links have their class by round trip, and none before it is measured', () => {
  assert.deepEqual([0, 0.4, 19.9, 20, 59, 60, 149, 150, 900].map(linkClass), [0, 1, 1, 2, 2, 3, 3, 4, 4]);
});

test('under arch k lie N / 2^k nodes, and small counts are not said', () => {
  const a = arches(267, 330);
  assert.deepEqual(a.filter((x) => x.nodes).map((x) => x.nodes), [134, 67, 33, 17, 8]);
  near(a[0]!.half, Math.PI / 2);
  assert.deepEqual(arches(5, 330).map((x) => x.nodes), [0, 0]);
  assert.deepEqual(arches(10000, 140).filter((x) => x.nodes).map((x) => x.nodes), [5000, 2500, 1250]);
});

const raw: RawLookup = {
  op: '9', kind: 'get', key: '80'.padEnd(64, '0'), code: 0, hops: 2, took_us: 90_000, at: 1,
  holders: ['81'.padEnd(64, '0')],
  steps: [
    { node: 'bb'.repeat(32), depth: 2, code: 0, at_us: 40_000, rtt_us: '50000', named_by: 'aa'.repeat(32) },
    { node: 'aa'.repeat(32), depth: 1, code: 0, at_us: 0, rtt_us: 30_000n },
    { node: 'aa'.repeat(32), depth: 1, code: 0, at_us: 60_000, rtt_us: 9_000 },
    { node: 'cc'.repeat(32), depth: 1, code: 40, at_us: 10_000, rtt_us: 0, named_by: 'dd'.repeat(32) },
  ],
};

test('a lookup is numbered as it asked, each node once, with who named whom', () => {
  const l = lookupOf(raw, 0);
  assert.deepEqual(l.steps.map((s) => [s.id.slice(0, 2), s.number, s.by, s.ok, s.atMs, s.ms]), [
    ['aa', 1, 0, true, 0, 30], ['cc', 2, 0, false, 10, 0], ['bb', 3, 1, true, 40, 50],
  ]);
  near(l.angle, (3 / 4) * TURN);
  assert.equal(l.tookMs, 90);
});

test('a bracket spans its holders and never goes all around', () => {
  const [from, to] = bracket(1, [0.9, 1.2, 1.05])!;
  near(from, 0.9);
  near(to, 1.2);
  assert.equal(bracket(0, []), null);
  assert.equal(bracket(0, [0, 2, -2.5]), null);
  const over = bracket(0.1, [TURN - 0.1, 0.2])!;
  near(over[0], -0.1, 1e-6);
});

test('rates need two readings of one run', () => {
  const a = { at: 1000, sent: 100, received: 900 };
  assert.deepEqual(rates(undefined, a), { up: 0, down: 0 });
  assert.deepEqual(rates(a, { at: 3000, sent: 2100, received: 900 }), { up: 1000, down: 0 });
  for (const [sent, received] of [[5, 5], [5, 5000], [5000, 5]] as const)
    assert.deepEqual(rates(a, { at: 3000, sent, received }), { up: 0, down: 0 });
});

test('up to 20 faces, up to 400 dots, above ticks', () => {
  for (const [n, draw] of [[5, 'faces'], [20, 'faces'], [21, 'dots'], [400, 'dots'], [401, 'ticks']] as const) {
    const m = modelOf(fake(n, 3).reading);
    assert.equal(m.draw, draw);
    assert.equal(m.ticks.length, draw === 'ticks' ? 360 : 0);
    if (draw !== 'ticks') assert.equal(m.links.length + m.others.length, n - 1);
  }
  const m = modelOf(fake(10_000, 3).reading);
  assert.equal(Math.max(...m.ticks), 1);
  assert.ok(m.links.length > 40 && m.links.length < 70);
});

test('there are never fewer nodes than links and this one', () => {
  assert.equal(nodesOf({ size: 24.4, links: 27 }), 28);
  assert.equal(nodesOf({ size: 266.6, links: 31 }), 267);
  assert.equal(nodesOf({ size: 0, links: 0 }), 1);
  assert.equal(nodesOf({ size: 34, links: 25 }, { known: 26 }), 27);
  assert.equal(nodesOf({ size: 9980, links: 54 }, { known: 2500 }), 9980);
});

test('what may not be known is not missed', () => {
  const { status } = fake(267, 3).reading;
  const m = modelOf({ status });
  assert.equal(m.links.length + m.lookups.length + m.boxes.length, 0);
  assert.equal(m.count, 267);
});

test('every word is in both languages, with the plurals its language has', () => {
  assert.deepEqual(Object.keys(netRu), Object.keys(netEn));
  const forms = (v: unknown) => (typeof v === 'string' ? null : Object.keys(v as object));
  for (const [word, value] of Object.entries(netRu)) {
    const has = forms(value);
    if (has && !word.endsWith('hosts')) assert.deepEqual(has, ['one', 'few', 'many', 'other'], word);
    assert.equal(has === null, forms(netEn[word as keyof typeof netEn]) === null, word);
  }
  assert.equal(sayIn('ru').t('net.state.joined', { n: 267 }), 'В сети, 267 узлов');
  assert.equal(sayIn('en').t('net.state.joined', { n: 1 }), 'Online, 1 node');
  assert.equal(sayIn('ru').ms(7.25), '7,3 мс');
  assert.equal(shortId('7f3ac21e00'), '7f3a·c21e');
});

test('a node that stands alone says which beginning is silent', () => {
  const { status } = fake(5, 3).reading;
  const alone = { ...status, reach: 'alone', bootstrap: [{ host: 'a.example', answered: false }, { host: 'b.example', answered: true }] };
  assert.deepEqual(stateOf(alone, sayIn('en'), 5), { text: 'Alone: a.example does not answer', how: 'bad' });
  assert.equal(stateOf({ ...status, clock: { ahead_s: 9, text: 'x' } }, sayIn('en'), 5).how, 'bad');
});

test('reasons are those of base/reason.def', () => {
  const text = readFileSync(join(process.env['APP_ROOT']!, '../src/base/reason.def'), 'utf8');
  const rows = [...text.matchAll(/^NOT\(\w+, "([^"]+)", "([^"]+)", "([^"]+)"\)/gm)];
  assert.ok(rows.length > 5);
  for (const [, word, en, ru] of rows) {
    assert.equal(reasons.en[word!], en);
    assert.equal(reasons.ru[word!], ru);
  }
});
