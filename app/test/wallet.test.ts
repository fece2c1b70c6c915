// The wallet's pure parts: amounts, links, what stands in the way, words for every refusal.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compare, fromUnits, minus, plus, share, show, sign, typed, units } from '../src/views/wallet/amount.ts';
import { cutGraph, scaleOf } from '../src/views/wallet/cut.ts';
import { howOf, rowsOf } from '../src/views/wallet/History.tsx';
import { pairsOf } from '../src/views/wallet/Lines.tsx';
import { payLink } from '../src/views/wallet/link.ts';
import { isKind, sayIn } from '../src/views/wallet/say.ts';
import { walletEn, type WalletWord } from '../src/words/wallet.en.ts';
import { walletRu } from '../src/words/wallet.ru.ts';
import { type WalletCut, type WalletDone, type WalletLine, type WalletPayment } from '../src/wire/generated/frames.ts';

const root = process.env['APP_ROOT'] as string;
const NB = '\u00a0';

test('amounts are texts: compared, added, never rounded', () => {
  assert.equal(plus('0.1', '0.2'), '0.3');
  assert.equal(minus('1', '0.000000000001'), '0.999999999999');
  assert.equal(plus('99999999999999999999.99', '0.01'), '100000000000000000000');
  assert.equal(compare('10', '9.99'), 1);
  assert.equal(compare('1.0', '1'), 0);
  assert.equal(sign('-0.01'), -1);
  assert.equal(sign('0.00'), 0);
  assert.equal(share('1', '4'), 0.25);
  assert.equal(share('9', '4'), 1);
  assert.equal(share('1', '0'), 0);
  for (const bad of ['', '1e3', '1,5', '.5', '5.', '--1', 'NaN', '0x10', '1'.repeat(31)]) assert.equal(units(bad), undefined, bad);
  assert.equal(fromUnits(units('-12.5') as bigint), '-12.5');
});

test('amounts are shown in the language, with the precision of the equivalent', () => {
  assert.equal(show('1234567.5', 'en', { precision: 2 }), '1,234,567.50');
  assert.equal(show('1234567.5', 'ru', { precision: 2 }), `1${NB}234${NB}567,50`);
  assert.equal(show('-3', 'ru', { precision: 0 }), `\u2212${NB}3`);
  assert.equal(show('20', 'en', { precision: 2, signed: true }), `+${NB}20.00`);
  assert.equal(show('0.00', 'en', { precision: 2, signed: true }), '0.00');
  assert.equal(show('400.00', 'en', { short: true }), '400');
  assert.equal(show('12.50', 'en', { short: true }), '12.50');
  assert.equal(show('1.005', 'en', { precision: 2 }), '1.005', 'nothing is rounded away');
  assert.equal(show('<b>', 'en'), '');
});

test('what is typed becomes a plain amount or is refused', () => {
  assert.equal(typed('1 234,50', 2, 'ru'), '1234.50');
  assert.equal(typed(' 12.5 ', 2, 'en'), '12.5');
  assert.equal(typed('007', 2, 'en'), '7');
  assert.equal(typed('12,5', 2, 'en'), '12.5');
  for (const [text, precision] of [['1,234', 3], ['1.234', 2], ['1.5', 0], ['-3', 2], ['', 2], ['1.', 2], ['1e3', 2], ['1.2.3', 2]] as const)
    assert.equal(typed(text, precision, 'en'), undefined, text);
});

const A = 'GfH5kQh3ZV7tq8ZL2oEFnbWJ1vpNcD4xYs6mRuTKaPeB';
const H = '8nTXhbKtFbHtzZXBnzx9Rb4uCWxbFLYZ4a5HTrGH5cS2';

test('links of requests to be paid (HB-23)', () => {
  const link = `geonet:pay?to=${A}&equivalent=EUR&hub=${H}&amount=24.50&note=${encodeURIComponent('За чай & сахар')}&id=q7`;
  assert.deepEqual(payLink(link), { link, to: A, hub: H, equivalent: 'EUR', amount: '24.50', note: 'За чай & сахар' });
  assert.equal(payLink(`web+${link}`)?.link, link);
  assert.equal(payLink(`geo://pay/${A}?equivalent=EUR&hub=${H}`)?.to, A);
  assert.equal(payLink(`geonet:pay?to=${A}&equivalent=EUR&hub=${H}`)?.amount, '');
  for (const bad of [
    'geonet:hi/x', 'geonet:pay?', `geonet:pay?to=${A}&equivalent=EUR`, `geonet:pay?to=${A}&hub=${H}`,
    `geonet:pay?to=x&equivalent=EUR&hub=${H}`, `${link}&amount=1`, `${link}&to=${A}`,
    link.replace('24.50', '1e9'), link.replace('24.50', '-1'), link.replace(/note=[^&]*/, 'note=%ff'),
    link.replace(/note=[^&]*/, 'note=%00'), link.replace(/note=[^&]*/, 'note=' + 'a'.repeat(1025)), link.replace('id=q7', 'id=a%20b'),
  ])
    assert.equal(payLink(bad), undefined, bad);
});

const cut = (debtor: string, owner: string, available: string): WalletCut => ({
  owner, owner_name: owner, debtor, debtor_name: debtor, by: '', by_name: '', cause: 'full', available, left_today: '',
});

test('what stands in the way: the payer at the left, the cut, the payee at the right', () => {
  const g = cutGraph([cut('olga', 'lev', '80'), cut('vera', 'lev', '130')], { me: 'me', payee: 'lev', payeeName: 'Lev', amount: '350' }, 600);
  const x = (pid: string) => g.nodes.find((n) => n.pid === pid)?.x ?? -1;
  assert.equal(g.nodes.length, 4);
  assert.ok(x('me') < x('vera') && x('vera') === x('olga') && x('vera') < x('lev'));
  assert.deepEqual(g.nodes.filter((n) => n.far).map((n) => n.pid), ['lev']);
  assert.equal(g.sum, '210');
  const known = g.edges.filter((e) => e.width > 0);
  assert.equal(known.length, 2);
  assert.ok((known[1]?.width ?? 0) > (known[0]?.width ?? 0), 'as wide as what is free');
  assert.equal(g.edges.filter((e) => e.width === 0 && e.available === '').length, 2, 'what is not known has no figure');
  const line = Number(/^M(\d+)/.exec(g.cut)?.[1]);
  assert.ok(line > x('vera') && line < x('lev'), 'the cut lies between');
  // of one's own lines: one to the payee, one to somebody else; nothing lies upon another
  const own = cutGraph([cut('me', 'lev', '80'), cut('me', 'vera', '130')], { me: 'me', payee: 'lev', payeeName: 'Lev', amount: '350' }, 300);
  const places = own.edges.filter((e) => e.width > 0).map((e) => [e.x, e.y]);
  assert.ok(Math.abs((places[0]?.[1] ?? 0) - (places[1]?.[1] ?? 0)) > 26, 'figures do not meet');
  for (const n of [...own.nodes, ...g.nodes]) assert.ok(n.x >= 40 && n.y >= 40, JSON.stringify(n));
  // nothing is known at all
  const none = cutGraph([], { me: 'me', payee: 'lev', payeeName: 'Lev', amount: '1' }, 300);
  assert.equal(none.nodes.length, 2);
  assert.equal(none.edges.length, 0);
});

test('all bars are on one scale and none is longer than its room', () => {
  for (const rows of [
    [{ left: '400', right: '300' }, { left: '50', right: '250' }, { left: '0', right: '100' }],
    [{ left: '0', right: '1000000' }], [{ left: '5', right: '0' }], [{ left: '0', right: '0' }], [],
  ]) {
    const s = scaleOf(rows);
    assert.ok(s.middle >= 0.25 && s.middle <= 0.75);
    for (const r of rows) {
      assert.ok(share(r.left, s.whole) <= s.middle + 0.001, JSON.stringify([r, s]));
      assert.ok(share(r.right, s.whole) <= 1 - s.middle + 0.001, JSON.stringify([r, s]));
    }
  }
});

test('both lines with one person are one row', () => {
  const line = (peer: string, given: boolean) => ({ peer, given, name: peer, equivalent: 'EUR', limit: '1', used: '0' }) as WalletLine;
  const pairs = pairsOf([line('a', true), line('b', false), line('a', false)]);
  assert.equal(pairs.length, 2);
  assert.ok(pairs[0]?.gives && pairs[0].takes && !pairs[1]?.gives);
});

test('the history: what is not over first, each payment once, each state its word', () => {
  const done = (tx: string, state: number) => ({ act: tx, tx, state, what: 0, hub: '', peer: 'p', name: 'P', amount: '1', equivalent: 'EUR', note: '', at: 1n, before: false, kind: '', code: '', reason: '', cut: [], ways: [] }) as WalletDone;
  const paid = (tx: string, status: string, out = true) => ({ tx, status, out, peer: 'p', amount: '1', equivalent: 'EUR', note: '', created: '2026-11-27T10:00:00Z', code: '', reason: '' }) as WalletPayment;
  const rows = rowsOf([done('a', 4), done('b', 1)], [paid('b', 'COMMITTED'), paid('c', 'ABORTED'), paid('a', 'NEW')]);
  assert.deepEqual(rows.map((r) => [r.key, r.how]), [['act:a', 'unknown'], ['tx:b', 'out'], ['tx:c', 'nothing']]);
  assert.equal(howOf({ status: 'COMMITTED', out: false }), 'in');
  assert.equal(howOf({ status: 'WAITING_CONFIRMATIONS', out: true }), 'waiting');
});

// ---- words ----

const holes = (s: string) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('both languages have the same words, their plural forms and holes', () => {
  assert.deepEqual(Object.keys(walletRu).sort(), Object.keys(walletEn).sort());
  for (const [l, table] of [['en', walletEn], ['ru', walletRu]] as const) {
    const forms = new Intl.PluralRules(l).resolvedOptions().pluralCategories;
    for (const [key, word] of Object.entries(table)) {
      const model = walletEn[key as WalletWord] as string | { other: string };
      assert.equal(typeof word, typeof model, `${l} ${key}`);
      const texts = typeof word === 'string' ? [word] : Object.values(word as Record<string, string>);
      if (typeof word !== 'string') assert.deepEqual(Object.keys(word).sort(), [...forms].sort(), `${l} ${key}`);
      for (const text of texts) {
        assert.deepEqual(holes(text), holes(typeof model === 'string' ? model : model.other), `${l} ${key}`);
        assert.ok(text.trim() && !/!|oops|упс|ой,/i.test(text), `${l} ${key}`);
      }
    }
  }
});

test('every word is used, and no view has words of its own', () => {
  const dir = join(root, 'src/views/wallet');
  const all = readdirSync(dir).filter((n) => /\.tsx?$/.test(n)).map((n) => readFileSync(join(dir, n), 'utf8')).join('\n');
  for (const key of Object.keys(walletEn))
    assert.ok(all.includes(`'${key}'`) || /^(kind|cause)\.|^h-/.test(key), `${key} is used nowhere`);
  assert.doesNotMatch(all, /[А-Яа-яё]{3}/);
  assert.doesNotMatch(all, /\b(?:parseFloat|toFixed\(2\)\} )/);
});

test('every kind of refusal and every cause has words in both languages', () => {
  const agent = join(root, '../src/agent');
  const kinds = new Set<string>();
  for (const name of readdirSync(agent).filter((n) => /^(serve_)?wallet.*\.c$/.test(n))) {
    const text = readFileSync(join(agent, name), 'utf8').replace(/(?:gn_wallet_text|json_object_get)\([^)]*\)/g, '');
    for (const m of text.matchAll(/(?:\bfail\(q|agent_wallet_refuse\(\s*\w+), \w+,\s*"([a-z-]+)"/g)) kinds.add(m[1] as string);
    for (const m of text.matchAll(/\bkind =([^;]*);/g)) for (const k of (m[1] as string).matchAll(/"([a-z-]+)"/g)) kinds.add(k[1] as string);
  }
  assert.ok(kinds.size > 20, `only ${kinds.size} kinds were found`);
  for (const kind of kinds) assert.ok(isKind(kind), `the refusal "${kind}" has no words`);
  const why = readFileSync(join(root, '../src/ledger/why.c'), 'utf8');
  const names = /gn_ledger_cause_name[^}]*names\[GN_CAUSES\] = \{([^}]*)\}/s.exec(why)?.[1] ?? '';
  const causes = [...names.matchAll(/"([a-z_]+)"/g)].map((m) => m[1] as string);
  assert.equal(causes.length, 9);
  for (const cause of causes) assert.ok(`cause.${cause}` in walletEn, cause);
});

test('what others wrote is set apart in a sentence', () => {
  assert.match(sayIn('en', 'sign-pay', { amount: '1', name: 'Lev\u202e' }), /\u2068Lev\u2069/);
  assert.match(sayIn('ru', 'elsewhere', { n: 2 }), /линии/);
});
