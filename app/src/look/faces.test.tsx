// Faces (docs/spec/app-network.md UI-60).
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { sha256 } from './sha256.ts';
import { chatGround, faceOf, oklch } from './faces.ts';
import { Face } from './face.tsx';

const key = (n: number) => new Uint8Array(32).fill(n);

test('the hash is SHA-256, at every length around a block', () => {
  for (const n of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 200]) {
    const data = Uint8Array.from({ length: n }, (_, i) => (i * 7 + n) & 255);
    assert.deepEqual(sha256(data), new Uint8Array(createHash('sha256').update(data).digest()));
  }
});

// Of a second implementation, in Python with complex numbers: keys of 32 equal bytes.
const VECTORS: readonly [n: number, ground: string, marks: readonly (string | readonly number[])[]][] = [
  [
    0, '#339c6d', [
      'M0.067 0.998A0.715 0.715 0 0 1 0.966 0.26A1 1 0 1 0 0.067 0.998z',
      'M-0.637 0.771A5.119 5.119 0 0 1 0.88 -0.474A1 1 0 1 0 -0.637 0.771z',
      'M-0.969 0.247A2.137 2.137 0 0 0 0.431 -0.902A1 1 0 0 0 -0.969 0.247z',
    ],
  ],
  [
    2, '#2e5314', [
      'M0 0L-1 -0.019A1 1 0 0 1 -0.785 -0.62z', 'M0 0L-0.514 -0.858A1 1 0 0 1 0.109 -0.994z',
      'M0 0L0.374 -0.927A1 1 0 0 1 0.859 -0.513z', 'M0 0L1 0.02A1 1 0 0 1 0.784 0.62z',
      'M0 0L0.342 0.94A1 1 0 0 1 -0.296 0.955z', 'M0 0L-0.552 0.834A1 1 0 0 1 -0.944 0.331z',
    ],
  ],
  [
    6, '#f1e0b8', [
      [-0.661, -0.016, 0.339], [-0.847, -0.021, 0.152], [-0.212, -0.596, 0.367], [-0.28, -0.786, 0.165],
      [0.634, -0.019, 0.365], [0.835, -0.025, 0.164], [0.194, 0.65, 0.322], [0.245, 0.819, 0.145],
    ],
  ],
  [
    7, '#c4666a', [
      'M-0.818 0.576A0.803 0.803 0 0 0 -0.739 -0.674A0.252 0.252 0 0 1 -0.97 -0.243A0.135 0.135 0 0 1 -1 0.023A0.304 0.304 0 0 1 -0.818 0.576z',
      'M-0.356 -0.935A0.238 0.238 0 0 1 -0.739 -0.674A0.678 0.678 0 0 0 0.352 -0.936A0.275 0.275 0 0 1 -0.176 -0.984A0.094 0.094 0 0 1 -0.356 -0.935z',
      'M0.991 -0.135A0.202 0.202 0 0 1 0.861 -0.509A0.352 0.352 0 0 1 0.352 -0.936A1.462 1.462 0 0 0 0.745 0.667A0.462 0.462 0 0 1 0.991 -0.135z',
      'M-0.818 0.576A0.352 0.352 0 0 1 -0.276 0.961A0.147 0.147 0 0 1 0.012 1A0.439 0.439 0 0 1 0.745 0.667A1.257 1.257 0 0 0 -0.818 0.576z',
      'M-0.818 0.576A0.803 0.803 0 0 0 -0.739 -0.674A0.678 0.678 0 0 0 0.352 -0.936A1.462 1.462 0 0 0 0.745 0.667A1.257 1.257 0 0 0 -0.818 0.576z',
    ],
  ],
];

test('faces of each kind are those of the vectors', () => {
  for (const [n, ground, marks] of VECTORS) {
    const face = faceOf(key(n));
    assert.equal(face.ground, ground);
    const got = face.marks.map((m) => m.d ?? m.circle!.map((x) => Math.round(x * 1000) / 1000));
    assert.deepEqual(got, marks);
  }
});

test('colours are cut off at the edge of sRGB', () => {
  assert.equal(oklch(0.62, 0.12, 190), '#009c96');
  assert.equal(oklch(1, 0, 0), '#ffffff');
  assert.equal(oklch(0, 0, 0), '#000000');
});

test('a web is drawn without its images up to 20 px, and the first face is kept', () => {
  const count = (size: number) => JSON.stringify(Face({ of: key(7), size })).length;
  assert.ok(faceOf(key(7)).marks.filter((m) => !m.fine).length === 1);
  assert.ok(count(20) <= count(40));
  assert.equal(faceOf(key(7)), faceOf(key(7)));
});

test("a chat's ground is the same for both", () => {
  assert.equal(chatGround(key(1), key(2)), chatGround(key(2), key(1)));
  assert.notEqual(chatGround(key(1), key(2)), chatGround(key(1), key(3)));
});
