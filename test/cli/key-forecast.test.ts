import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { key } from '../../src/cli/key.ts';
import type { SeenCertificate } from '../../src/cli/key-forecast.ts';
import { unlimited } from '../../src/exchange/party.ts';
import { type OcspQuestion, writeQuestion } from '../../src/wss/ocsp-question.ts';
import { createTrust, type TrustSettings, type TrustStore } from '../../src/wss/trust.ts';
import { issue, makeAuthority, revoke, type TestCertificate } from '../support/certificates.ts';
import { AT } from '../support/message.ts';
import { answerAs } from '../support/responder.ts';
import { openDesk, temporaryFolder } from './configuration-desk.ts';

const DAY = 86_400_000;
const on = (days: number) => new Date(Math.floor(AT.getTime() / 1000) * 1000 + days * DAY);
const lasting = (days: number) => ({ notBefore: on(-400), notAfter: on(days) });
const seenAs = (...chain: readonly TestCertificate[]): SeenCertificate => ({
  chain: chain.map(({ certificate }) => new X509Certificate(certificate).raw),
});

const root = await makeAuthority('Wortel CA', undefined, lasting(400));
const middle = await makeAuthority('Tussen CA', root, lasting(30));
const old = await issue(middle, 'stad', lasting(5));
const renewed = await issue(middle, 'stad', lasting(20));
const gone = await issue(root, 'weg', lasting(-2));
const bus = await issue(root, 'bus', lasting(40));
const file = (name: string, { certificate }: TestCertificate) => ({ name, text: certificate });

const { run, store } = await openDesk();
const party = { cbeNumber: '0999990519', identities: [], profile: 'strict', profileUntil: null } as const;
const town = await store.addParty({ ...party, name: 'Dorp', certificates: [old.subject] });
await store.addParty({
  ...{ ...party, name: 'Oud', cbeNumber: '0999990618', certificates: [gone.subject] },
  ...{ profile: 'magda-2.0', profileUntil: on(3) },
});
const grant = { partyId: town.id, uri: 'dorp.example', hoedanigheid: null, version: '02.02', visible: [] };
const from = { legalBasis: 'Decreet', validFrom: on(-10), ...unlimited };
await store.addGrant({ ...grant, ...from, service: 'GeefPersoon', validUntil: on(10) });
await store.addGrant({ ...grant, ...from, service: 'GeefPersoon', validFrom: on(10), validUntil: on(50) });
await store.addGrant({ ...grant, ...from, service: 'GeefDossier', validUntil: on(-1) });

const settings: TrustSettings = {
  authorities: [file('roots.pem', root)],
  revoked: [{ name: 'wortel.crl', content: await revoke(root, [], on(7), on(-1)) }],
};
async function foresee(
  days: number,
  seen: readonly SeenCertificate[],
  trusting = settings,
  learn = async (_trust: TrustStore, _questions: readonly OcspQuestion[]) => {},
) {
  const told = await run(
    (argv, desk) =>
      key(argv, desk, {
        keys: () => ({ bus: null, authorities: [] }),
        judging: () => {
          const trust = createTrust(trusting);
          return { ...trust, learn: (questions) => learn(trust, questions) };
        },
        seen: () => seen,
        own: () => [{ what: 'signing certificate', setting: 'KRUISPUNT_SIGNING_CERT', pem: bus.certificate }],
        keep: async () => {},
      }),
    ...['forecast', '--days', String(days), '--json'],
  );
  assert.equal(told.code, 0);
  const rows: readonly { at: string | null; daysLeft: number | null; who: string; what: string }[] =
    JSON.parse(told.printed);
  return rows.map(({ daysLeft, who, what }) => `${daysLeft} ${who}: ${what.split(',')[0]}`);
}

test('tells by date who stops working when, and of whom that is not known', async () => {
  const seen = [seenAs(old, middle), seenAs(renewed, middle), seenAs(gone)];
  assert.deepEqual(await foresee(60, seen), [
    '-2 Oud: certificate CN=weg',
    '3 Oud: signature profile magda-2.0',
    '7 Dorp, Oud: revocation list wortel.crl of CN=Wortel CA',
    // The earlier certificate has a renewal, and so has the first grant.
    '20 Dorp: certificate CN=stad',
    '30 Dorp: intermediate',
    '40 everybody: signing certificate CN=bus',
    '50 Dorp: grant 3 for GeefPersoon 02.02',
    'null Stad: certificate CN=stad: none was seen here',
  ]);
  assert.deepEqual((await foresee(10, seen)).length, 4);
  assert.ok((await foresee(500, seen)).includes('400 Dorp, Oud: authority CN=Wortel CA'));
});

test('tells who does not work any more, though nothing has ended', async () => {
  const revoked = [{ name: 'wortel.crl', content: await revoke(root, [middle.serial], on(7), on(-1)) }];
  const [, first] = await foresee(1, [seenAs(renewed, middle), seenAs(gone)], { ...settings, revoked });
  assert.match(first ?? '', /^0 Dorp: is not relied on: certificate CN=Tussen CA/);
});

test('tells of a responder by the first of its answers that ends, and who is refused without any', async () => {
  const responders = [{ ...file('tussen.pem', middle), url: 'http://ocsp.example/' }];
  const told = await foresee(
    60,
    [seenAs(renewed, middle)],
    { ...settings, responders },
    async (trust, asked) => {
      for (const question of asked) {
        const nonce = randomBytes(32);
        const telling = { thisUpdate: on(0), nextUpdate: on(6) };
        const answer = answerAs(middle, writeQuestion(question, nonce), telling);
        trust.takeAnswer(question, answer, { nonce, demandsNonce: true, at: AT });
      }
    },
  );
  assert.ok(told.includes('6 Dorp: answers of http://ocsp.example/'), told.join('\n'));
  const [first] = await foresee(1, [seenAs(renewed, middle)], { ...settings, responders });
  assert.match(first ?? '', /^0 Dorp: is not relied on: whether CN=stad/);
});

test('leaves out an authority beside which its renewal is configured', async () => {
  const young = await makeAuthority('Wortel CA', undefined, lasting(4000));
  const authorities = [file('roots.pem', root), file('nieuw.pem', young)];
  const told = await foresee(500, [seenAs(renewed, middle)], { ...settings, authorities });
  assert.deepEqual(
    told.filter((each) => each.includes('authority')),
    [],
  );
});

test('keeps a certificate that is registered from its file', async () => {
  const kept: Buffer[] = [];
  const path = join(temporaryFolder(), 'nieuw.pem');
  writeFileSync(path, (await issue(root, 'nieuw', lasting(9))).certificate);
  await run(
    (argv, desk) =>
      key(argv, desk, {
        keys: () => ({ bus: null, authorities: [] }),
        judging: () => ({ ...createTrust(settings), learn: async () => {} }),
        seen: () => [],
        own: () => [],
        keep: async (chain) => void kept.push(...chain),
      }),
    ...['add', 'Stad', '--certificate', path, '--certificate', 'CN=zonder bestand'],
  );
  assert.equal(kept.length, 1);
});
