// Keys of the whole app, and the list of them. In fields only those with Ctrl or Alt count.
import { Dialog } from './look/parts.tsx';
import { go, route } from './router.ts';
import { historyOf } from './store/history.ts';
import { t } from './words/words.ts';
import { type Key } from './words/en.ts';
import { stepChat } from './views/chats.tsx';
import { editing, replying } from './views/composer.tsx';
import { keysOpen, paletteOpen } from './views/palette.tsx';

const list: readonly { keys: readonly string[]; word: Key }[] = [
  { keys: ['Ctrl', 'K'], word: 'keys.go' },
  { keys: ['Ctrl', 'F'], word: 'keys.find' },
  { keys: ['Alt', '↑', '↓'], word: 'keys.chats' },
  { keys: ['R'], word: 'keys.reply' },
  { keys: ['E'], word: 'keys.edit' },
  { keys: ['Enter'], word: 'keys.send' },
  { keys: ['Shift', 'Enter'], word: 'keys.line' },
  { keys: ['Esc'], word: 'keys.back' },
  { keys: ['?'], word: 'keys.list' },
];

export function KeyList() {
  return (
    <Dialog title={t('keys.title')} onClose={() => (keysOpen.value = false)}>
      <dl class="keys">
        {list.map((k) => (
          <div>
            <dt>
              {k.keys.map((x) => (
                <kbd>{x}</kbd>
              ))}
            </dt>
            <dd>{t(k.word)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function inField(e: KeyboardEvent): boolean {
  const el = e.target as HTMLElement;
  return /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable;
}

/** R and E are about the message that has the focus, else the last one. */
function about(own: boolean): void {
  const pid = route.value.about;
  const all = historyOf(pid).messages.value;
  const key = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-key]')?.dataset['key'];
  const can = all.filter((m) => m.kind === 1 && !m.deleted && (!own || m.mine));
  const chosen = can.find((m) => key === `${m.mine ? 'm' : 't'}${m.id}`) ?? can.at(-1);
  if (!chosen) return;
  if (own) editing.value = { pid, message: chosen };
  else replying.value = { pid, message: chosen };
}

export function watchKeys(): void {
  addEventListener('keydown', (e) => {
    const control = e.ctrlKey || e.metaKey;
    const key = e.key.toLowerCase();
    if (control && !e.altKey && (e.code === 'KeyK' || key === 'k')) {
      e.preventDefault();
      paletteOpen.value = !paletteOpen.value;
    } else if (control && !e.shiftKey && e.code === 'KeyF') {
      e.preventDefault();
      paletteOpen.value = true;
    } else if (e.altKey && (key === 'arrowup' || key === 'arrowdown')) {
      e.preventDefault();
      stepChat(key === 'arrowdown' ? 1 : -1);
    } else if (document.querySelector('dialog[open]') || inField(e) || control || e.altKey) {
      return;
    } else if (e.key === '?') {
      keysOpen.value = true;
    } else if (e.key === 'Escape' && route.value.about) {
      go(route.value.view === 'chat' ? 'chats' : 'people');
    } else if (route.value.view === 'chat' && (e.code === 'KeyR' || e.code === 'KeyE')) {
      e.preventDefault();
      about(e.code === 'KeyE');
    }
  });
}
