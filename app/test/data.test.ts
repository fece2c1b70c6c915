// The data view's pure parts: walking what was dropped, paths of a site, words, images by their first
// bytes.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { dataEn } from '../src/words/data.en.ts';
import { dataRu } from '../src/words/data.ru.ts';
import { fit, imageType } from '../src/look/images.ts';
import { size } from '../src/words/time.ts';
import { fill, lang, type Lang } from '../src/words/words.ts';
import { type Word } from '../src/words/en.ts';
import {
  entries, FILES_MAX, folded, fromInput, notFoundPage, pathProblem, Paths, walk, type Entry,
} from '../src/views/data/tree.ts';

const fileOf = (name: string, bytes = 1, path = ''): File =>
  ({ name, size: bytes, webkitRelativePath: path }) as unknown as File;
const leaf = (name: string, bytes = 1): Entry => ({
  isFile: true, isDirectory: false, name, file: (ok) => ok(fileOf(name, bytes)),
});
const broken = (name: string): Entry => ({
  isFile: true, isDirectory: false, name, file: (_, bad) => bad(new Error('gone')),
});
/** A folder that gives its entries some at a time, as a browser does. */
const folder = (name: string, list: Entry[], some = 2): Entry => ({
  isFile: false, isDirectory: true, name,
  createReader: () => {
    let at = 0;
    return { readEntries: (ok) => ok(list.slice(at, (at += some))) };
  },
});

test('a dropped folder is walked, its own name is not part of the paths', async () => {
  const tree = await walk([
    folder('site', [leaf('index.html', 10), folder('a', [leaf('b.css', 5), leaf('c.js'), leaf('d.js')]), leaf('z.txt')]),
  ]);
  assert.equal(tree.name, 'site');
  assert.deepEqual(tree.files.map((f) => f.path), ['a/b.css', 'a/c.js', 'a/d.js', 'index.html', 'z.txt']);
  assert.equal(tree.bytes, 18);
  assert.equal(tree.leftOut, 0);
});

test('hidden files, unreadable ones and impossible names are left out and named', async () => {
  const tree = await walk([
    folder('site', [
      leaf('.DS_Store'), folder('.git', [leaf('config')]), leaf('ok.html'), broken('gone'), leaf('a\\b'),
      folder('.well-known', [leaf('x')]), leaf('e\u0301.txt'), leaf('OK.html'),
    ]),
  ]);
  assert.deepEqual(tree.files.map((f) => f.path), ['.well-known/x', 'ok.html', '\u00e9.txt']);
  assert.deepEqual(tree.left.map((l) => `${l.path} ${l.why}`), [
    '.DS_Store hidden', '.git/ hidden', 'gone unreadable', 'a\\b name', 'OK.html clash',
  ]);
});

test('files without a folder become one', async () => {
  const tree = await walk([leaf('index.html'), folder('img', [leaf('a.png')])]);
  assert.equal(tree.name, '');
  assert.deepEqual(tree.files.map((f) => f.path), ['img/a.png', 'index.html']);
});

test('as many files as a site may have, and one more', async () => {
  const many = (n: number) => folder('s', Array.from({ length: n }, (_, i) => leaf(`f${i}`, 0)), 1000);
  assert.equal((await walk([many(FILES_MAX)])).tooMuch, false);
  assert.equal((await walk([many(FILES_MAX + 1)])).tooMuch, true);
  assert.equal((await walk([folder('s', [leaf('a', 2 ** 32)])])).tooMuch, false);
  assert.equal((await walk([folder('s', [leaf('a', 2 ** 32), leaf('b', 1)])])).tooMuch, true);
});

test('a chosen folder gives the same', () => {
  const tree = fromInput([fileOf('index.html', 3, 'site/index.html'), fileOf('x', 4, 'site/.git/x')]);
  assert.equal(tree.name, 'site');
  assert.deepEqual(tree.files.map((f) => f.path), ['index.html']);
  assert.deepEqual(tree.left, [{ path: '.git/x', why: 'hidden' }]);
});

test('paths that a site cannot have (BU-1)', () => {
  for (const bad of ['', '/a', 'a//b', 'a/', '../a', 'a/./b', 'a\\b', 'a\nb', 'a\u0000', 'a\ud800', 'é'.repeat(513)])
    assert.equal(pathProblem(bad), 'name', JSON.stringify(bad));
  for (const good of ['a', 'a/b c/d.html', 'é'.repeat(512), '.well-known/a', 'a..b'])
    assert.equal(pathProblem(good), undefined, good);
  assert.equal(pathProblem('a/.git/b'), 'hidden');
});

test('names that are one but for their case, on every level; a file that is a folder (BU-2)', () => {
  const paths = new Paths();
  assert.equal(paths.add('Img/a.png'), undefined);
  assert.equal(paths.add('Img/b.png'), undefined);
  assert.equal(paths.add('img/c.png'), 'clash');
  assert.equal(paths.add('Img'), 'clash');
  assert.equal(paths.add('Img/a.png/x'), 'clash');
  assert.equal(paths.add('Img/A.png'), 'clash');
  assert.equal(folded('ÄSSЖ'), folded('ässж'));
  assert.notEqual(folded('ß'), folded('ss'));
});

test('the first page, and the one for what is missing', async () => {
  const tree = await walk([
    folder('s', [folder('a', [leaf('index.html')]), leaf('404.html'), leaf('index.html'), leaf('x.txt')]),
  ]);
  assert.deepEqual(entries(tree), ['index.html', '404.html', 'a/index.html']);
  assert.equal(notFoundPage(tree), '404.html');
  assert.deepEqual(entries(await walk([folder('s', [leaf('x.txt')])])), []);
});

test('sizes in words', () => {
  lang.value = 'en';
  assert.equal(size(999), '999\u00a0B');
  assert.equal(size(1000), '1\u00a0KB');
  assert.equal(size(1_440_000n), '1.4\u00a0MB');
  lang.value = 'ru';
  assert.equal(size(4_000_000_000), '4\u00a0ГБ');
  assert.equal(size(1_440_000), '1,4\u00a0МБ');
  lang.value = 'en';
});

test('images are told by their first bytes, never by what they are called', () => {
  const of = (text: string) => imageType(Uint8Array.from(text, (c) => c.charCodeAt(0)));
  assert.equal(of('\xff\xd8\xff\xe0'), 'image/jpeg');
  assert.equal(of('\x89PNG\r\n\x1a\n'), 'image/png');
  assert.equal(of('RIFF....WEBPVP8 '), 'image/webp');
  assert.equal(of('<svg onload=x>'), '');
  assert.equal(of('<!doctype html>'), '');
  assert.equal(of(''), '');
  assert.deepEqual(fit(4000, 1000, 240), { width: 240, height: 60 });
  assert.deepEqual(fit(100, 50, 240), { width: 100, height: 50 });
  assert.deepEqual(fit(10_000, 1, 240), { width: 240, height: 1 });
});

test('both languages have the same words with the same holes, and each is used', () => {
  assert.deepEqual(Object.keys(dataRu).sort(), Object.keys(dataEn).sort());
  const holes = (s: string) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
  const tables: Record<Lang, Record<string, Word>> = { en: dataEn, ru: dataRu };
  const src = join(process.env['APP_ROOT'] as string, 'src/views/data');
  const code = readdirSync(src).filter((n) => /\.tsx?$/.test(n)).map((n) => readFileSync(join(src, n), 'utf8')).join('\n');
  for (const [l, table] of Object.entries(tables)) {
    const forms = new Intl.PluralRules(l).resolvedOptions().pluralCategories;
    for (const [key, word] of Object.entries(table)) {
      const model = tables.en[key] as Word;
      assert.equal(typeof word, typeof model, key);
      if (typeof word !== 'string') assert.deepEqual(Object.keys(word).sort(), [...forms].sort(), `${l} ${key}`);
      for (const text of typeof word === 'string' ? [word] : Object.values(word)) {
        assert.deepEqual(holes(text), holes(typeof model === 'string' ? model : model.other), `${l} ${key}`);
        assert.ok(text.trim() && !/!/.test(text), key);
      }
      const made = key.replace(/\.[^.]*$/, '.');
      assert.ok(code.includes(`'${key}'`) || code.includes('`' + made + '${'), `${key} is used nowhere`);
    }
  }
  assert.equal(fill('ru', dataRu['review.files'], { n: 3 }), '3 файла');
});
