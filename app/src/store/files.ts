// Files of messages: fetched into memory and given to the browser to save; sent from a file of this
// computer, piece by piece, as the agent grants room.
import { type ChatFile, type Hex, type Person } from '../wire/generated/frames.ts';
import { CallError } from '../link/errors.ts';
import { cleanLine } from '../words/words.ts';
import { call } from './state.ts';

const KEEP_MAX = 512 * 2 ** 20;

export async function saveFile(file: ChatFile): Promise<void> {
  if (Number(file.size) > KEEP_MAX)
    throw new CallError('too-large', { detail: 'a browser holds 512 MB at most: geonet file get' });
  const parts: Uint8Array[] = [];
  const done = call(
    'ChatFileGet',
    { id: file.id, who: file.pid, index: file.index, large: true },
    { data: (bytes) => void parts.push(bytes), deadlineMs: 30_000 },
  ).done;
  await done;
  const blob = new Blob(parts as BlobPart[], { type: 'application/octet-stream' });
  const url = URL.createObjectURL(blob);
  const a = document.createElement('a');
  a.href = url;
  a.download = cleanLine(file.name).replace(/[/\\]/g, '_') || 'file';
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function sendFile(person: Person, file: File, text: string, id: Hex): Promise<void> {
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
    },
    {
      deadlineMs: 3_600_000,
      more: (a) => {
        if (a.is === 'ChatFile') started(Number(a.as.done));
      },
    },
  );
  sending.done.then(
    () => started(file.size),
    () => started(file.size),
  );
  for (let at = await from; at < file.size; at += 262_144)
    await sending.write(new Uint8Array(await file.slice(at, at + 262_144).arrayBuffer()));
  sending.end();
  await sending.done;
}
