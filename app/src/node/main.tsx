// The node's own page begins here: the network view alone.
import { render } from 'preact';
import { Mark } from '../look/icons.tsx';

const root = document.getElementById('app');
if (root) render(<Mark />, root);
