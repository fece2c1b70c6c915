#!/usr/bin/env node
// Runs the tests: each test/*.test.ts(x) and src/**/*.test.ts(x) is bundled by the esbuild that
// Vite brings, then run by node:test.
//
// usage: node tools/test.mjs [words of file names...]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const here = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const words = process.argv.slice(2);
const files = ['src', 'test']
  .flatMap((dir) =>
    readdirSync(join(here, dir), { recursive: true }).map((name) => join(here, dir, String(name))),
  )
  .filter((f) => /\.test\.tsx?$/.test(f))
  .filter((f) => words.length === 0 || words.some((w) => relative(here, f).includes(w)))
  .sort();
if (files.length === 0) {
  console.error('no test of that name');
  process.exit(1);
}
const out = mkdtempSync(join(tmpdir(), 'geonet-app-'));
try {
  await build({
    entryPoints: files,
    outdir: out,
    outbase: here,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    outExtension: { '.js': '.mjs' },
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'empty' },
    sourcemap: 'inline',
    logLevel: 'warning',
    define: { 'process.env.APP_ROOT': JSON.stringify(here) },
  });
  const built = files.map((f) => join(out, relative(here, f).replace(/\.tsx?$/, '.mjs')));
  const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...built], {
    stdio: 'inherit',
    cwd: here,
  });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
