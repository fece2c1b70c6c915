// Reads a QR code with the camera where the browser can (BarcodeDetector); elsewhere the code is
// typed or pasted. Pictures stay in this page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, Dialog } from '../look/parts.tsx';
import { t } from '../words/words.ts';

interface Detector {
  detect(from: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
declare global {
  interface Window {
    BarcodeDetector?: new (options: { formats: string[] }) => Detector;
  }
}

export const canScan = (): boolean =>
  typeof window !== 'undefined' && window.BarcodeDetector !== undefined && !!navigator.mediaDevices;

export function Scanner(props: { onFound: (text: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setInterval> | undefined;
    let over = false;
    (async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      const el = video.current;
      if (over || !el || !window.BarcodeDetector) return stream.getTracks().forEach((x) => x.stop());
      el.srcObject = stream;
      await el.play();
      const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
      timer = setInterval(() => {
        detector.detect(el).then(
          (found) => {
            const text = found[0]?.rawValue;
            if (text && !over) props.onFound(text);
          },
          () => undefined,
        );
      }, 250);
      return undefined;
    })().catch(() => setFailed(true));
    return () => {
      over = true;
      clearInterval(timer);
      stream?.getTracks().forEach((x) => x.stop());
    };
  }, []);
  return (
    <Dialog title={t('verify.scan')} onClose={props.onClose}>
      {failed ? (
        <p class="second">{t('verify.no-camera')}</p>
      ) : (
        <video class="camera" ref={video} playsInline muted />
      )}
      <div class="actions actions-end">
        <Button onClick={props.onClose}>{t('do.cancel')}</Button>
      </div>
    </Dialog>
  );
}
