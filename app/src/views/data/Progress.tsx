// A publication on its way: ring, bar, what is being done, and how it ended.
import { useState } from 'preact/hooks';
import { OwnSiteStage, SendState } from '../../wire/generated/frames.ts';
import { Button, Field } from '../../look/parts.tsx';
import { Ring } from '../../look/ring.tsx';
import { busy, dismiss, mayStop, resume, stop, type Work } from '../../store/sites.ts';
import { errorWords } from '../../words/errors.ts';
import { size } from '../../words/time.ts';
import { cleanLine, t } from '../../words/words.ts';
import { d } from './say.ts';

const STAGES = ['work.reading', 'work.signing', 'work.sending', 'work.spreading', 'work.putting'] as const;

/** A part of a whole as a bar; with nothing to count the track alone. */
export function Bar(props: { done: number; of: number; label: string }) {
  const part = props.of > 0 ? Math.min(1, props.done / props.of) : 0;
  return (
    <svg
      class="progress"
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(part * 100)}
    >
      <rect class="progress-track" width="100" height="4" />
      <rect class="progress-done" width={(part * 100).toFixed(2)} height="4" />
    </svg>
  );
}

function words(w: Work): { title: string; text: string } {
  const stays = w.before > 0 ? d('work.stopped-old', { n: w.before }) : d('work.stopped-new');
  switch (w.phase) {
    case 'files':
      return {
        title: d('work.files'),
        text: `${d('work.of-files', { n: w.files, of: w.filesOf })} · ${d('work.of-bytes', { done: size(w.bytes), all: size(w.bytesOf) })}`,
      };
    case 'commit': {
      const title = d(STAGES[w.stage] ?? 'work.reading');
      const text =
        w.stage === OwnSiteStage.Spreading && w.total > 0
          ? d('work.of-copies', { n: w.done, of: w.total })
          : w.stage === OwnSiteStage.Putting ? d('work.late') : '';
      return { title, text };
    }
    case 'done': {
      const s = w.site;
      const text = s?.code ? d('work.done-code', { reason: cleanLine(s.reason) }) : s?.few ? d('work.done-few') : '';
      return { title: d('work.done', { n: Number(s?.version ?? 0n) }), text };
    }
    case 'stopped':
      return { title: d('work.stopped'), text: stays };
    case 'asked':
      return { title: cleanLine(w.approval?.text ?? ''), text: d('work.asked', { id: w.approval?.id ?? '' }) };
    default: {
      const said = w.error ? errorWords(w.error) : { what: '', why: '', next: '' };
      if (w.error?.code === 'passphrase') return { title: w.tried ? said.what : d('work.pass-title'), text: d('work.pass-text') };
      const why = [said.what, said.why.replace(/\.$/, ''), said.next.replace(/\.$/, '')].filter(Boolean);
      return { title: d('work.failed'), text: `${why.join('. ')}. ${w.error?.unknown ? '' : stays}`.trim() };
    }
  }
}

export function Progress({ of: w }: { of: Work }) {
  const [pass, setPass] = useState('');
  const { title, text } = words(w);
  const going = busy();
  const copies = w.phase === 'commit' && w.stage >= OwnSiteStage.Spreading;
  const [done, of] = copies ? [w.done, w.total] : [w.bytes, w.bytesOf];
  const held = w.stage === OwnSiteStage.Putting ? 8 : w.total > 0 ? Math.floor((8 * w.done) / w.total) : 0;
  const needsPass = w.phase === 'failed' && w.error?.code === 'passphrase';
  const again = () => {
    const said = pass;
    setPass('');
    void resume(said);
  };
  return (
    <section class="work" aria-live="polite">
      <Ring
        size={48}
        of={8}
        held={copies ? held : 0}
        state={
          w.phase === 'done' ? SendState.Delivered
          : w.phase === 'failed' && !needsPass ? SendState.Failed
          : w.phase === 'commit' && copies ? SendState.Stored : SendState.Waiting
        }
      />
      <div class="work-words">
        <p class="strong">{title}</p>
        {text && <p class="second">{text}</p>}
        {going && (w.phase === 'files' || copies) && <Bar done={done} of={of} label={title} />}
        {needsPass && (
          <form
            class="work-pass"
            onSubmit={(e) => {
              e.preventDefault();
              again();
            }}
          >
            <Field label={d('work.pass')} type="password" value={pass} onInput={setPass} autofocus />
            <Button type="submit" kind="main" disabled={!pass}>
              {d('work.go-on')}
            </Button>
          </form>
        )}
      </div>
      <div class="actions">
        {going && mayStop(w) && <Button onClick={stop}>{d('work.stop')}</Button>}
        {w.phase === 'failed' && !needsPass && <Button onClick={again}>{t('do.again')}</Button>}
        {w.phase === 'asked' && <Button onClick={again}>{d('work.asked-do')}</Button>}
        {(needsPass || w.phase === 'asked') && <Button onClick={stop}>{d('work.stop')}</Button>}
        {!going && !needsPass && w.phase !== 'asked' && <Button onClick={dismiss}>{t('do.close')}</Button>}
      </div>
    </section>
  );
}
