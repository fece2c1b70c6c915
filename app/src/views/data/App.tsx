// Data: own sites at the left with files of all chats, and at the right what was chosen.
import { useEffect } from 'preact/hooks';
import { type OwnSite } from '../../wire/generated/frames.ts';
import { Icon } from '../../look/icons.tsx';
import { Failed, IconButton, Loading } from '../../look/parts.tsx';
import { go, pathTo } from '../../router.ts';
import { busy, readSites, sites, sitesState, work } from '../../store/sites.ts';
import { open } from '../../store/state.ts';
import { Split } from '../frame.tsx';
import { FilesPane } from './Files.tsx';
import { PublishPane } from './Publish.tsx';
import { d, siteName } from './say.ts';
import { SitePane } from './Sites.tsx';
import './data.css';

function SiteRow({ site, on }: { site: OwnSite; on: boolean }) {
  const bad = site.code !== 0 || (site.wanted > 0 && site.copies < site.wanted);
  const going = busy() && work.value?.label === site.label;
  return (
    <a
      class={on ? 'row row-on data-row' : 'row data-row'}
      href={pathTo('site', site.label || '-')}
      {...(on ? { 'aria-current': 'true' as const } : {})}
    >
      <Icon name="site" />
      <bdi class="row-name">{siteName(site)}</bdi>
      <span class={bad && !going ? 'data-side row-failed' : 'data-side'}>
        {going ? (
          d('site.going')
        ) : (
          <>
            {bad && <Icon name="warn" size={16} />}
            {site.wanted > 0 && d('site.copies', { n: site.copies, of: site.wanted })}
          </>
        )}
      </span>
    </a>
  );
}

function List(props: { view: string; about: string }) {
  const state = sitesState.value;
  return (
    <>
      <header class="list-head">
        <h1>{d('data.title')}</h1>
        <IconButton icon="plus" label={d('data.publish')} onClick={() => go('publish')} />
      </header>
      <div class="scroll">
        <h2 class="data-group">{d('data.files')}</h2>
        <a
          class={props.view === 'files' ? 'row row-on data-row' : 'row data-row'}
          href={pathTo('files')}
          {...(props.view === 'files' ? { 'aria-current': 'true' as const } : {})}
        >
          <Icon name="file" />
          <span class="row-name">{d('data.files.all')}</span>
        </a>
        <h2 class="data-group">{d('data.sites')}</h2>
        {sites.value.map((s) => (
          <SiteRow key={s.label} site={s} on={props.view === 'site' && props.about === s.label} />
        ))}
        {sites.value.length > 0 ? null : state === 'ready' ? (
          <div class="data-none">
            <p>{d('data.sites.none')}</p>
            <p class="second">{d('data.sites.none-text')}</p>
          </div>
        ) : state === 'none' || state === 'loading' ? (
          <Loading rows={2} />
        ) : (
          <Failed error={state} retry={() => void readSites()} />
        )}
        {(props.view !== 'publish' || sites.value.length > 0) && (
          <a class={props.view === 'publish' ? 'row row-on data-row' : 'row data-row'} href={pathTo('publish')}>
            <Icon name="plus" />
            <span class="row-name data-do">{d('data.publish')}</span>
          </a>
        )}
      </div>
    </>
  );
}

export function DataView(props: { view: string; about: string }) {
  const about = props.about === '-' ? '' : props.about;
  const { view } = props;
  useEffect(() => {
    if (open.value && sitesState.value === 'none') void readSites();
  }, [open.value]);
  const pane =
    view === 'files' ? <FilesPane />
    : view === 'site' ? <SitePane key={about} label={about} />
    : <PublishPane />;
  return <Split inside={view !== 'data'} list={<List view={view} about={about} />} pane={pane} />;
}
