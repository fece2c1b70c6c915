#!/usr/bin/env node
// Pictures of the network view with networks that are not there, and of faces, to be looked at.
//
// usage: node tools/net-shots.mjs OUTDIR [words of their names...]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const here = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const [out, ...words] = process.argv.slice(2);
if (!out) {
  console.error('usage: node tools/net-shots.mjs OUTDIR [words of their names...]');
  process.exit(2);
}
const program = ['chromium', 'chromium-headless-shell', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, name)))
  .find((path) => existsSync(path));
if (!program) {
  console.error('there is no Chromium here');
  process.exit(77);
}

const shots = [];
for (const [count, lang, theme] of [
  [5, 'en', 'light'], [5, 'ru', 'dark'], [267, 'ru', 'dark'], [267, 'en', 'light'],
  [10000, 'en', 'dark'], [10000, 'ru', 'light'],
])
  for (const width of [360, 900, 1440])
    shots.push({ name: `net-${count}-${lang}-${theme}-${width}`, hash: `${count},${lang},${theme}`, width });
shots.push({ name: 'faces-light', hash: 'faces,en,light', width: 900 });
shots.push({ name: 'faces-dark', hash: 'faces,en,dark', width: 900 });
shots.push({ name: 'net-267-en-light-pick', hash: '267,en,light', width: 1440, keys: 5 });
shots.push({ name: 'net-267-en-dark-table', hash: '267,en,dark', width: 900, table: true });

const dir = mkdtempSync(join(tmpdir(), 'geonet-net-'));
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: program, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  await build({
    entryPoints: [join(here, 'test/net-page.tsx')], outfile: join(dir, 'page.js'), bundle: true, format: 'iife',
    jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'warning',
  });
  writeFileSync(join(dir, 'page.html'), '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="page.css"><div id="app"></div><script src="page.js"></script>');
  for (const shot of shots.filter((s) => words.every((w) => s.name.includes(w)))) {
    const page = await browser.newPage({ viewport: { width: shot.width, height: shot.width < 600 ? 780 : 900 }, deviceScaleFactor: 1 });
    page.on('pageerror', (e) => console.error(shot.name, e.message));
    await page.goto(`${pathToFileURL(join(dir, 'page.html'))}#${shot.hash}`);
    await page.waitForTimeout(300);
    const row = page.locator('.net-row').first();
    if (await row.count()) await row.click();
    await page.mouse.move(0, 0);
    if (shot.keys) {
      await page.locator('.net-keys').focus();
      for (let i = 0; i < shot.keys; i++) await page.keyboard.press('ArrowLeft');
    }
    if (shot.table) await page.locator('summary').click();
    await page.waitForTimeout(2300);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) console.error(`${shot.name}: ${wide} px wider than the window`);
    await page.screenshot({ path: join(out, `${shot.name}.png`), fullPage: shot.width < 900 || shot.table });
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(dir, { recursive: true, force: true });
}
