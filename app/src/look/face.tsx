// A face as SVG, attributes alone (the policy of the door forbids style attributes).
import { GROUP, faceOf } from './faces.ts';

interface FaceProps {
  /** The owner's key, 32 bytes. */
  of: Uint8Array;
  /** Pixels. */
  size: number;
  group?: boolean;
  /** Your own: in a ring of honey. */
  own?: boolean;
  /** Where no name stands beside it. */
  label?: string;
  class?: string;
}

/** The marks alone, in the unit disk, for who draws an SVG of his own. */
export function FaceMarks(props: { of: Uint8Array; size: number }) {
  const face = faceOf(props.of);
  return (
    <>
      <circle r="1" fill={face.ground} />
      {face.marks
        .filter((m) => props.size > 20 || !m.fine)
        .map((m) =>
          m.circle ? (
            <circle cx={m.circle[0].toFixed(3)} cy={m.circle[1].toFixed(3)} r={m.circle[2].toFixed(3)} fill={m.fill} />
          ) : (
            <path d={m.d} fill={m.fill} />
          ),
        )}
    </>
  );
}

export function Face(props: FaceProps) {
  const { size } = props;
  const px = 2 / size;
  const marks = <FaceMarks of={props.of} size={size} />;
  const name =
    props.label === undefined ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': props.label };
  return (
    <svg class={props.class ?? 'face'} viewBox="-1 -1 2 2" width={size} height={size} {...name}>
      {props.group ? (
        <>
          <path d={GROUP.d} fill="none" stroke={faceOf(props.of).mid} stroke-width={GROUP.width} />
          <g transform={`translate(${GROUP.x} ${GROUP.y}) scale(${GROUP.scale})`}>{marks}</g>
        </>
      ) : props.own ? (
        <>
          <circle class="face-own" r={1 - px} fill="none" stroke-width={2 * px} />
          <g transform={`scale(${(1 - 4 * px).toFixed(4)})`}>{marks}</g>
        </>
      ) : (
        marks
      )}
    </svg>
  );
}
