import { X509Certificate } from 'node:crypto';
import * as m from '../support/signed-message.ts';
import { type Attack, attack } from './attack.ts';
import { BODY, type Changes, type Craft, cut, OTHER, replaced, x509Data } from './craft.ts';

/** A and B for the parties that may send less than the strict profile wants: what they may not do all the same. */

const LEGACY = { uri: 'legacy.example/ipdc6001-aip' };
const HEADER = { uri: 'legacy-header.example/ipdc6001-aip' };
const SHA1 = 'http://www.w3.org/2000/09/xmldsig#';

const inclusive = m.transform(m.ENVELOPED) + m.transform(m.INCLUSIVE);
const keyValue = (modulus: string) =>
  `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${modulus}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`;

/** As clients with a bare signature in the Header send it. */
function bare(
  { cast, question, signed }: Craft,
  changes: Changes = {},
  by = cast.parties['legacy-header'],
): string {
  const { n = '' } = new X509Certificate(by.certificate).publicKey.export({ format: 'jwk' });
  return signed(
    {
      bodyAttributes: 'Id="Body"',
      body: question(by === cast.parties.afnemer ? {} : HEADER),
      references: m.reference('#Body', 1, inclusive),
      canonicalization: `<ds:CanonicalizationMethod Algorithm="${m.INCLUSIVE}"/>`,
      keyInfo: keyValue(Buffer.from(n, 'base64url').toString('base64')) + x509Data([by]),
      header: m.signatureOf,
      ...changes,
    },
    by,
  );
}

/** As clients of the previous generation send it: the Body is signed, and nothing else. */
const bodyOnly = ({ cast, question, signed }: Craft, changes: Changes = {}) =>
  signed(
    { body: question(LEGACY), timestamp: '', references: m.reference('#BODY', 1), ...changes },
    cast.parties.legacy,
  );

const ofBare = (
  line: string,
  what: string,
  reason: RegExp,
  hostile: (craft: Craft) => string,
  forged = false,
) => attack(line, `bare signature ${what}`, reason, hostile, { twin: (craft) => bare(craft), forged });
const ofBodyOnly = (
  line: string,
  what: string,
  reason: RegExp,
  changes: (craft: Craft) => Changes,
  twin: (craft: Craft) => Changes = () => ({}),
) =>
  attack(line, `Body alone signed, ${what}`, reason, (craft) => bodyOnly(craft, changes(craft)), {
    twin: (craft) => bodyOnly(craft, twin(craft)),
  });

export const laxProfiles: readonly Attack[] = [
  ofBare('A14', 'of a party that may not', /needs profile header-signature, afnemer has strict/, (craft) =>
    bare(craft, {}, craft.cast.parties.afnemer),
  ),
  ofBare('A18', 'beside another', /^2 bare signatures/, (craft) =>
    bare(craft, { header: (parts) => `${m.signatureOf(parts)}<ds:Signature/>` }),
  ),
  ofBare('A15', 'over a header block too', /^a bare signature over more than the Body/, (craft) =>
    bare(craft, {
      header: (parts) => `<x:B xmlns:x="urn:x" wsu:Id="X"/>${m.signatureOf(parts)}`,
      references: m.reference('#Body', 1, inclusive) + m.reference('#X', 2, inclusive),
    }),
  ),
  ofBare('A12', 'with its id elsewhere', /^id Body occurs 2 times/, (craft) =>
    replaced(bare(craft), '</s:Header>', '<x:B xmlns:x="urn:x" Id="Body"/></s:Header>'),
  ),
  ofBare('A7', 'whose Body is under a block', /^#Body is the id of 0 parts/, (craft) => {
    const good = bare(craft);
    const evil = `<s:Body>${craft.question({ ...HEADER, insz: OTHER })}</s:Body>`;
    const block = `<s:Old>${cut(good, BODY)}</s:Old></s:Header>`;
    return replaced(replaced(good, cut(good, BODY), evil), '</s:Header>', block);
  }),
  ofBare(
    'A17',
    'under a declaration put above it',
    /^SignatureValue does not fit/,
    (craft) => bare(craft).replace('<s:Envelope ', '<s:Envelope xmlns:evil="urn:evil" '),
    true,
  ),
  ofBare('A19', 'whose key contradicts the certificate', /^KeyValue contradicts/, (craft) =>
    bare(craft, { keyInfo: keyValue('AQAB') + x509Data([craft.cast.parties['legacy-header']]) }),
  ),
  ofBare('A19', 'whose exponent contradicts the certificate', /^KeyValue contradicts/, (craft) =>
    bare(craft).replace('AQAB', 'Aw=='),
  ),
  ofBare('A19', 'with two X509Data', /is not one X509Data/, (craft) =>
    bare(craft, {
      keyInfo: x509Data([craft.cast.parties['legacy-header']]) + x509Data([craft.cast.parties.afnemer]),
    }),
  ),
  ofBare('B4', 'with a key alone', /is not one X509Data/, (craft) =>
    bare(craft, { keyInfo: keyValue('AQAB') }),
  ),
  ofBare('B2', 'with SHA-1', /^SHA-1 in a bare signature/, (craft) =>
    bare(craft, { signatureMethod: `${SHA1}rsa-sha1` }),
  ),
  ofBodyOnly('A13', 'no Body but a Timestamp', /^the Body is not signed/, (craft) => ({
    timestamp: craft.timestamp(0, 200),
    references: m.reference('#TS', 1),
  })),
  ofBodyOnly(
    'B6',
    'with a Timestamp that has expired',
    /^Timestamp has expired/,
    (craft) => ({ timestamp: craft.timestamp(-300, -90) }),
    (craft) => ({ timestamp: craft.timestamp(-300, 30) }),
  ),
  ofBodyOnly(
    'B2',
    'with MD5',
    /^signature algorithm .*rsa-md5" is not allowed/,
    () => ({ signatureMethod: `${m.MORE}rsa-md5` }),
    () => ({ signatureMethod: `${SHA1}rsa-sha1` }),
  ),
  ofBodyOnly('B3', 'in inclusive form', /^inclusive C14N in wsse:Security/, () => ({
    references: m.reference('#BODY', 1, m.transform(m.INCLUSIVE)),
  })),
];
