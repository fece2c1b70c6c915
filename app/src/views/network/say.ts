// Words, numbers and sizes of the network view in the language that is shown.
import { netEn } from '../../words/net.en.ts';
import { netRu } from '../../words/net.ru.ts';
import type { RawPeer } from '../../net/source.ts';
import { reasons } from '../../words/reasons.ts';

export type Lang = 'en' | 'ru';
export type NetWord = keyof typeof netEn;

export interface Say {
  lang: Lang;
  /** `n` chooses the plural; {name} is filled in. */
  t: (word: NetWord, fill?: Record<string, string | number>) => string;
  number: (n: number, digits?: number) => string;
  ms: (ms: number) => string;
  bytes: (n: number) => string;
  /** Why a link runs over somebody else. */
  why: (peer: Pick<RawPeer, 'indirect'>) => string;
}

const UNITS: Record<Lang, readonly string[]> = {
  en: ['B', 'KB', 'MB', 'GB', 'TB'],
  ru: ['Б', 'КБ', 'МБ', 'ГБ', 'ТБ'],
};

function make(lang: Lang): Say {
  const words = lang === 'ru' ? netRu : netEn;
  const plural = new Intl.PluralRules(lang);
  const number = (n: number, digits = 0) =>
    new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);
  const t: Say['t'] = (word, fill = {}) => {
    const found: string | Partial<Record<Intl.LDMLPluralRule, string>> = words[word];
    const text =
      typeof found === 'string'
        ? found
        : (found[plural.select(Number(fill['n'] ?? 0))] ?? found.other ?? '');
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = fill[name];
      return typeof value === 'number' ? number(value) : (value ?? '');
    });
  };
  return {
    lang,
    t,
    number,
    ms: (ms) => (ms > 0 ? t('net.ms', { n: number(ms, ms < 10 ? 1 : 0) }) : t('net.ms.none')),
    bytes: (n) => {
      let unit = 0;
      for (; n >= 1000 && unit < 4; unit++) n /= 1000;
      return `${number(n, unit && n < 10 ? 1 : 0)} ${UNITS[lang][unit]!}`;
    },
    why: (peer) => reasons[lang][peer.indirect] ?? peer.indirect,
  };
}

const made = new Map<Lang, Say>();
export function sayIn(lang: Lang): Say {
  let say = made.get(lang);
  if (!say) made.set(lang, (say = make(lang)));
  return say;
}
