// FlatBuffers of our dialect (docs/spec/wire.md WR-1..WR-9), read and made from the text of fields
// that tools/fbc --ts writes. What comes in is verified as it is read, in one walk: every offset
// stays inside the buffer, texts are UTF-8 and end in a zero byte, what is required is there, a
// union has a value exactly when it has a type, and no more than two bytes are walked for each byte
// of the buffer (WR-4). Whatever is wrong is a FrameError and nothing else is ever thrown.
//
// Values: numbers, words, texts and lists are always there; a key, a hash and a table only where
// there is one (AP-3). 64-bit numbers are bigint. A struct that is nothing but bytes is hex. A union
// is {is: 'Name', as: value}, or {is: 'unknown', type} for what this version does not know.

export class FrameError extends Error {
  override name = 'FrameError';
}

function refuse(words: string): never {
  throw new FrameError(words);
}

/** What may be given to be made: anything may be left out, 64-bit numbers may be numbers. */
export type Make<T> = T extends Uint8Array
  ? T
  : T extends bigint
    ? bigint | number
    : T extends readonly (infer E)[]
      ? readonly Make<E>[]
      : T extends object
        ? { readonly [K in keyof T]?: Make<T[K]> | undefined }
        : T;

const Kind = { Scalar: 0, Text: 1, Struct: 2, Table: 3, Union: 4 } as const;

interface Member {
  name: string;
  letter: string;
  at: number;
  size: number;
  /** 0: one scalar; else elements. */
  count: number;
}
interface Struct {
  members: Member[];
  size: number;
  align: number;
  /** Nothing but bytes: hex. */
  hex: boolean;
}
interface Field {
  name: string;
  slot: number;
  kind: (typeof Kind)[keyof typeof Kind];
  vector: boolean;
  required: boolean;
  letter: string;
  type: string;
  fallback: number | bigint | boolean;
}
interface Schema {
  structs: Map<string, Struct>;
  unions: Map<string, string[]>;
  tables: Map<string, Field[]>;
}
type Value = Record<string, unknown>;

const SIZES: Record<string, number> = {
  '?': 1, b: 1, B: 1, h: 2, H: 2, i: 4, I: 4, q: 8, Q: 8, f: 4, d: 8,
};
const sizeOf = (letter: string): number => SIZES[letter] ?? refuse('a letter of no size');

const LEN_MAX = 64 * 2 ** 20;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const b of bytes) out += HEX[b];
  return out;
}

export function fromHex(hex: string): Uint8Array {
  if (hex.length % 2 || !/^[0-9a-f]*$/.test(hex)) refuse(`not hex in small letters: ${hex}`);
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out;
}

function readScalar(view: DataView, at: number, letter: string): number | bigint | boolean {
  switch (letter) {
    case '?': return view.getUint8(at) !== 0;
    case 'b': return view.getInt8(at);
    case 'B': return view.getUint8(at);
    case 'h': return view.getInt16(at, true);
    case 'H': return view.getUint16(at, true);
    case 'i': return view.getInt32(at, true);
    case 'I': return view.getUint32(at, true);
    case 'q': return view.getBigInt64(at, true);
    case 'Q': return view.getBigUint64(at, true);
    case 'f': return view.getFloat32(at, true);
    default: return view.getFloat64(at, true);
  }
}

/** The value as it will be read again; a number that does not fit is an error. */
function fit(letter: string, v: unknown): number | bigint | boolean {
  if (letter === '?') return typeof v === 'boolean' ? v : refuse('a switch is true or false');
  if (letter === 'f') return typeof v === 'number' ? Math.fround(v) : refuse('not a number');
  if (letter === 'd') return typeof v === 'number' ? v : refuse('not a number');
  const bits = BigInt(8 * sizeOf(letter));
  if (typeof v !== 'bigint' && !(typeof v === 'number' && Number.isSafeInteger(v)))
    refuse('not a whole number, or one above 2^53 that is no bigint');
  const big = BigInt(v as bigint | number);
  const signed = letter === letter.toLowerCase();
  const low = signed ? -(1n << (bits - 1n)) : 0n;
  const high = signed ? 1n << (bits - 1n) : 1n << bits;
  if (big < low || big >= high) refuse(`${big} does not fit ${letter}`);
  return bits === 64n ? big : Number(big);
}

function writeScalar(view: DataView, at: number, letter: string, v: unknown): void {
  const value = fit(letter, v);
  switch (letter) {
    case '?': return view.setUint8(at, value ? 1 : 0);
    case 'b': return view.setInt8(at, value as number);
    case 'B': return view.setUint8(at, value as number);
    case 'h': return view.setInt16(at, value as number, true);
    case 'H': return view.setUint16(at, value as number, true);
    case 'i': return view.setInt32(at, value as number, true);
    case 'I': return view.setUint32(at, value as number, true);
    case 'q': return view.setBigInt64(at, value as bigint, true);
    case 'Q': return view.setBigUint64(at, value as bigint, true);
    case 'f': return view.setFloat32(at, value as number, true);
    default: return view.setFloat64(at, value as number, true);
  }
}

export class Codec<Tables> {
  readonly root: string = '';
  private readonly identifier: string = '';
  private readonly schema: Schema = { structs: new Map(), unions: new Map(), tables: new Map() };

  /** `fields` is what tools/fbc --ts wrote. */
  constructor(fields: string) {
    for (const line of fields.split('\n')) {
      const [head = '', ...rest] = line.split(' ');
      if (head === '') continue;
      if (head[0] === '=') [this.root, this.identifier] = [head.slice(1), rest[0] ?? ''];
      else if (head[0] === '%') this.schema.structs.set(head.slice(1), layout(rest));
      else if (head[0] === '|') this.schema.unions.set(head.slice(1), rest);
      else this.schema.tables.set(head, rest.flatMap((word, slot) => this.field(word, slot)));
    }
  }

  private field(word: string, slot: number): Field[] {
    const m = /^(\w+):(\[?)(\w+|\?)(!?)(?:=(.*))?$/.exec(word);
    if (!m) return [];
    const [, name = '', vector, code = '', required, value = '0'] = m;
    const scalar = code in SIZES;
    return [
      {
        name,
        slot,
        kind: scalar
          ? Kind.Scalar
          : code === 's'
            ? Kind.Text
            : this.schema.structs.has(code)
              ? Kind.Struct
              : this.schema.unions.has(code)
                ? Kind.Union
                : Kind.Table,
        vector: vector === '[',
        required: required === '!',
        letter: scalar ? code : '',
        type: code,
        fallback: !scalar
          ? 0
          : code === '?'
            ? value !== '0'
            : code === 'q' || code === 'Q'
              ? BigInt(value)
              : Number(value),
      },
    ];
  }

  has(name: string): boolean {
    return this.schema.tables.has(name);
  }

  /** Members of a union, type 1 first. */
  members(name: string): readonly string[] {
    return this.schema.unions.get(name) ?? [];
  }

  /** The whole of `bytes` as that table. Throws FrameError. */
  decode<K extends keyof Tables & string>(name: K, bytes: Uint8Array): Tables[K] {
    const identifier = name === this.root ? this.identifier : '';
    return new Reader(bytes, this.schema).root(name, identifier) as Tables[K];
  }

  /** The same bytes for the same values (WR-7). Throws FrameError for what does not fit. */
  encode<K extends keyof Tables & string>(name: K, value: Make<Tables[K]>): Uint8Array {
    const b = new Builder(this.schema);
    return b.finish(b.table(name, value as Value), name === this.root ? this.identifier : '');
  }
}

function layout(words: string[]): Struct {
  let at = 0;
  let align = 1;
  const members = words.map((word): Member => {
    const m = /^(\w+):(.)(\d*)$/.exec(word);
    const [, name = '', letter = '', count = ''] = m ?? [];
    const size = sizeOf(letter);
    at = Math.ceil(at / size) * size;
    const member = { name, letter, at, size, count: Number(count) };
    at += size * (member.count || 1);
    align = Math.max(align, size);
    return member;
  });
  const only = members[0];
  return {
    members,
    size: Math.ceil(at / align) * align,
    align,
    hex: members.length === 1 && only?.letter === 'B' && only.count > 0,
  };
}

// ---- reading ----

class Reader {
  private readonly view: DataView;
  private work: number;
  private readonly bytes: Uint8Array;
  private readonly structs: Map<string, Struct>;
  private readonly unions: Map<string, string[]>;
  private readonly tables: Map<string, Field[]>;

  constructor(bytes: Uint8Array, schema: Schema) {
    this.bytes = bytes;
    ({ structs: this.structs, unions: this.unions, tables: this.tables } = schema);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.work = 2 * bytes.length;
  }

  root(name: string, identifier: string): unknown {
    if (this.bytes.length < 8 || this.bytes.length > LEN_MAX) refuse('too short or too long');
    for (let i = 0; i < identifier.length; i++)
      if (this.bytes[4 + i] !== identifier.charCodeAt(i)) refuse('not that kind of buffer');
    return this.table(name, this.follow(0, 4));
  }

  private inside(at: number, len: number): void {
    if (at < 0 || len > this.bytes.length - at) refuse('an offset leads outside');
  }

  private spend(len: number): void {
    this.work -= len;
    if (this.work < 0) refuse('too much is shared');
  }

  /** The offset that stands at `from`, which has room for `len` bytes where it leads. */
  private follow(from: number, len: number): number {
    const offset = this.view.getUint32(from, true);
    if (offset === 0) refuse('an offset leads to itself');
    this.inside(from + offset, len);
    return from + offset;
  }

  private text(from: number): string {
    const at = this.follow(from, 4);
    const len = this.view.getUint32(at, true);
    this.inside(at + 4, len + 1);
    if (this.bytes[at + 4 + len] !== 0) refuse('a text without its end');
    this.spend(4 + len + 1);
    try {
      return utf8.decode(this.bytes.subarray(at + 4, at + 4 + len));
    } catch {
      return refuse('a text is not UTF-8');
    }
  }

  /** Where elements begin, and how many there are. */
  private vector(from: number, size: number): [number, number] {
    const at = this.follow(from, 4);
    const count = this.view.getUint32(at, true);
    this.inside(at + 4, count * size);
    this.spend(4 + count * size);
    return [at + 4, count];
  }

  private struct(name: string, at: number): unknown {
    const s = this.structs.get(name) ?? refuse('no such struct');
    if (s.hex) return toHex(this.bytes.subarray(at, at + s.size));
    const out: Value = {};
    for (const m of s.members) {
      if (m.count && m.letter === 'B')
        out[m.name] = toHex(this.bytes.subarray(at + m.at, at + m.at + m.count));
      else if (m.count)
        out[m.name] = Array.from({ length: m.count }, (_, i) =>
          readScalar(this.view, at + m.at + i * m.size, m.letter),
        );
      else out[m.name] = readScalar(this.view, at + m.at, m.letter);
    }
    return out;
  }

  private list(f: Field, from: number): unknown {
    const struct = f.kind === Kind.Struct ? this.structs.get(f.type) : undefined;
    const size = f.kind === Kind.Scalar ? sizeOf(f.letter) : (struct?.size ?? 4);
    const [at, count] = this.vector(from, size);
    if (f.letter === 'B') return this.bytes.slice(at, at + count);
    const out = new Array<unknown>(count);
    for (let i = 0; i < count; i++) {
      const place = at + i * size;
      out[i] =
        f.kind === Kind.Scalar
          ? readScalar(this.view, place, f.letter)
          : f.kind === Kind.Struct
            ? this.struct(f.type, place)
            : f.kind === Kind.Text
              ? this.text(place)
              : this.table(f.type, this.follow(place, 4));
    }
    return out;
  }

  private table(name: string, at: number): unknown {
    const fields = this.tables.get(name) ?? refuse('no such table');
    const vtable = at - this.view.getInt32(at, true);
    this.inside(vtable, 4);
    const vlen = this.view.getUint16(vtable, true);
    const tlen = this.view.getUint16(vtable + 2, true);
    if (vlen < 4 || vlen % 2 || tlen < 4) refuse('a vtable is no vtable');
    this.inside(vtable, vlen);
    this.inside(at, tlen);
    this.spend(tlen);
    const place = (slot: number, size: number): number => {
      const entry = 4 + 2 * slot;
      const p = entry + 2 <= vlen ? this.view.getUint16(vtable + entry, true) : 0;
      if (p && (p < 4 || p + size > tlen)) refuse('a field lies outside its table');
      return p;
    };
    const out: Value = {};
    for (const f of fields) {
      const struct = f.kind === Kind.Struct && !f.vector ? this.structs.get(f.type) : undefined;
      const size = f.kind === Kind.Scalar && !f.vector ? sizeOf(f.letter) : (struct?.size ?? 4);
      const p = place(f.slot, size);
      if (f.kind === Kind.Union) {
        const v = this.union(f, place(f.slot - 1, 1), p, at);
        if (v !== undefined) out[f.name] = v;
        continue;
      }
      if (!p) {
        if (f.required) refuse(`${name} without ${f.name}`);
        if (f.vector) out[f.name] = f.letter === 'B' ? new Uint8Array(0) : [];
        else if (f.kind === Kind.Scalar) out[f.name] = f.fallback;
        else if (f.kind === Kind.Text) out[f.name] = '';
        continue;
      }
      const from = at + p;
      if (f.vector) out[f.name] = this.list(f, from);
      else if (f.kind === Kind.Scalar) out[f.name] = readScalar(this.view, from, f.letter);
      else if (f.kind === Kind.Struct) out[f.name] = this.struct(f.type, from);
      else if (f.kind === Kind.Text) out[f.name] = this.text(from);
      else out[f.name] = this.table(f.type, this.follow(from, 4));
    }
    return out;
  }

  private union(f: Field, typePlace: number, place: number, at: number): unknown {
    const type = typePlace ? this.view.getUint8(at + typePlace) : 0;
    if ((type === 0) !== (place === 0)) refuse('a union without its value or its type');
    if (type === 0) {
      if (f.required) refuse(`without ${f.name}`);
      return undefined;
    }
    const to = this.follow(at + place, 4);
    const name = this.unions.get(f.type)?.[type - 1];
    return name === undefined ? { is: 'unknown', type } : { is: name, as: this.table(name, to) };
  }
}

// ---- making: back to front, children before parents, as src/wire/fbb.c does it ----

class Builder {
  private bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private used = 0;
  private align = 4;
  private readonly vtables: { at: number; bytes: Uint8Array }[] = [];
  private readonly structs: Map<string, Struct>;
  private readonly unions: Map<string, string[]>;
  private readonly tables: Map<string, Field[]>;

  constructor(schema: Schema) {
    ({ structs: this.structs, unions: this.unions, tables: this.tables } = schema);
  }

  /** Room before what is there; gives its place. `bytes` and `view` may be others afterwards. */
  private room(len: number): number {
    if (this.used + len > LEN_MAX) refuse('too large');
    if (this.used + len > this.bytes.length) {
      let cap = this.bytes.length;
      while (cap < this.used + len) cap *= 2;
      const grown = new Uint8Array(cap);
      grown.set(this.bytes.subarray(this.bytes.length - this.used), cap - this.used);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    this.used += len;
    return this.bytes.length - this.used;
  }

  private pad(len: number, align: number): void {
    this.room(-(this.used + len) & (align - 1));
    this.align = Math.max(this.align, align);
  }

  private offset(ref: number): void {
    this.pad(4, 4);
    const at = this.room(4);
    this.view.setUint32(at, this.used - ref, true);
  }

  private count(n: number): number {
    const at = this.room(4);
    this.view.setUint32(at, n, true);
    return this.used;
  }

  private elements(count: number, size: number, align: number): number {
    this.pad(count * size, 4);
    this.pad(count * size, align);
    return this.room(count * size);
  }

  private text(v: unknown): number {
    if (typeof v !== 'string') refuse('a text is no text');
    const bytes = encoder.encode(v as string);
    this.pad(bytes.length + 1, 4);
    const at = this.room(bytes.length + 1);
    this.bytes.set(bytes, at);
    return this.count(bytes.length);
  }

  private struct(name: string, at: number, v: unknown): void {
    const s = this.structs.get(name) ?? refuse('no such struct');
    const bytesAt = (member: Member, value: unknown): void => {
      if (typeof value !== 'string') refuse(`${name}: bytes are given as hex`);
      const bytes = fromHex(value as string);
      if (bytes.length !== member.count) refuse(`${name} has ${member.count} bytes`);
      this.bytes.set(bytes, at + member.at);
    };
    const first = s.members[0];
    if (s.hex && first) return bytesAt(first, v);
    for (const m of s.members) {
      const value = (v as Value)[m.name];
      if (m.count && m.letter === 'B') bytesAt(m, value);
      else if (m.count)
        for (let i = 0; i < m.count; i++)
          writeScalar(this.view, at + m.at + i * m.size, m.letter, (value as unknown[])[i]);
      else writeScalar(this.view, at + m.at, m.letter, value);
    }
    return undefined;
  }

  private list(f: Field, v: unknown): number {
    if (f.letter === 'B' && v instanceof Uint8Array) {
      const at = this.elements(v.length, 1, 4);
      this.bytes.set(v, at);
      return this.count(v.length);
    }
    if (!Array.isArray(v)) refuse(`${f.name} is a list`);
    const all = v as unknown[];
    if (f.kind === Kind.Scalar || f.kind === Kind.Struct) {
      const s = this.structs.get(f.type);
      const size = s?.size ?? sizeOf(f.letter);
      const at = this.elements(all.length, size, Math.max(4, s?.align ?? size));
      all.forEach((e, i) => {
        if (s) this.struct(f.type, at + i * size, e);
        else writeScalar(this.view, at + i * size, f.letter, e);
      });
      return this.count(all.length);
    }
    const refs = all
      .slice()
      .reverse()
      .map((e) => (f.kind === Kind.Text ? this.text(e) : this.table(f.type, e as Value)));
    this.pad(0, 4);
    for (const ref of refs) this.offset(ref);
    return this.count(all.length);
  }

  private child(f: Field, v: unknown): number {
    if (f.vector) return this.list(f, v);
    if (f.kind === Kind.Text) return this.text(v);
    if (f.kind === Kind.Table) return this.table(f.type, v as Value);
    if (f.kind === Kind.Union) return this.table((v as { is: string }).is, (v as { as: Value }).as);
    return 0;
  }

  table(name: string, value: Value): number {
    const fields = this.tables.get(name) ?? refuse(`no table ${name}`);
    if (typeof value !== 'object' || value === null) refuse(`${name} is a table`);
    const refs = new Map<Field, number>();
    for (const f of fields) {
      const v = value[f.name];
      if (v === undefined || v === null) {
        if (f.required) refuse(`${name} without ${f.name}`);
        continue;
      }
      if (f.vector || (f.kind !== Kind.Scalar && f.kind !== Kind.Struct))
        refs.set(f, this.child(f, v));
    }
    const end = this.used;
    const places: number[] = [];
    for (let align = 8; align; align /= 2)
      for (const f of fields) this.inline(f, value[f.name], align, refs, places);
    return this.head(places, end);
  }

  private inline(
    f: Field,
    v: unknown,
    align: number,
    refs: Map<Field, number>,
    places: number[],
  ): void {
    const plain = f.kind === Kind.Scalar && !f.vector;
    const struct = f.kind === Kind.Struct && !f.vector ? this.structs.get(f.type) : undefined;
    if (f.kind === Kind.Union && align === 1 && v !== undefined && v !== null) {
      const type = 1 + (this.unions.get(f.type)?.indexOf((v as { is: string }).is) ?? -1);
      if (type === 0) refuse(`${(v as { is: string }).is} is not of ${f.type}`);
      this.pad(1, 1);
      const at = this.room(1);
      this.bytes[at] = type;
      places[f.slot - 1] = this.used;
    }
    if ((plain ? sizeOf(f.letter) : (struct?.align ?? 4)) !== align) return;
    if (v === undefined || v === null) return;
    if (plain) {
      if (fit(f.letter, v) === f.fallback) return;
      this.pad(align, align);
      const at = this.room(align);
      writeScalar(this.view, at, f.letter, v);
    } else if (struct) {
      this.pad(struct.size, struct.align);
      this.struct(f.type, this.room(struct.size), v);
    } else {
      this.offset(refs.get(f) ?? refuse('a part was not made'));
    }
    places[f.slot] = this.used;
  }

  private head(places: number[], end: number): number {
    this.pad(4, 4);
    const head = this.room(4);
    const table = this.used;
    if (table - end > 0xffff) refuse('a table is too large');
    const vtable = new Uint8Array(4 + 2 * places.length);
    const v = new DataView(vtable.buffer);
    v.setUint16(0, vtable.length, true);
    v.setUint16(2, table - end, true);
    for (let i = 0; i < places.length; i++) {
      const p = places[i];
      v.setUint16(4 + 2 * i, p ? table - p : 0, true);
    }
    const fromEnd = this.bytes.length - head;
    let shared = this.vtables.find((old) => same(old.bytes, vtable))?.at;
    if (shared === undefined) {
      const at = this.room(vtable.length);
      this.bytes.set(vtable, at);
      shared = this.used;
      if (this.vtables.length < 32) this.vtables.push({ at: shared, bytes: vtable });
    }
    this.view.setInt32(this.bytes.length - fromEnd, shared - table, true);
    return table;
  }

  finish(root: number, identifier: string): Uint8Array {
    this.pad(4 + identifier.length, this.align);
    if (identifier) {
      const at = this.room(4);
      this.bytes.set(encoder.encode(identifier), at);
    }
    this.offset(root);
    return this.bytes.slice(this.bytes.length - this.used);
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
