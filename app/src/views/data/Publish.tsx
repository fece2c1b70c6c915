// A new site: its folder is dropped here.
import { useEffect } from 'preact/hooks';
import { pathTo, go } from '../../router.ts';
import { busy, waits, work } from '../../store/sites.ts';
import { PaneHead } from '../frame.tsx';
import { Publishing } from './Drop.tsx';
import { Progress } from './Progress.tsx';
import { d } from './say.ts';

export function PublishPane() {
  const w = work.value;
  const done = w?.phase === 'done' && !w.back;
  useEffect(() => {
    if (done) go('site', w.label || '-');
  }, [done]);
  return (
    <>
      <PaneHead back={pathTo('data')} title={d('data.publish')} />
      <div class="pane-scroll">
        <div class="column">
          {w && <Progress of={w} />}
          {!busy() && !waits() && <Publishing />}
        </div>
      </div>
    </>
  );
}
