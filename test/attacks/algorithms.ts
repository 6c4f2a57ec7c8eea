import * as m from '../support/signed-message.ts';
import { ANSWERS, type Unanswered } from './answers.ts';
import { type Attack, attack } from './attack.ts';
import type { Cast } from './cast.ts';
import { type Craft, cut, replaced, SIGNED_INFO, x509Data } from './craft.ts';

/** B. Algorithms, keys, certificates and moments. */

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const exclusive = m.transform(m.EXCLUSIVE);
const both = (transforms: string, digest = m.SHA256) =>
  m.reference('#BODY', 1, transforms, digest) + m.reference('#TS', 2, transforms, digest);
const method = (line: string, what: string, signatureMethod: string, reason: RegExp) =>
  attack(line, what, reason, (craft) => craft.signed({ signatureMethod }));
const transforms = (line: string, what: string, list: string, reason: RegExp) =>
  attack(line, what, reason, (craft) => craft.signed({ references: both(list) }));
const keyInfo = (line: string, what: string, content: (craft: Craft) => string, reason: RegExp) =>
  attack(line, what, reason, (craft) => craft.signed({ keyInfo: content(craft) }), {
    twin: (craft) => craft.signed({ token: '', keyInfo: x509Data([craft.cast.parties.afnemer]) }),
  });
const certificate = (line: string, which: keyof Cast['bad'], reason: RegExp, signatureMethod?: string) =>
  attack(
    line,
    `certificate ${which}`,
    reason,
    (craft) => craft.signedBy(craft.cast.bad[which], signatureMethod),
    {
      twin: (craft) => craft.signedBy(craft.cast.chained),
    },
  );
const unanswered = Object.entries(ANSWERS).map(([which, { reason }]) =>
  attack('B7', which, reason, (craft) => craft.signed({}, craft.cast.unanswered[which as Unanswered]), {
    twin: (craft) => craft.signed({}, craft.cast.answered),
  }),
);
const moments = (
  what: string,
  reason: RegExp,
  from: number,
  until: number,
  twin: readonly [number, number],
) =>
  attack('B6', what, reason, (craft) => craft.signed({ timestamp: craft.timestamp(from, until) }), {
    twin: (craft) => craft.signed({ timestamp: craft.timestamp(...twin) }),
  });
const timestamp = (what: string, reason: RegExp, change: (timestamp: string) => string) =>
  attack('B6', what, reason, (craft) => craft.signed({ timestamp: change(craft.timestamp(0, 200)) }));
const inInfo = (line: string, what: string, reason: RegExp, from: RegExp, to: string) =>
  attack(line, what, reason, (craft) => craft.seal({}, (text) => text.replace(from, to)));

const tokenReference = (attributes: string) =>
  `<wsse:SecurityTokenReference><wsse:Reference ${attributes}/></wsse:SecurityTokenReference>`;
const prefixList = (list: string) =>
  `<ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}" PrefixList="${list}"/>`;
/** A SEQUENCE of one certificate. */
function pkiPathOf({ certificate }: { readonly certificate: string }): string {
  const path = Buffer.from(m.derOf(certificate), 'base64');
  const head = Buffer.from([0x30, 0x82, path.length >> 8, path.length & 0xff]);
  return Buffer.concat([head, path]).toString('base64');
}
const notAllowed = /^signature algorithm .* is not allowed/;

export const algorithms: readonly Attack[] = [
  method('B1', 'HMAC with SHA-256', `${m.MORE}hmac-sha256`, notAllowed),
  method('B1', 'HMAC with SHA-1', `${DSIG}hmac-sha1`, notAllowed),
  inInfo(
    'B1',
    'truncation',
    /^SignatureMethod has parameters/,
    /(<ds:SignatureMethod [^>]*)\/>/,
    '$1><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>',
  ),
  method('B2', 'RSA with MD5', `${m.MORE}rsa-md5`, notAllowed),
  method('B2', 'DSA', `${DSIG}dsa-sha1`, notAllowed),
  method('B2', 'RSA with SHA-1', `${DSIG}rsa-sha1`, /^SHA-1: needs profile magda-2.0/),
  attack('B2', 'SHA-1 as digest', /^SHA-1: needs profile magda-2.0/, (craft) =>
    craft.signed({ references: both(exclusive, `${DSIG}sha1`) }),
  ),
  attack('B2', 'MD5 as digest', /^digest algorithm .*md5" of #BODY-\w+ is not allowed/, (craft) =>
    craft.signed({ references: both(exclusive, `${m.MORE}md5`) }),
  ),
  certificate('B2', 'with RSA of 1024 bits', /^RSA key of .* has 1024 bits/),
  certificate('B2', 'on P-521', /^key of .* is ec secp521r1/, `${m.MORE}ecdsa-sha512`),
  certificate('B2', 'issued with SHA-1', /was issued with algorithm 1\.2\.840\.113549\.1\.1\.5/),
  method('B3', 'no signature algorithm', '', notAllowed),
  method(
    'B3',
    'algorithm for another kind of key',
    `${m.MORE}ecdsa-sha256`,
    /^signature algorithm for ec, key of the certificate is rsa/,
  ),
  attack('B3', 'no digest algorithm', /^digest algorithm "" .* is not allowed/, (craft) =>
    craft.signed({ references: both(exclusive, '') }),
  ),
  transforms('B3', 'C14N with comments', m.transform(`${m.EXCLUSIVE}WithComments`), /is not allowed/),
  transforms('B3', 'C14N 1.1', m.transform('http://www.w3.org/2006/12/xml-c14n11'), /is not allowed/),
  transforms('B3', 'inclusive C14N', m.transform(m.INCLUSIVE), /^inclusive C14N in wsse:Security/),
  transforms('B3', 'the STR-Transform', m.transform('urn:STR-Transform'), /is not allowed/),
  transforms(
    'B3',
    'an XPath filter',
    m.transform('http://www.w3.org/2002/06/xmldsig-filter2'),
    /is not allowed/,
  ),
  transforms('B3', 'parameters of C14N', m.transform(m.EXCLUSIVE, '<x/>'), /parameters that are not known/),
  transforms(
    'B3',
    'parameters of enveloped-signature',
    m.transform(m.ENVELOPED, '<x/>') + exclusive,
    /^enveloped-signature has parameters/,
  ),
  attack('B3', 'a Reference of nobody', /^Reference where Reference belongs/, (craft) =>
    craft.signed({
      references: both(exclusive).replaceAll('ds:Reference', 'x:Reference'),
      envelopeAttributes: 'xmlns:x="urn:x"',
    }),
  ),
  keyInfo('B4', 'a bare key', () => '<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>', /^KeyInfo with KeyValue/),
  certificate('B4', 'self-signed', /was not issued by a configured authority/),
  certificate('B4', 'of another authority', /was not issued by a configured authority/),
  certificate('B4', 'of an authority of the same name', /was not issued by a configured authority/),
  certificate('B4', 'by an intermediate that is no CA', /is no CA \(basicConstraints\)/),
  certificate('B4', 'by an intermediate that may not issue', /excludes keyCertSign/),
  certificate('B4', 'below the path length', /^pathLenConstraint 0 of .* is exceeded/),
  certificate(
    'B4',
    'of an authority for others',
    /may certify: its directoryName is in nothing that is permitted/,
  ),
  certificate('B4', 'of an authority for all but these', /may certify: its directoryName is excluded/),
  certificate('B4', 'with seven certificates', /^7 certificates in a chain, at most 6/),
  certificate('B4', 'with an unknown critical extension', /has the critical extension 1\.2\.3\.4\.5/),
  certificate('B4', 'without digitalSignature', /excludes digitalSignature/),
  certificate('B5', 'of somebody else', /^certificate CN=vreemde,.* is registered to no party/),
  certificate('B6', 'that has expired', /expired on /),
  certificate('B6', 'that is not yet valid', /is not valid before /),
  moments('Timestamp in the future', /^Timestamp lies in the future/, 90, 200, [30, 200]),
  moments('Timestamp that has expired', /^Timestamp has expired/, -300, -90, [-300, -30]),
  moments('Expires before Created', /^Timestamp expires before it begins/, 20, 10, [10, 20]),
  moments('Timestamp of an hour', /^Timestamp lives longer/, 0, 3600, [0, 590]),
  timestamp('Timestamp without Expires', /^Timestamp does not hold exactly one/, (text) =>
    text.replace(/<wsu:Expires>.*<\/wsu:Expires>/, ''),
  ),
  timestamp('Timestamp with a second Expires', /^Timestamp does not hold exactly one/, (text) =>
    text.replace(/<wsu:Expires>.*<\/wsu:Expires>/, '$&$&'),
  ),
  timestamp('Timestamp in another time zone', /is no moment in UTC/, (text) =>
    text.replaceAll('Z<', '+00:00<'),
  ),
  certificate('B7', 'revoked', /is revoked/),
  certificate('B7', 'of a list that expired', /^revocation list of .* expired on/),
  ...unanswered,
  certificate(
    'B8',
    'whose name reads like a party',
    /^certificate CN=afnemer\\,O=CBE 0999990420\\,C=BE,.* no party/,
    `${m.MORE}ecdsa-sha256`,
  ),
  keyInfo(
    'B8',
    'a reference of nobody',
    () =>
      '<wsse:SecurityTokenReference><x:Reference xmlns:x="urn:x" URI="#X509"/></wsse:SecurityTokenReference>',
    /^KeyInfo with Reference is not supported/,
  ),
  keyInfo(
    'B8',
    'a key identifier',
    () => '<ds:X509Data><ds:X509SKI>AAAA</ds:X509SKI></ds:X509Data>',
    /names no certificate/,
  ),
  keyInfo('B8', 'a key name', () => '<ds:KeyName>afnemer</ds:KeyName>', /^KeyInfo with KeyName/),
  keyInfo(
    'B8',
    'another kind of token than it is',
    () => tokenReference(`URI="#X509" ValueType="${m.PKI_PATH}"`),
    /^reference expects/,
  ),
  attack('B8', 'token in another encoding', /^token encoding .*#HexBinary/, (craft) =>
    craft.signed({ token: craft.draft().token.replace('#Base64Binary', '#HexBinary') }),
  ),
  attack('B8', 'token of another type', /^token type /, (craft) => {
    const token = craft.draft().token.replaceAll(m.X509V3, 'urn:other');
    return craft.signed({ token, keyInfo: tokenReference('URI="#X509"') });
  }),
  attack('B8', 'PKIPath token', /^a PKIPath token: needs profile/, (craft) => {
    const token = m.tokenOf(pkiPathOf(craft.cast.parties.afnemer), m.PKI_PATH);
    return craft.signed({ token, keyInfo: tokenReference('URI="#X509"') });
  }),
  ...Object.entries({
    'bytes behind the certificate': (pem: string) =>
      Buffer.concat([Buffer.from(m.derOf(pem), 'base64'), Buffer.from('more')]),
    'certificate in PEM': (pem: string) => Buffer.from(pem),
  }).map(([what, bytesOf]) =>
    attack('B8', `token with ${what}`, /^a certificate in the message is not in DER/, (craft) =>
      craft.signed({
        token: m.tokenOf(bytesOf(craft.cast.parties.afnemer.certificate).toString('base64')),
      }),
    ),
  ),
  attack('B8', 'token padded to 40,000 characters', /^BinarySecurityToken of 4\d+ characters/, (craft) =>
    craft.signed({ token: craft.draft().token.replace('</', `${' '.repeat(40_000)}</`) }),
  ),
  attack(
    'B8',
    'signature value of another message',
    /^SignatureValue does not fit/,
    (craft) => {
      const value = cut(craft.signed(), /<ds:SignatureValue>.*<\/ds:SignatureValue>/);
      return craft.signed().replace(/<ds:SignatureValue>.*<\/ds:SignatureValue>/, () => value);
    },
    { forged: true },
  ),
  attack('B8', 'digest that is not base64', /^DigestValue does not hold base64/, (craft) =>
    craft.seal({}, (text) => text.replace('@D1@', '@D1@!')),
  ),
  attack('C4', 'two SignedInfo', /^Signature holds \[SignedInfo SignedInfo/, (craft) => {
    const good = craft.signed();
    return replaced(good, cut(good, SIGNED_INFO), cut(good, SIGNED_INFO).repeat(2));
  }),
  attack('C6', 'PrefixList without end', /^PrefixList is too long/, (craft) =>
    craft.signed({ references: both(m.transform(m.EXCLUSIVE, prefixList('a '.repeat(1001)))) }),
  ),
  ...['s  wsu', ' s'].map((list) =>
    attack(
      'C6',
      `PrefixList ${JSON.stringify(list)}`,
      /^PrefixList is not prefixes with a space between/,
      (craft) => craft.signed({ references: both(m.transform(m.EXCLUSIVE, prefixList(list))) }),
    ),
  ),
  attack('B8', 'signature value that is not filled up', /^SignatureValue does not hold base64/, (craft) =>
    craft.signed().replace(/==(?=<\/ds:SignatureValue>)/, ''),
  ),
  transforms(
    'D7',
    'XPath before C14N',
    m.transform('http://www.w3.org/TR/1999/REC-xpath-19991116') + exclusive,
    /^2 transforms/,
  ),
  transforms(
    'D7',
    'XSLT after C14N',
    exclusive + m.transform('http://www.w3.org/TR/1999/REC-xslt-19991116'),
    /^2 transforms/,
  ),
  transforms('D7', 'base64', m.transform(`${DSIG}base64`), /is not allowed/),
];
