// Settings: of this browser, of who may do what, of the keys.
import { useEffect, useState } from 'preact/hooks';
import { AgentState, type Client } from '../wire/generated/frames.ts';
import { Button, Dialog, Failed, Field, Loading, question, Tabs, toast, toastError, Toggle, useAct } from '../look/parts.tsx';
import { PersonFace } from '../look/people.tsx';
import { ask, askAny, call, forget, me, ready, set, setSealed, settings, status, stale } from '../store/state.ts';
import { type Theme } from '../store/state.ts';
import { moment, size } from '../words/time.ts';
import { cleanLine, lang, languages, t } from '../words/words.ts';
import { PaneHead } from './frame.tsx';
import { copy } from './people.tsx';

function Look() {
  const s = settings.value;
  return (
    <section class="part">
      <h2>{t('set.look')}</h2>
      <div class="setting">
        <span class="setting-words">{t('set.language')}</span>
        <Tabs
          label={t('set.language')}
          value={lang.value}
          options={languages.map((l) => ({ value: l.lang, label: l.name, lang: l.lang }))}
          onChange={(v) => set({ lang: v })}
        />
      </div>
      <div class="setting">
        <span class="setting-words">{t('set.theme')}</span>
        <Tabs<Theme>
          label={t('set.theme')}
          value={s.theme}
          options={[
            { value: 'system', label: t('set.theme-system') },
            { value: 'light', label: t('set.theme-light') },
            { value: 'dark', label: t('set.theme-dark') },
          ]}
          onChange={(theme) => set({ theme })}
        />
      </div>
      <Toggle label={t('set.compact')} value={s.compact} onChange={(compact) => set({ compact })} />
    </section>
  );
}

function Notify() {
  const s = settings.value;
  const ask = async (on: boolean) => {
    if (on && typeof Notification !== 'undefined' && Notification.permission !== 'granted') {
      const said = await Notification.requestPermission();
      if (said !== 'granted') return toast(t('set.notify-refused'), { icon: 'warn', bad: true });
    }
    set({ notify: on });
  };
  return (
    <section class="part">
      <h2>{t('set.notify')}</h2>
      <Toggle label={t('set.notify-on')} hint={t('set.notify-hint')} value={s.notify} onChange={(on) => void ask(on)} />
      <Toggle label={t('set.notify-text')} value={s.notifyText} onChange={(notifyText) => set({ notifyText })} />
    </section>
  );
}

// ---- programs ----

const passBytes = (text: string): Uint8Array => new TextEncoder().encode(text.normalize('NFC'));

function Clients() {
  const [list, setList] = useState<readonly Client[]>();
  const [error, setError] = useState<unknown>();
  const [adding, setAdding] = useState(false);
  const read = () => {
    setError(undefined);
    ask('ClientsList', {}, 'ClientsIs').then((a) => setList(a.clients), setError);
  };
  useEffect(() => {
    if (ready.value) read();
  }, [ready.value]);
  const remove = (c: Client) => {
    question.value = {
      title: t('set.client-remove-title', { name: c.name }),
      text: t('set.client-remove-text'),
      keep: t('do.keep'),
      yes: t('set.client-remove'),
      run: () => {
        ask('ClientRemove', { id: c.id }, 'AppOk').then(read, toastError);
      },
    };
  };
  return (
    <section class="part">
      <h2>{t('set.clients')}</h2>
      <p class="second">{t('set.clients-about')}</p>
      {error ? (
        <Failed error={error} retry={read} />
      ) : !list ? (
        <Loading rows={2} />
      ) : list.length === 0 ? (
        <p class="second">{t('set.clients-none')}</p>
      ) : (
        <ul class="facts">
          {list.map((c) => (
            <li>
              <span>
                <bdi class="strong">{cleanLine(c.name)}</bdi>
                <span class="second">
                  {' '}
                  {c.rights.includes('*') ? t('set.all-rights') : c.rights.map(cleanLine).join(', ')}
                  {' · '}
                  {t('set.seen', { when: moment(c.seen * 1000n) })}
                </span>
              </span>
              <button type="button" class="text-link" onClick={() => remove(c)}>
                {t('set.client-remove')}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="actions">
        <Button small icon="plus" onClick={() => setAdding(true)}>
          {t('set.client-add')}
        </Button>
      </div>
      {adding && (
        <AddClient
          onClose={() => {
            setAdding(false);
            read();
          }}
        />
      )}
    </section>
  );
}

function AddClient({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [rights, setRights] = useState('chat');
  const [pass, setPass] = useState('');
  const [made, setMade] = useState<{ id: string; secret: string }>();
  const [asked, setAsked] = useState<{ id: bigint; text: string }>();
  const act = useAct();
  const add = (approval: bigint) =>
    act.run(async () => {
      const answer = await askAny('ClientAdd', {
        name: name.trim(),
        rights: rights.split(/[\s,]+/).filter(Boolean),
        passphrase: passBytes(pass),
        approval,
      });
      if (answer.is === 'ClientMade')
        setMade({ id: answer.as.id ?? '', secret: answer.as.secret ?? '' });
      else if (answer.is === 'ApprovalAsked') setAsked(answer.as);
    });
  return (
    <Dialog title={t('set.client-add')} onClose={onClose}>
      {made ? (
        <>
          <p class="second">{t('set.client-secret')}</p>
          <p class="mono secret">{`${made.id} ${made.secret}`}</p>
          <div class="actions actions-end">
            <Button onClick={() => void copy(`${made.id} ${made.secret}`)}>{t('do.copy')}</Button>
            <Button onClick={onClose}>{t('do.close')}</Button>
          </div>
        </>
      ) : asked ? (
        <>
          <p class="second">{t('set.approve')}</p>
          <p class="asked-text">{cleanLine(asked.text)}</p>
          {act.error && <p class="field-error">{act.error}</p>}
          <div class="actions actions-end">
            <Button onClick={onClose}>{t('do.cancel')}</Button>
            <Button disabled={act.busy} onClick={() => add(asked.id)}>
              {t('set.approved')}
            </Button>
          </div>
        </>
      ) : (
        <form
          class="form"
          onSubmit={(e) => {
            e.preventDefault();
            add(0n);
          }}
        >
          <Field label={t('set.client-name')} value={name} onInput={setName} maxLength={80} autofocus />
          <Field label={t('set.client-rights')} hint={t('set.client-rights-hint')} value={rights} onInput={setRights} />
          <Field label={t('unlock.passphrase')} hint={t('set.if-any')} type="password" value={pass} onInput={setPass} />
          {act.error && <p class="field-error">{act.error}</p>}
          <div class="actions actions-end">
            <Button onClick={onClose}>{t('do.cancel')}</Button>
            <Button type="submit" disabled={!name.trim() || act.busy}>
              {t('set.client-add')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

// ---- keys and copies ----

function Passphrase({ onClose }: { onClose: () => void }) {
  const [before, setBefore] = useState('');
  const [after, setAfter] = useState('');
  const [again, setAgain] = useState('');
  const act = useAct();
  return (
    <Dialog title={t('set.passphrase')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(e) => {
          e.preventDefault();
          act.run(async () => {
            await ask('AgentPassphrase', { before: passBytes(before), after: passBytes(after) }, 'AgentStatusIs');
            await setSealed(after !== '');
            toast(t('set.passphrase-done'));
            onClose();
          });
        }}
      >
        <Field label={t('set.passphrase-before')} hint={t('set.if-any')} type="password" value={before} onInput={setBefore} autofocus />
        <Field label={t('set.passphrase-after')} hint={t('set.passphrase-empty')} type="password" value={after} onInput={setAfter} />
        <Field
          label={t('start.again')}
          type="password"
          value={again}
          onInput={setAgain}
          error={again && again !== after ? t('start.differ') : undefined}
        />
        {act.error && <p class="field-error">{act.error}</p>}
        <div class="actions actions-end">
          <Button onClick={onClose}>{t('do.cancel')}</Button>
          <Button type="submit" disabled={act.busy || after !== again}>
            {t('do.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Backup({ onClose }: { onClose: () => void }) {
  const [pass, setPass] = useState('');
  const [asked, setAsked] = useState<{ id: bigint; text: string }>();
  const [part, setPart] = useState('');
  const act = useAct();
  const make = (approval: bigint) =>
    act.run(async () => {
      const parts: Uint8Array[] = [];
      const { done } = call(
        'AgentBackup',
        { passphrase: passBytes(pass), approval },
        {
          deadlineMs: 600_000,
          data: (b) => void parts.push(b),
          more: (a) => {
            if (a.is === 'BackupIs') setPart(`${size(a.as.done)} / ${size(a.as.size)}`);
          },
        },
      );
      const answer = await done;
      if (answer.is === 'ApprovalAsked') return setAsked(answer.as);
      const url = URL.createObjectURL(new Blob(parts as BlobPart[]));
      const a = document.createElement('a');
      a.href = url;
      a.download = `geonet-${new Date().toISOString().slice(0, 10)}.backup`;
      a.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      toast(t('set.backup-done'));
      onClose();
      return undefined;
    });
  return (
    <Dialog title={t('set.backup')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(e) => {
          e.preventDefault();
          make(asked?.id ?? 0n);
        }}
      >
        <p class="second">{t('set.backup-about')}</p>
        {asked ? (
          <>
            <p class="second">{t('set.approve')}</p>
            <p class="asked-text">{cleanLine(asked.text)}</p>
          </>
        ) : (
          <Field label={t('unlock.passphrase')} hint={t('set.if-any')} type="password" value={pass} onInput={setPass} autofocus />
        )}
        {part && <p class="second">{part}</p>}
        {act.error && <p class="field-error">{act.error}</p>}
        <div class="actions actions-end">
          <Button onClick={onClose}>{t('do.cancel')}</Button>
          <Button type="submit" disabled={act.busy}>
            {asked ? t('set.approved') : t('set.backup-do')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Keys() {
  const [dialog, setDialog] = useState<'' | 'passphrase' | 'backup'>('');
  const close = () => setDialog('');
  return (
    <section class="part">
      <h2>{t('set.keys')}</h2>
      <div class="setting">
        <span class="setting-words">
          <span>{t('set.passphrase')}</span>
          <span class="setting-hint">{t('set.passphrase-hint')}</span>
        </span>
        <Button small onClick={() => setDialog('passphrase')}>
          {t('set.change')}
        </Button>
      </div>
      <div class="setting">
        <span class="setting-words">
          <span>{t('set.lock')}</span>
          <span class="setting-hint">{t('set.lock-hint')}</span>
        </span>
        <Button small icon="lock" onClick={() => void ask('Lock', {}, 'AgentStatusIs').catch(toastError)}>
          {t('set.lock-do')}
        </Button>
      </div>
      <div class="setting">
        <span class="setting-words">
          <span>{t('set.backup')}</span>
          <span class="setting-hint">{t('set.backup-about')}</span>
        </span>
        <Button small icon="down" onClick={() => setDialog('backup')}>
          {t('set.backup-do')}
        </Button>
      </div>
      <div class="setting">
        <span class="setting-words">
          <span>{t('set.forget')}</span>
          <span class="setting-hint">{t('set.forget-hint')}</span>
        </span>
        <Button
          small
          kind="bad"
          onClick={() =>
            (question.value = {
              title: t('set.forget-title'),
              text: t('set.forget-hint'),
              keep: t('do.keep'),
              yes: t('set.forget'),
              run: () => void forget(),
            })
          }
        >
          {t('set.forget-do')}
        </Button>
      </div>
      {dialog === 'passphrase' && <Passphrase onClose={close} />}
      {dialog === 'backup' && <Backup onClose={close} />}
    </section>
  );
}

export function SettingsView() {
  const s = status.value;
  return (
    <>
      <PaneHead title={t('nav.settings')} />
      <div class="pane-scroll">
        <div class="column settings">
          <div class="own">
            <PersonFace of={me.value?.key} size={64} own />
            <div>
              <p class="own-name">
                <bdi>{cleanLine(me.value?.name ?? '') || t('chat.you')}</bdi>
              </p>
              <p class="mono second">{me.value?.pid}</p>
            </div>
          </div>
          <Look />
          <Notify />
          {s?.state === AgentState.Open && !stale.value && (
            <>
              <Clients />
              <Keys />
            </>
          )}
          <p class="second">{t('set.version', { version: s?.version ?? '' })}</p>
        </div>
      </div>
    </>
  );
}

