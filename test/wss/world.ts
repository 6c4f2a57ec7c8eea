import assert from 'node:assert/strict';
import type { Party } from '../../src/exchange/party.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { verifySignature } from '../../src/wss/verify.ts';
import { issue, makeAuthority, NOW } from '../support/certificates.ts';
import { received } from '../support/signed-message.ts';

/** One authority, one party, and how a message of that party fares: what the tests of signatures have in common. */
export const authority = await makeAuthority('Voorbeeld CA');
export const alice = await issue(authority, 'alice');
export const trust = createTrust({ authorities: [authority.certificate] });

export const party: Party = {
  id: 1,
  name: 'alice',
  cbeNumber: '0123456749',
  profile: 'strict',
  profileUntil: null,
  identities: [],
};

export const TOMORROW = new Date(NOW.getTime() + 86_400_000);

/** Verifies a message of a party that has what `as` says, and tells what was proven. */
export function verify(message: string | Uint8Array, as: Partial<Party> = {}, at = NOW) {
  const { envelope, dispose } = received(message);
  try {
    const needs = { trust, partyOf: () => ({ ...party, ...as }) };
    const { question, signer, imprint } = verifySignature(envelope, needs, at);
    return {
      text: question.text,
      name: question.name,
      profile: signer.profile,
      subject: signer.certificate?.subject,
      imprint,
    };
  } finally {
    dispose();
  }
}

const VERIFICATION_FAILURE = 'ERR_025: Verification failure';

/** Asserts that the message is refused for a reason that matches, and that the sender is told nothing of it. */
export function assertRefused(
  message: string | Uint8Array,
  reason: RegExp,
  as: Partial<Party> = {},
  at = NOW,
  told = VERIFICATION_FAILURE,
): void {
  assert.throws(
    () => verify(message, as, at),
    (refusal: unknown) => {
      assert.ok(refusal instanceof Refusal, String(refusal));
      assert.match(refusal.message, reason);
      assert.equal(refusal.code, 'ERR_025');
      assert.equal(refusal.text, told);
      return true;
    },
  );
}

export const assertUnsigned = (message: string, reason: RegExp): void =>
  assertRefused(message, reason, {}, NOW, `${VERIFICATION_FAILURE}: No signature in message!`);
