import { X509Certificate } from 'node:crypto';
import { describe } from './chain-link.ts';
import { failed } from './failed.ts';
import { pemCertificates } from './pem.ts';
import { recipientOf } from './recipient.ts';
import { subjectName } from './subject-name.ts';
import type { Trust } from './trust.ts';

/**
 * Believes these very certificates and no other, without an authority: for who knows the signer beforehand.
 *
 * @param texts PEM, one certificate or several in each
 * @throws Error when there is no certificate in them
 */
export function pinnedTrust(texts: readonly string[]): Trust {
  const pinned = texts.flatMap(pemCertificates).map((pem) => new X509Certificate(pem));
  if (pinned.length === 0) throw new Error('there is no PEM certificate to verify with');
  return {
    check: ([own], at) => {
      const found = own && pinned.find(({ raw }) => raw.equals(own));
      if (!found) throw failed('signed with another certificate than was given to verify with');
      if (at < found.validFromDate || at > found.validToDate)
        throw failed(`the certificate ${subjectName(found)} was not valid on ${at.toISOString()}`);
      return {
        key: found.publicKey,
        certificate: describe(found),
        recipient: recipientOf(found),
      };
    },
  };
}
