import test from 'node:test';
import assert from 'node:assert/strict';
import { parse, pathTo, takeOpening } from './router.ts';

function opened(hash: string): [string | undefined, string] {
  let to = '';
  Object.assign(globalThis, {
    location: { hash, pathname: '/' },
    history: { replaceState: (_: unknown, __: string, url: string) => (to = url) },
  });
  return [takeOpening(), to];
}

test('where we are goes into the address and out of it', () => {
  for (const about of ['', '7Gk', 'geonet:hi/x?c=1&n=Вера#/']) {
    assert.deepEqual(parse(pathTo('add', about)), { view: 'add', about });
  }
  assert.deepEqual(parse(''), { view: 'chats', about: '' });
  assert.deepEqual(parse('#/<b>/%E0%A4'), { view: 'chats', about: '' });
});

test('the code of `geonet app` leaves the address at once; its link leads on (UI-11)', () => {
  const code = 'A'.repeat(43);
  assert.deepEqual(opened(`#pair=${code}`), [code, '/#/chats']);
  assert.deepEqual(opened('#pair=short'), [undefined, '/#/chats']);
  assert.deepEqual(opened('#/people'), [undefined, '']);
  const link = encodeURIComponent('geonet:hi/abc?c=1');
  assert.deepEqual(opened(`#pair=${code}&link=${link}`), [code, `/#/add/${link}`]);
  const pay = encodeURIComponent('geonet:pay?to=abc&hub=def');
  assert.deepEqual(opened(`#pair=${code}&link=${pay}`), [code, `/#/wallet/${pay}`]);
  assert.deepEqual(opened(`#pair=${code}&link=javascript%3Aalert(1)`), [code, '/#/chats']);
});
