// Somebody at a hub: the face where the key is known (contacts, oneself), else a plain disc, since a
// face is drawn from a key and nothing else.
import { Icon } from '../../look/icons.tsx';
import { PersonFace } from '../../look/people.tsx';
import { byPid, me } from '../../store/state.ts';

export function WhoFace(props: { pid: string; size?: number }) {
  const { pid, size = 36 } = props;
  const mine = pid !== '' && pid === me.value?.pid;
  const key = mine ? me.value?.key : byPid(pid)?.key;
  if (key) return <PersonFace of={key} size={size} own={mine} />;
  return (
    <span class="w-noface">
      <Icon name="people" size={16} />
    </span>
  );
}

/** The same within an SVG, centred. */
export function WhoMark(props: { pid: string; x: number; y: number; size: number }) {
  const { pid, x, y, size } = props;
  const mine = pid !== '' && pid === me.value?.pid;
  const key = mine ? me.value?.key : byPid(pid)?.key;
  return (
    <g transform={`translate(${x - size / 2} ${y - size / 2})`}>
      <circle class="w-mark-under" cx={size / 2} cy={size / 2} r={size / 2 + 2} />
      {key ? (
        <PersonFace of={key} size={size} own={mine} />
      ) : (
        <>
          <circle class="w-mark-none" cx={size / 2} cy={size / 2} r={size / 2 - 1} />
          <svg x={size / 2 - 9} y={size / 2 - 9} width="18" height="18" viewBox="0 0 24 24" class="w-mark-icon">
            <path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20a7 7 0 0 1 14 0" />
          </svg>
        </>
      )}
    </g>
  );
}
