// The first minutes: one question a page. How are you called, then your code and a friend's. And
// what is shown instead of everything while it is locked, or this browser is not known.
import { useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { AgentState } from '../wire/generated/frames.ts';
import { Mark } from '../look/icons.tsx';
import { Button, Choice, Failed, Field, Loading, Tabs, useAct } from '../look/parts.tsx';
import { go } from '../router.ts';
import { ask, claim, linkState, me, pairError, pairing, set, setSealed, status } from '../store/state.ts';
import { lang, languages, t } from '../words/words.ts';
import { StatusLine } from './frame.tsx';
import { AddForm, copy, InviteCard, useInvite } from './people.tsx';

/** The second page of the start is to be shown: nobody is known yet. */
export const meeting = signal(false);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text.normalize('NFC'));

/** You at the bottom, links to others rising: drawn, not loaded. */
function Picture() {
  const r = 100;
  const geodesic = (deg: number): string => {
    // from the bottom of the disk to the rim, at `deg` from the bottom
    const half = (deg * Math.PI) / 360;
    const radius = r * Math.tan(half);
    const x = r * Math.sin(2 * half);
    const y = r * Math.cos(2 * half);
    return `M0 ${r}A${Math.abs(radius).toFixed(1)} ${Math.abs(radius).toFixed(1)} 0 0 ${deg > 0 ? 0 : 1} ${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const arch = (w: number): string => {
    const x = r * Math.sin(w);
    const y = r * Math.cos(w);
    const radius = Math.abs(r * Math.tan(w)).toFixed(1);
    return `M${(-x).toFixed(1)} ${y.toFixed(1)}A${radius} ${radius} 0 0 ${w < Math.PI / 2 ? 1 : 0} ${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const links = [-152, -112, -78, -36, 30, 66, 98, 128, 160];
  return (
    <svg class="start-picture" viewBox="-112 -112 224 240" aria-hidden="true">
      <circle class="arch" r={r} />
      <path class="arch" d={[1.95, 1.12, 0.7, 0.4, 0.2].map(arch).join('') + `M-${r} 0h${2 * r}`} />
      <path class="link" d={links.map(geodesic).join('')} />
      {links.map((deg) => (
        <circle
          class="node"
          cx={(r * Math.sin((deg * Math.PI) / 180)).toFixed(1)}
          cy={(r * Math.cos((deg * Math.PI) / 180)).toFixed(1)}
          r="1.6"
        />
      ))}
      <circle class="you-halo" cy={r} r="6.5" />
      <circle class="you" cy={r} r="3.2" />
    </svg>
  );
}

function Page(props: { children: preact.ComponentChildren; picture?: boolean; line?: boolean }) {
  return (
    <div class="start">
      <header class="start-head">
        <Mark />
        <Tabs
          label={t('set.language')}
          value={lang.value}
          options={languages.map((l) => ({ value: l.lang, label: l.name, lang: l.lang }))}
          onChange={(v) => set({ lang: v })}
        />
      </header>
      {props.picture && <Picture />}
      <main class="start-main" id="pane" tabIndex={-1}>
        {props.children}
      </main>
      <footer class="start-foot">{props.line !== false && <StatusLine />}</footer>
    </div>
  );
}

/** A new agent: name, passphrase or none. */
export function Start() {
  const [name, setName] = useState('');
  const [how, setHow] = useState<'none' | 'passphrase'>('none');
  const [pass, setPass] = useState('');
  const [again, setAgain] = useState('');
  const act = useAct();
  const differ = how === 'passphrase' && again !== '' && pass !== again;
  const can = name.trim() !== '' && (how === 'none' || (pass !== '' && pass === again));
  const start = () =>
    act.run(async () => {
      const passphrase = how === 'passphrase' ? bytes(pass) : new Uint8Array(0);
      await ask('AgentStart', { name: name.trim(), passphrase }, 'AgentStatusIs', { deadlineMs: 60_000 });
      meeting.value = true;
      await setSealed(how === 'passphrase');
      if (pairing.value) await claim(passphrase);
    });
  return (
    <Page picture>
      <form
        class="form"
        onSubmit={(e) => {
          e.preventDefault();
          if (can) start();
        }}
      >
        <h1 class="start-title">{t('start.title')}</h1>
        <p class="lead second">{t('start.text')}</p>
        <Field label={t('start.name')} value={name} onInput={setName} maxLength={64} autofocus autocomplete="nickname" />
        <Choice
          label={t('start.how')}
          value={how}
          onChange={setHow}
          options={[
            { value: 'none', label: t('start.no-pass'), hint: t('start.no-pass-hint') },
            { value: 'passphrase', label: t('start.pass'), hint: t('start.pass-hint') },
          ]}
        />
        {how === 'passphrase' && (
          <>
            <Field label={t('unlock.passphrase')} type="password" value={pass} onInput={setPass} autocomplete="new-password" />
            <Field
              label={t('start.again')}
              type="password"
              value={again}
              onInput={setAgain}
              autocomplete="new-password"
              error={differ ? t('start.differ') : undefined}
            />
          </>
        )}
        {act.error && <p class="field-error">{act.error}</p>}
        <div class="actions">
          <Button kind="main" type="submit" disabled={!can || act.busy}>
            {t('start.do')}
          </Button>
        </div>
        <p class="second">{t('start.words')}</p>
      </form>
    </Page>
  );
}

/** Your code and a friend's. */
export function Meet() {
  const { invite, error, again } = useInvite();
  const done = () => {
    meeting.value = false;
    go('chats');
  };
  return (
    <Page>
      <div class="meet">
        <div class="meet-words">
          <h1 class="start-title">{t('meet.title')}</h1>
          <p class="lead second">{t('meet.text')}</p>
          <AddForm
            main
            onDone={(p) => {
              meeting.value = false;
              go('chat', p.pid);
            }}
          />
          <div class="actions">
            <Button kind="link" onClick={done}>
              {t('meet.later')}
            </Button>
          </div>
        </div>
        <div class="meet-code">
          {error ? (
            <Failed error={error} retry={again} />
          ) : invite ? (
            <>
              <InviteCard invite={invite} name={me.value?.name || t('chat.you')} />
              <div class="actions actions-middle">
                <Button icon="link" onClick={() => void copy(invite.link)}>
                  {t('add.copy')}
                </Button>
              </div>
            </>
          ) : (
            <Loading rows={3} />
          )}
        </div>
      </div>
    </Page>
  );
}

export function Unlock() {
  const [pass, setPass] = useState('');
  const act = useAct();
  const waiting = status.value?.waiting ?? 0;
  const open = status.value?.state === AgentState.Open;
  return (
    <Page picture>
      <form
        class="form"
        onSubmit={(e) => {
          e.preventDefault();
          act.run(async () => {
            try {
              if (!open) await ask('Unlock', { passphrase: bytes(pass) }, 'AgentStatusIs');
              if (pairing.value) await claim(bytes(pass));
            } finally {
              setPass('');
            }
          });
        }}
      >
        <h1 class="start-title">{t('unlock.title')}</h1>
        <p class="lead second">
          {pairing.value ? t('unlock.pair') : waiting > 0 ? t('unlock.waiting', { n: waiting }) : t('unlock.text')}
        </p>
        <Field
          label={t('unlock.passphrase')}
          type="password"
          value={pass}
          onInput={(v) => {
            setPass(v);
            act.clear();
          }}
          autofocus
          autocomplete="current-password"
          error={act.error}
        />
        <div class="actions">
          <Button kind="main" type="submit" disabled={!pass || act.busy}>
            {t('unlock.do')}
          </Button>
        </div>
      </form>
    </Page>
  );
}

/** This browser is no client: how it becomes one. */
export function Unpaired() {
  const denied = linkState.value.state === 'denied' || pairError.value !== undefined;
  return (
    <Page picture line={false}>
      <div class="form">
        <h1 class="start-title">{t(denied ? 'pair.denied' : 'pair.title')}</h1>
        <p class="lead second">{t('pair.text')}</p>
        <p class="mono command">geonet app</p>
        <p class="second">{t('pair.why')}</p>
      </div>
    </Page>
  );
}

export function Connecting() {
  return (
    <Page picture>
      <Loading rows={3} />
    </Page>
  );
}
