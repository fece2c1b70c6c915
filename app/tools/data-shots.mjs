#!/usr/bin/env node
// Pictures of the data view, as tools/shots.mjs makes them of the others: both languages and themes,
// 360 and 1280 px. Files and sites are invented; any error on the console fails.
//
// usage: node tools/data-shots.mjs FOLDER [words of view names...]      after npm run build
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { chromium, here, load, open, serve } from './door.mjs';

const [folder, ...only] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node tools/data-shots.mjs FOLDER [words of view names...]');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const out = resolve(here, process.env.GEONET_APP_OUT ?? '../build/app');
const NOW = new Date(2026, 10, 27, 12, 6).getTime();
const { DataAgent } = await load('test/data-mock.ts');
const server = await serve(out);
const browser = await playwright.launch({ executablePath: chromium(), args: ['--no-sandbox'] });

const site = mkdtempSync(join(tmpdir(), 'geonet-site-'));
const dir = join(site, 'workshop');
mkdirSync(join(dir, 'img'), { recursive: true });
for (const [name, bytes] of [['index.html', 4000], ['about.html', 2000], ['img/lathe.jpg', 900_000], ['.env', 20], ['style.css', 3000]])
  writeFileSync(join(dir, name), Buffer.alloc(bytes, 65));

const pause = (page, ms = 300) => page.waitForTimeout(ms);
const at = (view) => async ({ page }) => {
  await page.evaluate((v) => (location.hash = v), view);
  await pause(page, 500);
};
const choose = async ({ page }) => {
  await page.setInputFiles('input[type=file]', dir);
  await pause(page);
};
const publish = async (s) => {
  await choose(s);
  await s.page.click('.review .button-main');
  await pause(s.page, 500);
};

const views = {
  files: [{}, at('#/files')],
  'files-empty': [{ state: 'empty' }, at('#/files')],
  'files-error': [{ errors: ['ChatFilesList'] }, at('#/files')],
  list: [{}, at('#/data')],
  new: [{ state: 'empty' }, at('#/publish')],
  review: [{}, async (s) => { await at('#/publish')(s); await choose(s); }],
  site: [{}, at('#/site/workshop')],
  spreading: [{}, async (s) => { await at('#/site/workshop')(s); await publish(s); }],
  stopped: [{}, async (s) => {
    await at('#/site/workshop')(s);
    await publish(s);
    await s.page.click('.work .button');
    await pause(s.page);
  }],
  passphrase: [{ commit: 'passphrase' }, async (s) => { await at('#/site/workshop')(s); await publish(s); }],
  failed: [{ commit: 'failed' }, async (s) => { await at('#/site/workshop')(s); await publish(s); }],
  done: [{ commit: 'done' }, async (s) => { await at('#/site/workshop')(s); await publish(s); }],
  back: [{}, async (s) => { await at('#/site/workshop')(s); await s.page.click('.versions .text-link'); await pause(s.page); }],
  remove: [{}, async (s) => {
    await at('#/site/workshop')(s);
    await s.page.click('.site-head .menu button');
    await s.page.click('.menu-bad');
    await pause(s.page);
  }],
  sending: [{}, async (s, a) => {
    await at(`#/chat/${a.people[0].pid}`)(s);
    a.tellUpload();
    await pause(s.page, 500);
  }],
};

let bad = 0;
for (const [name, [options, act]] of Object.entries(views)) {
  if (only.length && !only.some((w) => name.includes(w))) continue;
  for (const [lang, width, theme] of [
    ['en', 1280, 'light'], ['ru', 1280, 'dark'], ['ru', 360, 'light'], ['en', 360, 'dark'],
    ['en', 1280, 'dark'], ['ru', 1280, 'light'], ['ru', 360, 'dark'], ['en', 360, 'light'],
  ].slice(0, process.env.FEW ? 3 : 8)) {
    const agent = new DataAgent({ lang, now: NOW, ...options });
    const s = await open(browser, agent, {
      viewport: { width, height: width === 360 ? 740 : 800 },
      colorScheme: theme, locale: lang === 'ru' ? 'ru-RU' : 'en-GB', deviceScaleFactor: 1, reducedMotion: 'reduce',
    });
    try {
      await s.page.clock.setFixedTime(NOW);
      await pause(s.page, 500);
      await act(s, agent);
      await pause(s.page, 200);
      const wide = await s.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) s.problems.push(`wider than the window by ${wide} px`);
    } catch (e) {
      s.problems.push(String(e).split('\n').slice(0, 2).join(' '));
    }
    await s.page.screenshot({ path: join(folder, `${name}-${lang}-${width}-${theme}.png`) });
    for (const p of s.problems) {
      console.error(`${name} ${lang} ${width} ${theme}: ${p}`);
      bad++;
    }
    await s.context.close();
  }
}
await browser.close();
server.close();
rmSync(site, { recursive: true, force: true });
if (bad) {
  console.error(`data-shots: ${bad} problems`);
  process.exit(1);
}
