// What an image is by its first bytes; a thumbnail of one, made in the page.

const PREVIEW_MAX = 4096;

/** One of the formats that are shown, or nothing: a name or a type that others say proves nothing. */
export function imageType(b: Uint8Array): string {
  const at = (i: number, text: string): boolean => [...text].every((c, k) => b[i + k] === c.charCodeAt(0));
  if (b[0] === 0xff && b[1] === 0xd8 && b[2] === 0xff) return 'image/jpeg';
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (at(0, 'RIFF') && at(8, 'WEBP')) return 'image/webp';
  if (at(0, 'GIF8')) return 'image/gif';
  if (at(4, 'ftypavif')) return 'image/avif';
  return '';
}

/** The size of a thumbnail: its longer side is at most `most`. */
export function fit(width: number, height: number, most: number): { width: number; height: number } {
  const k = Math.min(1, most / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * k)), height: Math.max(1, Math.round(height * k)) };
}

/** WebP or JPEG of at most 4 KiB, the largest that fits; none where it is no image. */
export async function thumbnail(file: File): Promise<Uint8Array> {
  const none = new Uint8Array(0);
  if (!/^image\//.test(file.type) || file.size > 64 * 2 ** 20) return none;
  try {
    if (!imageType(new Uint8Array(await file.slice(0, 16).arrayBuffer()))) return none;
    const bitmap = await createImageBitmap(file);
    try {
      for (const [most, quality] of [[240, 0.6], [200, 0.45], [160, 0.35], [120, 0.3], [80, 0.3]] as const) {
        const canvas = document.createElement('canvas');
        Object.assign(canvas, fit(bitmap.width, bitmap.height, most));
        canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        for (const type of ['image/webp', 'image/jpeg']) {
          const blob = await new Promise<Blob | null>((ok) => canvas.toBlob(ok, type, quality));
          if (blob && blob.type === type && blob.size <= PREVIEW_MAX) return new Uint8Array(await blob.arrayBuffer());
        }
      }
    } finally {
      bitmap.close();
    }
  } catch {
    /* no preview then */
  }
  return none;
}
