// Comparing keys: 60 digits to read aloud, a QR code to show. Both say the same; the code's 32 bytes
// are compared here, the digits by the person.
import { useEffect, useState } from 'preact/hooks';
import { Trust, type SafetyIs } from '../wire/generated/frames.ts';
import { fromHex } from '../wire/codec.ts';
import { Icon, TrustSign } from '../look/icons.tsx';
import { Button, Dialog, Failed, Field, Loading, toast, toastError, useAct } from '../look/parts.tsx';
import { nameOf, PersonFace, trustOf, trustWord } from '../look/people.tsx';
import { QrCode } from '../look/qrcode.tsx';
import { pathTo } from '../router.ts';
import { ask, byPid, learn, me, people, ready } from '../store/state.ts';
import { t } from '../words/words.ts';
import { PaneHead } from './frame.tsx';
import { canScan, Scanner } from './scan.tsx';

const base64url = (hex: string): string =>
  btoa(String.fromCharCode(...fromHex(hex))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

export function VerifyView({ pid }: { pid: string }) {
  const [safety, setSafety] = useState<SafetyIs>();
  const [error, setError] = useState<unknown>();
  const [scan, setScan] = useState(false);
  const [type, setType] = useState(false);
  const [differs, setDiffers] = useState(false);
  const act = useAct();
  const known = byPid(pid);
  const person = known ? (people.value.get(known.key ?? '') ?? known) : undefined;
  const read = () => {
    setError(undefined);
    ask('ContactVerify', { who: pid }, 'SafetyIs').then((s) => {
      setSafety(s);
      learn(s.contact);
    }, setError);
  };
  useEffect(() => {
    if (ready.value) read();
  }, [pid, ready.value]);

  const equal = (inPerson: boolean) =>
    act.run(async () => {
      const s = await ask('ContactVerify', { who: pid, number: safety?.number ?? '' }, 'SafetyIs');
      learn(s.contact);
      if (inPerson && s.equal) learn(await ask('ContactSet', { who: pid, met: true }, 'Person'));
      toast(t('verify.equal'));
    });
  const compare = (text: string) => {
    setScan(false);
    setType(false);
    const want = base64url(safety?.qr ?? '');
    const m = /geonet:verify\/([^/\s]+)\/([A-Za-z0-9_-]+)/.exec(text);
    const digits = text.replace(/\D/g, '');
    if (m) {
      if (m[2] === want && (m[1] === pid || m[1] === me.value?.pid)) equal(true);
      else setDiffers(true);
    } else if (digits.length === 60) {
      if (digits === safety?.number.replace(/\D/g, '')) equal(false);
      else setDiffers(true);
    } else toastError(new Error(t('verify.no-code')));
  };

  const is = person?.trust === Trust.Met;
  const digits = safety?.number.replace(/\D/g, '') ?? '';
  const name = nameOf(person);
  return (
    <>
      <PaneHead back={pathTo('person', pid)} title={t('verify.title', { name })} always />
      <div class="pane-scroll">
        {error ? (
          <Failed error={error} retry={read} />
        ) : !safety || !person ? (
          <Loading />
        ) : (
          <div class="verify">
            <div class="verify-words">
              <div class={is ? 'two-faces two-faces-met' : 'two-faces'}>
                <PersonFace of={me.value?.key} size={96} label={t('chat.you')} />
                <span class="two-faces-line" aria-hidden="true" />
                <PersonFace of={person.key} size={96} label={name} />
              </div>
              <p class="verify-text">{t('verify.text')}</p>
              <ol class="digits" aria-label={t('verify.digits')}>
                {Array.from({ length: 12 }, (_, i) => (
                  <li>{digits.slice(5 * i, 5 * i + 5)}</li>
                ))}
              </ol>
              {differs && (
                <div class="alarm" role="alert">
                  <Icon name="warn" />
                  <span class="alarm-words">
                    <span class="alarm-title">{t('verify.differs')}</span>
                    <span>{t('verify.differs-text')}</span>
                  </span>
                </div>
              )}
              {act.error && <p class="field-error">{act.error}</p>}
              <div class="actions">
                {canScan() ? (
                  <Button kind="main" icon="qr" disabled={act.busy} onClick={() => setScan(true)}>
                    {t('verify.scan')}
                  </Button>
                ) : (
                  <Button kind="main" icon="qr" disabled={act.busy} onClick={() => setType(true)}>
                    {t('verify.type')}
                  </Button>
                )}
                <Button disabled={act.busy} onClick={() => equal(false)}>
                  {t('verify.match')}
                </Button>
                <Button kind="link" onClick={() => setDiffers(true)}>
                  {t('verify.no-match')}
                </Button>
              </div>
              <p class="second verify-state">
                <TrustSign trust={trustOf(person)} />{' '}
                {t('verify.now', { trust: trustWord(person) })}{' '}
                {!is && t('verify.will')} {t('verify.devices')}
              </p>
            </div>
            <figure class="qr-card">
              <QrCode text={`geonet:verify/${me.value?.pid ?? ''}/${base64url(safety.qr ?? '')}`} label={t('verify.qr')} />
              <figcaption>
                <PersonFace of={me.value?.key} size={28} />
                <bdi class="strong">{me.value?.name || t('chat.you')}</bdi>
                <span class="second">{t('add.your-code')}</span>
              </figcaption>
            </figure>
          </div>
        )}
      </div>
      {scan && <Scanner onClose={() => setScan(false)} onFound={compare} />}
      {type && <Typed onClose={() => setType(false)} onDone={compare} />}
    </>
  );
}

function Typed(props: { onDone: (text: string) => void; onClose: () => void }) {
  const [text, setText] = useState('');
  return (
    <Dialog title={t('verify.type')} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(e) => {
          e.preventDefault();
          props.onDone(text);
        }}
      >
        <Field label={t('verify.type-label')} hint={t('verify.type-hint')} value={text} onInput={setText} lines={3} autofocus />
        <div class="actions actions-end">
          <Button onClick={props.onClose}>{t('do.cancel')}</Button>
          <Button type="submit" disabled={!text.trim()}>
            {t('verify.compare')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
