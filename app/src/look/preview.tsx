// Images of others: a preview of at most 4 KiB that came with the message, and the whole one, fetched
// when somebody asks for it. Only formats that cannot hold a script, told by their first bytes.
import { useEffect, useState } from 'preact/hooks';
import { FileState, type ChatFile } from '../wire/generated/frames.ts';
import { fetchFile, LARGE, saveFile } from '../store/files.ts';
import { cleanLine, t } from '../words/words.ts';
import { size } from '../words/time.ts';
import { imageType } from './images.ts';
import { Button, Dialog, Failed, Loading, question, toastError } from './parts.tsx';

export const PREVIEW_MAX = 4096;

/** A blob: address of these bytes while the part is in the page; none where it is no image. */
function useBlob(bytes: Uint8Array | undefined, type: string): string {
  const [url, setUrl] = useState('');
  useEffect(() => {
    if (!bytes || !type) return setUrl('');
    const made = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return url;
}

export function Preview({ file }: { file: ChatFile }) {
  const ok = file.preview.length > 0 && file.preview.length <= PREVIEW_MAX;
  const [bad, setBad] = useState(false);
  const url = useBlob(ok ? file.preview : undefined, ok ? imageType(file.preview) : '');
  return url && !bad ? <img class="preview" src={url} alt="" onError={() => setBad(true)} /> : null;
}

export const isPicture = (f: ChatFile): boolean =>
  (f.state === FileState.Received || f.state === FileState.Sent) &&
  (imageType(f.preview) !== '' || /^image\/(jpeg|png|webp|gif|avif)$/.test(f.mime));

/** Above 100 MiB it is asked first: all of it comes over the network. */
export function askLarge(file: ChatFile, run: () => void): void {
  if (Number(file.size) <= LARGE) return run();
  question.value = {
    title: t('file.large-title', { size: size(file.size) }),
    text: t('file.large-text', { name: file.name }),
    keep: t('do.cancel'),
    yes: t('file.large-yes', { size: size(file.size) }),
    run,
  };
  return undefined;
}

export function save(file: ChatFile, busy: (on: boolean) => void): void {
  askLarge(file, () => {
    busy(true);
    saveFile(file)
      .catch(toastError)
      .finally(() => busy(false));
  });
}

/** The whole image, in a dialog. */
export function Picture({ file, onClose }: { file: ChatFile; onClose: () => void }) {
  const [bytes, setBytes] = useState<Uint8Array>();
  const [error, setError] = useState<unknown>();
  const read = () => {
    setError(undefined);
    const stop = new AbortController();
    fetchFile(file, stop.signal).then(setBytes, (e: unknown) => {
      if (!stop.signal.aborted) setError(e);
    });
    return () => stop.abort();
  };
  useEffect(read, [file.id, file.index]);
  const url = useBlob(bytes, bytes ? imageType(bytes) : '');
  return (
    <Dialog title={cleanLine(file.name)} class="picture-dialog" onClose={onClose}>
      {url ? (
        <img class="picture" src={url} alt={cleanLine(file.name)} />
      ) : error ? (
        <Failed error={error} retry={read} />
      ) : bytes ? (
        <p class="second">{t('file.no-image')}</p>
      ) : (
        <Loading rows={2} />
      )}
      <div class="actions actions-end">
        <Button onClick={() => save(file, () => undefined)}>{t('do.save')}</Button>
        <Button onClick={onClose}>{t('do.close')}</Button>
      </div>
    </Dialog>
  );
}
