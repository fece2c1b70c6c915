import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { en } from './en.ts';
import { clean, cleanLine, say, tables, type Lang } from './words.ts';

const langs = Object.keys(tables) as Lang[];
const holes = (s: string) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('every language has the same words, no more and no fewer', () => {
  for (const l of langs) assert.deepEqual(Object.keys(tables[l]).sort(), Object.keys(en).sort(), l);
});

test('plural forms are those that the language has, holes are the same', () => {
  for (const l of langs) {
    const forms = new Intl.PluralRules(l).resolvedOptions().pluralCategories;
    for (const [key, word] of Object.entries(tables[l])) {
      const other = en[key as keyof typeof en];
      assert.equal(typeof word, typeof other, `${l} ${key}`);
      const model = holes(typeof other === 'string' ? other : (other as { other: string }).other);
      if (typeof word === 'string') {
        assert.deepEqual(holes(word), model, `${l} ${key}`);
        continue;
      }
      assert.deepEqual(Object.keys(word).sort(), [...forms].sort(), `${l} ${key}`);
      for (const text of Object.values(word)) assert.deepEqual(holes(text), model, `${l} ${key}`);
    }
  }
});

test('no word is empty, shouts, or says oops', () => {
  for (const l of langs)
    for (const [key, word] of Object.entries(tables[l]))
      for (const text of typeof word === 'string' ? [word] : Object.values(word))
        assert.ok(text.trim() && !/!|oops|упс|ой,/i.test(text), `${l} ${key}: ${text}`);
});

test('every word is used, and the code has none of its own', () => {
  const root = join(process.env['APP_ROOT'] as string, 'src');
  let all = '';
  for (const name of readdirSync(root, { recursive: true }).map(String)) {
    if (!/\.tsx?$/.test(name) || /test|words.(en|ru|net)|reasons|generated|^node|^net|network/.test(name)) continue;
    const text = readFileSync(join(root, name), 'utf8');
    all += text;
    for (const m of text.matchAll(/(?<![=])>\s*([A-Za-zА-Яа-яё][^<>{}=;()]*[a-zа-яё]{2,}[^<>{}=;()]*)\s*<\//g))
      if (!/(<kbd[^>]*|command")$/.test(text.slice(0, m.index)))
        assert.fail(`${name}: visible text in the code: ${m[1]}`);
    for (const m of text.matchAll(/\b(?:placeholder|title|aria-label|alt)="([^"]+)"/g))
      assert.fail(`${name}: visible text in an attribute: ${m[1]}`);
  }
  for (const key of Object.keys(en)) {
    const made = [key.replace(/\.[^.]*$/, '.'), key.replace(/-[^-]*$/, '-')];
    assert.ok(
      all.includes(`'${key}'`) || made.some((m) => all.includes('`' + m + '${')) ||
        /^trust\..*-more$/.test(key),
      `${key} is used nowhere`,
    );
  }
});

test('plural, holes, and what others wrote set apart', () => {
  assert.equal(say('ru', 'status.nodes', { n: 1 }), '1 узел');
  assert.equal(say('ru', 'status.nodes', { n: 2 }), '2 узла');
  assert.equal(say('ru', 'status.nodes', { n: 267 }), '267 узлов');
  assert.equal(say('en', 'status.nodes', { n: 1 }), '1 node');
  assert.match(say('en', 'chat.block', { name: 'Lev\u202e' }), /\u2068Lev\u2069/);
});

test('characters that hide or turn text are dropped', () => {
  assert.equal(clean('a\u202eb\u0007c\r\nd\u200b\u2066e\tf'), 'abc\nde\tf');
  assert.equal(cleanLine(' a\n\nb\u{e0041} '), 'a b');
});
