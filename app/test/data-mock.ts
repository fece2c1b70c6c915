// The agent of test/mock.ts with files and own sites, for pictures of the data view.
import { codec } from '../src/link/session.ts';
import { codeOf } from '../src/link/errors.ts';
import { type Make } from '../src/wire/codec.ts';
import { type Tables } from '../src/wire/generated/frames.ts';
import { MockAgent, type MockOptions } from './mock.ts';

type Give = (is: string, as: Record<string, unknown>, more?: boolean) => void;

const NAMES = {
  en: ['Ferry, winter.pdf', 'Lake at six.jpg', 'Map of the shore.png', 'Oars, drawing.svg', 'Harbour, forty minutes.mp4', 'Minutes of the boat club, autumn and winter, with all appendices.odt'],
  ru: ['Паром, зима.pdf', 'Озеро в шесть.jpg', 'Карта берега.png', 'Вёсла, чертёж.svg', 'Гавань, сорок минут.mp4', 'Протокол лодочного клуба за осень и зиму со всеми приложениями.odt'],
};
const MIMES = ['application/pdf', 'image/jpeg', 'image/png', 'image/svg+xml', 'video/mp4', 'application/vnd.oasis.opendocument.text'];

export interface DataOptions extends MockOptions {
  commit?: 'spreading' | 'passphrase' | 'failed' | 'done';
}

export class DataAgent extends MockAgent {
  private readonly more: DataOptions;
  private version = 12n;
  private index = 0;
  private saying: ((frame: Uint8Array) => void) | undefined;

  constructor(options: DataOptions) {
    super(options);
    this.more = options;
  }

  override connect(send: (frame: Uint8Array) => void): (frame: Uint8Array) => void {
    this.saying = send;
    return super.connect(send);
  }

  /** A file that is being sent in the first chat. */
  tellUpload(): void {
    const file = { ...this.files()[1], state: 0, done: 2_100_000n, size: 4_800_000n, id: 'ab'.repeat(16), chat: this.people[0]?.chat ?? '' };
    const body = { is: 'AppTold', as: { body: { is: 'ToldFile', as: { file } } } };
    this.saying?.(codec.encode('AppFrame', { cursor: 2n, body } as unknown as Make<Tables['AppFrame']>));
  }

  private files(): Record<string, unknown>[] {
    return NAMES[this.more.lang].flatMap((name, i) => {
      const p = this.people[i % 3];
      if (!p) return [];
      return [{
        id: String(i + 10).repeat(16), chat: p.chat, pid: p.pid, contact: p.name, mine: i % 2 === 1, name, mime: MIMES[i],
        size: [1_400_000n, 4_800_000n, 900_000n, 31_000n, 640_000_000n, 88_000n][i], state: i === 4 ? 1 : i === 5 ? 4 : i % 2 ? 2 : 3,
        copies: 41n, wanted: 60n, code: i === 5 ? codeOf('no-space') : 0, reason: i === 5 ? 'no node had room' : '',
        sent: BigInt(this.more.now - i * 40_000_000), number: BigInt(100 - i),
      }];
    });
  }

  private sites(): Record<string, unknown>[] {
    if (this.more.state === 'empty') return [];
    const s = BigInt(Math.round(this.more.now / 1000));
    const one = (label: string, copies: number, name: string) => ({
      label, name, url: `http://${name || label}.geo.localhost:7780/`, version: this.version, created: s - 230_000n,
      expires: s + 2_400_000n, bytes: 18_400_000n, files: 340, copies, wanted: 3, receipts: 6,
    });
    return [one('workshop', 3, 'workshop'), one('ferry', 2, ''), { ...one('', 3, ''), url: '' }];
  }

  protected override run(name: string, as: Record<string, unknown>, give: Give): void {
    const s = BigInt(Math.round(this.more.now / 1000));
    if (this.more.errors?.includes(name)) return super.run(name, as, give);
    switch (name) {
      case 'ChatFilesList': return give('ChatFilesIs', { files: this.files() });
      case 'OwnSitesList': return give('OwnSitesIs', { sites: this.sites() });
      case 'OwnSiteVersions':
        return give('OwnSiteVersionsIs', { label: as['label'], versions: [12n, 11n, 10n].map((version, i) => ({ version, created: s - 230_000n * BigInt(i * i + 1), bytes: [18_400_000n, 18_300_000n, 11_000_000n][i], files: [340, 338, 307][i], now: i === 0 })) });
      case 'OwnSiteBegin': {
        const files = as['files'] as { size: bigint }[];
        return give('OwnSiteDraft', { draft: 5n, files: files.length, bytes: files.reduce((n, f) => n + f.size, 0n) });
      }
      case 'OwnSiteFile':
        this.index = as['index'] as number;
        return undefined;
      case 'StreamData':
        return give('StreamGrant', { stream: as['stream'], bytes: (as['bytes'] as Uint8Array).length });
      case 'StreamEnd': return give('OwnSiteFileIs', { index: this.index, mime: 'text/html' });
      case 'StreamGrant': return undefined;
      case 'OwnSiteDrop': return give('AppOk', {});
      case 'OwnSiteCommit':
        if (this.more.commit === 'passphrase') return give('AppError', { code: codeOf('passphrase'), detail: 'this needs the passphrase each time' });
        if (this.more.commit === 'failed') return give('AppError', { code: codeOf('no-space'), detail: 'no node of 267 has room for 18 MB', next: 'try again later, or publish less' });
        if (this.more.commit === 'done') {
          this.version = 13n;
          return give('OwnSite', this.sites()[0] ?? {});
        }
        return give('OwnSiteStep', { stage: 3, done: 38n, total: 60n }, true);
      default: return super.run(name, as, give);
    }
  }

  /** What is given up ends, as the agent ends it. */
  protected override cancelled(give: Give): void {
    give('AppError', { code: codeOf('cancelled') });
  }
}
