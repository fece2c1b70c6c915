// The parts that views are made of: buttons, fields, dialogs, toasts, rows, empty and failed states.
// A view gives words and what to do; how it looks is in parts.css.
import { signal } from '@preact/signals';
import { Fragment, type ComponentChildren, type JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { asCallError } from '../link/errors.ts';
import { t } from '../words/words.ts';
import { errorWords } from '../words/errors.ts';
import { Icon, type IconName } from './icons.tsx';

// ---- buttons ----

export function Button(props: {
  children: ComponentChildren;
  kind?: 'main' | 'plain' | 'bad' | 'link' | undefined;
  small?: boolean;
  icon?: IconName;
  type?: 'submit' | 'button';
  disabled?: boolean | undefined;
  onClick?: () => void;
}) {
  const { kind = 'plain', icon } = props;
  return (
    <button
      class={`button button-${kind}${props.small ? ' button-small' : ''}`}
      type={props.type ?? 'button'}
      disabled={props.disabled ?? false}
      onClick={props.onClick}
    >
      {icon && <Icon name={icon} />}
      <span>{props.children}</span>
    </button>
  );
}

/** A button that is an icon alone; `label` is its name. */
export function IconButton(props: {
  icon: IconName;
  label: string;
  onClick?: (e: JSX.TargetedMouseEvent<HTMLButtonElement>) => void;
  main?: boolean;
  pressed?: boolean;
  expanded?: boolean;
  disabled?: boolean;
  type?: 'submit' | 'button';
}) {
  return (
    <button
      class={`icon-button${props.main ? ' icon-button-main' : ''}`}
      type={props.type ?? 'button'}
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled ?? false}
      {...(props.pressed === undefined ? {} : { 'aria-pressed': props.pressed })}
      {...(props.expanded === undefined ? {} : { 'aria-expanded': props.expanded })}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

// ---- fields ----

export function Field(props: {
  label: string;
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'password';
  hint?: string | undefined;
  error?: string | undefined;
  autofocus?: boolean;
  maxLength?: number;
  autocomplete?: string;
  lines?: number;
  mono?: boolean;
}) {
  const id = useId();
  const ref = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (props.autofocus) ref.current?.focus();
  }, []);
  const shared = {
    id,
    ref,
    value: props.value,
    dir: 'auto' as const,
    spellcheck: false,
    autocomplete: (props.autocomplete ?? 'off') as 'off',
    maxLength: props.maxLength ?? 4096,
    'aria-invalid': props.error ? true : undefined,
    'aria-describedby': props.error || props.hint ? `${id}-more` : undefined,
    onInput: (e: JSX.TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      props.onInput(e.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.lines ? (
        <textarea class="input" rows={props.lines} {...shared} />
      ) : (
        <input class="input" type={props.type ?? 'text'} {...shared} />
      )}
      {(props.error || props.hint) && (
        <p id={`${id}-more`} class={props.error ? 'field-error' : 'field-hint'}>
          {props.error ?? props.hint}
        </p>
      )}
    </div>
  );
}

/** One of several, with a line about each. */
export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; hint?: string }[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class="unseen">{props.label}</legend>
      {props.options.map((o) => (
        <label class="choice-row">
          <input
            type="radio"
            name={name}
            value={o.value}
            checked={o.value === props.value}
            onChange={() => props.onChange(o.value)}
          />
          <span>
            <span class="choice-name">{o.label}</span>
            {o.hint && <span class="choice-hint">{o.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Two or three words beside each other, one of them chosen. */
export function Tabs<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; lang?: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <div class="tabs" role="group" aria-label={props.label}>
      {props.options.map((o) => (
        <button
          type="button"
          class="tab"
          lang={o.lang}
          aria-pressed={o.value === props.value}
          onClick={() => props.onChange(o.value)}
        >
          {o.label}
        </button>
      ))}
    </div>
  );
}

export function Toggle(props: {
  label: string;
  hint?: string;
  value: boolean;
  onChange: (value: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="setting">
      <label for={id} class="setting-words">
        <span>{props.label}</span>
        {props.hint && <span class="setting-hint">{props.hint}</span>}
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        class="switch"
        checked={props.value}
        onChange={(e) => props.onChange(e.currentTarget.checked)}
      />
    </div>
  );
}

// ---- dialogs: only for what cannot be undone, or asks for a word ----

export function Dialog(props: {
  title: string;
  children: ComponentChildren;
  onClose: () => void;
  class?: string;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog ${props.class ?? ''}`}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        props.onClose();
      }}
      onClick={(e) => {
        if (e.target === ref.current) props.onClose();
      }}
    >
      <div class="dialog-body">
        <h1 id={id}>{props.title}</h1>
        {props.children}
      </div>
    </dialog>
  );
}

/** Asked before something that cannot be undone. */
export interface Question {
  title: string;
  text: string;
  keep: string;
  yes: string;
  run: () => void;
}
export const question = signal<Question | undefined>(undefined);

export function Asked() {
  const q = question.value;
  if (!q) return null;
  const close = () => (question.value = undefined);
  return (
    <Dialog title={q.title} onClose={close}>
      <p class="second">{q.text}</p>
      <div class="actions actions-end">
        <Button onClick={close}>{q.keep}</Button>
        <Button
          kind="bad"
          onClick={() => {
            close();
            q.run();
          }}
        >
          {q.yes}
        </Button>
      </div>
    </Dialog>
  );
}

// ---- toasts ----

interface Toast {
  id: number;
  text: string;
  icon: IconName;
  bad: boolean;
  undo?: () => void;
}
const toasts = signal<readonly Toast[]>([]);
let toastId = 0;

/** Said once, for 6 s; `undo` takes it back. `after` runs when that time is over without. */
export function toast(
  text: string,
  more: { icon?: IconName; bad?: boolean; undo?: () => void } = {},
): void {
  const one: Toast = { id: ++toastId, text, icon: more.icon ?? 'check', bad: more.bad ?? false };
  if (more.undo) one.undo = more.undo;
  toasts.value = [...toasts.value.slice(-2), one];
}

export function toastError(e: unknown): void {
  const { what, next } = errorWords(asCallError(e));
  toast(next ? `${what}. ${next}` : what, { icon: 'warn', bad: true });
}

function ToastLine({ of }: { of: Toast }) {
  const [held, hold] = useState(false);
  const close = () => (toasts.value = toasts.value.filter((x) => x.id !== of.id));
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(close, 6000);
    return () => clearTimeout(timer);
  }, [held]);
  return (
    <div
      class="toast"
      onMouseEnter={() => hold(true)}
      onMouseLeave={() => hold(false)}
      onFocusIn={() => hold(true)}
      onFocusOut={() => hold(false)}
    >
      <Icon name={of.icon} />
      <span class="toast-text">{of.text}</span>
      {of.undo && (
        <button
          type="button"
          class="toast-undo"
          onClick={() => {
            close();
            of.undo?.();
          }}
        >
          {t('do.undo')}
        </button>
      )}
    </div>
  );
}

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map((one) => (
        <ToastLine key={one.id} of={one} />
      ))}
    </div>
  );
}

/** Said to readers of the screen alone. */
export const spoken = signal('');
export function LiveRegion() {
  return (
    <p class="unseen" role="log" aria-live="polite">
      {spoken.value}
    </p>
  );
}

// ---- the four states of a view ----

export function Arches() {
  return (
    <svg class="arches" viewBox="0 0 80 44" aria-hidden="true">
      <path d="M2 40a38 38 0 0 1 76 0M15 40a25 25 0 0 1 50 0M28 40a12 12 0 0 1 24 0" />
      <circle class="you" cx="40" cy="40" r="4" />
    </svg>
  );
}

export function Empty(props: { title: string; text?: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <Arches />
      <p class="state-title">{props.title}</p>
      {props.text && <p class="second">{props.text}</p>}
      {props.children && <div class="actions actions-middle">{props.children}</div>}
    </div>
  );
}

/** Bars in the final shape, after 150 ms. */
export function Loading(props: { rows?: number }) {
  const [shown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return <div class="loading" aria-busy="true" />;
  return (
    <div class="loading" aria-busy="true" role="status">
      <span class="unseen">{t('state.loading')}</span>
      {Array.from({ length: props.rows ?? 4 }, () => (
        <Fragment>
          <span class="bar" />
          <span class="bar bar-short" />
        </Fragment>
      ))}
    </div>
  );
}

export function Failed(props: { error: unknown; retry?: () => void }) {
  const { what, why, next } = errorWords(asCallError(props.error));
  return (
    <div class="state state-failed" role="alert">
      <Icon name="warn" size={24} />
      <p class="state-title">{what}</p>
      {(why || next) && <p class="second">{[why, next].filter(Boolean).join(' ')}</p>}
      {props.retry && (
        <div class="actions actions-middle">
          <Button onClick={props.retry}>{t('do.again')}</Button>
        </div>
      )}
    </div>
  );
}

/** What a call that is under way does to a button: off while it runs, its error below. */
export function useAct(): {
  busy: boolean;
  error: string | undefined;
  clear: () => void;
  run: (act: () => Promise<void>) => void;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const alive = useRef(true);
  useEffect(
    () => () => {
      alive.current = false;
    },
    [],
  );
  return {
    busy,
    error,
    clear: () => setError(undefined),
    run: (act) => {
      setBusy(true);
      setError(undefined);
      act()
        .catch((e: unknown) => {
          const { what, why, next } = errorWords(asCallError(e));
          if (alive.current) setError([what, why, next].filter(Boolean).join('. ') + '.');
        })
        .finally(() => {
          if (alive.current) setBusy(false);
        });
    },
  };
}

// ---- menus ----

export interface MenuItem {
  label: string;
  icon: IconName;
  bad?: boolean;
  run: () => void;
}

/** A button with what else can be done; arrows walk, Escape closes. */
export function Menu(props: { label: string; items: readonly MenuItem[]; icon?: IconName }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    box.current?.querySelector<HTMLButtonElement>('[role=menuitem]')?.focus();
    const outside = (e: Event) => {
      if (!box.current?.contains(e.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [open]);
  const walk = (e: JSX.TargetedKeyboardEvent<HTMLDivElement>) => {
    const all = [...(box.current?.querySelectorAll<HTMLButtonElement>('[role=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    if (e.key === 'Escape' && open) {
      e.stopPropagation();
      setOpen(false);
      box.current?.querySelector<HTMLButtonElement>('button')?.focus();
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      all[(at + (e.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length]?.focus();
    }
  };
  return (
    <div class="menu" ref={box} onKeyDown={walk}>
      <IconButton
        icon={props.icon ?? 'more'}
        label={props.label}
        expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <div class="menu-box" role="menu">
          {props.items.map((item) => (
            <button
              type="button"
              role="menuitem"
              class={item.bad ? 'menu-item menu-bad' : 'menu-item'}
              onClick={() => {
                setOpen(false);
                item.run();
              }}
            >
              <Icon name={item.icon} />
              <span>{item.label}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
