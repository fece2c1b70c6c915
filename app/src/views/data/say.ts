// Words of the data view in the language that is shown.
import { type OwnSite } from '../../wire/generated/frames.ts';
import { dataEn, type DataKey } from '../../words/data.en.ts';
import { dataRu } from '../../words/data.ru.ts';
import { cleanLine, fill, lang, type Values } from '../../words/words.ts';

const tables = { en: dataEn, ru: dataRu };

export const d = (key: DataKey, values?: Values): string => fill(lang.value, tables[lang.value][key], values);

/** What a site is called: by its name, else its label, else it is the one at the PID. */
export const siteName = (s: Pick<OwnSite, 'name' | 'label'>): string =>
  s.name ? `${cleanLine(s.name)}.geo` : cleanLine(s.label) || d('site.own');
