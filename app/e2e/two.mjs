#!/usr/bin/env node
// Two people, two browsers, for real: pairs both with the addresses that `geonet app --print` gave,
// and lets them meet by a link, write, answer, edit, react, compare keys. Prints how long each took.
//
// usage: node e2e/two.mjs URL URL [FOLDER]      pictures of each step into FOLDER
import { open, over, person, say, sees, step } from './people.mjs';

const [one, two, folder] = process.argv.slice(2);
if (!two) {
  console.error('usage: node e2e/two.mjs URL URL [FOLDER]');
  process.exit(2);
}
await open(folder);
const ann = await person('ann', one);
const ben = await person('ben', two);
await step('both are let in and see their lists', [ann, ben], async () => {
  await ann.page.locator('.rail').waitFor();
  await ben.page.locator('.rail').waitFor();
});
let link = '';
await step('Ann has a link and its code', [ann], async () => {
  await ann.page.goto(`${ann.home}/#/add`);
  await ann.page.locator('.qr-card').waitFor({ timeout: 30_000 });
  await ann.page.getByRole('button', { name: 'Copy the link' }).click();
  link = await ann.page.evaluate(() => navigator.clipboard.readText());
  if (!link.startsWith('geonet:hi/')) throw new Error(`the link is ${link}`);
});
await step('Ben adds it, and is in the chat', [ben], async () => {
  await ben.page.goto(`${ben.home}/#/add`);
  await ben.page.locator('.meet-words .input').fill(link);
  await ben.page.getByRole('button', { name: 'Add', exact: true }).click();
  await ben.page.locator('.composer-input').waitFor({ timeout: 40_000 });
});
const hello = `Hello from Ben ${Date.now() % 1000}`;
await step('Ben writes; it is stored or delivered', [ben], async () => {
  await say(ben, hello);
  await sees(ben, hello);
  await ben.page.locator('.ring-stored, .ring-good').last().waitFor({ timeout: 60_000 });
});
await step('Ann sees the request and accepts', [ann], async () => {
  await ann.page.goto(`${ann.home}/#/requests`);
  const accept = ann.page.getByRole('button', { name: 'Accept' }).first();
  const known = ann.page.locator('.row', { hasText: hello });
  await Promise.race([accept.waitFor({ timeout: 60_000 }), known.waitFor({ timeout: 60_000 })]);
  if (await accept.isVisible()) await accept.click();
  else await known.click();
  await sees(ann, hello);
});
const answer = `Hello from Ann ${Date.now() % 1000}`;
await step('Ann answers; Ben has it', [ann, ben], async () => {
  await say(ann, answer);
  await sees(ann, answer);
  await sees(ben, answer);
});
await step('Ann sees that it was delivered', [ann], async () => {
  await ann.page.locator('.message.mine').last().locator('.ring-good, .ring-read').first().waitFor({ timeout: 60_000 });
});
for (let i = 0; i < 3; i++)
  await step(`round trip ${i + 1}: there and back`, [], async () => {
    await say(ann, `there ${i} ${hello}`);
    await sees(ben, `there ${i} ${hello}`);
    await say(ben, `back ${i} ${hello}`);
    await sees(ann, `back ${i} ${hello}`);
  });
await step('Ben changes his last words; Ann sees it', [ann, ben], async () => {
  await ben.page.locator('.composer-input').press('ArrowUp');
  await ben.page.fill('.composer-input', `changed ${hello}`);
  await ben.page.press('.composer-input', 'Enter');
  await sees(ann, `changed ${hello}`);
});
await step('Ann reacts; Ben sees it', [ann, ben], async () => {
  const last = ann.page.locator('.message.theirs').last();
  await last.hover();
  await last.locator('.message-tools .menu').first().locator('button').first().click();
  await ann.page.locator('.menu-item').first().click();
  await ben.page.locator('.reaction').first().waitFor({ timeout: 60_000 });
});
await step('both see the same 60 digits', [ann, ben], async () => {
  const digits = [];
  for (const p of [ann, ben]) {
    const pid = decodeURIComponent((await p.page.evaluate(() => location.hash)).split('/')[2]);
    await p.page.goto(`${p.home}/#/verify/${encodeURIComponent(pid)}`);
    await p.page.locator('.digits li').first().waitFor({ timeout: 30_000 });
    digits.push(await p.page.locator('.digits').innerText());
  }
  if (digits[0] !== digits[1] || digits[0].replace(/\D/g, '').length !== 60) throw new Error('they differ');
});
await step('a page that is opened anew is let in by its own key', [ann], async () => {
  await ann.page.goto(`${ann.home}/#/settings`);
  await ann.page.reload();
  await ann.page.locator('.facts').first().waitFor({ timeout: 20_000 });
});
const bytes = Buffer.alloc(300_000, 'geonet ');
await step('Ben sends a file of 300 KB; Ann saves the same bytes', [ann, ben], async () => {
  const chat = await ben.page.evaluate(() => location.hash.split('/')[2]);
  await ben.page.goto(`${ben.home}/#/chat/${chat}`);
  await ben.page.locator('input[type=file]').setInputFiles({ name: 'boat.txt', mimeType: 'text/plain', buffer: bytes });
  await ann.page.goto(`${ann.home}/#/chats`);
  await ann.page.locator('.row').first().click();
  const file = ann.page.locator('.file', { hasText: 'boat.txt' }).last();
  await file.waitFor({ timeout: 90_000 });
  const [download] = await Promise.all([ann.page.waitForEvent('download', { timeout: 60_000 }), file.click()]);
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  if (!Buffer.concat(parts).equals(bytes)) throw new Error('other bytes came');
});
await over();
