// The built page in Chromium, against a mock of the agent and under the policy of the door. Needs
// `npm run build` and chromium-headless-shell, else it is skipped.
// UI-1, UI-2, UI-3, UI-10, UI-14, UI-21, UI-23, UI-25, UI-30..UI-35, UI-41..UI-43
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { MockAgent, type MockOptions } from './mock.ts';

const ROOT = process.env['APP_ROOT'] as string;
const OUT = resolve(ROOT, process.env['GEONET_APP_OUT'] ?? '../build/app');
interface Door {
  chromium(): string;
  launch(): Promise<Browser>;
  serve(out: string): Promise<{ close(): void }>;
  open(b: Browser, a: MockAgent, o: object): Promise<Opened>;
}
interface Opened { page: Page; problems: string[]; off(): void; on(): void; context: { close(): Promise<void> } }

let door: Door;
let browser: Browser | undefined;
let server: { close(): void } | undefined;
let why = '';
const NOW = Date.now();

before(async () => {
  door = (await import(pathToFileURL(join(ROOT, 'tools/door.mjs')).href)) as Door;
  try {
    door.chromium();
  } catch (e) {
    why = String(e);
  }
  if (!existsSync(join(OUT, 'index.html'))) why = 'the app is not built: npm run build';
  if (why) return;
  server = await door.serve(OUT);
  browser = await door.launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

function page(name: string, options: Partial<MockOptions>, act: (s: Opened, a: MockAgent) => Promise<void>): void {
  test(name, async (t) => {
    if (!browser) return t.skip(why);
    const agent = new MockAgent({ lang: 'en', now: NOW, ...options });
    const s = await door.open(browser, agent, {
      viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce',
    });
    try {
      await act(s, agent);
      assert.deepEqual(s.problems.filter((p) => !/WebSocket/.test(p)), []);
    } finally {
      await s.context.close();
    }
    return undefined;
  });
}
const go = (p: Page, hash: string) => p.evaluate((h) => void (location.hash = h), hash);
const chatWith = async (s: Opened, a: MockAgent, i: number) => {
  await s.page.locator('.row').first().waitFor();
  await go(s.page, `#/chat/${a.people[i]!.pid}`);
  await s.page.locator('.composer-input, .foot-line').first().waitFor();
};
const said = (a: MockAgent, name: string) => a.said.filter((x) => x.name === name);

test('what is loaded first is within 150 KB (UI-2)', (t) => {
  if (!existsSync(join(OUT, 'index.html'))) return t.skip('not built');
  execFileSync(process.execPath, ['tools/size.mjs'], { cwd: ROOT, env: { ...process.env, GEONET_APP_OUT: OUT } });
  return undefined;
});

test('colours are those of the tokens; QR codes and what is black behind a video (UI-30)', () => {
  for (const name of readdirSync(join(ROOT, 'src'), { recursive: true }).map(String)) {
    if (!/\.(css|tsx)$/.test(name) || /tokens\.css|network|node\/|test/.test(name)) continue;
    const text = readFileSync(join(ROOT, 'src', name), 'utf8');
    const found = [...text.matchAll(/[:\s"'](#[0-9a-f]{3,8})\b/gi)].map((m) => m[1]);
    assert.deepEqual(found.filter((c) => !['#fff', '#1b2030', '#565c6c', '#000'].includes(c ?? '')), [], name);
  }
});

page('nobody else is asked, and little is kept, the secret as a key that cannot be read', {}, async (s, a) => {
  for (const view of ['chats', 'people', 'add', `person/${a.people[0]!.pid}`, `verify/${a.people[0]!.pid}`, 'requests', 'settings']) {
    await go(s.page, `#/${view}`);
    await s.page.waitForTimeout(120);
  }
  const kept = await s.page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done) => {
      const q = indexedDB.open('geonet');
      q.onsuccess = () => done(q.result);
    });
    const id = await new Promise<{ key: CryptoKey }>((done) => {
      const q = db.transaction('identity').objectStore('identity').get('client');
      q.onsuccess = () => done(q.result as { key: CryptoKey });
    });
    return { stores: [...db.objectStoreNames], out: id.key.extractable, cookie: document.cookie, local: localStorage.length, hash: location.href };
  });
  assert.deepEqual(kept.stores, ['cache', 'draft', 'identity', 'set']);
  assert.equal(kept.out, false);
  assert.equal(kept.cookie + kept.local, '0');
  assert.ok(!kept.hash.includes('pair='));
});

page('what a person must allow is shown and answered elsewhere (UI-3)', {}, async (s) => {
  await go(s.page, '#/settings');
  await s.page.getByRole('button', { name: 'Add a program' }).click();
  await s.page.getByLabel('Name of the program').fill('notes');
  await s.page.locator('dialog').getByRole('button', { name: 'Add a program' }).click();
  await s.page.getByText('Add a program "notes" that may: chat').waitFor();
});

page('a passphrase goes out once, in NFC, and leaves its field (UI-14)', { state: 'locked' }, async (s, a) => {
  await s.page.locator('input[type=password]').fill('й'.normalize('NFD'));
  await s.page.locator('.button-main').click();
  await s.page.locator('.rail').waitFor();
  const given = said(a, 'Unlock')[0]!.as['passphrase'] as Uint8Array;
  assert.equal(new TextDecoder().decode(given), 'й'.normalize('NFC'));
});

page('sent once: what failed stays, and goes again under its id (UI-21)', {}, async (s, a) => {
  await chatWith(s, a, 0);
  const field = s.page.locator('.composer-input');
  a.options.errors = ['MessageSend'];
  await field.fill('only once');
  await field.press('Enter');
  await s.page.locator('.toast').waitFor();
  assert.equal(await field.inputValue(), 'only once');
  a.options.errors = [];
  await field.press('Enter');
  await s.page.locator('.bubble', { hasText: 'only once' }).waitFor();
  assert.equal(await field.inputValue(), '');
  const ids = said(a, 'MessageSend').map((x) => x.as['id']);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
});

page('read is what was in sight (UI-23)', {}, async (s, a) => {
  assert.equal(said(a, 'MessageRead').length, 0);
  await chatWith(s, a, 1);
  await s.page.waitForTimeout(600);
  assert.equal(said(a, 'MessageRead').length, 1);
  assert.equal(said(a, 'MessageRead')[0]!.as['who'], a.people[1]!.pid);
});

page('text of others is text; links in full; names fall back to the PID (UI-31..33, UI-35)', {}, async (s, a) => {
  const p = a.people[0]!;
  const all = a.history.get(p.pid)!;
  const last = all.at(-1)!;
  const text = '<img src=x onerror=alert(1)> a\u202eb https://example.org/x?y=1, geonet:hi/abc?c=1';
  all.push({ ...last, id: 'cd'.repeat(16), mine: false, text, order: last.order + 1n, number: last.number + 1n });
  a.people[1]!.name = '';
  await chatWith(s, a, 0);
  const bubble = s.page.locator('.message').last().locator('.text');
  assert.equal(await bubble.innerText(), text.replace('\u202e', ''));
  const links = bubble.locator('a');
  assert.equal(await links.nth(0).getAttribute('href'), 'https://example.org/x?y=1');
  assert.match((await links.nth(0).getAttribute('rel')) ?? '', /noreferrer/);
  assert.match((await links.nth(1).getAttribute('href')) ?? '', /^#\/add\/geonet/);
  assert.equal(await s.page.locator('img, iframe, video, object, embed').count(), 0);
  await s.page.getByText(a.people[1]!.pid.slice(0, 10)).first().waitFor();
});

page('a changed key stops sending (UI-34)', { alarm: true }, async (s, a) => {
  await chatWith(s, a, 4);
  await s.page.locator('.alarm').waitFor();
  assert.equal(await s.page.locator('.composer-input').count(), 0);
  await s.page.locator('.alarm button').click();
  await s.page.locator('.digits li').first().waitFor();
  assert.equal(await s.page.locator('.digits li').count(), 12);
  await s.page.getByRole('button', { name: 'Enter their code' }).click();
  await s.page.locator('dialog textarea').fill(`geonet:verify/${a.people[4]!.pid}/AAAA`);
  await s.page.locator('dialog').getByRole('button', { name: 'Compare' }).click();
  await s.page.getByText('The keys are not the same').waitFor();
  assert.equal(said(a, 'ContactSet').length, 0);
});

page('keys walk (UI-41)', {}, async (s, a) => {
  await chatWith(s, a, 0);
  await s.page.keyboard.press('Alt+ArrowDown');
  await s.page.waitForFunction((pid) => location.hash.endsWith(pid), a.people[1]!.pid);
  await s.page.keyboard.press('Control+k');
  await s.page.keyboard.type('vera');
  await s.page.locator('.palette-on', { hasText: 'Vera' }).waitFor();
  await s.page.keyboard.press('Enter');
  await s.page.waitForFunction((pid) => location.hash.endsWith(pid), a.people[0]!.pid);
  await s.page.locator('.messages').focus();
  await s.page.keyboard.press('r');
  await s.page.locator('.composer-about').waitFor();
  await s.page.keyboard.press('Escape');
  assert.equal(await s.page.locator('.composer-about').count(), 0);
  await s.page.locator('.row').first().focus();
  await s.page.keyboard.press('ArrowDown');
  await s.page.waitForTimeout(60);
  assert.equal(await s.page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row')), '1');
  assert.equal(await s.page.locator('.list .row[tabindex="0"]').count(), 1);
  await s.page.keyboard.press('?');
  await s.page.locator('.keys').waitFor();
});

page('without the agent what was there is shown, and what is written stays (UI-13, UI-25)', {}, async (s, a) => {
  await chatWith(s, a, 0);
  s.off();
  await s.page.getByText('The agent does not answer').waitFor();
  await s.page.fill('.composer-input', 'later');
  await s.page.getByText('Your text is kept here').waitFor();
  assert.ok((await s.page.locator('.bubble').count()) > 3);
  s.on();
  await s.page.getByText('Online').first().waitFor({ timeout: 15_000 });
  assert.equal(await s.page.inputValue('.composer-input'), 'later');
});

page('nothing moves, and axe finds nothing (UI-42)', {}, async (s, a) => {
  await chatWith(s, a, 0);
  const moving = await s.page.evaluate(() =>
    [...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration.split(', ').some((d) => d !== '0s')).length);
  assert.equal(moving, 0);
  await s.page.evaluate(readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const found = await s.page.evaluate(async () =>
    (await (window as unknown as { axe: { run(d: Document, o: object): Promise<{ violations: { id: string }[] }> } }).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })).violations.map((v) => v.id));
  assert.deepEqual(found, []);
  const small = await s.page.evaluate(() =>
    [...document.querySelectorAll('button, a[href]')].filter((e) => {
      const r = e.getBoundingClientRect();
      return r.width > 0 && (r.height < 24 || r.width < 24) && !e.closest('.text');
    }).map((e) => e.outerHTML.slice(0, 80)));
  assert.deepEqual(small, []);
});

page('notifications say no name unless that is wanted (UI-43)', {}, async (s, a) => {
  await s.page.evaluate(() => {
    const notes: string[] = [];
    Object.assign(window, {
      notes,
      Notification: class {
        static permission = 'granted';
        constructor(title: string, o: { body: string }) {
          notes.push(`${title}: ${o.body}`);
        }
      },
    });
    document.hasFocus = () => false;
  });
  const news = (i: number) => {
    const contact = a.people[i]!;
    const message = { ...a.history.get(contact.pid)!.at(-1)!, id: `${i}a`.repeat(16), mine: false, read: false, text: 'secret words' };
    a.tell('ToldMessage', { contact, message, fresh: true });
  };
  const notes = () => s.page.evaluate(() => (window as unknown as { notes: string[] }).notes);
  await s.page.locator('.row').first().waitFor();
  news(1);
  await go(s.page, '#/settings');
  await s.page.getByLabel('Notify me of new messages').check();
  assert.deepEqual(await notes(), []);
  news(2);
  news(7);
  await s.page.waitForTimeout(150);
  assert.deepEqual(await notes(), ['GeoNet: New message']);
  await s.page.getByLabel('With names and text').check();
  news(2);
  await s.page.waitForTimeout(150);
  assert.deepEqual((await notes())[1], 'Maria: secret words');
});
