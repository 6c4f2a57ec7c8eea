import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  KEY_FILE_HEADING,
  KeyFileFault,
  KeyMissing,
  newKeyLine,
  readKeyRing,
} from '../../src/audit/key-ring.ts';
import { SealBroken, sealedWith, sealer } from '../../src/audit/sealer.ts';

const bytes = Buffer.from('74651210490', 'utf8');
const [first, second] = [newKeyLine(), newKeyLine()];

test('writes with the last key of its file, and reads with each', () => {
  const before = sealer(readKeyRing(first), 'subject').seal(bytes, 'row 1');
  const ring = readKeyRing(`${KEY_FILE_HEADING}\n${first}\n\n${second}\n`);
  const after = sealer(ring, 'subject');
  assert.equal(ring.current, second.slice(0, 12));
  assert.deepEqual(ring.ids, [first.slice(0, 12), second.slice(0, 12)]);
  assert.deepEqual(after.open(before, 'row 1'), bytes);
  assert.equal(sealedWith(after.seal(bytes, 'row 1')), second.slice(0, 12));
});

test('derives another key for each purpose, and the same one each time', () => {
  const ring = readKeyRing(first);
  assert.equal(ring.derive(ring.current, 'one').length, 32);
  assert.deepEqual(ring.derive(ring.current, 'one'), readKeyRing(first).derive(ring.current, 'one'));
  assert.notDeepEqual(ring.derive(ring.current, 'one'), ring.derive(ring.current, 'another'));
  const sealed = sealer(ring, 'one').seal(bytes, '');
  assert.throws(() => sealer(ring, 'another').open(sealed, ''), SealBroken);
});

/** What was written is read by every later version: neither labels, cipher nor layout may change. */
test('opens what it sealed in the past', () => {
  const ring = readKeyRing(`4d32d2261e26 ${Buffer.alloc(32, 7).toString('base64url')}`);
  const sealed = 'TTLSJh4mAQEBAQEBAQEBAQEBBYTx6EUzJwnQbb1w8-o9UgVrFqv-u_FVRANh';
  assert.deepEqual(sealer(ring, 'subject').open(Buffer.from(sealed, 'base64url'), 'row 1'), bytes);
});

test('names the key that is missing', () => {
  const sealed = sealer(readKeyRing(first), 'subject').seal(bytes, '');
  const other = sealer(readKeyRing(second), 'subject');
  assert.throws(
    () => other.open(sealed, ''),
    (error) =>
      error instanceof KeyMissing && error.id === first.slice(0, 12) && error.message.includes(error.id),
  );
});

test('opens nothing that was changed, cut, or put elsewhere', () => {
  const { seal, open } = sealer(readKeyRing(first), 'subject');
  const sealed = seal(bytes, 'row 1');
  assert.throws(() => open(sealed, 'row 2'), SealBroken);
  for (const at of [6, 18, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.throws(() => open(changed, 'row 1'), SealBroken, `byte ${at}`);
  }
  for (const length of [0, 5, 33, sealed.length - 1])
    assert.throws(() => open(sealed.subarray(0, length), 'row 1'), SealBroken, `${length} bytes`);
});

test('seals the same bytes otherwise each time, with a nonce of its own', () => {
  const { seal } = sealer(readKeyRing(first), 'subject');
  const made = Array.from({ length: 600 }, () => seal(bytes, '').subarray(6, 18).toString('hex'));
  assert.equal(new Set(made).size, 600);
});

const broken: readonly [string, string, RegExp][] = [
  ['nothing', '', /^there is no key in it$/],
  ['only a heading', KEY_FILE_HEADING, /^there is no key in it$/],
  ['a key without an id', `${first}\n${'A'.repeat(43)}`, /^line 2 is no id and key/],
  ['a key that is too short', first.slice(0, -1), /^line 1 is no id and key/],
  [
    'a key under the id of another',
    `${first.slice(0, 13)}${second.slice(13)}`,
    /^line 1: this is not the key [0-9a-f]{12}$/,
  ],
  ['a key twice', `${first}\n${first}`, /^line 2: the key [0-9a-f]{12} is there already$/],
];
for (const [what, text, says] of broken)
  test(`takes no ${what} for keys, and repeats none`, () => {
    assert.throws(
      () => readKeyRing(text),
      (error) =>
        error instanceof KeyFileFault &&
        says.test(error.message) &&
        !error.message.includes(second.slice(20)),
    );
  });
