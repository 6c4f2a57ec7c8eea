import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NameTakenError, placeDurably, placedAt } from '../../src/files/durable.ts';

const root = mkdtempSync(join(tmpdir(), 'durable-'));
after(() => rmSync(root, { recursive: true }));

const folderOf = (name: string) => mkdtempSync(join(root, `${name}-`));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const pieces = (...texts: string[]) => texts.map((text) => Buffer.from(text));

test('puts the bytes under their name and tells what they came to', async () => {
  const folder = folderOf('whole');
  const placed = await placeDurably(join(folder, 'a.xml'), pieces('één', '', 'twee'), 'm1');
  assert.deepEqual(placed, { size: 9, sha256: sha256('ééntwee') });
  assert.deepEqual(readdirSync(folder), ['a.xml']);
  assert.equal(readFileSync(join(folder, 'a.xml'), 'utf8'), 'ééntwee');
  assert.equal(statSync(join(folder, 'a.xml')).mode & 0o777, 0o640);
  assert.deepEqual(await placedAt(join(folder, 'a.xml')), placed);
});

test('has nothing under the name until the last byte is there', async () => {
  const folder = folderOf('half');
  async function* slow() {
    yield Buffer.from('half');
    assert.deepEqual(readdirSync(folder), ['a.xml.m1.part']);
    yield Buffer.from('whole');
  }
  await placeDurably(join(folder, 'a.xml'), slow(), 'm1');
  assert.deepEqual(readdirSync(folder), ['a.xml']);
});

test('leaves nothing when the bytes break off', async () => {
  const folder = folderOf('broken');
  async function* broken() {
    yield Buffer.from('half');
    throw new Error('the database went away');
  }
  await assert.rejects(placeDurably(join(folder, 'a.xml'), broken(), 'm1'), /the database went away/);
  assert.deepEqual(readdirSync(folder), []);
});

test('writes the same file again, and leaves another one alone', async () => {
  const folder = folderOf('again');
  const path = join(folder, 'a.xml');
  const first = await placeDurably(path, pieces('one'), 'm1');
  const { ino, mtimeMs } = statSync(path);
  assert.deepEqual(await placeDurably(path, pieces('o', 'ne'), 'm2'), first);
  // The very same: a name that is put over itself may be missing from what is listed at that moment.
  assert.deepEqual([statSync(path).ino, statSync(path).mtimeMs], [ino, mtimeMs]);
  await assert.rejects(placeDurably(path, pieces('two'), 'm3'), NameTakenError);
  assert.equal(readFileSync(path, 'utf8'), 'one');
  assert.deepEqual(readdirSync(folder), ['a.xml']);
});

test('lets two attempts at once come to one whole file', async () => {
  const folder = folderOf('race');
  const many = Array.from({ length: 50 }, (_, index) => `line ${index}\n`.repeat(500));
  const attempts = [1, 2, 3, 4].map((mark) =>
    placeDurably(join(folder, 'a.xml'), pieces(...many), `m${mark}`),
  );
  const [one, ...others] = await Promise.all(attempts);
  for (const other of others) assert.deepEqual(other, one);
  assert.deepEqual(readdirSync(folder), ['a.xml']);
  assert.equal(readFileSync(join(folder, 'a.xml'), 'utf8'), many.join(''));
});

test('does not write through a temporary name that somebody else has laid there', async () => {
  const folder = folderOf('laid');
  writeFileSync(join(folder, 'a.xml.m1.part'), 'theirs');
  await assert.rejects(placeDurably(join(folder, 'a.xml'), pieces('ours'), 'm1'), { code: 'EEXIST' });
});

test('knows of a name that nothing is under', async () => {
  assert.equal(await placedAt(join(root, 'nothing')), null);
});
