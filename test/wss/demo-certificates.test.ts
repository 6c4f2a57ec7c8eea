import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { issueCertificate, makeAuthority } from '../../src/demo/certificates.ts';
import { createSigner } from '../../src/wss/sign.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { NOW } from '../support/certificates.ts';

const clock = { now: () => NOW };

test('the certificates of the demonstration are trusted through its authority, and can sign', async () => {
  const authority = await makeAuthority('Demo CA', clock);
  const issued = await issueCertificate(
    authority,
    { commonName: 'afnemer', organisation: 'Stad Voorbeeld' },
    clock,
  );
  const trust = createTrust({ authorities: [authority.certificate] });
  const { raw, validToDate } = new X509Certificate(issued.certificate);
  assert.equal(trust.check([raw], NOW).certificate.subject, 'CN=afnemer,O=Stad Voorbeeld,C=BE');
  assert.equal(validToDate.toISOString(), '2028-03-02T09:00:00.000Z');
  assert.match(issued.privateKey, /^-----BEGIN PRIVATE KEY-----/);
  assert.ok(createSigner({ ...issued, clock, randomId: () => 'a' }));
});

test('a party gets a second certificate under the same name', async () => {
  const authority = await makeAuthority('Demo CA', clock);
  const subject = { commonName: 'afnemer', organisation: 'Stad Voorbeeld', serial: '0A' };
  const issued = await issueCertificate(authority, subject, clock);
  assert.equal(new X509Certificate(issued.certificate).serialNumber, '0A');
});
