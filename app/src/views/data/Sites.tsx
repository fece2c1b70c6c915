// One own site: a new version by dropping its folder, what is on its way, its versions.
import { useEffect, useState } from 'preact/hooks';
import { SendState, type OwnSite, type OwnSiteVersion } from '../../wire/generated/frames.ts';
import { Icon } from '../../look/icons.tsx';
import { Button, Dialog, Empty, Failed, Field, Loading, Menu, question, toast, toastError, useAct } from '../../look/parts.tsx';
import { Ring } from '../../look/ring.tsx';
import { go, pathTo } from '../../router.ts';
import { busy, readVersions, removeSite, rollBack, siteOf, sitesState, waits, work } from '../../store/sites.ts';
import { open, type Loaded } from '../../store/state.ts';
import { asCallError } from '../../link/errors.ts';
import { moment, size } from '../../words/time.ts';
import { cleanLine, t } from '../../words/words.ts';
import { PaneHead } from '../frame.tsx';
import { Publishing } from './Drop.tsx';
import { Progress } from './Progress.tsx';
import { d, siteName } from './say.ts';

/** Only a page of this machine's own gateway is opened. */
export const safeUrl = (url: string): string => (/^https?:\/\//i.test(url) ? url : '');

function Remove(props: { site: OwnSite; onClose: () => void }) {
  const { site } = props;
  const [pass, setPass] = useState('');
  const [needed, setNeeded] = useState(false);
  const act = useAct();
  const run = () =>
    act.run(async () => {
      try {
        await removeSite(site.label, pass);
      } catch (e) {
        if (asCallError(e).code !== 'passphrase' || needed) throw e;
        return setNeeded(true);
      }
      toast(d('site.removed', { name: siteName(site) }));
      props.onClose();
      go('data');
    });
  return (
    <Dialog title={d('site.remove-title', { name: siteName(site) })} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(e) => {
          e.preventDefault();
          run();
        }}
      >
        <p class="second">{d('site.remove-text')}</p>
        {needed && (
          <Field
            label={d('work.pass')} hint={d('work.pass-text')} type="password" value={pass} onInput={setPass} autofocus
          />
        )}
        {act.error && <p class="field-error">{act.error}</p>}
        <div class="actions actions-end">
          <Button onClick={props.onClose}>{t('do.keep')}</Button>
          <Button kind="bad" type="submit" disabled={act.busy || (needed && !pass)}>
            {d('site.remove-yes', { n: site.files })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Versions({ site }: { site: OwnSite }) {
  const [list, setList] = useState<readonly OwnSiteVersion[]>([]);
  const [state, setState] = useState<Loaded>('loading');
  const read = () => {
    readVersions(site.label).then(
      (all) => {
        setList(all);
        setState('ready');
      },
      (e: unknown) => setState(asCallError(e)),
    );
  };
  useEffect(read, [site.label, site.version]);
  if (state === 'loading') return <Loading rows={3} />;
  if (state !== 'ready' && list.length === 0) return <Failed error={state} retry={read} />;
  const back = (v: OwnSiteVersion) => {
    const n = Number(v.version);
    question.value = {
      title: d('versions.back-title', { n }),
      text: d('versions.back-text', { n, now: Number(site.version), next: Number(site.version) + 1 }),
      keep: t('do.cancel'),
      yes: d('versions.back-yes', { n }),
      run: () => void rollBack(site.label, v.version, '').catch(toastError),
    };
  };
  return (
    <table class="versions">
      <thead>
        <tr>
          <th scope="col">{d('versions.title')}</th>
          <th scope="col" class="only-wide">{d('versions.files')}</th>
          <th scope="col">{d('versions.size')}</th>
          <th scope="col" class="only-wide">{d('versions.kept')}</th>
          <th scope="col">
            <span class="unseen">{d('versions.back')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map((v) => (
          <tr key={String(v.version)}>
            <th scope="row">
              <span class="version-n">{Number(v.version)}</span>
              <span class="version-when">{v.created ? moment(v.created * 1000n) : d('versions.unread')}</span>
              {v.now && <span class="version-now">{d('versions.now')}</span>}
            </th>
            <td class="only-wide second">{v.created ? v.files : ''}</td>
            <td>{v.created ? size(v.bytes) : ''}</td>
            <td class="only-wide version-kept">
              {v.now && site.wanted > 0 && (
                <>
                  <Ring state={SendState.Stored} held={site.copies} of={site.wanted} />{' '}
                  {d('site.copies', { n: site.copies, of: site.wanted })}
                </>
              )}
            </td>
            <td class="version-do">
              {!v.now && v.created > 0n && (
                <button
                  type="button"
                  class="text-link"
                  disabled={busy()}
                  aria-label={d('versions.back-label', { n: Number(v.version) })}
                  onClick={() => back(v)}
                >
                  {d('versions.back')}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Facts({ site }: { site: OwnSite }) {
  const url = safeUrl(site.url);
  return (
    <dl class="facts">
      <div>
        <dt>{d('site.address')}</dt>
        <dd>{url ? <bdi class="mono">{url}</bdi> : <span class="second">{d('site.no-url')}</span>}</dd>
      </div>
      {site.wanted > 0 && (
        <div>
          <dt>{d('site.kept')}</dt>
          <dd>{d('site.kept-text', { n: site.copies, of: site.wanted })}</dd>
        </div>
      )}
      {site.expires > 0n && (
        <div>
          <dt>{d('site.until')}</dt>
          <dd>
            {moment(site.expires * 1000n)}
            <span class="second fact-more">{d('site.renewed')}</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

export function SitePane({ label }: { label: string }) {
  const [removing, setRemoving] = useState(false);
  const site = siteOf(label);
  const state = sitesState.value;
  const w = work.value?.label === label ? work.value : undefined;
  if (!site)
    return (
      <>
        <PaneHead back={pathTo('data')} title={label ? cleanLine(label) : d('site.own')} />
        <div class="pane-scroll">
          {w && (
            <div class="column">
              <Progress of={w} />
            </div>
          )}
          {!open.value || state === 'none' || state === 'loading' ? (
            <Loading />
          ) : state === 'ready' ? (
            !w && <Empty title={d('site.gone')} />
          ) : (
            <Failed error={state} />
          )}
        </div>
      </>
    );
  const url = safeUrl(site.url);
  const copyLink = () =>
    void navigator.clipboard.writeText(url).then(() => toast(t('do.copied')), toastError);
  return (
    <>
      <header class="pane-head site-head">
        <a class="icon-button only-narrow" href={pathTo('data')} aria-label={t('do.back')}>
          <Icon name="back" />
        </a>
        <span class="site-words">
          <h1 class="site-name">
            <bdi>{siteName(site)}</bdi>
          </h1>
          <span class="second">
            {d('site.version', { n: Number(site.version) })} · {d('site.signed')}
          </span>
        </span>
        <span class="pane-space" />
        {url && (
          <a class="button button-small" href={url} target="_blank" rel="noopener noreferrer">
            <span>{d('site.open')}</span>
          </a>
        )}
        <Menu
          label={t('do.more')}
          items={[
            ...(url ? [{ label: d('site.copy'), icon: 'link' as const, run: copyLink }] : []),
            { label: d('site.remove'), icon: 'bin', bad: true, run: () => setRemoving(true) },
          ]}
        />
      </header>
      <div class="pane-scroll">
        <div class="column">
          {(site.code !== 0 || site.few) && (
            <p class={site.code ? 'site-wrong' : 'second'} role="status">
              {site.code !== 0 && <Icon name="warn" size={16} />}
              <span>
                {site.code ? `${d('site.wrong')}: ${cleanLine(site.reason)}` : d('site.few')}
              </span>
            </p>
          )}
          {w && <Progress of={w} />}
          {!busy() && !waits() && <Publishing label={label} />}
          <Versions site={site} />
          <Facts site={site} />
        </div>
      </div>
      {removing && <Remove site={site} onClose={() => setRemoving(false)} />}
    </>
  );
}
