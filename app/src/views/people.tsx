// People: the list, one of them, and how to meet: our code and links, theirs pasted or scanned.
import { useEffect, useState } from 'preact/hooks';
import { Switch, type Invite, type Person } from '../wire/generated/frames.ts';
import { Icon, TrustSign } from '../look/icons.tsx';
import { VirtualList } from '../look/list.tsx';
import { Button, Empty, Failed, Field, IconButton, Loading, question, toast, toastError, useAct } from '../look/parts.tsx';
import { nameOf, PersonFace, trustOf, trustWord } from '../look/people.tsx';
import { QrCode } from '../look/qrcode.tsx';
import { go, isPay, pathTo, route } from '../router.ts';
import { ask, byPid, chats, contacts, learn, me, people, peopleState, presence, readPeople, ready, settings, stale } from '../store/state.ts';
import { moment } from '../words/time.ts';
import { cleanLine, lang, t } from '../words/words.ts';
import { PaneHead } from './frame.tsx';
import { canScan, Scanner } from './scan.tsx';

function byName(a: Person, b: Person): number {
  return nameOf(a).localeCompare(nameOf(b), lang.value);
}

function PersonRow({ person: p, tab }: { person: Person; tab: boolean }) {
  const on = route.value.about === p.pid;
  return (
    <a
      class={on ? 'row row-on' : 'row'}
      href={pathTo('person', p.pid)}
      tabIndex={tab ? 0 : -1}
      {...(on ? { 'aria-current': 'true' as const } : {})}
    >
      <span class="row-face">
        <PersonFace of={p.key} size={settings.value.compact ? 32 : 44} />
        {presence.value.get(p.key ?? '')?.state === 1 && (
          <span class="row-online" role="img" aria-label={t('presence.online')} />
        )}
      </span>
      <span class="row-top">
        <span class="row-name">
          <bdi>{nameOf(p)}</bdi>
        </span>
      </span>
      <span class="row-bottom">
        <span class="row-line">
          <TrustSign trust={trustOf(p)} /> {trustWord(p)}
          {p.blocked && ` · ${t('person.blocked')}`}
        </span>
      </span>
    </a>
  );
}

export function PeopleList() {
  const [find, setFind] = useState('');
  const wanted = find.trim().toLocaleLowerCase();
  const list = contacts.value
    .filter((p) => !wanted || `${nameOf(p)} ${p.name} ${p.pid}`.toLocaleLowerCase().includes(wanted))
    .sort(byName);
  const state = peopleState.value;
  return (
    <>
      <header class="list-head">
        <h1>{t('nav.people')}</h1>
        <IconButton icon="plus" label={t('people.invite')} onClick={() => go('add')} />
      </header>
      <label class="search-button">
        <Icon name="search" />
        <input
          type="search"
          value={find}
          placeholder={t('chats.search')}
          aria-label={t('people.find')}
          onInput={(e) => setFind(e.currentTarget.value)}
        />
      </label>
      {state !== 'none' && state !== 'loading' && state !== 'ready' && list.length === 0 ? (
        <Failed error={state} retry={() => void readPeople()} />
      ) : list.length === 0 && state !== 'ready' && !stale.value ? (
        <Loading rows={6} />
      ) : list.length === 0 ? (
        <Empty title={t(wanted ? 'people.none-found' : 'people.empty')}>
          {!wanted && <Button onClick={() => go('add')}>{t('people.invite')}</Button>}
        </Empty>
      ) : (
        <VirtualList
          label={t('nav.people')}
          items={list}
          row={settings.value.compact ? 3 : 4}
          keyOf={(p) => p.key ?? ''}
          render={(p, on) => <PersonRow person={p} tab={on} />}
        />
      )}
    </>
  );
}

// ---- one person ----

const PATHS = ['any', 'relay', 'direct'] as const;

export function PersonView({ pid }: { pid: string }) {
  const p = byPid(pid);
  useEffect(() => {
    if (ready.value) ask('ContactGet', { who: pid }, 'Person').then(learn, () => undefined);
  }, [pid, ready.value]);
  if (!p)
    return (
      <div class="pane-scroll">
        <Loading />
      </div>
    );
  return <About key={pid} person={people.value.get(p.key ?? '') ?? p} />;
}

function About({ person: p }: { person: Person }) {
  const [petname, setPetname] = useState(p.petname);
  const [path, setPath] = useState(p.path);
  const act = useAct();
  const save = (change: Record<string, unknown>) =>
    act.run(async () => learn(await ask('ContactSet', { who: p.pid, ...change }, 'Person')));
  const remove = () => {
    const count = chats.value.find((c) => c.contact?.key === p.key)?.last ? 1 : 0;
    question.value = {
      title: t('person.remove-title', { name: nameOf(p) }),
      text: t(count ? 'person.remove-text' : 'person.remove-none'),
      keep: t('do.keep'),
      yes: t('person.remove'),
      run: () => {
        ask('ContactRemove', { who: p.pid }, 'AppOk').then(() => {
          go('people');
          void readPeople();
        }, toastError);
      },
    };
  };
  return (
    <>
      <PaneHead back={pathTo('people')} />
      <div class="pane-scroll">
        <div class="column">
          <div class="person-top">
            <PersonFace of={p.key} size={96} />
            <div>
              <h1>
                <bdi>{nameOf(p)}</bdi>
              </h1>
              <p class="person-trust">
                <TrustSign trust={trustOf(p)} size={20} />
                <span>
                  <span class="strong">{trustWord(p)}</span>
                  <span class="second">{t(`trust.${trustOf(p)}-more` as 'trust.met-more')}</span>
                </span>
              </p>
            </div>
          </div>
          <div class="actions">
            <Button icon="chats" onClick={() => go('chat', p.pid)}>
              {t('person.write')}
            </Button>
            <Button icon="key" onClick={() => go('verify', p.pid)}>
              {t('verify.title-do')}
            </Button>
          </div>
          <form
            class="form"
            onSubmit={(e) => {
              e.preventDefault();
              save({ petname });
            }}
          >
            <Field
              label={t('person.petname')}
              hint={p.name ? t('person.calls', { name: p.name }) : t('person.petname-hint')}
              value={petname}
              maxLength={128}
              onInput={setPetname}
            />
            {petname !== p.petname && (
              <Button type="submit" small disabled={act.busy}>
                {t('do.save')}
              </Button>
            )}
          </form>
          <dl class="facts">
            <div>
              <dt>{t('person.pid')}</dt>
              <dd class="mono">{p.pid}</dd>
            </div>
            <div>
              <dt>{t('person.devices')}</dt>
              <dd>{p.devices}</dd>
            </div>
            {p.verified > 0n && (
              <div>
                <dt>{t('person.verified')}</dt>
                <dd>{moment(p.verified)}</dd>
              </div>
            )}
            {p.outstanding > 0 && (
              <div>
                <dt>{t('person.waiting')}</dt>
                <dd>{p.outstanding}</dd>
              </div>
            )}
          </dl>
          <div class="setting">
            <label class="setting-words" for="path">
              <span>{t('person.path')}</span>
              <span class="setting-hint">{t('person.path-hint')}</span>
            </label>
            <select
              id="path"
              class="input select"
              value={PATHS.includes(path as 'any') || !path ? path || 'any' : path}
              onChange={(e) => {
                setPath(e.currentTarget.value);
                save({ path: e.currentTarget.value });
              }}
            >
              <option value="any">{t('person.path-any')}</option>
              <option value="relay">{t('person.path-hidden')}</option>
              <option value="direct">{t('person.path-direct')}</option>
              {path && !PATHS.includes(path as 'any') && <option value={path}>{path}</option>}
            </select>
          </div>
          <div class="setting">
            <label class="setting-words" for="reads">
              <span>{t('person.reads')}</span>
              <span class="setting-hint">{t('person.reads-hint')}</span>
            </label>
            <input
              id="reads"
              type="checkbox"
              role="switch"
              class="switch"
              checked={p.reads}
              onChange={(e) => save({ reads: e.currentTarget.checked ? Switch.On : Switch.Off })}
            />
          </div>
          {act.error && <p class="field-error">{act.error}</p>}
          <div class="actions">
            <Button
              kind={p.blocked ? 'plain' : 'bad'}
              icon="block"
              onClick={() => save({ block: p.blocked ? Switch.Off : Switch.On })}
            >
              {t(p.blocked ? 'chat.unblock' : 'chat.block', { name: nameOf(p) })}
            </Button>
            <Button kind="bad" icon="bin" onClick={remove}>
              {t('person.remove')}
            </Button>
          </div>
        </div>
      </div>
    </>
  );
}

// ---- meeting somebody ----

/** A PID, a name, or a link, alone or somewhere in a text. */
export function whoIn(text: string): string {
  return /geonet:\S+/i.exec(text)?.[0] ?? text.trim();
}

/** The name that an invite link brings along. */
export function nameIn(link: string): string {
  const m = /^geonet:hi\/[^?]*\?(?:.*&)?n=([^&]*)/i.exec(link);
  try {
    return cleanLine(decodeURIComponent((m?.[1] ?? '').replace(/\+/g, ' '))).slice(0, 64);
  } catch {
    return '';
  }
}

export function AddForm(props: { about?: string; onDone: (p: Person) => void; main?: boolean }) {
  const [who, setWho] = useState(props.about ?? '');
  const [scan, setScan] = useState(false);
  const act = useAct();
  const add = (text: string) =>
    act.run(async () => {
      const who = whoIn(text);
      let p = await ask('ContactAdd', { who }, 'Person', { deadlineMs: 30_000 });
      // the link says what its maker is called, until their own record does
      const called = nameIn(who);
      if (called && !p.name && !p.petname)
        p = await ask('ContactSet', { who: p.pid, petname: called }, 'Person');
      learn(p);
      props.onDone(p);
    });
  return (
    <form
      class="form"
      onSubmit={(e) => {
        e.preventDefault();
        if (who.trim()) add(who);
      }}
    >
      <Field
        label={t('add.who')}
        hint={t('add.who-hint')}
        error={act.error}
        value={who}
        onInput={(v) => {
          if (isPay(v.trim())) return go('wallet', v.trim());
          setWho(v);
          act.clear();
        }}
      />
      <div class="actions">
        <Button type="submit" kind={props.main && who.trim() ? 'main' : 'plain'} disabled={act.busy || !who.trim()}>
          {t('add.do')}
        </Button>
        {canScan() && (
          <Button icon="qr" onClick={() => setScan(true)}>
            {t('verify.scan')}
          </Button>
        )}
      </div>
      {scan && (
        <Scanner
          onClose={() => setScan(false)}
          onFound={(text) => {
            setScan(false);
            if (isPay(text)) return go('wallet', text);
            setWho(whoIn(text));
            add(text);
          }}
        />
      )}
    </form>
  );
}

/** A link of ours: its QR, to show, and to copy. */
export function InviteCard(props: { invite: Invite; name: string }) {
  return (
    <figure class="qr-card">
      <QrCode text={props.invite.link} label={t('add.qr')} />
      <figcaption>
        <PersonFace of={me.value?.key} size={28} />
        <bdi class="strong">{props.name}</bdi>
        <span class="second">{t('add.your-code')}</span>
      </figcaption>
    </figure>
  );
}

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('do.copied'));
  } catch (e) {
    toastError(e);
  }
}

export function useInvite(): { invite: Invite | undefined; error: unknown; again: () => void } {
  const [invite, setInvite] = useState<Invite>();
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!ready.value) return;
    setError(undefined);
    (async () => {
      const known = await ask('InvitesList', {}, 'InvitesIs');
      const open = known.invites.find((i) => i.used < i.uses && turn === 0);
      setInvite(open ?? (await ask('InviteNew', { uses: 1 }, 'Invite')));
    })().catch(setError);
  }, [ready.value, turn]);
  return { invite, error, again: () => setTurn((n) => n + 1) };
}

export function AddView({ about }: { about: string }) {
  const { invite, error, again } = useInvite();
  const [all, setAll] = useState<readonly Invite[]>([]);
  useEffect(() => {
    if (ready.value) ask('InvitesList', {}, 'InvitesIs').then((a) => setAll(a.invites), () => undefined);
  }, [invite, ready.value]);
  const name = me.value?.name || me.value?.pid.slice(0, 10) || '';
  const drop = (i: Invite) => {
    setAll(all.filter((x) => x !== i));
    ask('InviteDrop', { link: i.link }, 'AppOk').then(() => toast(t('add.dropped'), { icon: 'bin' }), toastError);
  };
  return (
    <>
      <PaneHead back={pathTo('people')} title={t('add.title')} />
      <div class="pane-scroll">
        <div class="column meet">
          <div class="meet-words">
            <p class="lead">{t('add.about')}</p>
            <AddForm about={about} main onDone={(p) => go('chat', p.pid)} />
            {all.length > 0 && (
              <section class="part">
                <h2>{t('add.links')}</h2>
                <ul class="facts">
                  {all.slice(0, 50).map((i) => (
                    <li>
                      <span>
                        {t('add.used', { n: i.used, of: i.uses })}
                        <span class="second"> {t('add.until', { when: moment(i.until * 1000n) })}</span>
                      </span>
                      <span>
                        <button type="button" class="text-link" onClick={() => void copy(i.link)}>
                          {t('do.copy')}
                        </button>{' '}
                        <button type="button" class="text-link" onClick={() => drop(i)}>
                          {t('add.drop')}
                        </button>
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </div>
          <div class="meet-code">
            {error ? (
              <Failed error={error} retry={again} />
            ) : invite ? (
              <>
                <InviteCard invite={invite} name={name} />
                <div class="actions actions-middle">
                  <Button icon="link" onClick={() => void copy(invite.link)}>
                    {t('add.copy')}
                  </Button>
                  <Button kind="link" onClick={again}>
                    {t('add.another')}
                  </Button>
                </div>
              </>
            ) : (
              <Loading rows={3} />
            )}
          </div>
        </div>
      </div>
    </>
  );
}
