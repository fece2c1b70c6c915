// Files of messages: fetched into memory and given to the browser to save (UI-35); sent from a file of this
// computer, piece by piece, as the agent grants room.
import { type ChatFile, type Hex, type Person } from '../wire/generated/frames.ts';
import { CallError } from '../link/errors.ts';
import { cleanLine } from '../words/words.ts';
import { thumbnail } from '../look/images.ts';
import { ask, call, dropUpload, putUpload } from './state.ts';

const KEEP_MAX = 512 * 2 ** 20;

/** Above this it is asked first. */
export const LARGE = 100 * 2 ** 20;

/** The bytes of a file, fetched into memory. */
export async function fetchFile(file: ChatFile, signal?: AbortSignal): Promise<Uint8Array> {
  if (Number(file.size) > KEEP_MAX)
    throw new CallError('too-large', { detail: 'a browser holds 512 MB at most: geonet file get' });
  const parts: Uint8Array[] = [];
  await call(
    'ChatFileGet',
    { id: file.id, who: file.pid, index: file.index, large: Number(file.size) > LARGE },
    {
      data: (bytes) => void parts.push(bytes),
      deadlineMs: 30_000,
      ...(signal ? { signal } : {}),
    },
  ).done;
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts.splice(0)) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}

export async function saveFile(file: ChatFile): Promise<void> {
  const blob = new Blob([(await fetchFile(file)) as BlobPart], { type: 'application/octet-stream' });
  const url = URL.createObjectURL(blob);
  const a = document.createElement('a');
  a.href = url;
  a.download = cleanLine(file.name).replace(/[/\\]/g, '_') || 'file';
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function sendFile(person: Person, file: File, text: string, id: Hex): Promise<void> {
  const preview = await thumbnail(file);
  let started: (from: number) => void = () => undefined;
  const from = new Promise<number>((resolve) => (started = resolve));
  const sending = call(
    'ChatFileSend',
    {
      who: person.pid,
      id,
      name: file.name,
      mime: file.type,
      size: BigInt(file.size),
      mark: BigInt(file.lastModified),
      text,
      preview,
    },
    {
      deadlineMs: 3_600_000,
      more: (a) => {
        if (a.is !== 'ChatFile') return;
        putUpload(a.as);
        started(Number(a.as.done));
      },
    },
  );
  sending.done.then(
    () => started(file.size),
    () => started(file.size),
  );
  try {
    for (let at = await from; at < file.size; at += 262_144)
      await sending.write(new Uint8Array(await file.slice(at, at + 262_144).arrayBuffer()));
    sending.end();
  } catch (e) {
    sending.cancel(); // the answer says why, where there is one
    if (!(e instanceof CallError)) throw e;
  }
  const last = await sending.done;
  if (last.is === 'ChatFile') putUpload(last.as);
}

/** Sends them one after the other; what fails is told and the others go on. */
export async function sendFiles(
  person: Person,
  files: readonly File[],
  newId: () => Hex,
  failed: (e: unknown) => void,
): Promise<void> {
  for (const file of files) await sendFile(person, file, '', newId()).catch(failed);
}

/** Gives up one that is being sent. */
export async function stopFile(file: ChatFile): Promise<void> {
  await ask('ChatFileDrop', { id: file.id }, 'AppOk');
  if (file.id) dropUpload(file.id);
}
