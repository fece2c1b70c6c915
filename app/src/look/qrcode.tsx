// A QR code: ink on white in both themes.
import { useMemo } from 'preact/hooks';
import { qr, qrPath } from './qr.ts';

export function QrCode(props: { text: string; label: string }) {
  const drawn = useMemo(() => {
    const code = qr(props.text);
    return code ? { d: qrPath(code), size: code.size + 8 } : undefined;
  }, [props.text]);
  if (!drawn) return null;
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${drawn.size} ${drawn.size}`}
      width="268"
      height="268"
      role="img"
      aria-label={props.label}
      shape-rendering="crispEdges"
    >
      <rect class="qr-paper" width={drawn.size} height={drawn.size} />
      <path class="qr-ink" d={drawn.d} />
    </svg>
  );
}
