import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { askResponders } from '../../src/ask-responders.ts';
import { key } from '../../src/cli/key.ts';
import { createTrust, type TrustSettings } from '../../src/wss/trust.ts';
import { issue, makeAuthority, NOW, revoke } from '../support/certificates.ts';
import { stoppedClock } from '../support/clock.ts';
import { answerAs, refusalOf } from '../support/responder.ts';
import { openDesk, temporaryFolder } from './configuration-desk.ts';

const root = await makeAuthority('Wortel CA');
const middle = await makeAuthority('Tussen CA', root);
const leaf = await issue(middle, 'stad');
const folder = temporaryFolder();
const keep = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const stad = keep('stad.pem', leaf.certificate);
const tussen = keep('tussen.pem', middle.certificate);
const roots = { name: 'roots.pem', text: root.certificate };
const verb =
  (settings: TrustSettings): Parameters<Awaited<ReturnType<typeof openDesk>>['run']>[0] =>
  (argv, desk) =>
    key(argv, desk, {
      keys: () => ({ bus: null, authorities: [] }),
      judging: () => ({ ...createTrust(settings), learn: async () => {} }),
      seen: () => [],
      own: () => [],
      keep: async () => {},
    });

const { run, store } = await openDesk();
await store.addParty({
  ...{ name: 'Stad Voorbeeld', cbeNumber: '0999990519', profile: 'magda-2.0' },
  ...{ profileUntil: new Date('2027-01-01T00:00:00Z'), identities: [], certificates: [leaf.subject] },
});
const now = NOW.toISOString();

test('tells that a certificate is relied on, as whom, and until when its profile lasts', async () => {
  const trusting = verb({ authorities: [roots] });
  const told = await run(trusting, 'diagnose', stad, '--chain', tussen, '--at', now);
  assert.equal(told.code, 0, told.printed);
  assert.match(told.printed, /certificate 2 of 3: CN=Tussen CA.*\n {2}as it was given/);
  assert.match(told.printed, /certificate 3 of 3: CN=Wortel CA.*\n {2}in roots\.pem/);
  assert.match(told.printed, /registered to Stad Voorbeeld .*magda-2\.0, which lasts until 2027-01-01/);
  assert.match(told.printed, /\nrelied on at .*, as Stad Voorbeeld$/);
  const { links, accepted, party } = JSON.parse(
    (await run(trusting, 'diagnose', stad, '--chain', tussen, '--at', now, '--json')).printed,
  );
  assert.deepEqual([links.length, accepted, party.name], [3, true, 'Stad Voorbeeld']);
});

test('tells which link, field and file stand in the way, in the words with which messages are refused', async () => {
  const list = { name: 'wortel.crl', content: await revoke(root, [middle.serial]) };
  const settings = { authorities: [roots], revoked: [list] };
  const told = await run(verb(settings), 'diagnose', stad, '--chain', tussen, '--at', now);
  assert.equal(told.code, 1);
  assert.match(told.printed, /BAD {3}revocation .*CN=Tussen CA.* is revoked\n +to mend it: .*wortel\.crl/);
  const ders = [leaf, middle].map(({ certificate }) => new X509Certificate(certificate).raw);
  assert.throws(
    () => createTrust(settings).check(ders, NOW),
    (refusal: Error) => told.printed.endsWith(`NOT relied on at ${now}: ${refusal.message}`),
  );
});

test('asks responders as the bus does, and tells what they answered or why they did not', async () => {
  const url = 'http://ocsp.example/';
  const settings = {
    authorities: [roots],
    responders: [{ name: 'tussen.pem', text: middle.certificate, url }],
  };
  const asking =
    (answer: (request: Buffer) => Buffer): Parameters<typeof run>[0] =>
    (argv, desk) =>
      key(argv, desk, {
        keys: () => ({ bus: null, authorities: [] }),
        judging: () => {
          const trust = createTrust(settings);
          const pace = { least: 1000, most: 1000, retry: 1000 };
          const clock = stoppedClock(NOW);
          const post = async (_url: string, body: Buffer) => answer(body);
          const needs = {
            trust,
            folder: join(folder, 'ocsp'),
            grace: 0,
            clock,
            demandsNonce: true,
            post,
            pace,
          };
          return { ...trust, learn: askResponders(needs).ask };
        },
        ...{ seen: () => [], own: () => [], keep: async () => {} },
      });
  const diagnosed = (answer: (request: Buffer) => Buffer) =>
    run(asking(answer), 'diagnose', stad, '--chain', tussen, '--at', now);
  const late = await diagnosed(() => refusalOf(3));
  assert.equal(late.code, 1);
  assert.match(
    late.printed,
    /BAD {3}ocsp .* was not answered: http:\/\/ocsp.*the responder says tryLater\n +to mend it: /,
  );
  const other = await diagnosed((request) => answerAs(root, request));
  assert.match(other.printed, /BAD {3}ocsp .*signed neither by the issuer nor by anybody/);
  const fine = await diagnosed((request) => answerAs(middle, request));
  assert.equal(fine.code, 0, fine.printed);
  assert.match(fine.printed, /good {2}ocsp +good, says http:\/\/ocsp\.example\/, of 2026-/);
});

test('does not take a good chain for enough', async () => {
  const nobody = keep('niemand.der', new X509Certificate((await issue(root, 'niemand')).certificate).raw);
  const told = await run(verb({ authorities: [roots] }), 'diagnose', nobody, '--at', now);
  assert.equal(told.code, 1);
  assert.match(told.printed, /BAD {3}registered to no party: CN=niemand.*\n.*key add PARTY/);
});

test('judges at the moment that is asked', async () => {
  const trusting = verb({ authorities: [roots] });
  const told = await run(trusting, 'diagnose', stad, '--chain', tussen, '--at', '2080-01-01');
  assert.match(told.printed, /NOT relied on at 2080-01-01T00:00:00\.000Z: .*expired on/);
});

test('says what is wrong with what it is given', async () => {
  const trusting = verb({ authorities: [roots] });
  await assert.rejects(run(trusting, 'diagnose'), /kruispunt key diagnose FILE/);
  await assert.rejects(run(trusting, 'diagnose', stad, '--at', 'gisteren'), /expected a moment/);
  await assert.rejects(run(trusting, 'diagnose', keep('leeg.pem', '')), /leeg\.pem: no certificate/);
  await assert.rejects(run(trusting, 'diagnose', stad, '--chain', 'nergens'), /nergens: no certificate/);
});
