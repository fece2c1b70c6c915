// Made by tools/fbc --ts from sample.fbs and what it includes: change those and run
// the build target fbc. Types are erased; `fields` is read by codec.ts.

/** Bytes of a fixed length, as hex in small letters. */
export type Hex = string;
/** A member of a union that this version does not know. */
export type Unknown = { is: 'unknown'; type: number };

export type Colour = number;
export const Colour = {
  Red: 1,
  Green: 3,
  Blue: 4,
} as const;

export type Flags = number;
export const Flags = {
  One: 1,
  Two: 2,
  Nine: 512,
} as const;

export type Level = number;
export const Level = {
  Low: -5,
  None: 0,
  High: 300,
} as const;

export type Bytes = Hex;

/** Alignments that need padding, at the end too. */
export interface Mixed {
  small: number;
  big: bigint;
  pair: number[];
  wide: number;
  ok: boolean;
}

export interface Leaf {
  n: number;
  name: string;
}

export interface Empty {
}

export interface Branch {
  leaf?: Leaf;
  leaves: Leaf[];
  mixed?: Mixed;
}

export type AnyIs =
  | { is: 'Leaf'; as: Leaf }
  | { is: 'Empty'; as: Empty }
  | { is: 'Branch'; as: Branch }
  | Unknown;

/** Ids in another order than the text. */
export interface Sample {
  flag: boolean;
  i8: number;
  u8: number;
  i16: number;
  u16: number;
  i32: number;
  u32: number;
  i64: bigint;
  u64: bigint;
  f32: number;
  f64: number;
  colour: Colour;
  level: Level;
  flags: Flags;
  text: string;
  data: Uint8Array;
  bytes: Hex;
  mixed?: Mixed;
  leaf?: Leaf;
  any?: AnyIs;
  bools: boolean[];
  i8s: number[];
  u16s: number[];
  i32s: number[];
  u64s: bigint[];
  f64s: number[];
  colours: Colour[];
  texts: string[];
  many_bytes: Hex[];
  many_mixed: Mixed[];
  branches: Branch[];
  double: number;
}

export interface Tables {
  Leaf: Leaf;
  Empty: Empty;
  Branch: Branch;
  Sample: Sample;
}

export const fields = `\
=Sample SMPL
%Bytes b:B5
%Mixed small:b big:Q pair:h2 wide:d ok:?
Leaf n:i=-7 name:s!
Empty
Branch leaf:Leaf leaves:[Leaf mixed:Mixed
|Any Leaf Empty Branch
Sample flag:?=1 i8:b=-1 u8:B=200 i16:h u16:H i32:i u32:I=3735928559 - i64:q=-9223372036854775808 u64:Q=18446744073709551615 f32:f=1.5 f64:d=-0.25 colour:B=3 level:h=-5 flags:I=512 text:s data:[B bytes:Bytes! mixed:Mixed leaf:Leaf - any:Any bools:[? i8s:[b u16s:[H i32s:[i u64s:[Q f64s:[d colours:[B texts:[s many_bytes:[Bytes many_mixed:[Mixed branches:[Branch double:I
`;
