// The codec against the C code (frames that tests/app_frames.c printed), against flatc, against
// bytes that nobody made. WR-1, WR-3, WR-4, WR-7, AP-3.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Codec, FrameError, fromHex, toHex } from '../src/wire/codec.ts';
import { fields, type Tables } from '../src/wire/generated/frames.ts';
import { fields as sampleFields, type Tables as SampleTables } from './generated/frames.ts';

const ROOT = process.env['APP_ROOT'] as string;
const app = new Codec<Tables>(fields);
const sample = new Codec<SampleTables>(sampleFields);

/** JSON of ours and of flatc; 64-bit numbers stay exact. */
function json(text: string): unknown {
  return JSON.parse(text.replace(/([:[,]\s*)(-?\d{16,})(?=[,\]}\s])/g, '$1"#$2"'), (_, v) =>
    typeof v === 'string' && v[0] === '#' ? BigInt(v.slice(1)) : (v as unknown),
  );
}

interface Field {
  name: string; letter: string; type: string; vector: boolean; kind: number; slot: number;
}
interface Schema {
  tables: Map<string, Field[]>;
  structs: Map<string, { hex: boolean; members: { name: string; letter: string; count: number }[] }>;
}
type Json = Record<string, unknown>;

/** What C or flatc wrote as JSON, as it is given to be made. */
function valueOf(codec: unknown, name: string, from: Json): Json {
  const { schema } = codec as { schema: Schema };
  const out: Json = {};
  const hex = (bytes: unknown) => toHex(Uint8Array.from(bytes as number[]));
  const struct = (type: string, v: Json): unknown => {
    const s = schema.structs.get(type)!;
    if (s.hex) return hex(Object.values(v)[0]);
    return Object.fromEntries(
      s.members.map((m) => [m.name, m.count && m.letter === 'B' ? hex(v[m.name]) : v[m.name]]),
    );
  };
  for (const f of schema.tables.get(name)!) {
    const v = from[f.name];
    if (v === undefined) continue;
    const one = (e: unknown): unknown =>
      f.kind === 2 ? struct(f.type, e as Json) : f.kind === 3 ? valueOf(codec, f.type, e as Json) : e;
    if (f.kind === 4) {
      const is = from[`${f.name}_type`];
      if (is !== undefined && is !== 'NONE')
        out[f.name] = { is, as: valueOf(codec, is as string, v as Json) };
    } else if (f.vector)
      out[f.name] = f.letter === 'B' ? Uint8Array.from(v as number[]) : (v as unknown[]).map(one);
    else out[f.name] = one(v);
  }
  return out;
}

/** Everything that `said` says stands in `read`, too. */
function holds(read: unknown, said: unknown, path: string): void {
  if (typeof said === 'object' && said !== null && !(said instanceof Uint8Array))
    for (const [k, v] of Object.entries(said)) holds((read as Json)[k], v, `${path}.${k}`);
  else if (typeof read === 'bigint') assert.equal(read, BigInt(said as number), path);
  else if (typeof read === 'number' && typeof said === 'number' && !Number.isInteger(said))
    assert.ok(Math.abs(read - said) <= Math.abs(said) * 1e-5, path);
  else assert.deepEqual(read, said, path);
}

function lines(): string[] {
  const own = readFileSync(join(ROOT, 'test/frames.tsv'), 'utf8').trim().split('\n');
  const tool = join(ROOT, '../build/dev/tests/app_frames');
  if (!existsSync(tool)) return own;
  const more = execFileSync(tool, ['600'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return [...own, ...more.trim().split('\n')];
}

test('what C made reads as C reads it, and is made again byte by byte', () => {
  let equal = 0;
  const all = lines();
  for (const line of all) {
    const [hex = '', text = ''] = line.split('\t');
    const frame = app.decode('AppFrame', fromHex(hex));
    const said = valueOf(app, 'AppFrame', json(text) as Json);
    holds(frame, said, 'frame');
    const made = app.encode('AppFrame', said as never);
    if (toHex(made) === hex) equal++;
    assert.deepEqual(app.decode('AppFrame', made), frame);
    assert.deepEqual(app.decode('AppFrame', app.encode('AppFrame', frame)), frame);
  }
  // JSON has floats rounded and C makes children first, so some differ; most do not
  assert.ok(equal > 0.5 * all.length, `${equal} of ${all.length} frames byte by byte`);
});

const whole = {
  u64: 2n ** 64n - 2n, flag: false, i8: -128, u8: 255, i16: -32768, u16: 65535, i32: -5, u32: 7,
  i64: -3n, f32: 0.5, f64: 1e300, colour: 4, level: 300, flags: 3, text: 'a', 
  data: Uint8Array.of(1, 2, 255), bytes: '0102030405',
  mixed: { small: -1, big: 5n, pair: [1, -2], wide: 0.25, ok: true },
  leaf: { n: 1, name: 'имя \u{1f319}' }, any: { is: 'Branch', as: { leaf: { n: 2, name: 'x' } } },
  bools: [true, false], i8s: [-1, 2], u16s: [65535], i32s: [-7], u64s: [1n, 2n ** 63n],
  f64s: [0.5], colours: [1, 3], texts: ['', 'b', 'ccccc'], many_bytes: ['0000000000', 'ffffffffff'],
  many_mixed: [{ small: 1, big: 1n, pair: [0, 0], wide: 0, ok: false }],
  branches: [{ leaves: [{ name: 'l' }, { name: 'm' }] }, {}], double: 9,
} as const;

test('every construct goes round, through flatc, too', (t) => {
  const bytes = sample.encode('Sample', whole as never);
  const read = sample.decode('Sample', bytes);
  holds(read, whole, 'sample');
  assert.equal(read.branches[1]?.leaves.length, 0);
  try {
    execFileSync('flatc', ['--version']);
  } catch {
    return t.skip('flatc is not installed');
  }
  const dir = mkdtempSync(join(tmpdir(), 'geonet-codec-'));
  const schema = join(ROOT, '../src/wire/testdata/sample.fbs');
  try {
    writeFileSync(join(dir, 'a.bin'), bytes);
    const say = ['--json', '--strict-json', '--raw-binary', '-o', dir];
    execFileSync('flatc', [...say, schema, '--', join(dir, 'a.bin')]);
    execFileSync('flatc', ['-b', '-o', dir, schema, join(dir, 'a.json')]);
    const theirs = sample.decode('Sample', new Uint8Array(readFileSync(join(dir, 'a.bin'))));
    assert.deepEqual(theirs, read);
  } finally {
    rmSync(dir, { recursive: true });
  }
  return undefined;
});

test('defaults are read where nothing stands, and are left out', () => {
  const short = sample.encode('Sample', { bytes: '0000000000' });
  const read = sample.decode('Sample', short);
  assert.equal(read.u64, 2n ** 64n - 1n);
  assert.equal(read.i64, -(2n ** 63n));
  assert.equal(read.flag, true);
  assert.equal(read.level, -5);
  assert.equal(read.text, '');
  assert.equal(read.mixed, undefined);
  assert.deepEqual(read.texts, []);
  assert.equal(sample.encode('Sample', read).length > short.length, true);
  assert.equal(
    sample.encode('Sample', { bytes: '0000000000', u64: 2n ** 64n - 1n, f32: 1.5 }).length,
    short.length,
  );
});

test('what does not fit is refused when it is made', () => {
  const bad = (v: object) =>
    assert.throws(() => sample.encode('Sample', { bytes: '0000000000', ...v } as never), FrameError);
  bad({ bytes: undefined });
  bad({ bytes: '00' });
  bad({ bytes: 'zz00000000' });
  bad({ u8: 256 });
  bad({ u8: -1 });
  bad({ i8: 128 });
  bad({ u32: 1.5 });
  bad({ u64: 2 ** 60 });
  bad({ u64: 2n ** 64n });
  bad({ flag: 1 });
  bad({ text: 5 });
  bad({ texts: 'a' });
  bad({ leaf: {} });
  bad({ any: { is: 'Sample', as: {} } });
});

test('an unknown member of a union is told by its number', () => {
  const bytes = app.encode('AppFrame', { body: { is: 'AppPing', as: {} } });
  const at = [...bytes.keys()].filter((i) => {
    const changed = bytes.slice();
    changed[i] = 250;
    try {
      return app.decode('AppFrame', changed).body.is === 'unknown';
    } catch (e) {
      assert.ok(e instanceof FrameError);
      return false;
    }
  });
  assert.equal(at.length, 1);
});

function generator(seed: number): () => number {
  let x = seed >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

test('no bytes make the reader throw anything but its own error', () => {
  const random = generator(7);
  const good = lines().slice(0, 40).map((l) => fromHex(l.split('\t')[0] ?? ''));
  good.push(sample.encode('Sample', whole as never));
  let passed = 0;
  for (let i = 0; i < 60_000; i++) {
    const from = good[Math.floor(random() * good.length)]!;
    const bytes = random() < 0.1 ? new Uint8Array(Math.floor(random() * 200)) : from.slice();
    const changes = 1 + Math.floor(random() * 6);
    for (let c = 0; c < changes; c++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    const cut = random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
    const started = performance.now();
    try {
      if (from === good[good.length - 1]) sample.decode('Sample', cut);
      else app.decode('AppFrame', cut);
      passed++;
    } catch (e) {
      assert.ok(e instanceof FrameError, String(e));
    }
    assert.ok(performance.now() - started < 500);
  }
  assert.ok(passed > 100);
});

test('sharing does not multiply work (WR-4)', () => {
  const one = { texts: ['x'.repeat(1000)], bytes: '0000000000' };
  const bytes = sample.encode('Sample', { ...one, texts: Array(100).fill('') as string[] });
  const big = sample.encode('Sample', one);
  assert.ok(sample.decode('Sample', big));
  // a hundred texts which all lead to one long text
  const many = sample.encode('Sample', { ...one, texts: [...Array(100).fill('') as string[], 'y'.repeat(5000)] });
  const view = new DataView(many.buffer);
  const last = toHex(many).indexOf('79'.repeat(100)) / 2 - 4;
  let moved = 0;
  for (let at = 0; at + 4 <= last; at += 4) {
    const to = at + view.getUint32(at, true);
    if (to < last && to + 5 <= many.length && view.getUint32(to, true) === 0 && to > at + 3) {
      view.setUint32(at, last - at, true);
      moved++;
    }
  }
  assert.ok(moved > 90);
  assert.throws(() => sample.decode('Sample', many), /shared|leads|vtable/);
  assert.ok(bytes.length > 0);
});
