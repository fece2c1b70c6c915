// How the node stands, through the agent, for the line that always says it. Asked each 10 s while the
// page is looked at; where a client has no right to it the line does with what the agent says.
import { effect, signal } from '@preact/signals';
import { type NodeStatusIs } from '../wire/generated/frames.ts';
import { ask, open, ready, status } from './state.ts';

export const node = signal<NodeStatusIs | undefined>(undefined);
const EACH = 10_000;

export function watchNode(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let denied = false;
  const read = (): void => {
    clearTimeout(timer);
    if (!ready.value || !open.value || denied || document.hidden) return;
    ask('NodeStatus', {}, 'NodeStatusIs')
      .then(
        (s) => (node.value = s),
        (e: { code?: string }) => {
          node.value = undefined;
          denied = e.code === 'denied' || e.code === 'unsupported';
        },
      )
      .finally(() => (timer = setTimeout(read, EACH)));
  };
  document.addEventListener('visibilitychange', read);
  effect(() => {
    void status.value?.online;
    if (ready.value && open.value) {
      denied = false;
      setTimeout(read, 0);
    } else node.value = undefined;
  });
}
