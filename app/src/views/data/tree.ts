// What was dropped, as files of a site: a folder is walked, what a site cannot have is left out and
// said why. Pure but for reading folders; a test walks a fake.
//
// Bounds: FILES_MAX files and BYTES_MAX bytes (AG-130), DEPTH_MAX folders deep; what is left out is
// counted, the first LEFT_MAX of it are named.

export const FILES_MAX = 4096;
export const BYTES_MAX = 4 * 2 ** 30;
const PATH_MAX = 1024;
const DEPTH_MAX = 64;
const LEFT_MAX = 50;

export type Why = 'hidden' | 'name' | 'clash' | 'unreadable';
export interface Left {
  path: string;
  why: Why;
}
export interface SiteFile {
  path: string;
  file: File;
}
export interface Tree {
  /** Of the folder; empty when files were dropped without one. */
  name: string;
  files: SiteFile[];
  bytes: number;
  left: Left[];
  /** All that is left out, also what is not named. */
  leftOut: number;
  /** More than a site from here may have: nothing of it is published. */
  tooMuch: boolean;
}

/** The parts of FileSystemEntry that are used. */
export interface Entry {
  isFile: boolean;
  isDirectory: boolean;
  name: string;
  file?: (ok: (f: File) => void, bad: (e: unknown) => void) => void;
  createReader?: () => { readEntries: (ok: (list: Entry[]) => void, bad: (e: unknown) => void) => void };
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Why a site cannot have this path (BU-1), or it is not meant to be published. */
export function pathProblem(path: string): Why | undefined {
  const parts = path.split('/');
  if (bytesOf(path) > PATH_MAX || /[\u0000-\u001f\u007f-\u009f\\]|\p{Surrogate}/u.test(path)) return 'name';
  if (parts.some((p) => p === '' || p === '.' || p === '..')) return 'name';
  return parts.some((p) => p.startsWith('.') && p !== '.well-known') ? 'hidden' : undefined;
}

/** Equal for names that are one but for their case, letter by letter. */
export function folded(text: string): string {
  const one = (c: string, to: string): string => ([...to].length === 1 ? to : c);
  return [...text].map((c) => one(c, one(c, c.toUpperCase()).toLowerCase())).join('');
}

/** Takes paths one after the other and says what is wrong with each (BU-1, BU-2). */
export class Paths {
  /** A folded path of any level, as it was written, a folder's ending in a slash. */
  private readonly known = new Map<string, string>();

  add(path: string): Why | undefined {
    const bad = pathProblem(path);
    if (bad) return bad;
    const parts = path.split('/');
    const levels = parts.map((_, i) => parts.slice(0, i + 1).join('/') + (i < parts.length - 1 ? '/' : ''));
    const keyOf = (level: string): string => folded(level.replace(/\/$/, ''));
    for (const level of levels) {
      const was = this.known.get(keyOf(level));
      if (was !== undefined && (was !== level || !level.endsWith('/'))) return 'clash';
    }
    for (const level of levels) this.known.set(keyOf(level), level);
    return undefined;
  }
}

class Gather {
  readonly tree: Tree;
  private readonly paths = new Paths();

  constructor(name: string) {
    this.tree = { name, files: [], bytes: 0, left: [], leftOut: 0, tooMuch: false };
  }

  leave(path: string, why: Why): void {
    this.tree.leftOut++;
    if (this.tree.left.length < LEFT_MAX) this.tree.left.push({ path, why });
  }

  take(path: string, file: File): void {
    const { tree } = this;
    const nfc = path.normalize('NFC');
    const why = this.paths.add(nfc);
    if (why) return this.leave(path, why);
    tree.files.push({ path: nfc, file });
    tree.bytes += file.size;
    tree.tooMuch ||= tree.files.length > FILES_MAX || tree.bytes > BYTES_MAX;
  }

  done(): Tree {
    const { tree } = this;
    tree.files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return tree;
  }
}

const fileOf = (e: Entry): Promise<File> =>
  new Promise((ok, bad) => (e.file ? e.file(ok, bad) : bad(new Error(e.name))));

async function within(folder: Entry): Promise<Entry[]> {
  const reader = folder.createReader?.();
  const all: Entry[] = [];
  // a browser gives a hundred at a time, and an empty list at the end
  for (;;) {
    const some = await new Promise<Entry[]>((ok, bad) => (reader ? reader.readEntries(ok, bad) : ok([])));
    if (some.length === 0 || all.length > 4 * FILES_MAX) return all;
    all.push(...some);
  }
}

/** What was dropped: one folder, or several files and folders that become one. */
export async function walk(dropped: readonly Entry[]): Promise<Tree> {
  const only = dropped.length === 1 && dropped[0]?.isDirectory ? dropped[0] : undefined;
  const gather = new Gather(only?.name ?? '');
  const todo: { entry: Entry; path: string; depth: number }[] = only
    ? [{ entry: only, path: '', depth: 0 }]
    : dropped.map((entry) => ({ entry, path: entry.name, depth: 0 }));
  for (let next = todo.shift(); next && !gather.tree.tooMuch; next = todo.shift()) {
    const { entry, path, depth } = next;
    try {
      if (entry.isFile) gather.take(path, await fileOf(entry));
      else if (path && pathProblem(path)) gather.leave(`${path}/`, pathProblem(path) as Why);
      else if (depth > DEPTH_MAX) gather.leave(`${path}/`, 'name');
      else
        for (const e of await within(entry))
          todo.push({ entry: e, path: path ? `${path}/${e.name}` : e.name, depth: depth + 1 });
    } catch {
      gather.leave(path || entry.name, 'unreadable');
    }
  }
  return gather.done();
}

/** What an <input webkitdirectory> has: the first part of each path is the folder. */
export function fromInput(files: readonly File[]): Tree {
  const first = files[0]?.webkitRelativePath.split('/')[0] ?? '';
  const gather = new Gather(first);
  for (const f of files) {
    if (gather.tree.tooMuch) break;
    gather.take(f.webkitRelativePath ? f.webkitRelativePath.split('/').slice(1).join('/') : f.name, f);
  }
  return gather.done();
}

const isPage = (path: string): boolean => /\.x?html?$/i.test(path);

/** Pages that may be the first one; the likeliest first. */
export function entries(tree: Tree): string[] {
  const depth = (p: string): number => p.split('/').length;
  const rank = (p: string): number => (/^index\.html?$/i.test(p) ? 0 : depth(p));
  return tree.files
    .map((f) => f.path)
    .filter(isPage)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 200);
}

export const notFoundPage = (tree: Tree): string =>
  tree.files.some((f) => f.path === '404.html') ? '404.html' : '';
