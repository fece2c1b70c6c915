// Notifications by the browser, when the person wants them and looks elsewhere: "new message", names
// and text only when they said so. Strangers make none, but who came by a link of ours.
import { ContactState, MessageKind, type Tables } from './wire/generated/frames.ts';
import { nameOf } from './look/people.tsx';
import { go } from './router.ts';
import { listen, settings, unreadAll } from './store/state.ts';
import { cleanLine, t } from './words/words.ts';
import { effect } from '@preact/signals';

export function watchNews(): void {
  effect(() => {
    const n = unreadAll.value;
    document.title = n ? `(${n}) ${t('app.name')}` : t('app.name');
  });
  listen(
    (name, value) => {
      if (name !== 'ToldMessage' || !settings.value.notify) return;
      const { message, fresh, contact } = value as Tables['ToldMessage'];
      if (!message || message.mine || !fresh || message.kind >= MessageKind.Gap) return;
      if (contact?.state !== ContactState.Accepted || document.hasFocus()) return;
      if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
      const whole = settings.value.notifyText;
      const one = new Notification(whole ? nameOf(contact) : t('app.name'), {
        body: whole ? cleanLine(message.text).slice(0, 160) : t('notify.new'),
        tag: contact.pid,
        icon: '/mark.svg',
      });
      one.onclick = () => {
        window.focus();
        go('chat', contact.pid);
        one.close();
      };
    },
    () => undefined,
  );
}
