// Who asks to write to us: each with the one message they may send, and three answers.
import { ContactState, type Person } from '../wire/generated/frames.ts';
import { TrustSign } from '../look/icons.tsx';
import { Button, Empty, Menu, toast, useAct } from '../look/parts.tsx';
import { nameOf, PersonFace, trustOf, trustWord } from '../look/people.tsx';
import { go, pathTo } from '../router.ts';
import { ask, chats, learn, people, requests } from '../store/state.ts';
import { clean, t } from '../words/words.ts';
import { PaneHead } from './frame.tsx';

async function answer(p: Person, accept: boolean): Promise<void> {
  const said = await ask('ContactAnswer', { who: p.pid, accept }, 'Person');
  learn(said);
  if (accept) go('chat', p.pid);
}

function Request({ of: p }: { of: Person }) {
  const act = useAct();
  const last = chats.value.find((c) => c.contact?.key === p.key)?.last;
  return (
    <li class="request">
      <PersonFace of={p.key} size={44} />
      <div class="request-body">
        <p class="request-name">
          <bdi>{nameOf(p)}</bdi> <TrustSign trust={trustOf(p)} />{' '}
          <span class="second">{trustWord(p)}</span>
        </p>
        {p.unseen ? (
          <p class="second">{t('requests.unseen')}</p>
        ) : (
          last?.text && (
            <p class="request-text" dir="auto">
              {clean(last.text)}
            </p>
          )
        )}
        {act.error && <p class="field-error">{act.error}</p>}
        <div class="actions">
          <Button small disabled={act.busy} onClick={() => act.run(() => answer(p, true))}>
            {t('requests.accept')}
          </Button>
          <Button
            kind="link"
            small
            disabled={act.busy}
            onClick={() =>
              act.run(async () => {
                await answer(p, false);
                toast(t('requests.refused', { name: nameOf(p) }), {
                  icon: 'close',
                  undo: () => act.run(() => answer(p, true)),
                });
              })
            }
          >
            {t('requests.refuse')}
          </Button>
          <Menu
            label={t('do.more')}
            items={[
              {
                label: t('requests.block'),
                icon: 'block',
                bad: true,
                run: () =>
                  act.run(async () => {
                    learn(await ask('ContactSet', { who: p.pid, block: 1 }, 'Person'));
                    await answer(p, false);
                  }),
              },
            ]}
          />
        </div>
      </div>
    </li>
  );
}

export function Requests() {
  const all = requests.value.filter(
    (p) => people.value.get(p.key ?? '')?.state === ContactState.Request,
  );
  return (
    <>
      <PaneHead back={pathTo('chats')} title={t('requests.title')} />
      <div class="pane-scroll">
        {all.length === 0 ? (
          <Empty title={t('requests.empty')} />
        ) : (
          <div class="column">
            <p class="second">{t('requests.about')}</p>
            <ul class="requests">
              {all.slice(0, 100).map((p) => (
                <Request key={p.key} of={p} />
              ))}
            </ul>
          </div>
        )}
      </div>
    </>
  );
}
