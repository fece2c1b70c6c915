// Files of all chats, the newest first: what is on its way stands above. Rows are virtual: ten
// thousand cost as much as twenty. Pages are read as somebody goes down.
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { FileState, type ChatFile } from '../../wire/generated/frames.ts';
import { Icon } from '../../look/icons.tsx';
import { VirtualList } from '../../look/list.tsx';
import { Empty, Failed, IconButton, Loading, toast, toastError } from '../../look/parts.tsx';
import { nameOf } from '../../look/people.tsx';
import { askLarge, isPicture, Picture, Preview, save } from '../../look/preview.tsx';
import { pathTo } from '../../router.ts';
import { stopFile } from '../../store/files.ts';
import { ask, byPid, dropUpload, listen, open, uploads, type Loaded } from '../../store/state.ts';
import { asCallError } from '../../link/errors.ts';
import { size, when } from '../../words/time.ts';
import { clean, cleanLine } from '../../words/words.ts';
import { PaneHead } from '../frame.tsx';
import { d } from './say.ts';

const PAGE = 100;
const MOST = 20_000;
const files = signal<readonly ChatFile[]>([]);
const state = signal<Loaded>('none');
let below: bigint | undefined;
let asking = false;

async function read(anew: boolean): Promise<void> {
  if (asking || (!anew && (below === undefined || files.value.length >= MOST))) return;
  asking = true;
  if (state.value !== 'ready') state.value = 'loading';
  try {
    const from = anew ? 0n : (below ?? 0n);
    const page = await ask('ChatFilesList', { limit: PAGE, below: from }, 'ChatFilesIs');
    files.value = anew ? page.files : [...files.value, ...page.files];
    below = page.more && page.files.length > 0 ? page.below : undefined;
    state.value = 'ready';
  } catch (e) {
    if (anew && files.value.length === 0) state.value = asCallError(e);
    else toastError(e);
  } finally {
    asking = false;
  }
}

let soon: ReturnType<typeof setTimeout> | undefined;
const later = (): void => {
  if (state.value === 'none') return;
  soon ??= setTimeout(() => {
    soon = undefined;
    void read(true);
  }, 500);
};
listen((name, value) => {
  if (name === 'ToldMessage' && ((value as { message?: { files: unknown[] } }).message?.files.length ?? 0) > 0) later();
}, later);

const keyOf = (f: ChatFile): string => `${f.mine ? 'm' : 't'}${f.id} ${f.index}`;
const onItsWay = (f: ChatFile): boolean =>
  f.state === FileState.Uploading || f.state === FileState.Spreading;

function stateWords(f: ChatFile): string {
  if (f.state === FileState.Uploading) return d('files.uploading', { done: size(f.done), size: size(f.size) });
  if (f.state === FileState.Spreading) return d('files.spreading', { n: Number(f.copies), of: Number(f.wanted) });
  if (f.state === FileState.Failed) return [d('files.failed'), cleanLine(f.reason)].filter(Boolean).join(': ');
  return size(f.size);
}

function Row(props: { file: ChatFile; show: (f: ChatFile) => void }) {
  const { file: f } = props;
  const [busy, setBusy] = useState(false);
  const other = nameOf(byPid(f.pid)) || cleanLine(f.contact);
  const picture = isPicture(f);
  const bad = f.state === FileState.Failed;
  const words = [busy ? d('files.coming') : stateWords(f), d(f.mine ? 'files.to' : 'files.from', { name: other })];
  const stop = () =>
    void stopFile(f).then(() => {
      if (f.id) dropUpload(f.id);
      files.value = files.value.filter((x) => keyOf(x) !== keyOf(f));
      toast(d('files.stopped'));
    }, toastError);
  return (
    <div class="row file-row">
      <span class="file-icon row-face">{f.preview.length ? <Preview file={f} /> : <Icon name="file" />}</span>
      <span class="row-top">
        <bdi class="row-name">{cleanLine(f.name)}</bdi>
        <span class="row-when">{when(f.sent)}</span>
      </span>
      <span class="row-bottom">
        <span class={bad ? 'row-line row-failed' : 'row-line'}>{words.join(' · ')}</span>
      </span>
      <span class="file-do">
        {picture && (
          <IconButton icon="search" label={d('files.look', { name: f.name })} onClick={() => askLarge(f, () => props.show(f))} />
        )}
        {onItsWay(f) || bad ? (
          <IconButton icon="close" label={d('files.stop', { name: f.name })} onClick={stop} />
        ) : (
          <IconButton icon="down" label={d('files.save', { name: f.name })} disabled={busy} onClick={() => save(f, setBusy)} />
        )}
      </span>
    </div>
  );
}

export function FilesPane() {
  const [find, setFind] = useState('');
  const [shown, show] = useState<ChatFile>();
  useEffect(() => {
    if (open.value) void read(true);
  }, [open.value]);
  const low = clean(find).trim().toLocaleLowerCase();
  // a name may be on a page that is not here yet
  useEffect(() => {
    if (low && below !== undefined) void read(false);
  }, [low, files.value.length]);
  const going = [...uploads.value.values()].filter((u) => !files.value.some((f) => keyOf(f) === keyOf(u)));
  const known = files.value.map((f) => uploads.value.get(f.id ?? '') ?? f);
  const all = [...going, ...known];
  const list = low
    ? all.filter((f) => `${f.name} ${nameOf(byPid(f.pid))} ${f.contact}`.toLocaleLowerCase().includes(low))
    : all;
  const s = state.value;
  return (
    <>
      <PaneHead back={pathTo('data')} title={d('data.files.all')} />
      {all.length > 0 && (
        <label class="search-button files-search">
          <Icon name="search" />
          <input
            type="search"
            value={find}
            aria-label={d('files.search')}
            placeholder={d('files.search')}
            onInput={(e) => setFind(e.currentTarget.value)}
          />
        </label>
      )}
      {list.length > 0 ? (
        <VirtualList
          label={d('data.files.all')}
          class="files-list"
          items={list}
          row={4}
          keyOf={keyOf}
          render={(f) => <Row file={f} show={show} />}
          onNear={() => void read(false)}
        />
      ) : (
        <div class="pane-scroll">
          {s === 'ready' ? (
            all.length > 0 ? (
              <Empty title={d('files.none')} />
            ) : (
              <Empty title={d('files.empty')} text={d('files.empty-text')} />
            )
          ) : s === 'none' || s === 'loading' ? (
            <Loading />
          ) : (
            <Failed error={s} retry={() => void read(true)} />
          )}
        </div>
      )}
      {shown && <Picture file={shown} onClose={() => show(undefined)} />}
    </>
  );
}
