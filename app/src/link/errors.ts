// Errors as they travel: numbers of base/err.def, which are final (AP-4). A test compares.

export const errorNames = [
  'ok', 'again', 'pending', 'busy', 'usage', 'range', 'not-found', 'exists', 'state',
  'unsupported', 'denied', 'text', 'amount', 'canonical', 'no-route', 'no-capacity', 'line-limit',
  'inactive', 'conflict', 'limit', 'too-large', 'no-space', 'quota', 'malformed', 'protocol',
  'version', 'timeout', 'closed', 'unreachable', 'stale', 'quorum', 'expired', 'replay', 'remote',
  'crypto', 'signature', 'auth', 'hash', 'key', 'proof-of-work', 'passphrase', 'io', 'disk-full',
  'port-taken', 'corrupt', 'truncated', 'nomem', 'internal', 'cancelled', 'locked', 'plugin',
  'policy',
] as const;
export type ErrorName = (typeof errorNames)[number];

export const codeOf = (name: ErrorName): number => errorNames.indexOf(name);
/** A number of a later version is shown as internal, with the sentence that came with it. */
export const nameOf = (code: number): ErrorName => errorNames[code] ?? 'internal';

/** What a call ended with instead of its answer. */
export class CallError extends Error {
  override name = 'CallError';
  readonly code: ErrorName;
  /** One sentence with the context, and what to do, in English, as the server said it. */
  readonly detail: string;
  readonly next: string;
  readonly limit: string;
  readonly retryMs: number;
  /** It may have been done all the same (AP-9). */
  readonly unknown: boolean;
  /** One word, where the call has such words (AG-146). */
  readonly kind: string;

  constructor(
    code: ErrorName,
    more: { detail?: string; next?: string; limit?: string; retry_ms?: number; unknown?: boolean; kind?: string } = {},
  ) {
    super(more.detail ? `${code}: ${more.detail}` : code);
    this.code = code;
    this.detail = more.detail ?? '';
    this.next = more.next ?? '';
    this.limit = more.limit ?? '';
    this.retryMs = more.retry_ms ?? 0;
    this.unknown = more.unknown ?? false;
    this.kind = more.kind ?? '';
  }
}

/** Whatever was thrown, as an error of a call. */
export function asCallError(e: unknown): CallError {
  return e instanceof CallError ? e : new CallError('internal', { detail: String(e) });
}
