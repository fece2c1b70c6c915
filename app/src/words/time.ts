// Times and sizes in words. All take Unix milliseconds, as bigint or number.
import { lang, t } from './words.ts';

type Ms = bigint | number;
const made = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang.value} ${name}`;
  let f = made.get(key);
  if (!f) made.set(key, (f = new Intl.DateTimeFormat(lang.value === 'en' ? 'en-GB' : 'ru', options)));
  return f;
}

export function clock(ms: Ms): string {
  return format('clock', { hour: 'numeric', minute: '2-digit' }).format(Number(ms));
}

function dayOf(ms: Ms): number {
  const d = new Date(Number(ms));
  return Math.round(new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime() / 86_400_000);
}

export const sameDay = (a: Ms, b: Ms): boolean => dayOf(a) === dayOf(b);

/** In a list: the time today, a day of the week this week, else the date. */
export function when(ms: Ms, now: number = Date.now()): string {
  if (!Number(ms)) return '';
  const days = dayOf(now) - dayOf(ms);
  if (days <= 0) return clock(ms);
  if (days < 7) return format('week', { weekday: 'short' }).format(Number(ms));
  return format('date', { day: 'numeric', month: 'short' }).format(Number(ms));
}

/** Over a day's messages. */
export function dayLine(ms: Ms, now: number = Date.now()): string {
  const days = dayOf(now) - dayOf(ms);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.yesterday');
  const year = new Date(Number(ms)).getFullYear() !== new Date(now).getFullYear();
  const text = format(year ? 'full' : 'day', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(year ? { year: 'numeric' } : {}),
  }).format(Number(ms));
  return text[0]?.toLocaleUpperCase(lang.value) + text.slice(1);
}

/** A date with its time, in full. */
export function moment(ms: Ms): string {
  return format('moment', { dateStyle: 'medium', timeStyle: 'short' }).format(Number(ms));
}

export function size(bytes: Ms): string {
  let n = Number(bytes);
  const units = ['size.b', 'size.kb', 'size.mb', 'size.gb'] as const;
  let i = 0;
  for (; n >= 1000 && i < 3; i++) n /= 1000;
  const text = n.toLocaleString(lang.value, { maximumFractionDigits: n < 10 && i ? 1 : 0 });
  return `${text}\u00a0${t(units[i] ?? 'size.b')}`;
}
