// Amounts are decimal texts, never floating numbers: "12.50", "-3", as the hub has them. Compared and
// added as whole numbers of the smallest part. Shown in the language's way, with the precision of
// the equivalent.
import { type Lang } from '../../words/words.ts';

const PLAIN = /^-?\d{1,30}(\.\d{1,12})?$/;
const PLACES = 12;

/** In 10^-12; undefined: that is no amount. */
export function units(text: string): bigint | undefined {
  if (!PLAIN.test(text)) return undefined;
  const minus = text.startsWith('-');
  const [whole = '0', part = ''] = text.replace('-', '').split('.');
  const n = BigInt(whole + part.padEnd(PLACES, '0'));
  return minus ? -n : n;
}

export function fromUnits(n: bigint): string {
  const digits = (n < 0n ? -n : n).toString().padStart(PLACES + 1, '0');
  const part = digits.slice(-PLACES).replace(/0+$/, '');
  return (n < 0n ? '-' : '') + digits.slice(0, -PLACES) + (part ? `.${part}` : '');
}

const or0 = (text: string): bigint => units(text) ?? 0n;
export const plus = (a: string, b: string): string => fromUnits(or0(a) + or0(b));
export const minus = (a: string, b: string): string => fromUnits(or0(a) - or0(b));
export const compare = (a: string, b: string): number => {
  const d = or0(a) - or0(b);
  return d < 0n ? -1 : d > 0n ? 1 : 0;
};
export const sign = (a: string): number => compare(a, '0');

/** How much of `all` that is, for drawing alone: 0 to 1, to a ten-thousandth. */
export function share(a: string, all: string): number {
  const whole = or0(all);
  if (whole <= 0n) return 0;
  const part = (or0(a) * 10_000n) / whole;
  return Number(part < 0n ? 0n : part > 10_000n ? 10_000n : part) / 10_000;
}

const GROUP: Record<Lang, string> = { en: ',', ru: '\u00a0' };
const POINT: Record<Lang, string> = { en: '.', ru: ',' };

/** `precision` places, more where the text has more; `short`: no zeros behind the point; `signed`: a plus, too. */
export function show(
  text: string,
  lang: Lang,
  how: { precision?: number; short?: boolean; signed?: boolean } = {},
): string {
  if (!PLAIN.test(text)) return '';
  const negative = text.startsWith('-');
  const [whole = '0', its = ''] = text.replace('-', '').split('.');
  let part = its.replace(/0+$/, '');
  if (!how.short) part = part.padEnd(how.precision ?? its.length, '0');
  else if (part) part = its;
  const digits = whole.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+$)/g, GROUP[lang]);
  const zero = !/[1-9]/.test(text);
  const head = zero ? '' : negative ? '\u2212\u00a0' : how.signed ? '+\u00a0' : '';
  return head + digits + (part ? POINT[lang] + part : '');
}

/** What was typed, as a plain amount; undefined: it is none. Either point is taken, grouping by spaces;
 *  "1,234" may mean two things in English, so it is not taken. */
export function typed(text: string, precision: number, lang: Lang): string | undefined {
  const bare = text.replace(/[\s\u00a0\u202f']/g, '');
  if (lang === 'en' && /,\d{3}$/.test(bare)) return undefined;
  const m = /^(\d{1,24})(?:[.,](\d{1,12}))?$/.exec(bare);
  if (!m) return undefined;
  const whole = (m[1] ?? '').replace(/^0+(?=\d)/, '');
  const part = m[2] ?? '';
  if (part.length > precision) return undefined;
  return part ? `${whole}.${part}` : whole;
}
