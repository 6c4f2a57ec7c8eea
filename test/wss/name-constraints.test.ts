import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { value } from '../../src/wss/der.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { issue, makeAuthority, type TestCertificate } from '../support/certificates.ts';
import { constrained, constraints, EC, ownRenewal, root, unreadable } from './constrained.ts';

const der = ({ certificate }: TestCertificate) => new X509Certificate(certificate).raw;
const faultOf = (chain: readonly TestCertificate[]) => {
  const authority = chain.at(-1)?.certificate ?? assert.fail();
  return createTrust({ authorities: [authority] }).explain(chain.map(der), new Date()).fault;
};

for (const { what, holds, chain } of [...constrained, await ownRenewal()])
  test(`${holds ? 'relies on' : 'refuses'} a certificate under name constraints: ${what}`, () => {
    if (holds) assert.equal(faultOf(chain), null);
    else
      assert.match(
        faultOf(chain) ?? '',
        /CN=.* is not what CN=.* may certify: .*\(nameConstraints of certificate/,
      );
  });

for (const [what, bytes] of Object.entries(unreadable))
  test(`refuses an authority with name constraints ${what}, whatever it issued`, async () => {
    const extensions = { '2.5.29.30': bytes };
    const middle = await makeAuthority('Onleesbare CA', root, { ...EC, extensions });
    const leaf = await issue(middle, 'afnemer', EC);
    assert.match(faultOf([leaf, middle, root]) ?? '', /may certify|cannot be read/);
    assert.throws(
      () => createTrust({ authorities: [middle.certificate] }),
      /name constraints of .* cannot be read/,
    );
  });

test('is soon done with names and constraints without end', async () => {
  const many = (count: number, tag: number) =>
    Array.from({ length: count }, (_, index) => value(tag, Buffer.from(`${index}.be`)));
  const extensions = { '2.5.29.30': constraints(many(800, 0x82), many(800, 0x82)) };
  const middle = await makeAuthority('Lange CA', root, { ...EC, extensions });
  const names = { '2.5.29.17': value(0x30, ...many(1500, 0x82)) };
  const chain = [await issue(middle, 'afnemer', { ...EC, extensions: names }), middle, root];
  const began = performance.now();
  assert.match(faultOf(chain) ?? '', /1501 names under 1600 constraints are too many/);
  assert.ok(performance.now() - began < 250);
});
