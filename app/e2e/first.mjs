#!/usr/bin/env node
// From nothing to the first message between two new people: names, a link, a request, an answer;
// then a reload, the other language, the narrow screen, each view looked at by axe.
//
// usage: node e2e/first.mjs URL URL [FOLDER]      as geonet app --print gave them, of new agents
import { accessible, open, over, person, problems, say, sees, step } from './people.mjs';

const [one, two, folder] = process.argv.slice(2);
if (!two) {
  console.error('usage: node e2e/first.mjs URL URL [FOLDER]');
  process.exit(2);
}
await open(folder);
const inputs = { ann: 0, ben: 0 };
const button = (p, name) => p.page.getByRole('button', { name, exact: true });
const press = async (p, name) => {
  inputs[p.name]++;
  await button(p, name).click({ timeout: 60_000 });
};
const type = async (p, label, text) => {
  inputs[p.name]++;
  await p.page.getByLabel(label, { exact: true }).fill(text);
};

const began = performance.now();
const ann = await person('ann', one);
const ben = await person('ben', two);
for (const [p, name] of [[ann, 'Ann'], [ben, 'Ben']])
  await step(`${name} says a name`, [p], async () => {
    await type(p, 'Name', name);
    await press(p, 'Start');
    await p.page.locator('.qr-card').waitFor({ timeout: 60_000 });
  });
let link = '';
await step('Ann copies her link', [ann], async () => {
  await press(ann, 'Copy the link');
  link = await ann.page.evaluate(() => navigator.clipboard.readText());
  if (!link.startsWith('geonet:hi/')) throw new Error(`the link is ${link}`);
});
await step('Ben puts it in and is in the chat', [ben], async () => {
  await type(ben, 'Their link, PID or name', link);
  await press(ben, 'Add');
  await ben.page.locator('.composer-input').waitFor({ timeout: 60_000 });
});
await step('Ben writes', [ben], async () => {
  inputs.ben++;
  await say(ben, 'Hello, Ann');
  await sees(ben, 'Hello, Ann');
});
await step('Ann sees who asks, still with her code before her', [ann], () =>
  button(ann, 'Accept').waitFor({ timeout: 60_000 }));
await step('Ann accepts and reads', [ann], async () => {
  await press(ann, 'Accept');
  await sees(ann, 'Hello, Ann');
});
const first = (performance.now() - began) / 1000;
console.log(`first message: ${first.toFixed(1)} s; inputs: Ann ${inputs.ann}, Ben ${inputs.ben}`);
if (Math.max(inputs.ann, inputs.ben) > 6) problems.push('more than 6 inputs were needed');
if (first > 60) problems.push(`the first message took ${first.toFixed(1)} s, 60 at most`);
await step('Ann answers, Ben reads', [ann, ben], async () => {
  await say(ann, 'Hello, Ben');
  await sees(ben, 'Hello, Ben');
  await ann.page.locator('.message.mine').last().locator('.ring-good, .ring-read').first().waitFor({ timeout: 60_000 });
});
await step('a reload shows the same, by the browser\'s own key', [ann], async () => {
  await ann.page.reload();
  await sees(ann, 'Hello, Ben');
});
for (const lang of ['English', 'Русский'])
  for (const width of [1280, 360])
    await step(`every view in ${lang}, ${width} px, by axe`, [], async () => {
      // tall: what is cut by the screen's edge is no small target
      await ann.page.setViewportSize({ width, height: 2400 });
      await ann.page.goto(`${ann.home}/#/settings`);
      await ann.page.getByRole('tab', { name: lang }).or(ann.page.getByRole('radio', { name: lang })).or(ann.page.getByRole('button', { name: lang })).first().click();
      for (const view of ['chats', 'people', 'add', 'requests', 'network', 'settings']) {
        await ann.page.goto(`${ann.home}/#/${view}`);
        await ann.page.waitForTimeout(300);
        await accessible(ann, `${view} ${lang} ${width}`);
        const wide = await ann.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) problems.push(`${view} ${lang} ${width}: ${wide} px wider than the screen`);
      }
    });
await over();
