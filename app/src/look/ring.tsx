// The storage ring: how far a message is, as shape, word and colour. A figure stands beside it when
// some nodes keep it: it is true, or it is not there.
import { t } from '../words/words.ts';
import { SendState, type Message } from '../wire/generated/frames.ts';

/** An arc of a circle around 8,8 from the top, clockwise, in degrees. */
function arc(r: number, from: number, to: number): string {
  const at = (deg: number): string => {
    const a = ((deg - 90) * Math.PI) / 180;
    return `${(8 + r * Math.cos(a)).toFixed(2)} ${(8 + r * Math.sin(a)).toFixed(2)}`;
  };
  return `M${at(from)}A${r} ${r} 0 ${to - from > 180 ? 1 : 0} 1 ${at(to)}`;
}

function Stored(props: { k: number; of: number; large: boolean }) {
  const { k, of, large } = props;
  if (large)
    return (
      <>
        {Array.from({ length: of }, (_, i) => (
          <path
            class={i < k ? 'ring-on' : 'ring-track'}
            d={arc(6, (i * 360) / of + 7, ((i + 1) * 360) / of - 7)}
          />
        ))}
      </>
    );
  return (
    <>
      <circle class="ring-track" cx="8" cy="8" r="6" />
      {k >= of ? (
        <circle class="ring-on" cx="8" cy="8" r="6" />
      ) : (
        k > 0 && <path class="ring-on" d={arc(6, 0, (k * 360) / of)} />
      )}
    </>
  );
}

export function Ring(props: { state: number; held?: number; of?: number; size?: number; label?: string }) {
  const { state, size = 16 } = props;
  const of = props.of || 8;
  const name =
    props.label === undefined
      ? { 'aria-hidden': true }
      : { role: 'img' as const, 'aria-label': props.label };
  const word = ['waiting', 'stored', 'good', 'read', 'failed'][state] ?? 'waiting';
  return (
    <svg
      class={`ring ring-${word}${size > 20 ? ' ring-large' : ''}`}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      {...name}
    >
      {state === SendState.Waiting && (
        <>
          <circle class="ring-dash" cx="8" cy="8" r="6" />
          <path class="ring-hand" d="M8 5v3l1.8 1.2" />
        </>
      )}
      {state === SendState.Stored && (
        <Stored k={Math.min(props.held ?? 0, of)} of={of} large={size > 20} />
      )}
      {state === SendState.Delivered && (
        <>
          <circle class="ring-good" cx="8" cy="8" r="6" />
          <path class="ring-tick" d="M5.4 8.2l1.8 1.8 3.4-3.8" />
        </>
      )}
      {state === SendState.Read && (
        <>
          <circle class="ring-disc" cx="8" cy="8" r="6.8" />
          <path class="ring-tick" d="M5.2 8.2l2 2 3.6-4.1" />
        </>
      )}
      {state === SendState.Failed && (
        <>
          <circle class="ring-disc" cx="8" cy="8" r="6.8" />
          <path class="ring-tick" d="M8 4.6v4M8 11.2v.01" />
        </>
      )}
    </svg>
  );
}

/** The state of a message in words, for readers and tips. */
export function stateWords(m: Pick<Message, 'state' | 'held' | 'of'>): string {
  if (m.state === SendState.Stored) return t('sent.stored', { n: m.held, of: m.of || 8 });
  return t(
    ([
      'sent.waiting', 'sent.waiting', 'sent.delivered', 'sent.read', 'sent.failed',
    ] as const)[m.state] ?? 'sent.waiting',
  );
}
