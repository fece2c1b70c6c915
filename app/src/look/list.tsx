// A list of rows of one height, of which only those in sight are in the page: 10,000 people cost
// as much as 20. Arrows, Home and End walk it; one row is in the order of Tab (roving focus).
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

const SPARE = 6;

export function VirtualList<T>(props: {
  label: string;
  items: readonly T[];
  /** Of one row, in rem, so that it grows with the text. */
  row: number;
  keyOf: (item: T) => string;
  /** `on`: it is the one in the order of Tab. */
  render: (item: T, on: boolean) => ComponentChildren;
  onNear?: () => void;
  class?: string;
}) {
  const { items, keyOf } = props;
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState({ top: 0, height: 800, rem: 16 });
  const [focus, setFocus] = useState<string>();
  const px = props.row * at.rem;
  const first = Math.max(0, Math.floor(at.top / px) - SPARE);
  const last = Math.min(items.length, Math.ceil((at.top + at.height) / px) + SPARE);

  const measure = () => {
    const el = box.current;
    if (!el) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    setAt((old) =>
      old.top === el.scrollTop && old.height === el.clientHeight && old.rem === rem
        ? old
        : { top: el.scrollTop, height: el.clientHeight, rem },
    );
    if (props.onNear && el.scrollTop + el.clientHeight > items.length * px - 20 * px) props.onNear();
  };
  useLayoutEffect(() => {
    measure();
    const el = box.current;
    if (!el || typeof ResizeObserver === 'undefined') return undefined;
    const watch = new ResizeObserver(measure);
    watch.observe(el);
    return () => watch.disconnect();
  }, [items.length]);

  const walk = (e: JSX.TargetedKeyboardEvent<HTMLDivElement>) => {
    const row = (e.target as HTMLElement).closest<HTMLElement>('[data-row]');
    if (!row) return;
    const now = Number(row.dataset['row']);
    const to =
      e.key === 'ArrowDown' ? now + 1
      : e.key === 'ArrowUp' ? now - 1
      : e.key === 'Home' ? 0
      : e.key === 'End' ? items.length - 1
      : e.key === 'PageDown' ? now + Math.floor(at.height / px)
      : e.key === 'PageUp' ? now - Math.floor(at.height / px)
      : undefined;
    if (to === undefined || e.altKey || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    const next = Math.max(0, Math.min(items.length - 1, to));
    const el = box.current;
    if (!el) return;
    if (next * px < el.scrollTop) el.scrollTop = next * px;
    else if ((next + 1) * px > el.scrollTop + el.clientHeight)
      el.scrollTop = (next + 1) * px - el.clientHeight;
    measure();
    const item = items[next];
    if (item !== undefined) setFocus(keyOf(item));
    requestAnimationFrame(() =>
      el.querySelector<HTMLElement>(`[data-row="${next}"] a, [data-row="${next}"] button`)?.focus(),
    );
  };

  const shown = items.slice(first, last);
  const tabbed = shown.some((i) => keyOf(i) === focus) ? focus : undefined;
  return (
    <div
      ref={box}
      class={`scroll ${props.class ?? ''}`}
      role="list"
      aria-label={props.label}
      onScroll={measure}
      onKeyDown={walk}
    >
      <svg class="spacer" aria-hidden="true" width="1" height={first * px} />
      {shown.map((item, i) => {
        const key = keyOf(item);
        const on = tabbed === undefined ? i === 0 && first === 0 : key === tabbed;
        return (
          <div
            key={key}
            role="listitem"
            data-row={first + i}
            class="slot"
            onFocusIn={() => setFocus(key)}
          >
            {props.render(item, on)}
          </div>
        );
      })}
      <svg class="spacer" aria-hidden="true" width="1" height={(items.length - last) * px} />
    </div>
  );
}
