import { namespaces } from '../xml/names.ts';

/** The algorithms of XML Signature (https://www.w3.org/TR/xmldsig-core1/, RFC 6931) that the bus knows; all others are refused. */

/** `weak`: only tolerated from a party whose profile says so. */
export type DigestMethod = { readonly hash: string; readonly weak: boolean };
export type SignatureMethod = DigestMethod & { readonly key: 'rsa' | 'ec' };

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';

export const algorithms = {
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
  rsaSha256: `${MORE}rsa-sha256`,
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  ecdsaSha256: `${MORE}ecdsa-sha256`,
} as const;

export const digestMethods: ReadonlyMap<string, DigestMethod> = new Map([
  [algorithms.sha256, { hash: 'sha256', weak: false }],
  [`${MORE}sha384`, { hash: 'sha384', weak: false }],
  ['http://www.w3.org/2001/04/xmlenc#sha512', { hash: 'sha512', weak: false }],
  [algorithms.sha1, { hash: 'sha1', weak: true }],
]);

export const signatureMethods: ReadonlyMap<string, SignatureMethod> = new Map([
  [algorithms.rsaSha256, { key: 'rsa', hash: 'sha256', weak: false }],
  [`${MORE}rsa-sha384`, { key: 'rsa', hash: 'sha384', weak: false }],
  [`${MORE}rsa-sha512`, { key: 'rsa', hash: 'sha512', weak: false }],
  [algorithms.ecdsaSha256, { key: 'ec', hash: 'sha256', weak: false }],
  [`${MORE}ecdsa-sha384`, { key: 'ec', hash: 'sha384', weak: false }],
  [`${MORE}ecdsa-sha512`, { key: 'ec', hash: 'sha512', weak: false }],
  [algorithms.rsaSha1, { key: 'rsa', hash: 'sha1', weak: true }],
]);

/** Those of XML Encryption 1.1 (https://www.w3.org/TR/xmlenc-core1/). */
export const encryption = {
  content: `${namespaces.xenc}Content`,
  aes256Gcm: `${namespaces.xenc11}aes256-gcm`,
  /** RSA-OAEP with MGF1 and SHA-1 both, unless another digest is named. */
  rsaOaepMgf1p: `${namespaces.xenc}rsa-oaep-mgf1p`,
  /** RSA-OAEP with digest and mask generation as named. */
  rsaOaep: `${namespaces.xenc11}rsa-oaep`,
} as const;

/** The hash with which MGF1 masks. */
export const maskGenerations: ReadonlyMap<string, string> = new Map(
  ['sha1', 'sha256', 'sha384', 'sha512'].map((hash) => [`${namespaces.xenc11}mgf1${hash}`, hash]),
);

const PROFILE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#';
export const tokenTypes = {
  x509: `${PROFILE}X509v3`,
  pkiPath: `${PROFILE}X509PKIPathv1`,
  base64: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary',
} as const;

const MESSAGE_SECURITY = 'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#';
/** How a message names a key without sending it along. */
export const keyNames = {
  thumbprint: `${MESSAGE_SECURITY}ThumbprintSHA1`,
  encryptedKey: `${MESSAGE_SECURITY}EncryptedKey`,
} as const;
