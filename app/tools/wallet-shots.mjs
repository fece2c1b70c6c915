#!/usr/bin/env node
// Pictures of the wallet's views, in both languages and themes, 360 and 1280 px wide, against a mock of
// the agent. Any error on the console, also of the content policy, and a page wider than its window fails.
//
// usage: node tools/wallet-shots.mjs FOLDER [words of view names...]      after npm run build
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { here, launch, load, open, serve } from './door.mjs';

const [folder, ...only] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node tools/wallet-shots.mjs FOLDER [words of view names...]');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const out = resolve(here, process.env.GEONET_APP_OUT ?? '../build/app');
const quick = process.env.WALLET_SHOTS === 'quick';
const NOW = new Date(2026, 10, 27, 12, 6).getTime();
const { WalletMock } = await load('test/wallet-mock.ts');
const server = await serve(out);
const browser = await launch();
const pause = (page, ms = 300) => page.waitForTimeout(ms);

const at = (about = '') => async ({ page }) => {
  await page.evaluate((v) => (location.hash = `#/wallet${v ? '/' + encodeURIComponent(v) : ''}`), about);
  await pause(page, 500);
};
const pay = async (s, a) => {
  await at(`pay:${a.people[4].pid}`)(s);
  const fields = s.page.locator('.w-pane .input');
  await fields.nth(1).fill('350');
};
const quote = async (s, a) => {
  await pay(s, a);
  await s.page.locator('.w-pane .button-main').click();
  await pause(s.page);
};
const sign = async (s, a) => {
  await quote(s, a);
  await s.page.locator('.w-pane .button-main').click();
  await pause(s.page);
};

/** name -> agent's options, what is done before the picture. */
const views = {
  home: [{}, at()],
  many: [{ many: 480 }, at('history')],
  empty: [{ wallet: 'empty' }, at()],
  old: [{ wallet: 'old' }, at()],
  offline: [{}, async (s) => {
    await at()(s);
    s.off();
    await pause(s.page, 900);
  }],
  pay: [{}, pay],
  link: [{}, async (s, a) => at(`geonet:pay?to=${a.people[4].pid}&equivalent=EUR&hub=${a.hub}&amount=350&note=Boat&id=q1`)(s)],
  wrong: [{}, async (s, a) => {
    await pay(s, a);
    await s.page.locator('.w-pane .input').nth(1).fill('12,345');
    await s.page.locator('.w-pane .button-main').click();
  }],
  sign: [{}, quote],
  done: [{}, sign],
  waiting: [{ pay: 'waiting' }, sign],
  unknown: [{ pay: 'unknown' }, sign],
  refused: [{ pay: 'refused' }, sign],
  asked: [{ pay: 'asked' }, sign],
  passphrase: [{ pay: 'passphrase' }, sign],
  paid: [{ pay: 'paid' }, quote],
  short: [{ quote: 'short' }, quote],
  none: [{ quote: 'none' }, quote],
  nothing: [{ pay: 'nothing' }, sign],
  request: [{}, at('request')],
  code: [{}, async (s) => {
    await at('request')(s);
    await s.page.locator('.w-pane .input').nth(0).fill('24');
    await s.page.locator('.w-pane .input').nth(1).fill('Tea');
    await s.page.locator('.w-pane .button-main').click();
    await pause(s.page);
  }],
  line: [{}, async (s, a) => at(`line:${a.people[3].pid}`)(s)],
  trust: [{}, at('trust')],
  offer: [{}, at('offer:c1')],
  answer: [{}, at('offer:p1')],
  hubs: [{}, at('hubs')],
  payment: [{}, async (s) => at('tx:pay-4-0.2')(s)],
};

let bad = 0;
for (const [name, [options, act]] of Object.entries(views)) {
  if (only.length && !only.some((x) => name === x)) continue;
  for (const lang of ['en', 'ru'])
    for (const width of [1280, 360])
      for (const theme of ['light', 'dark']) {
        if (quick && (lang === 'ru') !== (width === 360 ? theme === 'dark' : theme === 'light')) continue;
        const agent = new WalletMock({ lang, now: NOW, ...options });
        const s = await open(browser, agent, {
          viewport: { width, height: width === 360 ? 740 : 800 },
          colorScheme: theme,
          locale: lang === 'ru' ? 'ru-RU' : 'en-GB',
          deviceScaleFactor: 1,
          reducedMotion: 'reduce',
        });
        try {
          await s.page.clock.setFixedTime(NOW);
          await pause(s.page, 400);
          await act(s, agent, lang);
          await pause(s.page, 150);
          const wide = await s.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (wide > 0) s.problems.push(`wider than the window by ${wide} px`);
          const honey = await s.page.locator('.button-main:visible').count();
          if (honey > 1) s.problems.push(`${honey} honey buttons`);
          const small = await s.page.evaluate(() =>
            [...document.querySelectorAll('button, a, input')].filter((e) => {
              const r = e.getBoundingClientRect();
              return r.width > 0 && (r.height < 24 || r.width < 24);
            }).map((e) => e.className).slice(0, 3),
          );
          if (small.length) s.problems.push(`targets under 24 px: ${small}`);
        } catch (e) {
          s.problems.push(String(e).split('\n')[0]);
        }
        await s.page.screenshot({ path: join(folder, `${name}-${lang}-${width}-${theme}.png`) });
        for (const p of s.problems.filter((x) => name !== 'offline' || !/WebSocket/.test(x))) {
          console.error(`${name} ${lang} ${width} ${theme}: ${p}`);
          bad++;
        }
        await s.context.close();
      }
}
await browser.close();
server.close();
if (bad) {
  console.error(`wallet-shots: ${bad} problems`);
  process.exit(1);
}
