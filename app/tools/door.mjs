// A door for pictures and tests of the built page: serves its files with the policy of the agent's
// door, and hands its WebSocket to a mock of the agent (test/mock.ts). Loopback only.
import { createServer } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const here = resolve(new URL('.', import.meta.url).pathname, '..');
export const PORT = Number(process.env.GEONET_SHOTS_PORT ?? 7791);
export const ORIGIN = `http://localhost:${PORT}`;
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const CSP =
  `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws://localhost:${PORT}; ` +
  `img-src 'self' blob: data:; media-src blob:; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; ` +
  `base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

/** The classes of a TypeScript file. */
export async function load(file) {
  const dir = mkdtempSync(join(tmpdir(), 'geonet-app-'));
  const outfile = join(dir, 'out.mjs');
  try {
    await build({
      entryPoints: [join(here, file)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node18', logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export function serve(out) {
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '').split('?')[0];
    const file = join(out, path);
    if (!file.startsWith(out) || !existsSync(file)) return response.writeHead(404).end();
    return response
      .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP })
      .end(readFileSync(file));
  });
  return new Promise((done) => server.listen(PORT, '127.0.0.1', () => done(server)));
}

export function chromium() {
  const places = [
    ...(process.env.PATH ?? '').split(':').flatMap((d) => [join(d, 'chromium-headless-shell'), join(d, 'chromium')]),
    '/usr/lib/chromium/chromium-headless-shell',
    '/usr/lib/chromium/headless_shell',
  ];
  const found = places.find((p) => existsSync(p));
  if (!found) throw new Error('no chromium-headless-shell in PATH or /usr/lib/chromium: apt install chromium-headless-shell');
  return found;
}

/** A page whose WebSocket is that agent; pairs itself. Problems are collected in `problems`. */
export async function open(browser, agent, options) {
  const context = await browser.newContext({ baseURL: ORIGIN, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (m) => m.type() === 'error' && problems.push(m.text()));
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('request', (r) => !r.url().startsWith(ORIGIN) && !r.url().startsWith('blob:') && problems.push(`asks another host: ${r.url()}`));
  let cut = () => undefined;
  let refuse = false;
  await page.routeWebSocket(/\/api\/v1\/app$/, (ws) => {
    if (refuse) return ws.close();
    const take = agent.connect((frame) => ws.send(Buffer.from(frame)));
    ws.onMessage((m) => take(new Uint8Array(m)));
    cut = () => ws.close();
    return undefined;
  });
  const code = Buffer.from(agent.code).toString('base64url');
  await page.goto(`/#pair=${code}`);
  return { page, context, problems, off: () => { refuse = true; cut(); }, on: () => { refuse = false; } };
}
