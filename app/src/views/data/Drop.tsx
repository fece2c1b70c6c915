// Where a folder is dropped or chosen, and what was in it before anything of it leaves.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Button, Arches, Failed, Field } from '../../look/parts.tsx';
import { Icon } from '../../look/icons.tsx';
import { publish, siteOf, sites } from '../../store/sites.ts';
import { size } from '../../words/time.ts';
import { cleanLine, t } from '../../words/words.ts';
import { d } from './say.ts';
import { entries, fromInput, notFoundPage, walk, type Entry, type Tree } from './tree.ts';

/** `label`: a new version of that site; absent: a new site. */
export function Publishing(props: { label?: string }) {
  const [tree, setTree] = useState<Tree>();
  const [reading, setReading] = useState(false);
  const [error, setError] = useState<unknown>();
  const take = (from: Promise<Tree>) => {
    setReading(true);
    setError(undefined);
    from.then(setTree, setError).finally(() => setReading(false));
  };
  if (error) return <Failed error={error} retry={() => setError(undefined)} />;
  if (tree && !tree.tooMuch && tree.files.length > 0)
    return <Review tree={tree} onClose={() => setTree(undefined)} {...props} />;
  return (
    <DropArea
      title={d(reading ? 'drop.reading' : !tree ? 'drop.title' : tree.tooMuch ? 'drop.many' : 'drop.nothing')}
      text={d(
        !tree ? (props.label === undefined ? 'drop.new' : 'drop.version')
        : tree.tooMuch ? 'drop.many-text' : 'drop.nothing-text',
      )}
      bad={tree !== undefined && !reading}
      disabled={reading}
      take={take}
    />
  );
}

function DropArea(props: {
  title: string;
  text: string;
  bad: boolean;
  disabled: boolean;
  take: (from: Promise<Tree>) => void;
}) {
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(0);
  useEffect(() => {
    picker.current?.setAttribute('webkitdirectory', '');
    // what is dropped beside the area does not replace the page
    const no = (e: DragEvent) => e.preventDefault();
    addEventListener('dragover', no);
    addEventListener('drop', no);
    return () => {
      removeEventListener('dragover', no);
      removeEventListener('drop', no);
    };
  }, []);
  return (
    <div
      class={over > 0 ? 'drop drop-over' : 'drop'}
      onDragEnter={() => setOver((n) => n + 1)}
      onDragLeave={() => setOver((n) => Math.max(0, n - 1))}
      onDrop={(e) => {
        e.preventDefault();
        setOver(0);
        // entries must be asked for before this handler ends
        const list = [...(e.dataTransfer?.items ?? [])].flatMap((i) => i.webkitGetAsEntry() ?? []);
        if (list.length && !props.disabled) props.take(walk(list as unknown as Entry[]));
      }}
    >
      {props.bad ? <Icon name="warn" size={24} class="status-bad" /> : <Arches />}
      <div class="drop-words" role="status">
        <p class="state-title">{props.title}</p>
        <p class="second">{props.text}</p>
      </div>
      <Button disabled={props.disabled} onClick={() => picker.current?.click()}>
        {d('drop.choose')}
      </Button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={d('drop.choose')}
        onChange={(e) => {
          const files = [...(e.currentTarget.files ?? [])];
          e.currentTarget.value = '';
          props.take(Promise.resolve(files).then(fromInput));
        }}
      />
    </div>
  );
}

function LeftOut({ tree }: { tree: Tree }) {
  if (tree.leftOut === 0) return null;
  return (
    <details class="left-out">
      <summary>{d('review.left', { n: tree.leftOut })}</summary>
      <ul>
        {tree.left.map((l) => (
          <li>
            <bdi class="mono">{cleanLine(l.path)}</bdi> <span class="second">{d(`review.${l.why}`)}</span>
          </li>
        ))}
        {tree.leftOut > tree.left.length && (
          <li class="second">{d('review.more', { n: tree.leftOut - tree.left.length })}</li>
        )}
      </ul>
    </details>
  );
}

/** The site at the PID, as long as there is none; then one named after its folder. */
const labelFor = (folder: string): string =>
  siteOf('') ? folder.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 63) : '';

function Review(props: { tree: Tree; label?: string; onClose: () => void }) {
  const { tree } = props;
  const pages = entries(tree);
  const [entry, setEntry] = useState(pages[0] ?? '');
  const [label, setLabel] = useState(props.label ?? labelFor(tree.name));
  const known = siteOf(label);
  const [name, setName] = useState(known?.name ?? '');
  const id = useId();
  const isNew = props.label === undefined;
  const go = () => {
    props.onClose();
    void publish({ label, name: name.trim().replace(/\.geo$/, ''), entry, notFound: notFoundPage(tree), files: tree.files }, '');
  };
  return (
    <form
      class="review form"
      onSubmit={(e) => {
        e.preventDefault();
        go();
      }}
    >
      <h2>{known ? d('review.title-version', { n: Number(known.version) + 1 }) : d('review.title')}</h2>
      <dl class="facts">
        {tree.name && (
          <div>
            <dt>{d('review.folder')}</dt>
            <dd>
              <bdi>{cleanLine(tree.name)}</bdi>
            </dd>
          </div>
        )}
        <div>
          <dt>{d('review.content')}</dt>
          <dd>
            {d('review.files', { n: tree.files.length })}, {size(tree.bytes)}
          </dd>
        </div>
        <div>
          <dt id={id}>{d('review.entry')}</dt>
          <dd>
            {pages.length > 1 ? (
              <select
                class="input select"
                aria-labelledby={id}
                value={entry}
                onChange={(e) => setEntry(e.currentTarget.value)}
              >
                {pages.map((p) => (
                  <option value={p}>{cleanLine(p)}</option>
                ))}
              </select>
            ) : entry ? (
              <bdi>{cleanLine(entry)}</bdi>
            ) : (
              d('review.entry-none')
            )}
          </dd>
        </div>
      </dl>
      <LeftOut tree={tree} />
      {isNew && (
        <Field
          label={d('review.label')}
          value={label}
          onInput={setLabel}
          maxLength={63}
          hint={sites.value.some((s) => s.label === label) ? d('review.label-taken') : d('review.label-hint')}
        />
      )}
      <Field label={d('review.name-field')} value={name} onInput={setName} maxLength={253} hint={d('review.name-hint')} />
      <div class="review-seen">
        <p class="strong">{d('review.seen')}</p>
        <p class="second">{d('review.seen-text')}</p>
      </div>
      <div class="actions actions-end">
        <Button onClick={props.onClose}>{t('do.cancel')}</Button>
        <Button kind="main" type="submit">
          {d('review.do', { n: tree.files.length })}
        </Button>
      </div>
    </form>
  );
}
