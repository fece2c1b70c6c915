#!/usr/bin/env node
// Pictures of every view, in both languages and themes, 360 and 1280 px wide, against a mock of the
// agent. Any error on the console, also of the content policy, fails. With --axe each is also looked at by axe-core (WCAG 2.2 AA); what it finds fails, too.
//
// usage: node tools/shots.mjs [--axe] FOLDER [words of view names...]      after npm run build
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { chromium, here, load, open, serve } from './door.mjs';

const words = process.argv.slice(2);
const axe = words[0] === '--axe' && words.shift();
const [folder, ...only] = words;
if (!folder) {
  console.error('usage: node tools/shots.mjs FOLDER [words of view names...]');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const out = resolve(here, process.env.GEONET_APP_OUT ?? '../build/app');
const NOW = new Date(2026, 10, 27, 12, 6).getTime();
const { MockAgent, draftOf } = await load('test/mock.ts');
const server = await serve(out);
const browser = await playwright.launch({ executablePath: chromium(), args: ['--no-sandbox'] });

const pause = (page, ms = 250) => page.waitForTimeout(ms);
const at = (view) => async ({ page }) => {
  await page.evaluate((v) => (location.hash = v), view);
  await pause(page);
};
const pid = (agent, i) => agent.people[i].pid;

/** name -> agent's options, what is done before the picture. */
const views = {
  chats: [{}, async () => undefined],
  chat: [{}, async (s, a, lang) => {
    await at(`#/chat/${pid(a, 0)}`)(s);
    await s.page.fill('.composer-input', draftOf(lang));
  }],
  failed: [{}, async (s, a) => at(`#/chat/${pid(a, 3)}`)(s)],
  alarm: [{ alarm: true }, async (s, a) => at(`#/chat/${pid(a, 4)}`)(s)],
  receipts: [{}, async (s, a) => {
    await at(`#/chat/${pid(a, 0)}`)(s);
    await s.page.click('.message:last-child .ring-button');
  }],
  requests: [{}, at('#/requests')],
  people: [{}, at('#/people')],
  person: [{}, async (s, a) => at(`#/person/${pid(a, 4)}`)(s)],
  add: [{}, at('#/add')],
  verify: [{}, async (s, a) => at(`#/verify/${pid(a, 4)}`)(s)],
  met: [{}, async (s, a) => at(`#/verify/${pid(a, 0)}`)(s)],
  settings: [{}, at('#/settings')],
  palette: [{}, async (s, a, lang) => {
    await at(`#/chat/${pid(a, 0)}`)(s);
    await s.page.keyboard.press('Control+k');
    await s.page.keyboard.type(lang === 'ru' ? 'ве' : 've');
    await pause(s.page, 400);
  }],
  keys: [{}, async (s) => {
    await s.page.keyboard.press('?');
  }],
  menu: [{}, async (s, a) => {
    await at(`#/chat/${pid(a, 0)}`)(s);
    await s.page.hover('.message:nth-last-child(2) .bubble');
    await s.page.click('.message:nth-last-child(2) .message-tools .menu:last-child button');
  }],
  ask: [{}, async (s, a) => {
    await at(`#/person/${pid(a, 4)}`)(s);
    await s.page.click('.button-bad:last-child');
  }],
  many: [{ many: 3000 }, async (s, a) => {
    await at(`#/chat/${pid(a, 0)}`)(s);
    await s.page.waitForSelector('.messages');
    await s.page.evaluate(() => (document.querySelector('.messages').scrollTop = 900));
    await pause(s.page, 500);
  }],
  empty: [{ state: 'empty' }, async () => undefined],
  error: [{ errors: ['ChatsList', 'ContactsList'] }, async () => undefined],
  offline: [{ offline: true }, async () => undefined],
  stale: [{}, async (s) => {
    await pause(s.page, 300);
    s.off();
    await pause(s.page, 900);
  }],
  start: [{ state: 'new' }, async () => undefined],
  meet: [{ state: 'new' }, async (s, a, lang) => {
    await s.page.fill('.input', lang === 'ru' ? 'Анна' : 'Anna');
    await s.page.click('.button-main');
    await pause(s.page, 700);
  }],
  locked: [{ state: 'locked' }, async () => undefined],
};

const axeCode = axe ? readFileSync(join(here, 'node_modules/axe-core/axe.min.js'), 'utf8') : '';
/** Rules of WCAG 2.2 A and AA; run beside the page's own code, past its policy. */
async function look(s) {
  await s.page.evaluate(axeCode);
  const found = await s.page.evaluate(async () =>
    (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations.map(
      (v) => `axe ${v.id}: ${v.nodes.length} x ${v.nodes[0].target.join(' ')} ${v.nodes[0].any[0]?.message ?? v.help}`,
    ),
  );
  s.problems.push(...found);
}

let bad = 0;
for (const [name, [options, act]] of Object.entries(views)) {
  if (only.length && !only.some((w) => name.includes(w))) continue;
  for (const lang of ['en', 'ru'])
    for (const width of [1280, 360])
      for (const theme of ['light', 'dark']) {
        const agent = new MockAgent({ lang, now: NOW, ...options });
        const s = await open(browser, agent, {
          viewport: { width, height: width === 360 ? 740 : 800 },
          colorScheme: theme,
          locale: lang === 'ru' ? 'ru-RU' : 'en-GB',
          deviceScaleFactor: 1,
          reducedMotion: 'reduce',
        });
        try {
          await s.page.clock.setFixedTime(NOW);
          await pause(s.page, 500);
          await act(s, agent, lang);
          await pause(s.page);
          const wide = await s.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (axe) await look(s);
          if (wide > 0) s.problems.push(`wider than the window by ${wide} px`);
        } catch (e) {
          s.problems.push(String(e).split('\n')[0]);
        }
        await s.page.screenshot({ path: join(folder, `${name}-${lang}-${width}-${theme}.png`) });
        for (const p of s.problems.filter((x) => name !== 'stale' || !/WebSocket/.test(x))) {
          console.error(`${name} ${lang} ${width} ${theme}: ${p}`);
          bad++;
        }
        await s.context.close();
      }
}
await browser.close();
server.close();
if (bad) {
  console.error(`shots: ${bad} problems`);
  process.exit(1);
}
