// A person's face, name and sign, wherever they appear.
import { fromHex } from '../wire/codec.ts';
import { type Person } from '../wire/generated/frames.ts';
import { t, cleanLine } from '../words/words.ts';
import { type Key } from '../words/en.ts';
import { Face } from './face.tsx';
import { type TrustName } from './icons.tsx';

const NOBODY = new Uint8Array(32);
const keys = new Map<string, Uint8Array>();

export function keyBytes(hex: string | undefined): Uint8Array {
  if (!hex) return NOBODY;
  let key = keys.get(hex);
  if (!key) {
    if (keys.size > 2000) keys.clear();
    keys.set(hex, (key = fromHex(hex)));
  }
  return key;
}

/** What the person calls them, else what they call themselves, else the beginning of their PID. */
export function nameOf(p: Pick<Person, 'petname' | 'name' | 'pid'> | undefined): string {
  if (!p) return '';
  return cleanLine(p.petname) || cleanLine(p.name) || p.pid.slice(0, 10) + '…';
}

const TRUSTS: readonly TrustName[] = ['unknown', 'by-name', 'introduced', 'linked', 'met'];
export const trustOf = (p: Pick<Person, 'trust'>): TrustName => TRUSTS[p.trust] ?? 'unknown';
export const trustWord = (p: Pick<Person, 'trust'>): string => t(`trust.${trustOf(p)}` as Key);

export function PersonFace(props: { of: string | undefined; size: number; own?: boolean; label?: string }) {
  return (
    <Face
      of={keyBytes(props.of)}
      size={props.size}
      {...(props.own ? { own: true } : {})}
      {...(props.label === undefined ? {} : { label: props.label })}
    />
  );
}
