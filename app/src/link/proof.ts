// Who is who at the door (AP-12): both ends prove that they know the client's secret, over both
// nonces and the origin that this page was loaded from. The secret itself never travels, and after
// it was stored this page cannot read it either: it is a key that signs and is not given out.
const encoder = new TextEncoder();

export interface Identity {
  /** 16 bytes and zeros, hex of 32. */
  client: string;
  key: CryptoKey;
}

export async function importSecret(secret: Uint8Array): Promise<CryptoKey> {
  const bytes = new Uint8Array(secret);
  try {
    return await crypto.subtle.importKey(
      'raw',
      bytes,
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign', 'verify'],
    );
  } finally {
    bytes.fill(0);
  }
}

function said(role: 'server' | 'client', ours: Uint8Array, theirs: Uint8Array, origin: string) {
  const label = encoder.encode(`geonet/app/${role}/1`);
  const tail = encoder.encode(origin);
  const out = new Uint8Array(label.length + ours.length + theirs.length + tail.length);
  out.set(label);
  out.set(ours, label.length);
  out.set(theirs, label.length + ours.length);
  out.set(tail, label.length + ours.length + theirs.length);
  return out;
}

/** HMAC-SHA-256(secret, "geonet/app/ROLE/1" || client's nonce || server's nonce || origin). */
export async function mac(
  key: CryptoKey,
  role: 'server' | 'client',
  ours: Uint8Array,
  theirs: Uint8Array,
  origin: string,
): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, said(role, ours, theirs, origin)));
}

export async function macIs(
  key: CryptoKey,
  role: 'server' | 'client',
  ours: Uint8Array,
  theirs: Uint8Array,
  origin: string,
  given: Uint8Array,
): Promise<boolean> {
  return crypto.subtle.verify(
    'HMAC',
    key,
    new Uint8Array(given),
    said(role, ours, theirs, origin),
  );
}
