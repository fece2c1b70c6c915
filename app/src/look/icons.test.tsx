import test from 'node:test';
import assert from 'node:assert/strict';
import { Icon, iconNames } from './icons.tsx';

test('every icon is there and hidden from readers unless it is named', () => {
  assert.equal(iconNames.length, 35);
  const alone = Icon({ name: 'send' });
  assert.equal(alone.props['aria-hidden'], true);
  const named = Icon({ name: 'send', label: 'Send' });
  assert.equal(named.props['aria-label'], 'Send');
});
