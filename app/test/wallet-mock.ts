// The mock of the agent with a wallet: believable lines, payments and refusals for pictures and tests
// of the page. What a pay call comes to is an option.
import { MockAgent, type MockOptions } from './mock.ts';

type Give = (is: string, as: Record<string, unknown>, more?: boolean) => void;
type Table = Record<string, unknown>;

const words = {
  en: { notes: ['For the boat', 'Firewood', 'Honey, two jars', 'Tickets', 'Bread'], honey: 'HONEY', hour: 'HOUR' },
  ru: { notes: ['За лодку', 'Дрова', 'Мёд, две банки', 'Билеты', 'Хлеб'], honey: 'HONEY', hour: 'HOUR' },
} as const;

export interface WalletOptions extends MockOptions {
  wallet?: 'empty' | 'old' | 'full';
  quote?: 'can' | 'short' | 'none';
  pay?: 'done' | 'waiting' | 'nothing' | 'unknown' | 'asked' | 'passphrase' | 'refused' | 'paid';
}

export class WalletMock extends MockAgent {
  readonly hub = '8nTXhbKtFbHtzZXBnzx9Rb4uCWxbFLYZ4a5HTrGH5cS2';
  private readonly more: WalletOptions;

  constructor(options: WalletOptions) {
    super(options);
    this.more = options;
  }

  private pidOf(i: number): string {
    return this.people[i]?.pid ?? '';
  }
  private nameOf(i: number): string {
    return this.people[i]?.name ?? '';
  }

  private hubs(): Table[] {
    if (this.more.wallet === 'empty') return [];
    const old = this.more.wallet === 'old';
    return [{ hub: this.hub, url: 'https://hub.lake.example', name: this.nameOf(0) ? 'Anna' : '', status: 'active', at: BigInt(Math.round(this.options.now / 1000) - (old ? 4000 : 5)), old, ...(old ? { kind: 'unreachable', why: 'no answer from hub.lake.example' } : {}) }];
  }

  private sums(): Table[] {
    if (this.more.wallet === 'empty') return [];
    const { honey, hour } = words[this.options.lang];
    const one = (equivalent: string, precision: number, owed: string, owing: string, net: string) => ({ hub: this.hub, equivalent, precision, owed, owing, net, can_pay: '1820.00', can_receive: '1000.00' });
    return [one('EUR', 2, '120.00', '100.00', '20.00'), one(hour, 0, '0', '3', '-3'), one(honey, 1, '0.0', '0.0', '0.0')];
  }

  private lines(): Table[] {
    const line = (i: number, given: boolean, limit: string, used: string, more: Table = {}) => ({
      id: `line${i}${given}`, given, peer: this.pidOf(i), name: this.nameOf(i), equivalent: 'EUR', limit, used,
      available: (Number(limit) - Number(used)).toFixed(2), status: 'active', ...more,
    });
    return [
      line(2, false, '400.00', '100.00'), line(2, true, '300.00', '0.00'),
      line(3, false, '50.00', '0.00'), line(3, true, '250.00', '70.00'),
      line(5, false, '500.00', '0.00'), line(5, true, '500.00', '0.00', { status: 'frozen' }),
      { ...line(6, true, '100.00', '50.00', { asks: true }), peer: 'GfH5kQh3ZV7tq8ZL2oEFnbWJ1vpNcD4xYs6mRuTKaPeB', name: this.options.lang === 'ru' ? 'Дом у озера' : 'The house by the lake' },
    ];
  }

  private payments(): Table[] {
    const { notes } = words[this.options.lang];
    const at = (hours: number) => new Date(this.options.now - hours * 3_600_000).toISOString();
    const one = (i: number, out: boolean, amount: string, status: string, hours: number, more: Table = {}) => ({
      tx: `pay-${i}-${hours}`, out, peer: this.pidOf(i), amount, equivalent: 'EUR', note: notes[i % 5], status, created: at(hours), ...more,
    });
    const some = [
      one(4, true, '350.00', 'ABORTED', 0.2, { code: 'E002', reason: 'not enough capacity' }),
      one(1, true, '12.50', 'COMMITTED', 25), one(2, false, '1240.00', 'COMMITTED', 50),
      one(5, true, '3.00', 'COMMITTED', 80), one(6, false, '18.20', 'COMMITTED', 120),
    ];
    const many = this.options.many ?? 0;
    return [...some, ...Array.from({ length: Math.min(many, 495) }, (_, k) => one(k % 7, k % 2 === 0, `${k + 1}.00`, 'COMMITTED', 130 + k))];
  }

  private cut(): Table {
    return {
      cut: [
        { owner: this.pidOf(4), owner_name: this.nameOf(4), debtor: this.own.pid, debtor_name: '', by: '', cause: 'full', available: '80.00' },
        { owner: this.pidOf(0), owner_name: this.nameOf(0), debtor: this.own.pid, debtor_name: '', by: '', cause: 'full', available: '130.00' },
      ],
      ways: [
        { kind: 0, amount: '210.00' },
        { kind: 1, who: this.pidOf(4), name: this.nameOf(4), other: this.own.pid, other_name: '', amount: '140.00' },
        { kind: 3, who: this.pidOf(4), name: this.nameOf(4), other: this.own.pid },
      ],
    };
  }

  private quote(what: number, as: Table): Table {
    const short = what === 0 && this.more.quote === 'short';
    const none = what === 0 && this.more.quote === 'none';
    const amount = String(as['amount'] || as['limit'] || '350.00');
    const peer = String(as['whom'] || as['peer'] || this.pidOf(4));
    const name = this.people.find((p) => p.pid === peer)?.name ?? this.nameOf(4);
    return {
      id: 'ab'.repeat(32), what, hub: this.hub, peer, name, amount, equivalent: 'EUR', note: words[this.options.lang].notes[0],
      signs: `{"amount":"${amount}","equivalent":"EUR","hub":"${this.hub}","initiator":"${this.own.pid}","to":"${peer}","tx_id":"r7XkQ2mV9a"}`,
      says: `pay ${amount} EUR to ${peer.slice(0, 20)} (${name}) at hub ${this.hub.slice(0, 12)}, under the number r7XkQ2mV9a`,
      until: BigInt(Math.round(this.options.now / 1000) + 600), can: !short && !none, most: short ? '210.00' : none ? '0.00' : '1820.00',
      ...(short ? { missing: '140.00', ...this.cut() } : {}),
      ...(none ? { missing: amount, cut: [], ways: [{ kind: 3, who: peer, name, other: this.own.pid }], elsewhere: 3 } : {}),
    };
  }

  private done(act: unknown, state: number, more: Table = {}): Table {
    return { act, state, what: 0, hub: this.hub, peer: this.pidOf(4), name: this.nameOf(4), amount: '350.00', equivalent: 'EUR', note: words[this.options.lang].notes[0], tx: 'r7XkQ2mV9a', at: BigInt(Math.round(this.options.now / 1000)), ...more };
  }

  private pay(as: Table, give: Give, refuse: (kind: string, code: number) => void): void {
    const act = as['act'];
    const done = (state: number, more: Table = {}) => give('WalletPaid', { done: this.done(act, state, more) });
    switch (this.more.pay ?? 'done') {
      case 'asked': return as['approval'] ? done(1) : give('ApprovalAsked', { id: 4n, text: 'pay', here: false });
      case 'passphrase': return (as['passphrase'] as Uint8Array).length ? done(1) : refuse('passphrase', 40);
      case 'waiting': return done(2);
      case 'nothing': return done(3, { kind: 'way', code: 'E002', reason: 'not enough', ...this.cut() });
      case 'refused': return done(3, { kind: 'refused', code: 'E006', reason: 'the equivalent is closed' });
      case 'unknown': return done(4, { kind: 'unreachable', reason: 'no answer' });
      default: return done(1);
    }
  }

  protected override run(name: string, as: Table, give: Give): void {
    const all = this.more.wallet !== 'empty';
    const of = this.hubs()[0];
    const refuse = (kind: string, code: number) => give('AppError', { code, kind, detail: '' });
    if (name.startsWith('Wallet')) this.said.push({ name, as });
    switch (name) {
      case 'WalletHubs': return give('WalletHubsIs', { hubs: this.hubs() });
      case 'WalletBalance': return give('WalletBalanceIs', { hubs: this.hubs(), sums: this.sums() });
      case 'WalletLines': return give('WalletLinesIs', { of, lines: all ? this.lines() : [] });
      case 'WalletHistory':
        return give('WalletHistoryIs', { of, payments: this.payments(), open: [this.done('0a'.repeat(16), 2, { amount: '40.00', tx: 'x1' }), this.done('0b'.repeat(16), 4, { amount: '5.00', tx: 'x2', kind: 'unreachable' })] });
      case 'WalletOffers':
        if (as['key']) return give('WalletQuoteIs', this.quote(2, as));
        return give('WalletOffersIs', { of, offers: [
          { key: 'c1', clearing: true, amount: '40.00', equivalent: 'EUR', gain: '40.00', until: new Date(this.options.now + 3.6e6).toISOString() },
          { key: 'p1', clearing: false, from: this.pidOf(1), from_name: this.nameOf(1), to: this.pidOf(5), to_name: this.nameOf(5), amount: '15.00', equivalent: 'EUR', until: new Date(this.options.now + 7.2e6).toISOString() },
        ] });
      case 'WalletQuote': return this.more.pay === 'paid' && !as['again'] ? refuse('paid', 7) : give('WalletQuoteIs', this.quote(0, as));
      case 'WalletLineSet': return give('WalletQuoteIs', this.quote(1, as));
      case 'WalletJoin': return give('WalletQuoteIs', { ...this.quote(3, as), name: 'hub.lake.example' });
      case 'WalletPay': return this.pay(as, give, refuse);
      case 'WalletRequest':
        return give('WalletRequestIs', { link: `geonet:pay?to=${this.own.pid}&equivalent=${String(as['equivalent'])}&hub=${this.hub}${as['amount'] ? `&amount=${String(as['amount'])}` : ''}&note=${encodeURIComponent(String(as['note'] ?? ''))}&id=q7Xk2mV9a` });
      default: return super.run(name, as, give);
    }
  }
}
