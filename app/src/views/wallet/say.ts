// The wallet's words, amounts and names. What others wrote is set apart; a refusal's kind is said in
// words, and the agent's own sentence goes with it where that is the language.
import { type CallError } from '../../link/errors.ts';
import { asCallError } from '../../link/errors.ts';
import { nameOf } from '../../look/people.tsx';
import { chosen, its, precisionOf } from '../../store/wallet.ts';
import { byPid, me } from '../../store/state.ts';
import { errorWords } from '../../words/errors.ts';
import { walletEn, type WalletWord } from '../../words/wallet.en.ts';
import { walletRu } from '../../words/wallet.ru.ts';
import { apart, cleanLine, lang, type Lang, type Values } from '../../words/words.ts';
import { type Word } from '../../words/en.ts';
import { show } from './amount.ts';

const tables: Record<Lang, Record<WalletWord, Word>> = { en: walletEn, ru: walletRu };
const rules: Record<Lang, Intl.PluralRules> = { en: new Intl.PluralRules('en'), ru: new Intl.PluralRules('ru') };

export function sayIn(l: Lang, key: WalletWord, values: Values = {}): string {
  const word = tables[l][key];
  const text =
    typeof word === 'string'
      ? word
      : ((word as Partial<Record<string, string>>)[rules[l].select(Number(values['n'] ?? 0))] ?? word.other);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const v = values[name];
    return typeof v === 'number' ? v.toLocaleString(l) : v === undefined ? '' : apart(v);
  });
}
export const w = (key: WalletWord, values?: Values): string => sayIn(lang.value, key, values);

/** "12.50 EUR" in the language's way. */
export function money(amount: string, equivalent: string, hub = chosen.value?.hub ?? ''): string {
  return `${figure(amount, equivalent, hub)}\u00a0${cleanLine(equivalent)}`;
}
/** The figure alone; no zeros behind the point. */
export const bare = (amount: string): string => show(amount, lang.value, { short: true });
export const figure = (amount: string, equivalent: string, hub = '', signed = false): string =>
  show(amount, lang.value, { precision: precisionOf(hub, equivalent), signed });

/** As the person calls them, else as the hub does, else the beginning of the PID. */
export function whoIs(pid: string, said = ''): string {
  if (pid && pid === me.value?.pid) return w('you');
  const known = byPid(pid);
  if (known) return nameOf(known);
  const told = cleanLine(said) || cleanLine(its.value.lines.find((l) => l.peer === pid)?.name ?? '');
  return told || (pid ? pid.slice(0, 10) + '…' : w('nobody'));
}

export const isKind = (kind: string): boolean => `kind.${kind}` in walletEn;
export const kindWords = (kind: string): string => (isKind(kind) ? w(`kind.${kind}` as WalletWord) : '');
export const causeWords = (cause: string): string =>
  `cause.${cause}` in walletEn ? w(`cause.${cause}` as WalletWord) : cleanLine(cause);

/** What a call was refused with: by its kind first. */
export function refusal(e: unknown): string {
  const error: CallError = asCallError(e);
  const said = kindWords(error.kind);
  if (said) {
    const detail = lang.value === 'en' ? cleanLine(error.detail) : '';
    return detail ? `${said}: ${detail}.` : `${said}.`;
  }
  const { what, why, next } = errorWords(error);
  return [what, why, next].filter(Boolean).map((s) => s.replace(/\.$/, '')).join('. ') + '.';
}

/** Where a hub is, without what every address has. */
export const hostOf = (url: string): string => cleanLine(url.replace(/^https?:\/\//, ''));
