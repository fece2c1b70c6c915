// Where messages are written: Enter sends, Shift Enter is a new line, Escape gives an answer or an
// edit up. What is not sent stays as a draft; a message that was said twice has one id and is one (UI-21).
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Message, type Person } from '../wire/generated/frames.ts';
import { toHex } from '../wire/codec.ts';
import { Icon } from '../look/icons.tsx';
import { IconButton, toast, toastError } from '../look/parts.tsx';
import { nameOf } from '../look/people.tsx';
import { drafts, put, recallDraft, setDraft, type History } from '../store/history.ts';
import { sendFiles } from '../store/files.ts';
import { ask } from '../store/state.ts';
import { cleanLine, t } from '../words/words.ts';

export const replying = signal<{ pid: string; message: Message } | undefined>(undefined);
export const editing = signal<{ pid: string; message: Message } | undefined>(undefined);

const newId = (): string => toHex(crypto.getRandomValues(new Uint8Array(16)));
const FILES_MAX = 50;
/** Files that were chosen, pasted or dropped: each is a message. */
export function attach(person: Person, files: readonly File[]): void {
  if (files.length > FILES_MAX) toast(t('file.many', { n: FILES_MAX }), { icon: 'warn', bad: true });
  else void sendFiles(person, files, newId, toastError);
}

/** Said again under the same id when nobody knows what became of it. */
const unsure = new Map<string, { text: string; id: string }>();

const TEXT_MAX = 16_384;

export function Composer(props: { person: Person; history: History; disabled: boolean }) {
  const { person } = props;
  const { pid } = person;
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const edit = editing.value?.pid === pid ? editing.value.message : undefined;
  const reply = replying.value?.pid === pid ? replying.value.message : undefined;
  const [editText, setEditText] = useState('');
  const text = edit ? editText : (drafts.value.get(pid) ?? '');

  useEffect(() => {
    void recallDraft(pid);
    if (matchMedia('(min-width: 56.25rem)').matches) area.current?.focus({ preventScroll: true });
  }, [pid]);
  useEffect(() => {
    if (edit) setEditText(edit.text);
    if (edit || reply) area.current?.focus();
  }, [edit, reply]);

  const change = (value: string) => (edit ? setEditText(value) : setDraft(pid, value));
  const give = () => {
    replying.value = undefined;
    editing.value = undefined;
  };

  const send = async () => {
    const said = text.trim();
    if (!said || busy || props.disabled) return;
    setBusy(true);
    try {
      if (edit) {
        const a = await ask('MessageEdit', { who: pid, of: edit.id, text: said, id: newId() }, 'MessageIs');
        put(pid, a.message);
      } else {
        const before = unsure.get(pid);
        const id = before?.text === said ? before.id : newId();
        unsure.set(pid, { text: said, id });
        const a = await ask(
          'MessageSend',
          { who: pid, text: said, id, ...(reply ? { reply: reply.id } : {}) },
          'MessageIs',
        );
        unsure.delete(pid);
        put(pid, a.message);
        setDraft(pid, '');
      }
      give();
    } catch (e) {
      toastError(e);
    } finally {
      setBusy(false);
      area.current?.focus();
    }
  };

  const about = edit ?? reply;
  const bytes = text.length > TEXT_MAX / 4 ? new TextEncoder().encode(text).length : 0;
  return (
    <form
      class="composer"
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      {about && (
        <div class="composer-about">
          <Icon name={edit ? 'edit' : 'reply'} size={16} />
          <span class="quote">
            <span class="quote-who">
              {edit ? t('chat.editing') : about.mine ? t('chat.you') : nameOf(person)}
            </span>
            <span class="quote-text">{cleanLine(about.text).slice(0, 200)}</span>
          </span>
          <IconButton icon="close" label={t('do.cancel')} onClick={give} />
        </div>
      )}
      <div class="composer-line">
        {!edit && (
          <IconButton icon="plus" label={t('chat.attach')} disabled={props.disabled} onClick={() => picker.current?.click()} />
        )}
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(e) => {
            attach(person, [...(e.currentTarget.files ?? [])]);
            e.currentTarget.value = '';
          }}
        />
        <textarea
          ref={area}
          class="input composer-input"
          rows={Math.min(8, Math.max(1, text.split('\n').length))}
          dir="auto"
          value={text}
          placeholder={t('chat.write')}
          aria-label={t('chat.write')}
          onInput={(e) => change(e.currentTarget.value)}
          onPaste={(e) => {
            const files = [...(e.clipboardData?.files ?? [])];
            if (files.length === 0 || edit || props.disabled) return;
            e.preventDefault();
            attach(person, files);
          }}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
              e.preventDefault();
              void send();
            } else if (e.key === 'Escape' && about) {
              e.stopPropagation();
              give();
            } else if (e.key === 'ArrowUp' && !text && !about) {
              const last = [...props.history.messages.value].reverse().find((m) => m.mine && m.kind === 1 && !m.deleted);
              if (last) {
                e.preventDefault();
                editing.value = { pid, message: last };
              }
            }
          }}
        />
        {text.trim() && (
          <IconButton
            icon={edit ? 'check' : 'send'}
            type="submit"
            main
            label={t(edit ? 'chat.save' : 'chat.send')}
            disabled={busy || props.disabled || bytes > TEXT_MAX}
          />
        )}
      </div>
      {bytes > TEXT_MAX * 0.9 && (
        <p class={bytes > TEXT_MAX ? 'field-error' : 'field-hint'}>
          {t('chat.long', { n: bytes, most: TEXT_MAX })}
        </p>
      )}
      {props.disabled && text.trim() && <p class="field-hint">{t('chat.kept')}</p>}
    </form>
  );
}
