import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPlace, writePlace } from '../../src/files/pickup-path.ts';

const shown = (path: string) => {
  const place = readPlace(path);
  return place && writePlace(place);
};

test('reads the paths that clients write, whatever leads to them', () => {
  const same = {
    '/': ['', '.', '/', '//', './', '/Publicaties/..', 'To_Vip/x/../..'],
    '/Publicaties': ['Publicaties', '/Publicaties/', './Publicaties', '/To_Vip/../Publicaties'],
    '/To_Vip/a b.xml': ['To_Vip/a b.xml', '//To_Vip//a b.xml', '/To_Vip/./a b.xml'],
  };
  for (const [expected, paths] of Object.entries(same))
    for (const path of paths) assert.equal(shown(path), expected, path);
});

test('knows no path that leaves the tree, however it is written', () => {
  for (const path of [
    ...['..', '/..', '/../etc/passwd', '../../etc/passwd', 'Publicaties/../../p2/Publicaties/x'],
    ...[
      '/etc/passwd',
      '/p2/Publicaties/x',
      '/publicaties/x',
      '/Publicaties/a/b',
      `/To_Vip/${'x'.repeat(201)}`,
    ],
    ...['/To_Vip/..\\..\\x', '/To_Vip/a\\b', '/To_Vip/a\u0000.xml', '/To_Vip/a\nb', '/To_Vip/.upload-1.part'],
    ...['/To_Vip/...', '/To_Vip/\u007f', '/To_Vip/\ud800', `/${'a/../'.repeat(300)}To_Vip`],
  ])
    assert.equal(readPlace(path), null, JSON.stringify(path));
});
