// A view that is fetched when it is first looked at, so that the page begins with less.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asCallError } from '../link/errors.ts';
import { Failed, Loading } from '../look/parts.tsx';
import { Single } from './frame.tsx';

export function late<P extends object>(fetchIt: () => Promise<ComponentType<P>>): ComponentType<P> {
  let View: ComponentType<P> | undefined;
  return function Late(props: P) {
    const [failed, setFailed] = useState<unknown>();
    const [, again] = useState(0);
    const read = (): void => {
      setFailed(undefined);
      fetchIt().then((v) => {
        View = v;
        again((n) => n + 1);
      }, (e: unknown) => setFailed(asCallError(e)));
    };
    useEffect(() => {
      if (!View) read();
    }, []);
    if (View) return <View {...props} />;
    return <Single>{failed ? <Failed error={failed} retry={read} /> : <Loading />}</Single>;
  };
}
