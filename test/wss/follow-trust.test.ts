import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { followTrust } from '../../src/follow-trust.ts';
import { openAsking } from '../../src/open-asking.ts';
import { fetchBytes } from '../../src/sources/fetch-bytes.ts';
import { openTrust, trustFiles } from '../../src/trust-files.ts';
import { issue, makeAuthority, revoke, type TestCertificate } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/program.ts';

const HOUR = 3_600_000;
const root = await makeAuthority('Wortel CA');
const leaf = await issue(root, 'leaf');
const other = await issue(root, 'other');
const der = ({ certificate }: TestCertificate) => new X509Certificate(certificate).raw;
const from = (ms: number) => new Date(Date.now() + ms);
const list = (revoked: readonly string[], ended = HOUR, made = -HOUR) =>
  revoke(root, revoked, from(ended), from(made));

/** A place on the web where a list lies, or whatever a test puts there instead. */
async function web() {
  const place: { answer: (response: ServerResponse) => void; asked: number } = {
    answer: (response) => void response.writeHead(503).end(),
    asked: 0,
  };
  const server = createServer((_request, response) => {
    place.asked += 1;
    place.answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close().closeAllConnections());
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  const give = (bytes: Uint8Array) => {
    place.answer = (response) => void response.end(bytes);
  };
  return { place, give, url: `http://127.0.0.1:${address.port}/wortel.crl` };
}

type Open = {
  readonly folder?: string;
  readonly lists?: string;
  readonly policy?: string;
  readonly fetches?: boolean;
  readonly ahead?: { ms: number };
  readonly most?: number;
};

/** Trust that follows its files, as a bus has it, but looks more often. */
async function following({ lists = '', policy = '', fetches = true, most = 50, ...given }: Open) {
  const { folder = temporaryFolder(), ahead = { ms: 0 } } = given;
  const authorities = join(folder, 'roots.pem');
  if (!existsSync(authorities)) writeFileSync(authorities, root.certificate);
  const config = readConfig({
    KRUISPUNT_VAR: folder,
    KRUISPUNT_AUTHORITIES: authorities,
    KRUISPUNT_REVOCATION_LISTS: lists,
    KRUISPUNT_REVOCATION: policy,
  });
  const trust = openTrust(config, null);
  const told: string[] = [];
  const tell = (...[fields, text]: unknown[]) => void told.push(`${JSON.stringify(fields)} ${text ?? ''}`);
  const log = { info: tell, warn: tell, error: tell };
  const clock = { now: () => from(ahead.ms) };
  const upkeep = followTrust({
    ...{
      trust,
      files: trustFiles(config, null),
      asking: openAsking(config, trust),
      log,
      clock,
      fetches,
      every: 20,
    },
    pace: { least: 20, most, retry: 50 },
  });
  after(upkeep.close);
  await upkeep.first;
  const check = (certificate: TestCertificate) => trust.check([der(certificate)], clock.now());
  /** Waits for what a look will bring. */
  const until = (holds: () => boolean) => eventually(() => `never: ${holds} ${told.join('\n')}`, holds, 10);
  const refuses = (certificate: TestCertificate) => {
    try {
      check(certificate);
      return '';
    } catch (error) {
      return String(error);
    }
  };
  return { folder, trust, upkeep, told, check, refuses, until, authorities };
}

test('gets a list, goes by it, and leaves it where other processes and the next start find it', async () => {
  const { give, url, place } = await web();
  give(await list([leaf.serial]));
  const bus = await following({ lists: url, most: HOUR });
  assert.match(bus.refuses(leaf), /is revoked/);
  bus.check(other);
  assert.equal(bus.upkeep.trouble(), null);
  assert.equal(place.asked, 1);
  place.answer = (response) => void response.destroy();
  const worker = await following({ folder: bus.folder, lists: url, fetches: false });
  assert.match(worker.refuses(leaf), /is revoked/);
  // It was got not long ago, by whomever.
  const again = await following({ folder: bus.folder, lists: url, most: HOUR });
  assert.match(again.refuses(leaf), /is revoked/);
  assert.equal(place.asked, 1);
});

test('gets it again before it ends, and goes by the new one at the next message, in every process', async () => {
  const { give, url } = await web();
  give(await list([]));
  const bus = await following({ lists: url });
  const worker = await following({ folder: bus.folder, lists: url, fetches: false });
  bus.check(leaf);
  worker.check(leaf);
  give(await list([leaf.serial], HOUR, -1000));
  await bus.until(() => bus.refuses(leaf) !== '');
  await worker.until(() => worker.refuses(leaf) !== '');
  assert.match(worker.refuses(leaf), /is revoked/);
  worker.check(other);
});

test('refuses until a list that was never got is there, whatever the grace', async () => {
  const { give, url } = await web();
  const bus = await following({ lists: url, policy: 'grace:24' });
  assert.match(bus.refuses(leaf), /cannot be told: http.*never got/);
  assert.match(bus.upkeep.trouble() ?? '', /not current: 1, cannot be fetched: 1, see the log/);
  assert.match(bus.told.join('\n'), /status 503.*cannot be fetched/);
  give(await list([]));
  await bus.until(() => bus.refuses(leaf) === '');
  await bus.until(() => bus.upkeep.trouble() === null);
  assert.match(bus.told.join('\n'), /can be fetched again/);
});

test('fails closed when a list has ended and there is no newer one, or goes by it for its grace', async () => {
  const { give, url } = await web();
  give(await list([], HOUR));
  const ahead = { ms: 0 };
  const closed = await following({ lists: url, ahead });
  const spared = await following({ lists: url, ahead, policy: 'grace:2' });
  closed.check(leaf);
  ahead.ms = 2 * HOUR;
  await closed.until(() => /certificates of its issuer are refused/.test(closed.told.join()));
  assert.match(closed.refuses(leaf), /revocation list of CN=Wortel CA.* expired/);
  assert.match(closed.upkeep.trouble() ?? '', /not current: 1/);
  await spared.until(() => /gone by until its grace is over/.test(spared.told.join()));
  spared.check(leaf);
  assert.deepEqual(
    [...closed.upkeep.lists(), ...spared.upkeep.lists()].map(({ state }) => state),
    ['expired', 'grace'],
  );
  ahead.ms = 4 * HOUR;
  assert.match(spared.refuses(leaf), /expired/);
  give(await list([], 9 * HOUR, -1000));
  await closed.until(() => closed.refuses(leaf) === '');
});

test('takes no list that is of another, has ended, is older than the one at hand, or is none', async () => {
  const { give, place, url } = await web();
  const newest = await list([leaf.serial], HOUR, -1000);
  give(newest);
  const bus = await following({ lists: url });
  const impostor = await makeAuthority('Wortel CA', undefined, { kind: 'p-256' });
  const wrong: readonly [Uint8Array, RegExp][] = [
    [await list([], HOUR, -HOUR), /older than the one at hand/],
    [await list([], -1000, -HOUR), /the list there ended on/],
    [await revoke(impostor, [], from(HOUR), from(0)), /no configured authority signed/],
    [Buffer.from('<html>'), /DER/],
  ];
  for (const [bytes, why] of wrong) {
    give(bytes);
    await bus.until(() => why.test(bus.told.at(-1) ?? ''));
    assert.match(bus.refuses(leaf), /is revoked/);
    give(newest);
    await bus.until(() => /can be fetched again/.test(bus.told.at(-1) ?? ''));
    assert.match(bus.refuses(leaf), /is revoked/);
  }
  place.answer = (response) => void response.writeHead(302, { location: url }).end();
  await bus.until(() => /status 302/.test(bus.told.at(-1) ?? ''));
});

test('counts a kept list that cannot be used as one that was never got', async () => {
  const { give, url, place } = await web();
  give(await list([]));
  const bus = await following({ lists: url });
  const kept = join(bus.folder, 'revocation');
  await bus.upkeep.close();
  const [name = assert.fail()] = readdirSync(kept);
  writeFileSync(join(kept, name), 'broken');
  place.answer = (response) => void response.destroy();
  const again = await following({ folder: bus.folder, lists: url });
  assert.match(again.refuses(leaf), /never got/);
});

test('reads no more than it may, for no longer than it may', async () => {
  const { place, url } = await web();
  const limits = { maxBytes: 1000, deadline: 200 };
  const signal = new AbortController().signal;
  place.answer = (response) => void response.end(Buffer.alloc(1001));
  await assert.rejects(fetchBytes(url, { ...limits, deadline: 5000 }, signal), /more than 1000 bytes/);
  const drip = setInterval(() => {}, 1000);
  place.answer = (response) => void response.write('a');
  await assert.rejects(fetchBytes(url, limits, signal), /not answer whole within 200 ms/);
  place.answer = () => {};
  await assert.rejects(fetchBytes(url, limits, signal), /not answer whole within 200 ms/);
  clearInterval(drip);
});

test('follows its files: a list that is changed, an authority that rolls over', async () => {
  const folder = temporaryFolder();
  const crl = join(folder, 'wortel.crl');
  const put = (file: string, bytes: string | Uint8Array) => {
    writeFileSync(`${file}.new`, bytes);
    renameSync(`${file}.new`, file);
  };
  put(crl, await list([]));
  const bus = await following({ folder, lists: crl });
  bus.check(leaf);
  put(crl, await list([leaf.serial], HOUR, -1000));
  await bus.until(() => bus.refuses(leaf) !== '');
  bus.check(other);
  const next = await makeAuthority('Volgende CA');
  const young = await issue(next, 'young');
  assert.match(bus.refuses(young), /not issued by/);
  put(bus.authorities, `${root.certificate}${next.certificate}`);
  await bus.until(() => bus.refuses(young) === '');
  bus.check(other);
  // The former list is of an authority that is not there any more: nothing changes until that is mended too.
  put(bus.authorities, next.certificate);
  await bus.until(() => bus.upkeep.trouble() !== null);
  assert.match(
    bus.told.join('\n'),
    /wortel\.crl: no configured authority signed.*the former ones still count/,
  );
  bus.check(other);
  put(crl, await revoke(next, [], from(HOUR), from(-1000)));
  await bus.until(() => bus.refuses(other) !== '');
  bus.check(young);
  assert.equal(bus.upkeep.trouble(), null);
});
