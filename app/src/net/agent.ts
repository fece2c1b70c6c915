// Readings through the agent, which passes the node's calls on (docs/spec/agent.md AG-124): all that a
// client with the rights `network` and `chat` may know; without `chat` no lookups and no boxes
// (docs/spec/app-network.md UI-66).
import type { Make } from '../wire/codec.ts';
import type { TableName } from '../link/session.ts';
import type { Tables } from '../wire/generated/frames.ts';
import type { NetSource, RawBox, RawGive, RawLookup, RawPeer, RawStatus, Reading } from './source.ts';

export type Ask = <K extends TableName, A extends TableName>(
  name: K,
  args: Make<Tables[K]>,
  want: A,
) => Promise<Tables[A]>;

const SLOWLY = 10_000; // ms between readings of what moves slowly
const PAGE = 250; // peers of one answer
const PAGES = 8;

const none = (): undefined => undefined;

export class AgentNet implements NetSource {
  readonly #ask: Ask;
  #slow: Pick<Reading, 'disk' | 'give' | 'boxes'> = {};
  #slowAt = -SLOWLY;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async #peers(): Promise<RawPeer[]> {
    const peers: RawPeer[] = [];
    for (let page = 0, more = true; more && page < PAGES; page++) {
      const after = peers.at(-1)?.id;
      const is = await this.#ask('NodePeers', { limit: PAGE, ...(after && { after }) }, 'NodePeersIs');
      peers.push(...(is.peers as RawPeer[]));
      more = is.more && is.peers.length > 0;
    }
    return peers;
  }

  async #readSlow(): Promise<void> {
    if (performance.now() < this.#slowAt + SLOWLY) return;
    const [disk, give, boxes] = await Promise.all([
      this.#ask('NodeDisk', {}, 'NodeDiskIs'),
      this.#ask('NodeGive', {}, 'NodeGiveIs').catch(none),
      this.#ask('NodeBoxes', {}, 'NodeBoxesIs').catch(none),
    ]);
    this.#slow = {
      disk,
      ...(give && { give: give as RawGive }),
      ...(boxes && { boxes: boxes.boxes as RawBox[] }),
    };
    this.#slowAt = performance.now();
  }

  async read(): Promise<Reading> {
    const [status, peers, lookups] = await Promise.all([
      this.#ask('NodeStatus', {}, 'NodeStatusIs'),
      this.#peers(),
      this.#ask('NodeLookups', { limit: 12 }, 'NodeLookupsIs').catch(none),
      this.#readSlow(),
    ]);
    return {
      status: status as RawStatus,
      peers,
      ...(lookups && { lookups: lookups.lookups as RawLookup[] }),
      ...this.#slow,
    };
  }

  /** The agent passes no events of the node on: the view reads each second. */
  listen(happened: () => void): () => void {
    const timer = setInterval(happened, 1000);
    return () => clearInterval(timer);
  }
}
