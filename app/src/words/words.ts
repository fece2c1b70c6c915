// Words of the interface (UI-40): one table for each language, plural forms by Intl.PluralRules, what others
// wrote set apart from the direction of the sentence around it.
import { signal } from '@preact/signals';
import { en, type Key, type Word } from './en.ts';
import { ru } from './ru.ts';

export type Lang = 'en' | 'ru';
export const languages: readonly { lang: Lang; name: string }[] = [
  { lang: 'ru', name: 'Русский' },
  { lang: 'en', name: 'English' },
];
export const tables: Record<Lang, Record<Key, Word>> = { en, ru };

export function langOfSystem(): Lang {
  const wanted = typeof navigator === 'undefined' ? [] : navigator.languages;
  return wanted.some((l) => /^(ru|be|uk|kk)\b/i.test(l)) && !/^en\b/i.test(wanted[0] ?? '')
    ? 'ru'
    : 'en';
}

export const lang = signal<Lang>('en');

const rules: Record<Lang, Intl.PluralRules> = {
  en: new Intl.PluralRules('en'),
  ru: new Intl.PluralRules('ru'),
};

/** What makes a line look like another one: controls, marks of direction, of no width, tags. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2060-\u2064\u2066-\u2069\u200b\ufeff\u{e0000}-\u{e007f}]/gu;

/** Somebody's text as it may be shown; line breaks stay (UI-31). */
export function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(HIDDEN, '');
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}

/** Set apart from the direction of what stands around it. */
export const apart = (text: string): string => `\u2068${cleanLine(text)}\u2069`;

export type Values = Record<string, string | number>;

/** A word of any table, with its plural form and its holes filled. */
export function fill(l: Lang, word: Word, values: Values = {}): string {
  let text: string;
  if (typeof word === 'string') text = word;
  else {
    const form = rules[l].select(Number(values['n'] ?? 0));
    text = (word as Partial<Record<string, string>>)[form] ?? word.other;
  }
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const v = values[name];
    return typeof v === 'number' ? v.toLocaleString(l) : v === undefined ? '' : apart(v);
  });
}

export const say = (l: Lang, key: Key, values?: Values): string => fill(l, tables[l][key], values);

/** In the language that is chosen. */
export function t(key: Key, values?: Values): string {
  return say(lang.value, key, values);
}
