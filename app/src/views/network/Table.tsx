// The picture as tables, for whoever reads rather than looks: links, the lookup that is shown, who
// keeps the box.
import { fold } from '../../net/disk.ts';
import { shortId, type NetLookup, type NetModel } from '../../net/model.ts';
import type { Say } from './say.ts';

const MOST = 100;

/** From the top clockwise, in degrees: as on a compass with this node in the south. */
const degrees = (angle: number) => Math.round((fold(angle + Math.PI / 2) * 180) / Math.PI) % 360;

function Links(props: { say: Say; model: NetModel }) {
  const { say, model } = props;
  return (
    <table>
      <caption>{say.t('net.table.links')}</caption>
      <thead>
        <tr>
          <th scope="col">{say.t('net.table.node')}</th>
          <th scope="col" class="net-num">{say.t('net.table.rtt')}</th>
          <th scope="col">{say.t('net.table.way')}</th>
          <th scope="col">{say.t('net.table.place')}</th>
        </tr>
      </thead>
      <tbody>
        {model.links.slice(0, MOST).map((l) => (
          <tr key={l.id}>
            <th scope="row">{shortId(l.id)}</th>
            <td class="net-num">{say.ms(l.ms)}</td>
            <td>
              {l.indirect ? say.t('net.tip.through', { why: say.why(l) }) : say.t('net.tip.direct')}
              {l.carrier ? `, ${l.carrier}` : ''}
            </td>
            <td>
              {say.number(degrees(l.angle))}°, {say.t(l.leaf ? 'net.table.ring' : 'net.table.long')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Steps(props: { say: Say; lookup: NetLookup }) {
  const { say, lookup } = props;
  return (
    <table>
      <caption>{say.t('net.table.steps', { key: shortId(lookup.key) })}</caption>
      <thead>
        <tr>
          <th scope="col">{say.t('net.table.asked')}</th>
          <th scope="col">{say.t('net.table.named')}</th>
          <th scope="col" class="net-num">{say.t('net.table.after')}</th>
          <th scope="col" class="net-num">{say.t('net.table.took')}</th>
          <th scope="col">{say.t('net.table.result')}</th>
        </tr>
      </thead>
      <tbody>
        {lookup.steps.map((s) => (
          <tr key={s.id}>
            <th scope="row">
              {say.number(s.number)} · {shortId(s.id)}
            </th>
            <td>{s.by ? say.number(s.by) : say.t('net.table.own')}</td>
            <td class="net-num">{say.t('net.ms', { n: say.number(s.atMs) })}</td>
            <td class="net-num">{say.ms(s.ms)}</td>
            <td>{say.t(s.ok ? 'net.table.yes' : 'net.table.no')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Tables(props: { say: Say; model: NetModel; lookup: NetLookup | undefined }) {
  return (
    <details class="net-tables">
      <summary>{props.say.t('net.table')}</summary>
      <div class="net-scroll" role="group" tabIndex={0} aria-label={props.say.t('net.table')}>
        <Links say={props.say} model={props.model} />
        {props.lookup && <Steps say={props.say} lookup={props.lookup} />}
      </div>
    </details>
  );
}
