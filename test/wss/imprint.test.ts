import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Party } from '../../src/exchange/party.ts';
import { issue, NOW } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { alice, authority, TOMORROW, verify } from './world.ts';

const legacy: Partial<Party> = { profile: 'magda-2.0', profileUntil: TOMORROW };
const keyOf = (message: string, as: Partial<Party> = {}) => verify(message, as).imprint?.key;

test('knows a message again by what was signed and by whom, whatever else is in it', async () => {
  const first = keyOf(m.signed(alice));
  assert.match(first ?? '', /^20260302100600000[A-Za-z0-9_-]{43}$/);
  const header: m.Draft['header'] = (parts) =>
    `<wsse:Security ${parts.securityAttributes}>\n${parts.security(parts)}</wsse:Security><x xmlns="urn:x"/>`;
  assert.equal(keyOf(m.signed(alice, { header })), first);
  const otherBody = m.QUESTION.replace('dossier', 'ander dossier');
  assert.notEqual(keyOf(m.signed(alice, { body: otherBody })), first);
  assert.notEqual(keyOf(m.signed(alice, { timestamp: m.timestamp(m.moment(1), m.moment(300)) })), first);
  assert.notEqual(keyOf(m.signed(await issue(authority, 'bob'))), first);
});

test('knows a message again that carries another signature value of the same signer', async () => {
  const carol = await issue(authority, 'carol', { kind: 'p-256' });
  const sign = () => m.signed(carol, { signatureMethod: `${m.MORE}ecdsa-sha256` });
  const [one, other] = [sign(), sign()];
  assert.notEqual(one, other);
  assert.equal(keyOf(one), keyOf(other));
});

test('says until when a message would be accepted, the minute by which clocks may differ included', () => {
  const last = new Date(NOW.getTime() + 360_000);
  const message = m.signed(alice);
  assert.deepEqual(verify(message).imprint?.until, last);
  assert.equal(verify(message, {}, last).name, 'Vraag');
  assert.throws(() => verify(message, {}, new Date(last.getTime() + 1)), /expired/);
});

test('says no end of a message whose Timestamp could be exchanged for a later one, or that has none', () => {
  const bodyOnly = m.reference('#BODY', 1);
  assert.equal(verify(m.signed(alice, { references: bodyOnly }), legacy).imprint?.until, null);
  assert.equal(verify(m.signed(alice, { timestamp: '', references: bodyOnly }), legacy).imprint?.until, null);
});
