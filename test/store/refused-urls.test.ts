import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-test-'));
after(() => rmSync(folder, { recursive: true }));
const open = (url: string) => openStore(url, { clock: systemClock });

test('says which path cannot be written', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'a plain file, which is not a database and has no folder below it\n'.repeat(50));
  await assert.rejects(open(`sqlite:${file}`), /cannot use the database .*\/file: .*writable/);
  await assert.rejects(open(`sqlite:${file}/below.db`), /cannot use the database .*below\.db: .*writable/);
  await assert.rejects(open(`sqlite:${folder}`), /cannot use the database .*: .*writable/);
});

test('says that the server cannot be reached, and never the password', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(open(`mysql://bus:secret-word@127.0.0.1:${port}/kruispunt`), (error: Error) => {
    assert.match(
      error.message,
      /cannot use the database kruispunt at 127\.0\.0\.1:\d+: .*ECONNREFUSED.*must run/,
    );
    assert.doesNotMatch(error.message, /secret-word/);
    return true;
  });
});

test('says what a database URL looks like', async () => {
  for (const url of ['postgres://a/b', 'mysql://server', 'kruispunt.db', 'mysql://server/']) {
    await assert.rejects(open(url), /must be sqlite:<path> or mysql:/);
  }
  await assert.rejects(open('sqlite:'), /names no file/);
});
