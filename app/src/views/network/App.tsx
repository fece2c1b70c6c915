// The network view within the app: readings come through the agent.
import { useMemo } from 'preact/hooks';
import { AgentNet } from '../../net/agent.ts';
import { go } from '../../router.ts';
import { ask } from '../../store/state.ts';
import { lang } from '../../words/words.ts';
import { Network } from './Network.tsx';
import './network.css';

export function NetworkView() {
  const source = useMemo(() => new AgentNet(ask), []);
  return <Network source={source} lang={lang.value} invite={() => go('add')} />;
}
