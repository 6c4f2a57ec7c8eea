import {
  constants,
  createCipheriv,
  createHash,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';

/**
 * Messages encrypted by hand after they were signed, so that each can depart from a good one in a single respect. Nothing
 * here is taken from how the bus encrypts.
 */
export type Sealing = {
  /** PEM: to whom. */
  readonly certificate: string;
  /** What is encrypted, of what stood in the Body. */
  readonly inside: (content: string) => string | Buffer;
  readonly key: Buffer;
  readonly oaepHash: string;
  readonly keyMethod: string;
  readonly keyInfo: string;
  readonly references: string;
  /** Bytes of the key and of the content as they are sent. */
  readonly wrapped: (bytes: Buffer) => Buffer;
  readonly sealed: (bytes: Buffer) => Buffer;
  readonly type: string;
  readonly dataMethod: string;
  readonly dataKeyInfo: string;
  readonly encryptedKey: (key: string) => string;
  readonly encryptedData: (data: string) => string;
};

export const XENC = 'http://www.w3.org/2001/04/xmlenc#';
export const XENC11 = 'http://www.w3.org/2009/xmlenc11#';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const MESSAGE_SECURITY = 'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#';

export const method = (algorithm: string, inside = '') =>
  `<xenc:EncryptionMethod Algorithm="${algorithm}">${inside}</xenc:EncryptionMethod>`;
export const str = (inside: string) => `<wsse:SecurityTokenReference>${inside}</wsse:SecurityTokenReference>`;
export const thumbprint = (certificate: string, type = `${MESSAGE_SECURITY}ThumbprintSHA1`) =>
  `<wsse:KeyIdentifier ValueType="${type}">${createHash('sha1')
    .update(new X509Certificate(certificate).raw)
    .digest('base64')}</wsse:KeyIdentifier>`;
export const issuerSerial = (certificate: string) =>
  `<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=wie dan ook</ds:X509IssuerName><ds:X509SerialNumber>${BigInt(
    `0x${new X509Certificate(certificate).serialNumber}`,
  )}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>`;
export const dataReference = (uri: string) => `<xenc:DataReference URI="${uri}"/>`;
export const OAEP_SHA256 = method(
  `${XENC11}rsa-oaep`,
  `<ds:DigestMethod Algorithm="${XENC}sha256"/><xenc11:MGF xmlns:xenc11="${XENC11}" Algorithm="${XENC11}mgf1sha256"/>`,
);

const sealing = (certificate: string): Sealing => ({
  certificate,
  inside: (content) => content,
  key: randomBytes(32),
  oaepHash: 'sha1',
  keyMethod: method(`${XENC}rsa-oaep-mgf1p`),
  keyInfo: str(thumbprint(certificate)),
  references: dataReference('#ED'),
  wrapped: (bytes) => bytes,
  sealed: (bytes) => bytes,
  type: `${XENC}Content`,
  dataMethod: method(`${XENC11}aes256-gcm`),
  dataKeyInfo: str('<wsse:Reference URI="#EK"/>'),
  encryptedKey: (key) => key,
  encryptedData: (data) => data,
});

const CONTENT = /(<s:Body[^>]*>)([\s\S]*)(?=<\/s:Body>)/;

/** A signed message, its Body's content encrypted. The prefixes of `signed-message.ts` are in scope. */
export function encrypted(text: string, certificate: string, changes: Partial<Sealing> = {}): string {
  const s = { ...sealing(certificate), ...changes };
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.concat([s.key, s.key]).subarray(0, 32), iv);
  const content = CONTENT.exec(text)?.[2] ?? '';
  const inside = s.inside(content);
  const bytes = typeof inside === 'string' ? Buffer.from(inside) : inside;
  const sealed = Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped = publicEncrypt({ key: s.certificate, padding, oaepHash: s.oaepHash }, s.key);
  const key = s.encryptedKey(
    `<xenc:EncryptedKey xmlns:xenc="${XENC}" Id="EK">${s.keyMethod}<ds:KeyInfo>${s.keyInfo}</ds:KeyInfo>` +
      `${cipherData(s.wrapped(wrapped))}<xenc:ReferenceList>${s.references}</xenc:ReferenceList></xenc:EncryptedKey>`,
  );
  const data = s.encryptedData(
    `<xenc:EncryptedData xmlns:xenc="${XENC}" Id="ED" Type="${s.type}">${s.dataMethod}` +
      `<ds:KeyInfo xmlns:ds="${DS}">${s.dataKeyInfo}</ds:KeyInfo>${cipherData(s.sealed(sealed))}</xenc:EncryptedData>`,
  );
  return text
    .replace(CONTENT, (_, body: string) => body + data)
    .replace(/<wsse:Security [^>]*>/, (security) => security + key);
}

const cipherData = (bytes: Buffer) =>
  `<xenc:CipherData><xenc:CipherValue>${bytes.toString('base64')}</xenc:CipherValue></xenc:CipherData>`;

/** The same bytes with one bit of one of them changed. */
export const flipped =
  (at: number) =>
  (bytes: Buffer): Buffer => {
    const changed = Buffer.from(bytes);
    const index = at < 0 ? bytes.length + at : at;
    changed[index] = (changed[index] ?? 0) ^ 1;
    return changed;
  };
