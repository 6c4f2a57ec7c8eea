import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/own-server.ts';
import { runVerb, startProgram, temporaryFolder } from '../support/program.ts';

/** Parties fetch their files with OpenSSH and curl, and lay files down: each in its own tree, whatever they try. */

const folder = demoFolder();
const demo = join(folder, 'demo');
const sftpPort = await freePort();
const settings = { KRUISPUNT_VAR: folder, KRUISPUNT_SFTP_PORT: String(sftpPort) };
const program = await startProgram(settings);
after(() => program.stop());

const sql = (statement: string, ...values: (string | number)[]) => {
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 5000 });
  try {
    return database.prepare(statement).all(...values);
  } finally {
    database.close();
  }
};
const partyId = (name: string) => Number(sql('SELECT id FROM party WHERE name = ?', name)[0]?.id);
const trayOf = (party: string, tray: string) => {
  const path = join(folder, 'files', `p${partyId(party)}`, tray);
  mkdirSync(path, { recursive: true });
  return path;
};
let sequence = 0;

/** A file as the bus lays it down, and its row. */
function publish(party: string, name: string, bytes: Buffer): void {
  sequence += 1;
  writeFileSync(join(trayOf(party, 'Publicaties'), name), bytes);
  writeFileSync(join(trayOf(party, 'Publicaties'), name.replace('.xml', '.voucher.xml')), '<voucher/>');
  const at = '2026-11-22 03:00:00.000';
  const row = {
    ...{ subscription_id: sequence, party_id: partyId(party), publication: 'P', version: '02.02', sequence },
    ...{
      state: 'written',
      kind: 'mutations',
      cut_off: at,
      name,
      voucher_id: String(sequence),
      format: 'xml',
    },
    ...{
      uri: 'u',
      visible_paths: '[]',
      grant_id: 1,
      legal_basis: 'x',
      records: 1,
      size: bytes.length,
      attempts: 0,
    },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...{ closed_at: at, written_at: at, expires_at: '2027-11-22 03:00:00.000' },
  };
  const names = Object.keys(row);
  sql(
    `INSERT INTO publication_file (${names.join()}) VALUES (${names.map(() => '?').join()})`,
    ...Object.values(row),
  );
}
const stateOf = (name: string) => sql('SELECT state FROM publication_file WHERE name = ?', name)[0]?.state;
const events = (what: string) =>
  sql('SELECT detail, channel, party_id FROM file_event WHERE what = ? ORDER BY id', what).map(
    (row) => `${row.channel} ${row.detail}`,
  );
const until = (holds: () => boolean, what: string) =>
  eventually(() => `${what} does not come about:\n${program.output()}`, holds);

type Ran = { readonly code: number; readonly stdout: string; readonly out: string };
const run = (command: string, args: readonly string[], cwd: string) =>
  new Promise<Ran>((resolve) => {
    const child = execFile(command, args, { cwd, timeout: 60_000 }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, out: `${stdout}${stderr}` }),
    );
  });

/** OpenSSH's sftp with these commands, one a line; `-` before one: go on when it fails. */
async function sftp(
  user: string,
  commands: readonly string[],
  key = join(demo, `${user}.ssh.key`),
  from = '127.0.0.1',
) {
  const work = temporaryFolder();
  const batch = join(work, 'batch');
  writeFileSync(batch, `${commands.join('\n')}\n`);
  const options = [
    ...['BatchMode=yes', 'StrictHostKeyChecking=no', `UserKnownHostsFile=${join(folder, 'known')}`],
    ...[
      `BindAddress=${from}`,
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      'PreferredAuthentications=publickey',
    ],
  ].flatMap((option) => ['-o', option]);
  const args = [...options, '-i', key, '-P', String(sftpPort), '-b', batch, `${user}@127.0.0.1`];
  return { ...(await run('sftp', args, work)), work };
}
const secretOf = (party: string) => readFileSync(join(demo, `${party}.password`), 'utf8').trim();
const curl = (path: string, args: readonly string[] = [], party = 'afnemer', cwd = folder) =>
  run('curl', ['-s', '-u', `${party}-web:${secretOf(party)}`, ...args, `${program.url}${path}`], cwd);
const statusOf = async (path: string, args: readonly string[] = [], party = 'afnemer') =>
  Number((await curl(path, ['--path-as-is', '-o', '/dev/null', '-w', '%{http_code}', ...args], party)).out);

test('OpenSSH lists and fetches a file, which is collected then and not before', async () => {
  const bytes = randomBytes(3_000_000);
  publish('afnemer', 'a.xml', bytes);
  const listed = await sftp('afnemer', [
    'pwd',
    'ls -l',
    'ls -l Publicaties',
    'cd Publicaties',
    'cd ..',
    'pwd',
  ]);
  assert.equal(listed.code, 0, listed.out);
  assert.match(listed.out, /3000000 .* a\.xml/);
  assert.equal(stateOf('a.xml'), 'written');
  const { code, out, work } = await sftp('afnemer', [
    'get Publicaties/a.xml',
    'get Publicaties/a.voucher.xml',
  ]);
  assert.equal(code, 0, out);
  assert.deepEqual(readFileSync(join(work, 'a.xml')), bytes);
  await until(() => stateOf('a.xml') === 'collected', 'collected');
  assert.ok(events('picked-up').includes('sftp afnemer: Publicaties/a.xml bytes 0-2999999 of 3000000'));
  assert.ok(events('opened').includes('sftp afnemer: Publicaties/a.voucher.xml'));
});

test('a fetch that broke off is resumed, by either door, and the pieces together are a collection', async () => {
  const bytes = randomBytes(1_000_000);
  publish('afnemer', 'b.xml', bytes);
  assert.equal((await curl('/publicaties/b.xml', ['-r', '0-399999', '-o', 'b.part'])).code, 0);
  await until(
    () => events('picked-up').some((each) => each.includes('bytes 0-399999 of 1000000')),
    'the event',
  );
  assert.equal(stateOf('b.xml'), 'written');
  const work = temporaryFolder();
  writeFileSync(join(work, 'b.xml'), bytes.subarray(0, 400_000));
  const resumed = await sftp('afnemer', [`lcd ${work}`, 'reget Publicaties/b.xml']);
  assert.equal(resumed.code, 0, resumed.out);
  assert.deepEqual(readFileSync(join(work, 'b.xml')), bytes);
  await until(() => stateOf('b.xml') === 'collected', 'collected');
});

test('curl lists, fetches, resumes and acknowledges, as often as it likes', async () => {
  const bytes = randomBytes(500_000);
  publish('afnemer', 'c.xml', bytes);
  const { files } = JSON.parse((await curl('/publicaties/')).out);
  const found = files.find(({ name }: { name: string }) => name === 'c.xml');
  assert.deepEqual([found.size, found.state, found.file], [500_000, 'written', '/publicaties/c.xml']);
  assert.match(
    (await curl('/publicaties/', ['-H', 'Accept: text/html'])).out,
    /<a href="\/publicaties\/c\.xml">/,
  );
  const work = temporaryFolder();
  writeFileSync(join(work, 'c.xml'), bytes.subarray(0, 123_456));
  const got = await curl('/publicaties/c.xml', ['-C', '-', '-o', 'c.xml', '-D', 'head'], 'afnemer', work);
  assert.equal(got.code, 0, got.out);
  assert.deepEqual(readFileSync(join(work, 'c.xml')), bytes);
  const head = readFileSync(join(work, 'head'), 'utf8').toLowerCase();
  assert.match(head, /206/);
  for (const line of ['x-content-type-options: nosniff', 'cache-control: private, no-store', 'etag: "'])
    assert.ok(head.includes(line), line);
  assert.equal((await curl('/publicaties/c.xml/voucher')).out, '<voucher/>');
  assert.equal((await curl('/publicaties/c.voucher.xml')).out, '<voucher/>');
  const tag = /etag: ("[^"]+")/.exec(head)?.[1] ?? '';
  assert.equal(await statusOf('/publicaties/c.xml', ['-H', `If-None-Match: ${tag}`]), 304);
  assert.equal(await statusOf('/publicaties/c.xml', ['-r', '500000-']), 416);
  assert.equal(await statusOf('/publicaties/c.xml', ['-I']), 200);
  for (const _ of [1, 2]) assert.equal(await statusOf('/publicaties/c.xml/ontvangst', ['-X', 'POST']), 204);
  assert.equal(stateOf('c.xml'), 'acknowledged');
  assert.deepEqual(events('acknowledged'), ['https afnemer-web: c.xml']);
});

test('a party lays files down, whole or not at all, and renames them', async () => {
  const source = join(temporaryFolder(), 'up.xml');
  const bytes = randomBytes(2_000_000);
  writeFileSync(source, bytes);
  const { code, out } = await sftp('leverancier', [
    ...[`put ${source} To_Vip/up.tmp`, 'rename To_Vip/up.tmp To_Vip/up.xml', 'ls To_Vip'],
  ]);
  assert.equal(code, 0, out);
  assert.deepEqual(readFileSync(join(trayOf('leverancier', 'To_Vip'), 'up.xml')), bytes);
  assert.deepEqual(readdirSync(trayOf('leverancier', 'To_Vip')), ['up.xml']);
  assert.ok(events('laid-down').includes('sftp leverancier: To_Vip/up.xml of 2000000 bytes'));
  // Cut off in the middle: slow enough that it cannot be over.
  const slow = ['-l', '1000'];
  const child = execFile('sftp', [
    ...['-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${join(folder, 'known')}`, ...slow],
    ...['-i', join(demo, 'leverancier.ssh.key'), '-P', String(sftpPort), '-b', '-', 'leverancier@127.0.0.1'],
  ]);
  child.stdin?.end(`put ${source} To_Vip/half.xml\n`);
  await until(() => readdirSync(trayOf('leverancier', 'To_Vip')).length === 2, 'the upload');
  assert.ok(!existsSync(join(trayOf('leverancier', 'To_Vip'), 'half.xml')));
  child.kill('SIGKILL');
  await until(
    () => readdirSync(trayOf('leverancier', 'To_Vip')).join() === 'up.xml',
    'the end of the upload',
  );
});

test('a file goes from Publicaties into cache under its own name, and is still to be had', async () => {
  publish('afnemer', 'd.xml', Buffer.from('<d/>'));
  const { code, out, work } = await sftp('afnemer', [
    ...['get Publicaties/d.xml', '-rename Publicaties/d.xml cache/other.xml'],
    ...['rename Publicaties/d.xml cache/d.xml', 'get cache/d.xml again.xml'],
  ]);
  assert.equal(code, 0, out);
  assert.equal(readFileSync(join(work, 'again.xml'), 'utf8'), '<d/>');
  assert.ok(!existsSync(join(trayOf('afnemer', 'cache'), 'other.xml')));
  assert.equal((await curl('/publicaties/d.xml')).out, '<d/>');
});

test('paths out of the tree, links, pipes and the names of others get nothing and break nothing', async () => {
  publish('beperkt', 'secret.xml', Buffer.from('<theirs/>'));
  const mine = trayOf('afnemer', 'Publicaties');
  symlinkSync('/etc/passwd', join(mine, 'link.xml'));
  symlinkSync(trayOf('beperkt', 'Publicaties'), join(mine, 'folder'));
  await run('mkfifo', [join(mine, 'pipe.xml')], folder);
  writeFileSync(join(mine, 'unfinished.xml.1.part'), 'half');
  const theirs = `p${partyId('beperkt')}/Publicaties/secret.xml`;
  const before = readdirSync(mine).length;
  const tried = [
    ...['get Publicaties/secret.xml', 'get ../../etc/passwd', 'get /etc/passwd', `get ../${theirs}`],
    ...[
      `get /${theirs}`,
      `get Publicaties/../../${theirs}`,
      'get Publicaties/link.xml',
      'get Publicaties/pipe.xml',
    ],
    ...[
      'get Publicaties/folder/secret.xml',
      'get Publicaties/unfinished.xml.1.part',
      'symlink /etc/passwd To_Vip/l',
    ],
    ...[
      'put batch Publicaties/x',
      'put batch From_Vip/x',
      'put batch cache/x',
      'put batch x',
      'put batch To_Vip/../x',
    ],
    ...['mkdir To_Vip/x', 'rmdir cache', 'rm Publicaties/a.xml', 'rename Publicaties/a.xml To_Vip/a.xml'],
    ...['rename To_Vip/x ../x', 'chmod 777 Publicaties/a.xml', 'ln Publicaties/a.xml To_Vip/a.xml'],
  ];
  const { work, out, stdout } = await sftp('afnemer', [...tried.map((each) => `-${each}`), 'ls Publicaties']);
  assert.deepEqual(readdirSync(work), ['batch'], out);
  assert.equal(readdirSync(mine).length, before);
  assert.deepEqual(readdirSync(trayOf('afnemer', 'To_Vip')), []);
  assert.doesNotMatch(stdout.slice(stdout.lastIndexOf('ls Publicaties')), /link|folder|pipe|part|secret/);
  assert.ok(events('refused').some((each) => each.includes('secret.xml: not there for this party')));
  for (const path of [
    'secret.xml',
    'link.xml',
    'pipe.xml',
    '..%2f..%2fkruispunt.db',
    '../demo/ca.key.pem',
    '%00',
  ])
    assert.ok([404, 400].includes(await statusOf(`/publicaties/${path}`)), path);
  assert.equal(await statusOf('/publicaties/secret.xml/ontvangst', ['-X', 'POST']), 404);
  assert.equal(stateOf('secret.xml'), 'written');
  assert.equal(await statusOf('/publicaties/secret.xml', [], 'beperkt'), 200);
});

test('a wrong key, a wrong password and nobody are not let in; who is taken away is out', async () => {
  const wrong = await sftp('afnemer', ['ls'], join(demo, 'beperkt.ssh.key'));
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.out, /Permission denied/);
  await until(
    () => events('refused').some((each) => each.includes('not let in: wrong publickey')),
    'the event',
  );
  const asked = (user: string) =>
    run(
      'curl',
      ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-u', user, `${program.url}/publicaties/`],
      folder,
    );
  assert.equal((await asked('beperkt-web:wrong')).out, '401');
  assert.equal((await asked('nobody:wrong')).out, '401');
  assert.equal((await asked('beperkt:')).out, '401');
  const key = join(temporaryFolder(), 'key');
  await run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '3072', '-N', '', '-f', key], folder);
  const added = await runVerb(['pickup', 'add', 'beperkt', '--user', 'new', '--key', `${key}.pub`], settings);
  assert.equal(added.code, 0, added.stderr);
  assert.equal((await sftp('new', ['ls Publicaties'], key)).code, 0);
  assert.equal((await runVerb(['pickup', 'remove', 'new'], settings)).code, 0);
  assert.notEqual((await sftp('new', ['ls Publicaties'], key)).code, 0);
  for (let at = 0; at < 9; at += 1) await asked('beperkt-web:wrong');
  assert.equal((await asked('beperkt-web:wrong')).out, '429');
});

test('a thousand connections at once get no more than their places, and the bus goes on answering', async () => {
  const sockets = Array.from({ length: 1000 }, () => connect(sftpPort, '127.0.0.1').on('error', () => {}));
  const open = new Set(sockets);
  let greeted = 0;
  for (const socket of sockets) {
    socket.once('close', () => open.delete(socket));
    socket.once('data', () => {
      greeted += 1;
    });
  }
  await until(() => open.size <= 20, 'the bound');
  await pause(500);
  assert.ok(greeted <= 20, `${greeted} were greeted`);
  const { stdout, stderr } = await runVerb(
    ['call', 'GeefPersoon', '--insz', '03682114287', '--json', '--url', program.url],
    settings,
  );
  assert.equal(JSON.parse(stdout).error ?? null, null, stderr);
  const ask = () => statusOf('/publicaties/');
  assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [200, 200, 200]);
  const other = await sftp('afnemer', ['get Publicaties/a.xml'], undefined, '127.0.0.2');
  assert.equal(other.code, 0, other.out);
  for (const socket of sockets) socket.destroy();
  await until(() => open.size === 0, 'the end');
  await pause(200);
  const many = await Promise.all(Array.from({ length: 8 }, () => sftp('afnemer', ['get Publicaties/a.xml'])));
  assert.deepEqual(
    many.map(({ code }) => code),
    many.map(() => 0),
  );
});
