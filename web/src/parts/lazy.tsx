// A component whose code comes when it is first needed; what fails to come can be tried again.
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/** Nothing is shown until it is there, or when it does not come. */
export function lazyQuietly<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  return function LazyQuietly(props: P) {
    const [loaded, setLoaded] = useState<{ readonly component: FunctionComponent<P> }>();
    useEffect(() => {
      load().then(
        (component) => setLoaded({ component }),
        () => undefined, // the page tells that the server is away
      );
    }, []);
    return loaded ? <loaded.component {...props} /> : null;
  };
}

export function lazy<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | undefined;
  return function Lazy(props: P) {
    const { common } = useTexts();
    const [, again] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded || failed) return;
      load().then(
        (component) => {
          loaded = component;
          again((n) => n + 1);
        },
        () => setFailed(true), // shown with a button that tries again
      );
    }, [failed]);
    const Loaded = loaded;
    if (Loaded) return <Loaded {...props} />;
    if (!failed) return <p class="waiting">{common.loading}</p>;
    return (
      <Notice kind="error" action={<Button onClick={() => location.reload()}>{common.tryAgain}</Button>}>
        {common.failure.notConnected}
      </Notice>
    );
  };
}
