import { attributesOf, put } from './markup.ts';
import type { Mutator, Mutators } from './mutator.ts';
import type { Random } from './random.ts';

/** What a signature says: references, transforms, algorithms, values in base64, certificates, moments. */

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ALGORITHMS = [
  ...[
    EXCLUSIVE,
    `${EXCLUSIVE}WithComments`,
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
    'http://www.w3.org/2006/12/xml-c14n11',
  ],
  ...['enveloped-signature', 'base64', 'sha1', 'rsa-sha1', 'hmac-sha1', 'dsa-sha1'].map(
    (name) => `${DSIG}${name}`,
  ),
  ...[
    'rsa-sha256',
    'rsa-sha384',
    'rsa-sha512',
    'ecdsa-sha256',
    'ecdsa-sha384',
    'hmac-sha256',
    'rsa-md5',
    'sha384',
  ].map((name) => `http://www.w3.org/2001/04/xmldsig-more#${name}`),
  ...['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'],
  ...['http://www.w3.org/TR/1999/REC-xpath-19991116', 'http://www.w3.org/TR/1999/REC-xslt-19991116', ''],
  ...['aes256-cbc', 'aes128-cbc', 'rsa-oaep-mgf1p', 'rsa-1_5', 'kw-aes256'].map(
    (name) => `http://www.w3.org/2001/04/xmlenc#${name}`,
  ),
  ...['aes256-gcm', 'aes128-gcm', 'rsa-oaep'].map((name) => `http://www.w3.org/2009/xmlenc11#${name}`),
] as const;
const TRANSFORMS = [
  `<ds:Transform Algorithm="${EXCLUSIVE}"/>`,
  `<ds:Transform Algorithm="${DSIG}enveloped-signature"/>`,
  `<ds:Transform Algorithm="${DSIG}base64"/>`,
  '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>true()</ds:XPath></ds:Transform>',
  `<ds:Transform Algorithm="${EXCLUSIVE}"><ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" PrefixList="s #default g"/></ds:Transform>`,
  `<ds:Transform Algorithm="${EXCLUSIVE}"><ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" PrefixList=""/></ds:Transform>`,
] as const;
const URIS = [
  '',
  '#',
  '#BODY',
  '#TS',
  '#X509',
  '#SIG',
  '#ED',
  '#EK',
  '#xpointer(/)',
  "#xpointer(id('BODY'))",
  '#body',
  '#BODY%20',
  'BODY',
];

/** Replaces what a pattern finds at one place, by chance. */
const atOne =
  (pattern: RegExp, by: (found: string, random: Random) => string): Mutator =>
  (text, random) => {
    const found = [...text.matchAll(pattern)];
    if (found.length === 0) return text;
    const { 0: part, index } = random.pick(found);
    return put(text, { from: index, to: index + part.length }, by(part, random));
  };

const BASE64 =
  /(?<=<[^>]*(?:DigestValue|SignatureValue|BinarySecurityToken|X509Certificate|Modulus|CipherValue|KeyIdentifier)\b[^>]*>)[A-Za-z0-9+/=\s]+(?=<)/g;
const CERTIFICATE = /(?<=<[^>]*(?:BinarySecurityToken|X509Certificate)\b[^>]*>)[A-Za-z0-9+/=\s]{100,}(?=<)/g;
const MOMENT = /(?<=(?:Created|Expires)>)[^<]+(?=<)/g;

/** The same bytes, or nearly, in other characters. */
function otherBase64(value: string, random: Random): string {
  const at = random.int(value.length + 1);
  const with_ = (what: string) => value.slice(0, at) + what + value.slice(at);
  return random.pick([
    ...[' ', '\n', '&#13;', '&#10;', '\t', '=', '-', '_', '.', '\u00a0', '<!---->', '<![CDATA[]]>'].map(
      with_,
    ),
    ...[
      value.replaceAll('+', '-'),
      value.replaceAll('/', '_'),
      value.replace(/=+$/, ''),
      `${value}=`,
      `${value}AA==`,
      '',
    ],
    value.replace(/[AQgw](=*)$/, (end) => String.fromCharCode(end.charCodeAt(0) + 1) + end.slice(1)),
    value.replaceAll(/.{64}/g, '$&\n'),
  ]);
}

const bytesChanged = (value: string, change: (bytes: Buffer) => Buffer) =>
  change(Buffer.from(value, 'base64')).toString('base64');

/** Lengths and tags are what a reader of DER stumbles over. */
function otherDer(bytes: Buffer, random: Random): Buffer {
  const at = random.int(bytes.length);
  const kind = random.int(7);
  if (kind === 0) return bytes.subarray(0, at);
  if (kind === 1) return Buffer.concat([bytes, bytes.subarray(at)]);
  if (kind === 2) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.int(8))]);
  if (kind === 3)
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random.int(9), 0xff), bytes.subarray(at)]);
  if (kind === 4)
    return Buffer.concat([Buffer.from([0x30, 0x82, bytes.length >> 8, bytes.length & 0xff]), bytes]);
  const copy = Buffer.from(bytes);
  const interesting = [
    0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x1f, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x84, 0x88, 0xa0, 0xa3, 0xff,
  ];
  copy[kind === 5 ? random.int(Math.min(bytes.length, 40)) : at] = random.pick(interesting);
  return copy;
}

export const securityMutators: Mutators = {
  'another algorithm': atOne(/(?<=Algorithm=")[^"]*/g, (_, random) => random.pick(ALGORITHMS)),
  'another transform': atOne(/<ds:Transform [^>]*\/>/g, (found, random) => {
    const other = random.pick(TRANSFORMS);
    return random.pick([other, found + other, other + found, other.repeat(3), '']);
  }),
  'another PrefixList': atOne(/(?<=PrefixList=")[^"]*/g, (_, random) =>
    random.pick([
      '',
      ' ',
      's',
      's  wsu',
      '#default',
      'g s wsu ds wsse',
      'xml',
      'xmlns',
      'unknown',
      's s',
      '\t#default\n s',
      ':',
      'é',
    ]),
  ),
  'another URI': atOne(/(?<=\bURI=")[^"]*/g, (found, random) =>
    random.pick([...URIS, `${found} `, found.slice(1), `#${found}`]),
  ),
  'base64 written otherwise': atOne(BASE64, otherBase64),
  'bits of a value': atOne(BASE64, (found, random) =>
    bytesChanged(found, (bytes) => {
      const at = random.int(Math.max(1, bytes.length));
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8));
      return bytes;
    }),
  ),
  'a value of another': (text, random, others) => {
    const other = random.pick(
      [...random.pick(others).matchAll(BASE64)].map(([found]) => found).concat('AAAA'),
    );
    return atOne(BASE64, () => other)(text, random, others);
  },
  'bytes of a certificate': atOne(CERTIFICATE, (found, random) =>
    bytesChanged(found, (bytes) => (bytes.length === 0 ? bytes : otherDer(bytes, random))),
  ),
  'a certificate more': atOne(/<ds:X509Certificate>[^<]*<\/ds:X509Certificate>/g, (found, random) =>
    random.pick([
      found + found,
      `<ds:X509Certificate>AAAA</ds:X509Certificate>${found}`,
      `${found}<ds:X509SKI>AAAA</ds:X509SKI>`,
      found.repeat(7),
    ]),
  ),
  'another moment': atOne(MOMENT, (found, random) =>
    random.pick([
      ...[
        found.replace('Z', '+00:00'),
        found.replace('Z', ''),
        found.replace(/\.\d+/, ''),
        found.replace('.000', '.0'),
      ],
      ...[
        ` ${found}\n`,
        found.replace('T10', 'T11'),
        found.replace('2026', '2027'),
        found.replace('2026', '02026'),
      ],
      ...[
        found.replace(/:\d\d\./, ':60.'),
        found.replace('-03-', '-02-3'),
        '',
        '2026-03-02T24:00:00Z',
        found.replace('Z', '999999999999Z'),
      ],
    ]),
  ),
  'r and s that fit as well': atOne(/(?<=<ds:SignatureValue>)[^<]+(?=<)/g, (found) =>
    bytesChanged(found, (bytes) => (bytes.length === 64 ? mirrored(bytes) : bytes)),
  ),
  'an attribute of the signature': (text, random) => {
    const found = attributesOf(text).filter(({ name }) =>
      /^(?:Algorithm|URI|Id|wsu:Id|ValueType|EncodingType|Type)$/.test(name),
    );
    if (found.length === 0) return text;
    const [one, other] = [random.pick(found), random.pick(found)];
    return put(text, one.value, text.slice(other.value.from, other.value.to));
  },
};

/** Of an ECDSA signature (r, s) everybody can make (r, n - s), which fits as well; n of P-256. */
function mirrored(bytes: Buffer): Buffer {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const other = (order - s + (s > order ? order : 0n)).toString(16).padStart(64, '0');
  return Buffer.concat([bytes.subarray(0, 32), Buffer.from(other, 'hex')]);
}
