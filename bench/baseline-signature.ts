import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Document, Element } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';

/** Checks and makes signatures the usual way, with `xml-crypto`; keys are parsed once, which is in its favour. */

const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
const WSSE = `${OASIS}-wssecurity-secext-1.0.xsd`;
const WSU = `${OASIS}-wssecurity-utility-1.0.xsd`;
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const X509 = `${OASIS}-x509-token-profile-1.0#X509v3`;
const BASE64 = `${OASIS}-soap-message-security-1.0#Base64Binary`;
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

export const elementsOf = (parent: Element): readonly Element[] =>
  [...parent.childNodes].filter((node): node is Element => node.nodeType === node.ELEMENT_NODE);

export const childOf = (parent: Element, name: string): Element => {
  const found = elementsOf(parent).find((element) => element.localName === name);
  if (!found) throw new Error(`no ${name} in ${parent.nodeName}`);
  return found;
};

/** Who signed, and the value of the signature, by which a message is known again. */
export type Signer = { readonly subject: string; readonly fingerprint: string; readonly signature: string };
type Known = Omit<Signer, 'signature'> & {
  readonly key: KeyObject;
  readonly from: number;
  readonly until: number;
};

/** Verifies that a certificate of this authority signed Body and Timestamp, by position, and that it is fresh. */
export function verifier(authorityPem: string) {
  const authority = new X509Certificate(authorityPem);
  const known = new Map<string, Known>();

  function trusted(base64: string): Known {
    let found = known.get(base64);
    if (!found) {
      const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
      if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey))
        throw new Error('not issued by the authority');
      found = {
        subject: certificate.subject,
        fingerprint: certificate.fingerprint256,
        key: certificate.publicKey,
        from: Date.parse(certificate.validFrom),
        until: Date.parse(certificate.validTo),
      };
      known.set(base64, found);
    }
    const now = Date.now();
    if (now < found.from || now > found.until) throw new Error('the certificate is not valid today');
    return found;
  }

  return function verify(xml: string, document: Document): Signer {
    const envelope = document.documentElement;
    if (!envelope) throw new Error('empty document');
    const parts = elementsOf(envelope);
    if (parts.filter(({ localName }) => localName === 'Body').length !== 1) throw new Error('not one Body');
    const body = childOf(envelope, 'Body');
    const security = childOf(childOf(envelope, 'Header'), 'Security');
    const timestamp = childOf(security, 'Timestamp');
    const signature = childOf(security, 'Signature');
    const signer = trusted(childOf(security, 'BinarySecurityToken').textContent ?? '');
    assertFresh(timestamp);
    const checker = new SignedXml({ publicCert: signer.key });
    checker.loadSignature(String(signature));
    const references = checker.getReferences().map(({ uri }) => uri);
    for (const part of [body, timestamp]) {
      if (!references.includes(`#${part.getAttributeNS(WSU, 'Id')}`))
        throw new Error(`${part.localName} is not signed`);
    }
    if (!checker.checkSignature(xml)) throw new Error('the signature is wrong');
    const { subject, fingerprint } = signer;
    return { subject, fingerprint, signature: childOf(signature, 'SignatureValue').textContent ?? '' };
  };
}

function assertFresh(timestamp: Element): void {
  const moment = (name: string) => Date.parse(childOf(timestamp, name).textContent ?? '');
  const now = Date.now();
  if (moment('Created') > now + 60_000 || moment('Expires') < now) throw new Error('the Timestamp is stale');
}

/** Signs Body and Timestamp of an envelope around this payload, as the bus does. */
export function sealer(privateKey: KeyObject, certificatePem: string) {
  const token = new X509Certificate(certificatePem).raw.toString('base64');
  const keyInfo = `<wsse:SecurityTokenReference xmlns:wsse="${WSSE}"><wsse:Reference URI="#X" ValueType="${X509}"/></wsse:SecurityTokenReference>`;

  return function seal(payload: string): string {
    const now = Date.now();
    const moment = (time: number) => new Date(time).toISOString();
    const xml =
      `<soap:Envelope xmlns:soap="${SOAP}"><soap:Header><wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" soap:mustUnderstand="1">` +
      `<wsu:Timestamp wsu:Id="TS"><wsu:Created>${moment(now)}</wsu:Created><wsu:Expires>${moment(now + 300_000)}</wsu:Expires></wsu:Timestamp>` +
      `<wsse:BinarySecurityToken EncodingType="${BASE64}" ValueType="${X509}" wsu:Id="X">${token}</wsse:BinarySecurityToken>` +
      `</wsse:Security></soap:Header><soap:Body xmlns:wsu="${WSU}" wsu:Id="B">${payload}</soap:Body></soap:Envelope>`;
    const signer = new SignedXml({
      privateKey,
      idMode: 'wssecurity',
      signatureAlgorithm: RSA_SHA256,
      canonicalizationAlgorithm: EXCLUSIVE,
      getKeyInfoContent: () => keyInfo,
    });
    for (const xpath of [
      '/*/*[local-name()="Body"]',
      '/*/*[local-name()="Header"]/*/*[local-name()="Timestamp"]',
    ])
      signer.addReference({ xpath, transforms: [EXCLUSIVE], digestAlgorithm: SHA256 });
    signer.computeSignature(xml, {
      prefix: 'ds',
      location: { reference: '/*/*[local-name()="Header"]/*[local-name()="Security"]', action: 'append' },
    });
    return signer.getSignedXml();
  };
}
