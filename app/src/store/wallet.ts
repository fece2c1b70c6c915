// What the page knows of the wallet: hubs, sums, and of the chosen hub lines, payments, offers. All of it
// is what the agent told, or what was kept of it while the agent does not answer. What was signed is
// followed by its act (ToldWallet), so that no view guesses how it stands.
import { computed, signal } from '@preact/signals';
import {
  type Tables, type ToldWallet, type WalletDone, type WalletHub, type WalletLine, type WalletOffer,
  type WalletPayment, type WalletSum,
} from '../wire/generated/frames.ts';
import { asCallError } from '../link/errors.ts';
import { keep, kept } from '../link/keep.ts';
import { ask, listen, open, ready, type Loaded } from './state.ts';

export interface OfHub {
  lines: readonly WalletLine[];
  open: readonly WalletDone[];
  payments: readonly WalletPayment[];
  offers: readonly WalletOffer[];
  /** There is more than was told. */
  more: boolean;
}

export const hubs = signal<readonly WalletHub[]>([]);
export const sums = signal<readonly WalletSum[]>([]);
export const walletState = signal<Loaded>('none');
export const ofHub = signal<ReadonlyMap<string, OfHub>>(new Map());
export const hubState = signal<ReadonlyMap<string, Loaded>>(new Map());
/** What is shown was kept in this browser. */
export const ofBefore = signal(false);
/** Acts of which something was heard since the page is open. */
export const acts = signal<ReadonlyMap<string, WalletDone>>(new Map());

/** Which figure is chosen: hub and equivalent. */
export const chosen = signal<{ hub: string; equivalent: string } | undefined>(undefined);
export const sum = computed<WalletSum | undefined>(
  () =>
    sums.value.find((s) => s.hub === chosen.value?.hub && s.equivalent === chosen.value.equivalent) ??
    sums.value[0],
);
export const hub = computed<WalletHub | undefined>(
  () => hubs.value.find((h) => h.hub === (sum.value?.hub ?? chosen.value?.hub)) ?? hubs.value[0],
);
const NOTHING: OfHub = { lines: [], open: [], payments: [], offers: [], more: false };
export const its = computed<OfHub>(() => ofHub.value.get(hub.value?.hub ?? '') ?? NOTHING);
export const linesOf = computed(() => its.value.lines.filter((l) => l.equivalent === sum.value?.equivalent));

export const precisionOf = (hubPid: string, equivalent: string): number =>
  sums.value.find((s) => s.hub === hubPid && s.equivalent === equivalent)?.precision ?? 2;

const LIST_MAX = 500;

async function readHub(pid: string): Promise<void> {
  try {
    const [lines, history, offers] = await Promise.all([
      ask('WalletLines', { hub: pid }, 'WalletLinesIs'),
      ask('WalletHistory', { hub: pid, limit: LIST_MAX }, 'WalletHistoryIs'),
      ask('WalletOffers', { hub: pid }, 'WalletOffersIs'),
    ]);
    const next: OfHub = {
      lines: lines.lines,
      open: history.open,
      payments: history.payments,
      offers: offers.offers,
      more: history.more,
    };
    ofHub.value = new Map(ofHub.value).set(pid, next);
    hubState.value = new Map(hubState.value).set(pid, 'ready');
  } catch (e) {
    if (hubState.value.get(pid) !== 'ready')
      hubState.value = new Map(hubState.value).set(pid, asCallError(e));
  }
}

/** Everything, from the agent; `fresh`: hubs are asked first. */
export async function readWallet(fresh = false): Promise<void> {
  if (!ready.value || !open.value) return;
  if (walletState.value === 'none') walletState.value = 'loading';
  try {
    const told = await ask('WalletBalance', { fresh }, 'WalletBalanceIs', { deadlineMs: fresh ? 45_000 : 10_000 });
    hubs.value = told.hubs;
    sums.value = told.sums;
    await Promise.all(told.hubs.map((h) => readHub(h.hub)));
    ofBefore.value = false;
    walletState.value = 'ready';
    void keep('cache', 'wallet', { hubs: hubs.value, sums: sums.value, of: [...ofHub.value].map(([k, v]) => [k, { ...v, payments: v.payments.slice(0, 100) }]) });
  } catch (e) {
    if (walletState.value !== 'ready' && !ofBefore.value) walletState.value = asCallError(e);
  }
}

let soonTimer: ReturnType<typeof setTimeout> | undefined;
function soon(): void {
  soonTimer ??= setTimeout(() => {
    soonTimer = undefined;
    void readWallet();
  }, 150);
}

export function learnDone(done: WalletDone | undefined): void {
  if (done?.act) acts.value = new Map(acts.value).set(done.act, done);
  soon();
}

let watching = false;
/** Once, when the wallet is first looked at. */
export async function watchWallet(): Promise<void> {
  if (watching) return;
  watching = true;
  listen(
    (name, value) => {
      if (name !== 'ToldWallet') return;
      const told = value as ToldWallet;
      if (told.done) learnDone(told.done);
      else soon();
    },
    () => void readWallet(),
  );
  if (ready.value && open.value) return readWallet();
  const before = await kept<{ hubs: WalletHub[]; sums: WalletSum[]; of: [string, OfHub][] }>('cache', 'wallet');
  if (!before || walletState.value === 'ready') return;
  hubs.value = before.hubs;
  sums.value = before.sums;
  ofHub.value = new Map(before.of);
  ofBefore.value = true;
}

/** How it stands with something signed, also after a question nobody answered. */
export async function howStands(act: string): Promise<WalletDone | undefined> {
  const paid: Tables['WalletPaid'] = await ask('WalletPay', { act }, 'WalletPaid', { deadlineMs: 30_000 });
  learnDone(paid.done);
  return paid.done;
}
