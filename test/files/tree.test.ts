import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileTree, isSafeName } from '../../src/files/tree.ts';

const root = mkdtempSync(join(tmpdir(), 'tree-'));
after(() => rmSync(root, { recursive: true }));
let number = 0;
const tree = fileTree({ root, randomId: () => `m${number++}` });

test('gives each party folders of its own, and puts files there and takes them away', async () => {
  assert.equal(await tree.open(3), join(root, 'p3'));
  assert.deepEqual(readdirSync(join(root, 'p3')).sort(), ['From_Vip', 'Publicaties', 'To_Vip', 'cache']);
  await tree.place(4, 'Publicaties', 'a.xml', [Buffer.from('a')]);
  assert.equal(readFileSync(tree.path(4, 'Publicaties', 'a.xml'), 'utf8'), 'a');
  await tree.remove(4, 'Publicaties', 'a.xml');
  await tree.remove(4, 'Publicaties', 'a.xml');
  assert.deepEqual(readdirSync(join(root, 'p4', 'Publicaties')), []);
  for (const id of [0, -1, 1.5, Number.NaN]) await assert.rejects(tree.open(id), /is no party/);
});

test('takes no name that leads elsewhere or that a system cannot store', async () => {
  const wrong = ['', '.', '..', '../a', 'a/b', 'a\\b', '/etc/passwd', '.hidden', 'a\0b', 'a\nb', 'é', 'a b'];
  for (const name of [...wrong, 'a.xml.part', 'x'.repeat(201)]) {
    assert.equal(isSafeName(name), false, name);
    assert.throws(() => tree.path(3, 'Publicaties', name), /cannot be the name of a file/);
    await assert.rejects(tree.place(3, 'Publicaties', name, []), /cannot be the name of a file/);
  }
  assert.ok(isSafeName('persoon.publiceermutatiepersoon-0202_20261122030000007.voucher.xml'));
});

test('sweeps what dead attempts of ours left, and nothing that a party is putting there', async () => {
  await tree.open(5);
  const old = new Date('2026-01-01T00:00:00Z');
  const files = [
    'Publicaties/a.xml.m.part',
    'From_Vip/b.xml.m.part',
    'To_Vip/c.xml.part',
    'Publicaties/d.xml',
  ];
  for (const file of files) {
    writeFileSync(join(root, 'p5', file), '');
    utimesSync(join(root, 'p5', file), old, old);
  }
  writeFileSync(join(root, 'p5', 'Publicaties/new.xml.m.part'), '');
  assert.equal(await tree.sweep(new Date('2026-01-02T00:00:00Z')), 2);
  assert.deepEqual(readdirSync(join(root, 'p5', 'Publicaties')).sort(), ['d.xml', 'new.xml.m.part']);
  assert.deepEqual(readdirSync(join(root, 'p5', 'To_Vip')), ['c.xml.part']);
  assert.equal(await fileTree({ root: join(root, 'none'), randomId: () => 'x' }).sweep(new Date()), 0);
});
