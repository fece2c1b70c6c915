// People with browsers of their own, for tests that drive the real app over real agents: what they
// see on the way is watched (errors, requests to other hosts), each step is timed, and every page
// that is looked at may be asked for what WCAG 2.2 AA wants (axe).
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { launch } from '../tools/door.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
export const problems = [];
let browser;
let folder;
let count = 0;

/** A browser; pictures of each step go into the folder, where one is named. */
export async function open(pictures) {
  folder = pictures;
  if (folder) mkdirSync(folder, { recursive: true });
  browser = await launch();
}

export async function person(name, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  const home = new URL(url).origin;
  page.on('console', (m) => m.type() === 'error' && problems.push(`${name}: ${m.text()}`));
  page.on('pageerror', (e) => problems.push(`${name}: ${e}`));
  page.on('request', (r) => {
    if (!r.url().startsWith(home) && !r.url().startsWith('blob:')) problems.push(`${name} asks another host: ${r.url()}`);
  });
  await page.goto(url);
  return { name, page, home };
}

/** Does it, says how long it took; what it throws is a problem. */
export async function step(words, people, act) {
  const began = performance.now();
  let failed = false;
  try {
    await act();
  } catch (e) {
    failed = true;
    problems.push(`${words}: ${String(e).split('\n')[0]}`);
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(`${failed ? ' failed ' : `${seconds.toFixed(2).padStart(7)} s`}  ${words}`);
  count++;
  if (folder)
    for (const p of people)
      await p.page.screenshot({ path: join(folder, `${String(count).padStart(2, '0')}-${p.name}.png`) });
  return seconds;
}

export const say = async (p, text) => {
  await p.page.fill('.composer-input', text);
  await p.page.press('.composer-input', 'Enter');
};
export const sees = (p, text, ms = 60_000) =>
  p.page.locator('.bubble .text', { hasText: text }).last().waitFor({ timeout: ms });

/** What axe finds on the page, as problems. */
export async function accessible(p, where) {
  const found = await p.page.evaluate(`${axe};axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`);
  for (const v of found.violations)
    problems.push(`axe, ${where}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`);
  return found.passes.length;
}

/** Closes the browser and ends the program: 0, or 1 with a line for each problem. */
export async function over() {
  await browser.close();
  for (const p of problems) console.error(p);
  process.exit(problems.length ? 1 : 0);
}
