// Requests to be paid, read for showing: geonet:pay?to=PID&equivalent=CODE&hub=PID&amount=N&note=TEXT&id=ID
// and geo://pay/PID?.. (HB-23). The agent reads the link itself and has the last word; what is
// refused here it refuses as well.
import { units } from './amount.ts';

export interface PayLink {
  /** As it is given to the agent. */
  link: string;
  to: string;
  hub: string;
  equivalent: string;
  amount: string;
  note: string;
}

const PID = /^[1-9A-HJ-NP-Za-km-z]{32,64}$/;
const ID = /^[A-Za-z0-9._:-]{0,62}$/;
const NOTE_MAX = 1024;

const NAMES = ['to', 'equivalent', 'hub', 'amount', 'note', 'id'] as const;

/** undefined: it is no request to be paid. */
export function payLink(text: string): PayLink | undefined {
  const m = /^(?:(?:web\+)?geonet:pay\?(.*)|geo:\/\/pay\/([^?]*)\??(.*))$/s.exec(text.trim());
  if (!m || text.length > 8192) return undefined;
  const old = m[2];
  const said = new Map<string, string>(old === undefined ? [] : [['to', old]]);
  for (const part of (m[1] ?? m[3] ?? '').split('&')) {
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    if (!(NAMES as readonly string[]).includes(name)) continue;
    if (said.has(name)) return undefined;
    try {
      said.set(name, decodeURIComponent(part.slice(at + 1)));
    } catch {
      return undefined;
    }
  }
  const of = (name: (typeof NAMES)[number]): string => said.get(name) ?? '';
  const amount = of('amount');
  if (!PID.test(of('to')) || !PID.test(of('hub')) || !/^[A-Za-z0-9_.-]{1,19}$/.test(of('equivalent'))) return undefined;
  if (amount && (units(amount) === undefined || amount.startsWith('-'))) return undefined;
  if (!ID.test(of('id')) || of('note').includes('\0')) return undefined;
  if (new TextEncoder().encode(of('note')).length > NOTE_MAX) return undefined;
  return {
    link: text.trim().replace(/^web\+/, ''),
    to: of('to'),
    hub: of('hub'),
    equivalent: of('equivalent'),
    amount,
    note: of('note'),
  };
}
