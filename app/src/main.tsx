// The agent's app begins here.
import { render } from 'preact';
import { App } from './app.tsx';
import { watchKeys } from './keys.tsx';
import { watchNews } from './notify.ts';
import { takeOpening, watchRoute } from './router.ts';
import { watchNode } from './store/node.ts';
import { begin } from './store/state.ts';

const root = document.getElementById('app');
if (root) {
  const code = takeOpening();
  watchRoute();
  watchKeys();
  watchNews();
  render(<App />, root);
  void begin(code).then(watchNode);
}
