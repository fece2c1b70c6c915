// QR codes are read by another program where there is one (zbarimg), and have their patterns.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { qr, qrPath } from './qr.ts';

test('the three corners and the lines between them', () => {
  const code = qr('geonet:hi/x');
  assert.ok(code);
  for (const [x, y] of [[0, 0], [code.size - 7, 0], [0, code.size - 7]] as const)
    for (let i = 0; i < 7; i++) {
      assert.ok(code.dark(x + i, y) && code.dark(x, y + i) && code.dark(x + 6, y + i));
      assert.equal(code.dark(x + 1, y + 1), false);
    }
  for (let i = 8; i < code.size - 8; i++) assert.equal(code.dark(i, 6), i % 2 === 0);
  assert.match(qrPath(code), /^M4 4h7v1h-7z/);
});

test('as long as links are, and no longer than it can', () => {
  assert.ok(qr('x'.repeat(858)));
  assert.equal(qr('x'.repeat(859)), undefined);
});

test('another program reads what it says, in every version', (t) => {
  try {
    execFileSync('zbarimg', ['--version'], { stdio: 'ignore' });
  } catch {
    return t.skip('zbarimg is not installed');
  }
  const dir = mkdtempSync(join(tmpdir(), 'geonet-qr-'));
  try {
    const files: string[] = [];
    const texts: string[] = [];
    for (let len = 5, i = 0; len <= 850; len = Math.ceil(len * 1.17), i++) {
      const text = `geonet:hi/${i}?`.padEnd(len, 'aZ09-_é'.slice(0, 6));
      const code = qr(text);
      assert.ok(code);
      const n = (code.size + 8) * 4;
      const pixels = Buffer.alloc(n * n, 255);
      for (let y = 0; y < n; y++)
        for (let x = 0; x < n; x++) {
          const [cx, cy] = [Math.floor(x / 4) - 4, Math.floor(y / 4) - 4];
          if (cx >= 0 && cy >= 0 && cx < code.size && cy < code.size && code.dark(cx, cy)) pixels[y * n + x] = 0;
        }
      const file = join(dir, `${i}.pgm`);
      writeFileSync(file, Buffer.concat([Buffer.from(`P5 ${n} ${n} 255\n`), pixels]));
      files.push(file);
      texts.push(text);
    }
    const said = execFileSync('zbarimg', ['-q', '--raw', ...files], { encoding: 'utf8' });
    assert.deepEqual(said.trim().split('\n'), texts);
  } finally {
    rmSync(dir, { recursive: true });
  }
  return undefined;
});
