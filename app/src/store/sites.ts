// Own sites: what the node keeps published, their versions, and one publication at a time on its way
// (AG-130..AG-137). A draft lives as long as its connection: what failed before goes on where it was,
// after a lost connection from the beginning. Nothing is visible before the commit ends.
//
//   files -> commit -> done            stopped, failed [from files and commit], asked [from commit]
import { signal } from '@preact/signals';
import {
  OwnSiteStage, type OwnSite, type OwnSiteVersion,
} from '../wire/generated/frames.ts';
import { asCallError, CallError } from '../link/errors.ts';
import { type Answer } from '../link/session.ts';
import { ask, call, listen, type Loaded } from './state.ts';

const PIECE = 262_144;
const LONG_MS = 3_600_000;

export const sites = signal<readonly OwnSite[]>([]);
export const sitesState = signal<Loaded>('none');

export const siteOf = (label: string): OwnSite | undefined => sites.value.find((s) => s.label === label);

export async function readSites(): Promise<void> {
  if (sitesState.value === 'none') sitesState.value = 'loading';
  try {
    sites.value = (await ask('OwnSitesList', {}, 'OwnSitesIs', { deadlineMs: 60_000 })).sites;
    sitesState.value = 'ready';
  } catch (e) {
    sitesState.value = asCallError(e);
  }
}

export const readVersions = async (label: string): Promise<OwnSiteVersion[]> =>
  (await ask('OwnSiteVersions', { label }, 'OwnSiteVersionsIs', { deadlineMs: 60_000 })).versions;

listen(
  () => undefined,
  () => {
    if (sitesState.value !== 'none') void readSites();
  },
);

// ---- one on its way ----

export interface Piece {
  path: string;
  file: Blob;
}
export type Phase = 'files' | 'commit' | 'done' | 'stopped' | 'failed' | 'asked';
export interface Work {
  label: string;
  /** Brought back, not published anew: there are no files to give. */
  back: boolean;
  phase: Phase;
  /** Given to the node, of how many. */
  files: number;
  filesOf: number;
  bytes: number;
  bytesOf: number;
  stage: number;
  done: number;
  total: number;
  /** The version that stays where this does not end well; 0: there is none. */
  before: number;
  /** A passphrase was given. */
  tried?: boolean;
  error?: CallError;
  approval?: { id: string; text: string };
  site?: OwnSite;
}
export const work = signal<Work | undefined>(undefined);
export const busy = (): boolean => work.value?.phase === 'files' || work.value?.phase === 'commit';

export interface Publication {
  label: string;
  name: string;
  entry: string;
  notFound: string;
  files: readonly Piece[];
}

interface Running {
  what: Publication | { label: string; version: bigint };
  draft: bigint;
  next: number;
  stop: AbortController;
}
let running: Running | undefined;

const put = (change: Partial<Work>): void => {
  if (work.value) work.value = { ...work.value, ...change };
};

const passBytes = (pass: string): Uint8Array => new TextEncoder().encode(pass);

function begin(label: string, what: Running['what'], more: Partial<Work>): void {
  if (running) ended(running); // its draft is not left to time out
  running = { what, draft: 0n, next: 0, stop: new AbortController() };
  work.value = {
    label, back: false, phase: 'files', files: 0, filesOf: 0, bytes: 0, bytesOf: 0,
    stage: OwnSiteStage.Reading, done: 0, total: 0, before: Number(siteOf(label)?.version ?? 0n), ...more,
  };
}

/** It waits for a word of the person: nothing else is begun beside it. */
export const waits = (): boolean => work.value?.phase === 'failed' || work.value?.phase === 'asked';

/** Begins; refused while another is on its way. */
export function publish(p: Publication, pass: string): Promise<void> {
  if (busy()) return Promise.reject(new CallError('busy'));
  begin(p.label, p, {
    filesOf: p.files.length,
    bytesOf: p.files.reduce((n, f) => n + f.file.size, 0),
  });
  return go(pass);
}

export function rollBack(label: string, version: bigint, pass: string): Promise<void> {
  if (busy()) return Promise.reject(new CallError('busy'));
  begin(label, { label, version }, { back: true, phase: 'commit' });
  return go(pass);
}

/** Goes on with what failed or was asked about. */
export function resume(pass: string): Promise<void> {
  if (!running || busy()) return Promise.resolve();
  running.stop = new AbortController();
  return go(pass);
}

async function go(pass: string): Promise<void> {
  const r = running;
  const w = work.value;
  if (!r || !w) return;
  const { error: _, approval: __, ...rest } = w;
  work.value = { ...rest, tried: pass !== '', phase: 'files' in r.what ? 'files' : 'commit' };
  try {
    if ('files' in r.what) await giveFiles(r, r.what);
    put({ phase: 'commit', stage: OwnSiteStage.Reading, done: 0, total: 0 });
    const answer = await commit(r, pass);
    if (answer.is === 'ApprovalAsked') return putAsked(answer);
    if (answer.is !== 'OwnSite') throw new CallError('protocol', { detail: `answered by ${answer.is}` });
    put({ phase: 'done', site: answer.as });
    running = undefined;
    await readSites();
  } catch (e) {
    if (running !== r) return;
    const error = asCallError(e);
    if (r.stop.signal.aborted) return ended(r);
    // the draft went with the connection, or with its time
    if (error.code === 'closed' || error.code === 'not-found' || error.code === 'expired') {
      r.draft = 0n;
      r.next = 0;
    }
    put({ phase: 'failed', error });
    if (error.unknown) void readSites();
  }
}

function putAsked(answer: Answer): void {
  if (answer.is === 'ApprovalAsked')
    put({ phase: 'asked', approval: { id: String(answer.as.id), text: answer.as.text } });
}

async function giveFiles(r: Running, p: Publication): Promise<void> {
  if (r.draft === 0n) {
    put({ files: 0, bytes: 0 });
    const files = p.files.map((f) => ({ path: f.path, size: BigInt(f.file.size) }));
    const { signal: s } = r.stop;
    const options = { deadlineMs: 60_000, signal: s };
    r.draft = (await ask('OwnSiteBegin', { label: p.label, files }, 'OwnSiteDraft', options)).draft;
  }
  let before = p.files.slice(0, r.next).reduce((n, f) => n + f.file.size, 0);
  for (; r.next < p.files.length; r.next++) {
    r.stop.signal.throwIfAborted();
    const piece = p.files[r.next] as Piece;
    await giveFile(r, piece, (n) => put({ bytes: before + n }));
    before += piece.file.size;
    put({ files: r.next + 1, bytes: before });
  }
}

async function giveFile(r: Running, { file, path }: Piece, told: (bytes: number) => void): Promise<void> {
  const sending = call(
    'OwnSiteFile',
    { draft: r.draft, index: r.next },
    { deadlineMs: LONG_MS, signal: r.stop.signal },
  );
  try {
    for (let at = 0; at < file.size; at += PIECE) {
      const bytes = await file.slice(at, at + PIECE).arrayBuffer();
      await sending.write(new Uint8Array(bytes));
      told(Math.min(file.size, at + PIECE));
    }
    sending.end();
  } catch (e) {
    sending.cancel();
    // what the agent said is the reason, where it said something
    if (!(e instanceof CallError)) throw new CallError('io', { detail: `${path}: ${String(e)}` });
  }
  await sending.done;
}

async function commit(r: Running, pass: string): Promise<Answer> {
  const options = {
    deadlineMs: LONG_MS,
    signal: r.stop.signal,
    more: (a: Answer) => {
      if (a.is === 'OwnSiteStep')
        put({ stage: a.as.stage, done: Number(a.as.done), total: Number(a.as.total) });
      else if (a.is === 'ApprovalAsked') putAsked(a);
    },
  };
  const passphrase = passBytes(pass);
  try {
    if (!('files' in r.what)) return await call('OwnSiteRollBack', { ...r.what, passphrase }, options).done;
    const { entry, notFound, name } = r.what;
    return await call(
      'OwnSiteCommit',
      { draft: r.draft, entry, not_found: notFound, name, passphrase },
      options,
    ).done;
  } finally {
    passphrase.fill(0);
  }
}

/** Once it is being put it goes on (AG-133). */
export const mayStop = (w: Work): boolean =>
  w.phase === 'files' || (w.phase === 'commit' && w.stage < OwnSiteStage.Putting);

function ended(r: Running): void {
  if (r.draft !== 0n) ask('OwnSiteDrop', { draft: r.draft }, 'AppOk').catch(() => undefined);
  running = undefined;
  put({ phase: 'stopped' });
}

export function stop(): void {
  const r = running;
  if (!r || !work.value) return;
  if (busy()) r.stop.abort();
  else ended(r);
}

/** What it ended with was seen. */
export function dismiss(): void {
  if (busy()) return;
  const r = running;
  if (r) ended(r);
  work.value = undefined;
}

export async function removeSite(label: string, pass: string): Promise<void> {
  const passphrase = passBytes(pass);
  try {
    await ask('OwnSiteRemove', { label, passphrase }, 'AppOk', { deadlineMs: 120_000 });
  } finally {
    passphrase.fill(0);
  }
  sites.value = sites.value.filter((s) => s.label !== label);
  await readSites();
}
