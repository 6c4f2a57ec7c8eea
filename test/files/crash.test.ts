import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fileTree } from '../../src/files/tree.ts';

const root = mkdtempSync(join(tmpdir(), 'crash-'));
after(() => rmSync(root, { recursive: true }));
const child = fileURLToPath(new URL('place-child.ts', import.meta.url));

const expected = (name: string) =>
  Array.from({ length: 40 }, (_, line) => `${name} ${line}\n`.repeat(200)).join('');
const isPart = (name: string) => name.endsWith('.part');

/** Starts the child, kills it after so long, and resolves with how many files it said were there. */
async function killedAfter(folder: string, start: number, milliseconds: number): Promise<number> {
  const writer = spawn(process.execPath, [child, folder, String(start)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  writer.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const gone = new Promise((done) => writer.once('close', done));
  while (said === '') await pause(5);
  await pause(milliseconds);
  writer.kill('SIGKILL');
  await gone;
  return said.split('\n').length - 1;
}

test('a writer that is killed leaves whole files and temporary ones, never a part under a name', async () => {
  const tree = fileTree({ root, randomId: () => 'x' });
  await tree.open(1);
  const folder = join(root, 'p1', 'Publicaties');
  let placed = 0;
  for (let round = 0; round < 12; round++) {
    placed += await killedAfter(folder, round * 100_000, Math.random() * 25);
  }
  const names = readdirSync(folder).filter((name) => !isPart(name));
  assert.ok(names.length >= placed && placed >= 12);
  for (const name of names) assert.equal(readFileSync(join(folder, name), 'utf8'), expected(name), name);
  const left = readdirSync(folder).filter(isPart).length;
  assert.equal(await tree.sweep(new Date(Date.now() - 3_600_000)), 0);
  assert.equal(await tree.sweep(new Date(Date.now() + 1000)), left);
  assert.deepEqual(readdirSync(folder).filter(isPart), []);
});

/** Runs the child for one file in a folder where only so many KB can be written. */
function inSmallSpace(folder: string): { readonly status: number | null; readonly stderr: string } {
  const limited = `ulimit -f 32; exec "$0" "$1" "$2" 0 1`;
  return spawnSync('sh', ['-c', limited, process.execPath, child, folder], { encoding: 'utf8' });
}

test('a file that does not fit leaves nothing, not even a temporary one', () => {
  const folder = mkdtempSync(join(root, 'small-'));
  const { status, stderr } = inSmallSpace(folder);
  assert.notEqual(status, 0);
  assert.match(stderr, /EFBIG/);
  assert.deepEqual(readdirSync(folder), []);
});

const isolated = ['-rm', 'sh', '-c'];
const canMount = spawnSync('unshare', [...isolated, 'mount -t tmpfs -o size=32k tmpfs /tmp']).status === 0;

test('a full disk leaves nothing, and takes the file once there is room', { skip: !canMount }, () => {
  const folder = mkdtempSync(join(root, 'full-'));
  const script =
    'mount -t tmpfs -o size=64k tmpfs "$2"; "$0" "$1" "$2" 0 1; ls -A "$2" | sed "s/^/left: /"; ' +
    'mount -o remount,size=4m "$2"; "$0" "$1" "$2" 0 1; ls -A "$2"';
  const { stdout, stderr } = spawnSync('unshare', [...isolated, script, process.execPath, child, folder], {
    encoding: 'utf8',
  });
  assert.match(stderr, /ENOSPC/);
  assert.equal(stdout, '0\nfile-0\n');
});
