// The icons and the trust signs: a grid of 24, stroke 1.75, no fill; colours are of tokens.css (UI-30). An icon is an ornament of the
// word beside it; one that stands alone is given its name by the button around it (aria-label), or
// here by `label`.
import type { JSX } from 'preact';

const paths = {
  chats: 'M5 16.2A7.6 7.2 0 1 1 8 18.9L4 20z',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.4a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8',
  mail: 'M3.5 6h17v12.5h-17zM3.5 7l8.5 6.5L20.5 7',
  data:
    'M3.5 7v10.5A1.5 1.5 0 0 0 5 19h14a1.5 1.5 0 0 0 1.5-1.5v-8A1.5 1.5 0 0 0 19 8h-7l-2-2.5H5A1.5 1.5 0 0 0 3.5 7z',
  wallet:
    'M4 8h14.5A1.5 1.5 0 0 1 20 9.5v8a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM4 8a2 2 0 0 1 2-2l10-1.5V8M16 13.5h.01',
  net: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12A9 9 0 0 0 12 3M7.5 19.8A15.6 15.6 0 0 1 21 12',
  settings:
    'M4 8h8.5M17.5 8H20M4 16h2.5M11.5 16H20M15 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM9 13.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.3 15.3L20 20',
  plus: 'M12 5v14M5 12h14',
  send: 'M12 20V5M6 11l6-6 6 6',
  clip:
    'M19 11.5l-7.2 7.2a4.5 4.5 0 0 1-6.4-6.4l7.6-7.6a3 3 0 0 1 4.3 4.3l-7.4 7.4a1.5 1.5 0 0 1-2.2-2.2l6.6-6.6',
  mic:
    'M12 3.5a2.8 2.8 0 0 0-2.8 2.8v5a2.8 2.8 0 0 0 5.6 0v-5A2.8 2.8 0 0 0 12 3.5zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3',
  call:
    'M6 4h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3A2 2 0 0 1 18 20 14 14 0 0 1 4 6a2 2 0 0 1 2-2z',
  video: 'M3.5 7h11v10h-11zM14.5 11l6-3.5v9l-6-3.5',
  reply: 'M9 6l-5 5 5 5M4 11h9a7 7 0 0 1 7 7',
  edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  bin: 'M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  back: 'M14.5 5.5L8 12l6.5 6.5',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  key: 'M8 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 12h8.5M16.5 12v3M20 12v3',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v.01M14 20h.01M17.5 20H20v-2.5',
  file: 'M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5',
  down: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  link:
    'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2.2 2.2 0 0 0 4 0',
  pin: 'M9 4h6l-.8 6 3.3 3.5h-11L9.8 10zM12 13.5V21',
  block: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12',
  warn: 'M12 4l9 16H3zM12 10v4.5M12 17.2v.01',
  retry: 'M19.5 12a7.5 7.5 0 1 1-2.4-5.5M19.5 4v4.5H15',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  device: 'M3.5 5H15v9.5H3.5zM2 18h10.5M16 9.5h5v10h-5z',
  site: 'M3.5 5h17v14h-17zM3.5 9h17M6.5 7v.01',
} as const;

export type IconName = keyof typeof paths;
export const iconNames = Object.keys(paths) as IconName[];

/** 20 px; 24 in the rail, 16 in lines of text. */
export function Icon(props: {
  name: IconName;
  size?: 16 | 20 | 24;
  label?: string;
  class?: string;
}): JSX.Element {
  const { name, size = 20, label } = props;
  return (
    <svg
      class={`icon icon-${size}${props.class ? ' ' + props.class : ''}`}
      viewBox="0 0 24 24"
      {...(label === undefined
        ? { 'aria-hidden': true }
        : { role: 'img' as const, 'aria-label': label })}
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** How we know that a key is theirs; the values of Trust in app_agent.fbs, by name. */
export type TrustName = 'met' | 'linked' | 'introduced' | 'by-name' | 'unknown';

const signs: Record<TrustName, JSX.Element> = {
  met: (
    <>
      <circle cx="8.7" cy="12" r="5.7" />
      <circle cx="15.3" cy="12" r="5.7" />
      <path class="fill" d="M12 7.35a5.7 5.7 0 0 1 0 9.3 5.7 5.7 0 0 1 0-9.3z" />
    </>
  ),
  linked: (
    <>
      <circle cx="5.5" cy="12" r="3" />
      <circle cx="18.5" cy="12" r="3" />
      <path d="M8.5 12h7" />
    </>
  ),
  introduced: (
    <>
      <circle cx="4.7" cy="16.5" r="2.7" />
      <circle cx="19.3" cy="16.5" r="2.7" />
      <circle class="fill" cx="12" cy="6.5" r="2.7" />
      <path d="M6 14.1L9.9 8.6M18 14.1l-3.9-5.5" />
    </>
  ),
  'by-name': (
    <>
      <path d="M3.5 5h8.2l8.8 8.8-6.7 6.7L5 11.7V5" />
      <circle class="fill" cx="8.3" cy="8.6" r="1.2" />
    </>
  ),
  unknown: (
    <>
      <circle cx="12" cy="12" r="8.5" stroke-dasharray="3.2 3.5" />
      <path d="M9.6 9.7a2.5 2.5 0 1 1 3.7 2.2c-.9.5-1.3 1-1.3 1.9M12 16.6v.01" />
    </>
  ),
};

/** The sign alone; the word stands beside it, or is given as `label`. */
export function TrustSign(props: { trust: TrustName; size?: 16 | 20 | 24; label?: string }) {
  const { trust, size = 16, label } = props;
  return (
    <svg
      class={`icon icon-${size} trust trust-${trust}`}
      viewBox="0 0 24 24"
      {...(label === undefined
        ? { 'aria-hidden': true }
        : { role: 'img' as const, 'aria-label': label })}
    >
      {signs[trust]}
    </svg>
  );
}

/** The mark: a disc, two arches over you, you. */
export function Mark(props: { label?: string }) {
  return (
    <svg
      class="mark"
      viewBox="0 0 24 26"
      {...(props.label === undefined
        ? { 'aria-hidden': true }
        : { role: 'img' as const, 'aria-label': props.label })}
    >
      <path d="M8.6 21.93A10.5 10.5 0 1 1 15.4 21.93" />
      <path d="M2.25 8.11A26.35 26.35 0 0 0 21.75 8.11M2.55 16.58A21.69 21.69 0 0 1 21.45 16.58" />
      <circle class="you" cx="12" cy="22.3" r="3.4" />
    </svg>
  );
}
