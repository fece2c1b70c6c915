#!/usr/bin/env node
// Two people, two browsers, one hub, for real: both join the hub by its address, Ben trusts Ann, Ann pays
// him, Ben asks by a link that Ann's browser opens, and a payment that is too large is explained. The
// agents are real; the page is the one that was just built (GEONET_APP_OUT).
//
// usage: node tools/wallet-two.mjs HUB URL URL PID PID GEONET DATA DATA [FOLDER]
//   URL: of `geonet app --print`, PID: whose; GEONET: the tool, which says yes in the folders DATA
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { chromium, here } from './door.mjs';

const [hub, one, two, annPid, benPid, geonet, annData, benData, folder] = process.argv.slice(2);
if (!benData) {
  console.error('usage: node tools/wallet-two.mjs HUB URL URL PID PID GEONET DATA DATA [FOLDER]');
  process.exit(2);
}
if (folder) mkdirSync(folder, { recursive: true });
const out = resolve(here, process.env.GEONET_APP_OUT ?? '../build/app');
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const browser = await playwright.launch({
  executablePath: chromium(),
  // pages that are given from here, not by the door, count as another network
  args: ['--no-sandbox', '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets'],
});
const problems = [];

async function person(name, url, locale, data) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const home = new URL(url).origin;
  page.on('console', (m) => m.type() === 'error' && problems.push(`${name}: ${m.text()}`));
  page.on('pageerror', (e) => problems.push(`${name}: ${e}`));
  await page.route(`${home}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    const file = join(out, path === '/' ? '/index.html' : path);
    return existsSync(file)
      ? route.fulfill({ body: readFileSync(file), contentType: TYPES[extname(file)] ?? 'application/octet-stream' })
      : route.continue();
  });
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  return { name, page, home, data };
}
let n = 0;
async function step(words, people, act) {
  if (problems.length) return;
  const began = performance.now();
  try {
    await act();
    console.log(`${((performance.now() - began) / 1000).toFixed(2).padStart(7)} s  ${words}`);
  } catch (e) {
    problems.push(`${words}: ${String(e).split('\n')[0]}`);
    console.log(`  failed   ${words}`);
  }
  n++;
  if (folder) for (const p of people) await p.page.screenshot({ path: join(folder, `${String(n).padStart(2, '0')}-${p.name}.png`) });
}
const wallet = (p, about = '') => p.page.evaluate((v) => (location.hash = `#/wallet${v ? '/' + encodeURIComponent(v) : ''}`), about);
const main = (p) => p.page.locator('.w-pane .button-main');
const field = (p, i) => p.page.locator('.w-pane .input').nth(i);
/** Signs what is shown, and says yes by the tool where the page says so. */
async function sign(p, sees) {
  await p.page.locator('.w-text').first().waitFor();
  await main(p).click();
  const end = p.page.locator(sees).first();
  const asked = p.page.locator('.w-text').nth(1);
  await end.or(asked).first().waitFor();
  if (await asked.count()) {
    const id = (await asked.innerText()).trim().split(' ').at(-1);
    execFileSync(geonet, ['--data', p.data, 'agent', 'approve', id]);
    await main(p).click();
  }
  await end.waitFor({ timeout: 30_000 });
}
async function joins(p, name) {
  await wallet(p, 'hubs');
  await field(p, 0).fill(hub);
  await field(p, 1).fill(name);
  await main(p).click();
  await sign(p, '.w-good');
}

const ann = await person('ann', one, 'en-GB', annData);
const ben = await person('ben', two, 'ru-RU', benData);
await step('both are let in', [ann, ben], async () => {
  for (const p of [ann, ben]) await p.page.locator('.rail').waitFor({ timeout: 30_000 });
  await wallet(ann);
  await ann.page.locator('.w-home .state-title').waitFor({ timeout: 20_000 });
});
await step('both join the hub', [ann, ben], async () => {
  await joins(ann, 'Ann');
  await joins(ben, 'Ben');
});
await step('Ben trusts Ann with 20', [ben], async () => {
  await wallet(ben, 'trust');
  await ben.page.locator('.w-figure').first().waitFor({ timeout: 20_000 });
  await field(ben, 0).fill(annPid);
  await field(ben, 1).fill('20');
  await main(ben).click();
  await sign(ben, '.w-good');
});
await step('Ann pays 4.50; both see it', [ann, ben], async () => {
  await wallet(ann, 'pay');
  await field(ann, 0).fill(benPid);
  await field(ann, 1).fill('4.50');
  await field(ann, 2).fill('Bread');
  await main(ann).click();
  await sign(ann, '.w-good');
  await wallet(ann);
  await ann.page.locator('.w-figure-less', { hasText: '4.50' }).waitFor({ timeout: 20_000 });
  await wallet(ben);
  await ben.page.locator('.w-figure', { hasText: '4,50' }).waitFor({ timeout: 60_000 });
});
await step('Ben asks for 3 by a link, Ann opens it and pays', [ann, ben], async () => {
  await wallet(ben, 'request');
  await field(ben, 0).fill('3');
  await main(ben).click();
  await ben.page.locator('.qr').waitFor({ timeout: 20_000 });
  const link = (await ben.page.locator('.w-link').innerText()).trim();
  if (!link.startsWith('geonet:pay?')) throw new Error(`the link is ${link}`);
  await wallet(ann, link);
  await main(ann).click();
  await sign(ann, '.w-good');
  await wallet(ann);
  await wallet(ann, link);
  await main(ann).click();
  await ann.page.locator('.field-error', { hasText: 'before' }).waitFor({ timeout: 20_000 });
});
await step('Ann’s 50 would not pass, and she is told why', [ann], async () => {
  await wallet(ann, 'pay');
  await field(ann, 0).fill(benPid);
  await field(ann, 1).fill('50');
  await main(ann).click();
  await ann.page.locator('.w-ways button').first().waitFor({ timeout: 20_000 });
});
await step('the history has what was paid', [ann, ben], async () => {
  for (const p of [ann, ben]) {
    await wallet(p, 'history');
    await p.page.locator('.w-history .w-row').nth(1).waitFor({ timeout: 60_000 });
  }
});
await browser.close();
for (const p of problems) console.error(p);
process.exit(problems.length ? 1 : 0);
