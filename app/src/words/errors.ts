// An error in words: what happened, why, what to do. The code's own words are in the language of the
// interface; what the agent said goes with them where that is English.
import { type CallError } from '../link/errors.ts';
import { type Key, en } from './en.ts';
import { cleanLine, lang, t } from './words.ts';

export function errorWords(e: CallError): { what: string; why: string; next: string } {
  const key = `error.${e.code}`;
  const known = key in en;
  const what = known ? t(key as Key) : t('error.other');
  const said = cleanLine(e.detail);
  const why = said && (lang.value === 'en' || !known) ? sentence(said) : '';
  const next = cleanLine(e.next);
  return {
    what,
    why,
    next: e.unknown
      ? t('error.unknown')
      : next && lang.value === 'en'
        ? sentence(next)
        : e.code === 'closed'
          ? t('error.do-closed')
          : '',
  };
}

function sentence(text: string): string {
  const whole = (text[0] ?? '').toUpperCase() + text.slice(1);
  return /[.?]$/.test(whole) ? whole : whole + '.';
}
