// The network view with a network that is not there, for pictures: #COUNT,LANG,THEME[,pick][,box].
import { render } from 'preact';
import { Network } from '../src/views/network/Network.tsx';
import '../src/views/network/network.css';
import '../src/look/look.css';
import '../src/node/node.css';
import { Face } from '../src/look/face.tsx';
import { fake } from './net-fake.ts';

const [count, lang, theme] = location.hash.slice(1).split(',');
document.documentElement.dataset['theme'] = theme;
document.documentElement.lang = lang ?? 'en';
const key = (n: number) => Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? n & 255 : i === 1 ? n >> 8 : 0));
const row = (n: number, size: number, from: number, extra = {}) => (
  <p>{Array.from({ length: n }, (_, i) => <Face of={key(from + i)} size={size} {...extra} />)}</p>
);
const root = document.getElementById('app')!;
if (count === 'faces') {
  render(
    <main>
      {row(8, 96, 0)}{row(14, 44, 20)}{row(20, 32, 200)}{row(30, 20, 300)}{row(30, 20, 400)}
      {row(8, 56, 500, { group: true })}{row(8, 40, 600, { own: true })}
    </main>,
    root,
  );
} else {
  const made = fake(Number(count), 7);
  let read = 0;
  const source = {
    read: () => {
      const s = made.reading.status;
      read++;
      return Promise.resolve({ ...made.reading, status: { ...s, sent: Number(s.sent) + read * 22_000, received: Number(s.received) + read * 36_000 } });
    },
    listen: () => () => {},
  };
  const ru = ['Вера', 'Игорь', 'Мария', 'Тимур', 'Лев'];
  const contacts = made.contacts.map((c, i) => (lang === 'ru' ? { ...c, name: ru[i]! } : c));
  render(<Network source={source} lang={lang === 'ru' ? 'ru' : 'en'} contacts={contacts} {...(Number(count) <= 8 && { invite: () => {} })} />, root);
}
