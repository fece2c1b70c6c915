#!/usr/bin/env node
// What a page loads before anything is shown: its script, the chunks that script imports at once,
// its styles. More than 150 KB of it, gzip, for either page is an error.
//
// usage: node tools/size.mjs        after vite build
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';

const LIMIT = 150 * 1000;
const out = process.env.GEONET_APP_OUT ?? '../build/app';

function startFiles(entry) {
  const html = readFileSync(join(out, entry), 'utf8');
  const files = new Set([...html.matchAll(/(?:src|href)="\/(a\/[^"]+)"/g)].map((m) => m[1]));
  for (const file of files) {
    if (!file.endsWith('.js')) continue;
    const code = readFileSync(join(out, file), 'utf8');
    for (const m of code.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) files.add('a/' + m[1]);
  }
  return files;
}

let bad = false;
for (const entry of ['index.html', 'node.html']) {
  let total = gzipSync(readFileSync(join(out, entry))).length;
  for (const file of startFiles(entry)) total += gzipSync(readFileSync(join(out, file))).length;
  console.log(`${entry}: ${(total / 1000).toFixed(1)} KB gzip at start, of ${LIMIT / 1000}`);
  bad ||= total > LIMIT;
}
for (const entry of ['index.html', 'node.html']) {
  const html = readFileSync(join(out, entry), 'utf8');
  if (/<script(?![^>]*\ssrc=)|<style|\sstyle=|data:|https?:\/\//.test(html)) {
    console.error(`${entry}: something inline, a data: URL or another host`);
    bad = true;
  }
}
if (bad) {
  console.error('size: too large, or a page that the policy of the door would not run');
  process.exit(1);
}
