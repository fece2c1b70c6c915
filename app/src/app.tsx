// What is shown: the start while there is nothing yet, the lock while it is locked, else the frame.
import { useEffect, useRef } from 'preact/hooks';
import { AgentState } from './wire/generated/frames.ts';
import { Asked, Empty, LiveRegion, Toasts } from './look/parts.tsx';
import { route } from './router.ts';
import { chats, linkState, pairError, pairing, shownChats, stale, status } from './store/state.ts';
import { t } from './words/words.ts';
import { ChatList } from './views/chats.tsx';
import { ChatView } from './views/chat.tsx';
import { Single, Split } from './views/frame.tsx';
import { keysOpen, Palette, paletteOpen } from './views/palette.tsx';
import { AddView, PeopleList, PersonView } from './views/people.tsx';
import { Requests } from './views/requests.tsx';
import { SettingsView } from './views/settings.tsx';
import { Connecting, Meet, meeting, Start, Unlock, Unpaired } from './views/start.tsx';
import { NetworkView } from './views/network/App.tsx';
import { VerifyView } from './views/verify.tsx';
import { late } from './views/late.tsx';
import { KeyList } from './keys.tsx';

function Nothing() {
  if (shownChats.value.length === 0) return null; // the list says what to do
  return (
    <div class="pane-scroll pane-middle">
      <Empty title={t('chats.choose')} text={t('chats.choose-text')} />
    </div>
  );
}

const DataView = late(() => import('./views/data/App.tsx').then((m) => m.DataView));
const WalletView = late(() => import('./views/wallet/Wallet.tsx').then((m) => m.WalletView));

function View() {
  const { view, about } = route.value;
  switch (view) {
    case 'chat':
      return <Split inside list={<ChatList />} pane={<ChatView pid={about} />} />;
    case 'requests':
      return <Split inside list={<ChatList />} pane={<Requests />} />;
    case 'people':
      return <Split inside={false} list={<PeopleList />} pane={<AddView key="" about="" />} />;
    case 'add':
      return <Split inside list={<PeopleList />} pane={<AddView key={about} about={about} />} />;
    case 'person':
      return <Split inside list={<PeopleList />} pane={<PersonView pid={about} />} />;
    case 'verify':
      return (
        <Single>
          <VerifyView key={about} pid={about} />
        </Single>
      );
    case 'data':
    case 'files':
    case 'site':
    case 'publish':
      return <DataView view={view} about={about} />;
    case 'wallet':
      return <WalletView about={about} />;
    case 'network':
      return (
        <Single>
          <NetworkView />
        </Single>
      );
    case 'settings':
      return (
        <Single>
          <SettingsView />
        </Single>
      );
    default:
      return <Split inside={false} list={<ChatList />} pane={<Nothing />} />;
  }
}

function Main() {
  const { state } = linkState.value;
  const s = status.value;
  if (state === 'unpaired' || (state === 'denied' && !stale.value)) return <Unpaired />;
  if (pairing.value) {
    if (s?.state === AgentState.New) return <Start />;
    if (s?.state === AgentState.Locked || (s && pairError.value)) return <Unlock />;
    if (state === 'denied' || pairError.value) return <Unpaired />;
    return <Connecting />;
  }
  if (s?.state === AgentState.New) return <Start />;
  if (s?.state === AgentState.Locked) return <Unlock />;
  if (!s && !stale.value && chats.value.length === 0)
    return state === 'waiting' ? <View /> : <Connecting />;
  // who went elsewhere has seen it
  if (meeting.value && route.value.view === 'chats') return <Meet />;
  return <View />;
}

export function App() {
  const where = `${route.value.view} ${route.value.about}`;
  const before = useRef(where);
  // the focus follows where one went, unless the view has put it somewhere itself
  useEffect(() => {
    if (before.current === where) return;
    before.current = where;
    requestAnimationFrame(() => {
      if (document.activeElement === document.body || !document.activeElement)
        document.getElementById('pane')?.focus({ preventScroll: true });
    });
  }, [where]);
  return (
    <>
      <Main />
      {paletteOpen.value && <Palette />}
      {keysOpen.value && <KeyList />}
      <Asked />
      <Toasts />
      <LiveRegion />
    </>
  );
}

