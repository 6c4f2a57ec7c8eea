import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeAnchor } from '../../src/audit/make-anchor.ts';
import { type Stamped, stampAnchors } from '../../src/audit/stamp-anchors.ts';
import { exporting, verifyingDatabase, verifyingFile } from '../../src/auditing.ts';
import { auditVerify } from '../../src/cli/audit-verify.ts';
import { FailedError } from '../../src/cli/output.ts';
import { systemClock } from '../../src/exchange/clock.ts';
import { noKeys } from '../../src/exchange/subject-keys.ts';
import { openStore } from '../../src/store/connection.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { paper } from '../cli/terminal.ts';
import { emptyShelf } from '../store/audit-chain-world.ts';
import { wound } from '../support/clock.ts';
import { sqliteDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/program.ts';
import { makeTimestampAuthority } from '../support/timestamp-authority.ts';
import { alice as bus } from '../wss/world.ts';

/** Anchors of a database, the time-stamps on them, and what verifying says of both. */

const DAY = 86_400_000;
const stamps = await makeTimestampAuthority();
const authorities = [readFileSync(stamps.certifier, 'utf8')];
const database = await sqliteDatabase();
const clock = wound(new Date());
const store = await openStore(database.url, { clock });
after(async () => {
  await store.close();
  await database.remove();
});
const { sign } = createDocumentSigner(bus);
const anchors = async (count: number) => {
  for (let made = 0; made < count; made++) await makeAnchor({ ...store, sign, clock }, [], 0);
};

const verifyFile = verifyingFile(noKeys);

let asked = 0;
const stamp = async () => {
  const stamped: Stamped[] = [];
  const needs = {
    ...{ ...store, trust: createTrust({ authorities }), policy: null, clock: systemClock },
    newNonce: () => randomBytes(16),
    ask: async (query: Buffer) => {
      asked += 1;
      return stamps.reply(query);
    },
  };
  await stampAnchors(needs, (made) => void stamped.push(made), new AbortController().signal);
  return stamped.map(({ number }) => number);
};
const verify = (...more: (readonly string[])[]) =>
  verifyingDatabase({ store, shelf: emptyShelf }, noKeys)([bus.certificate], ...more);

test('stamps the latest anchors first, ten in one go, and each once', async () => {
  await anchors(12);
  assert.deepEqual(await stamp(), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  assert.deepEqual([await stamp(), await stamp()], [[2, 1], []]);
  assert.equal(asked, 12);
});

test('says of each anchor whether its time-stamp holds, and which have none', async () => {
  await anchors(2);
  const { findings, timestamps } = await verify(authorities);
  assert.deepEqual(findings, []);
  assert.deepEqual([timestamps.held, timestamps.unread, timestamps.without], [12, 0, [13, 14]]);
  assert.equal(timestamps.last?.anchor, 12);
  const unknown = await verify();
  assert.deepEqual([unknown.timestamps.held, unknown.timestamps.unread], [0, 12]);
});

test('an auditor verifies them with openssl, and with an export and two certificates', async () => {
  const path = join(temporaryFolder(), 'audit.jsonl');
  const [from, to] = [new Date(Date.now() - DAY), new Date(Date.now() + DAY)];
  const lines: string[] = [];
  for await (const line of await exporting({ store, shelf: emptyShelf }, clock)(from, to, 'an'))
    lines.push(line);
  writeFileSync(path, `${lines.join('\n')}\n`);
  const { findings, timestamps } = await verifyFile(path, [bus.certificate], authorities);
  assert.deepEqual([findings.length, timestamps.held, timestamps.without], [0, 12, [13, 14]]);
  const { anchor, timestamp, statement } = JSON.parse(
    lines.find((line) => line.startsWith('{"anchor":7,')) ?? '',
  );
  const digest = hash('sha256', statement, 'hex');
  assert.equal(anchor, 7);
  assert.match(stamps.openssl(Buffer.from(timestamp, 'base64'), digest), /Verification: OK/);

  const certificate = join(temporaryFolder(), 'bus.crt.pem');
  writeFileSync(certificate, bus.certificate);
  const needs = {
    ownCertificate: () => assert.fail('nothing is known but what was given'),
    timestampAuthorities: () => assert.fail('nothing is known but what was given'),
    ...{ verifyDatabase: () => assert.fail('there is no database'), verifyFile },
  };
  const said = async (...more: string[]) => {
    const terminal = paper();
    const argv = ['--file', path, '--certificate', certificate, ...more];
    assert.equal(await auditVerify(argv, terminal, needs), 0);
    return terminal.printed();
  };
  assert.match(
    await said('--timestamp-authority', stamps.certifier),
    /^12 anchors are time-stamped, the last of them, 12, at \S+Z; none on anchor 13 to 14$/m,
  );
  assert.match(await said(), /^12 time-stamps were not looked at: --timestamp-authority/m);
  await assert.rejects(said('--timestamp-authority', path), FailedError);
});

test('tells a time-stamp of another anchor, of another authority, and one from before the anchor', async () => {
  const said = async () => (await verify(authorities)).findings.map(({ what, text }) => `${what}: ${text}`);
  await database.sql(
    'UPDATE audit_timestamp SET token = (SELECT token FROM audit_timestamp WHERE anchor_number = 2) WHERE anchor_number = 3',
  );
  assert.deepEqual(await said(), [
    'changed: the time-stamp of anchor 3 does not hold: it stamps something else',
  ]);
  await database.sql('DELETE FROM audit_timestamp WHERE anchor_number = 3');
  const other = await makeTimestampAuthority('Vreemde TSA');
  const [strange] = (await verify([readFileSync(other.certifier, 'utf8')])).findings;
  assert.match(
    strange?.text ?? '',
    /time-stamp of anchor 1 does not hold: .* was not issued by a configured authority/,
  );
  await stamp();
  clock.advance(DAY);
  await anchors(1);
  await stamp(); // by the authority's clock, on which it is not tomorrow yet
  assert.match(
    (await said()).join(),
    /^changed: the time-stamp of anchor 15 does not hold: .*before the anchor was made$/,
  );
});
