// The agent's app begins here.
import { render } from 'preact';
import { Mark } from './look/icons.tsx';

const root = document.getElementById('app');
if (root) render(<Mark />, root);
