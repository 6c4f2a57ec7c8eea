import { randomUUID } from 'node:crypto';
import type { Clock } from '../exchange/clock.ts';
import type { Recipient } from '../exchange/recipient.ts';
import { createSignerAs } from '../wss/sign.ts';
import { createSealer } from '../wss/sign-and-encrypt.ts';
import { readEnvelope, readPayload } from '../xml/envelope.ts';
import { parseTree } from '../xml/tree.ts';
import type { SigningParty } from './demo-party.ts';
import type { Sample } from './envelope-sample.ts';
import { signTemplate } from './sign-template.ts';

/** The bytes of a sample: its placeholders filled, freshly signed, altered and encoded as its `.yaml` says. */
export async function signSample(
  sample: Sample,
  party: SigningParty,
  clock: Clock,
  to: Recipient | null = null,
): Promise<Uint8Array> {
  const filled = fillPlaceholders(sample.envelope, party, clock);
  const { sign, soap, after, encoding } = sample.send;
  const signed =
    sign === 'none'
      ? filled
      : sign === 'template'
        ? signTemplate(filled, party.key)
        : await signAnew(filled, { sign, soap, to }, party, clock);
  const altered = after.reduce((text, { find, put }) => {
    if (!text.includes(find))
      throw new Error(`${sample.name}: nothing reads ${JSON.stringify(find)} after signing`);
    return text.replace(find, put);
  }, signed);
  return encode(altered, encoding);
}

/** `{{now}}`, `{{now-600}}` (seconds), `{{uuid}}`, `{{token}}`, `{{pkipath}}`, `{{uri}}`, `{{hoedanigheid}}`, `{{cbeNumber}}`, `{{legalContext}}`. */
function fillPlaceholders(text: string, party: SigningParty, clock: Clock): string {
  const token = party.certificate.raw;
  const uuid = randomUUID();
  const values: Readonly<Record<string, string>> = {
    uuid,
    token: token.toString('base64'),
    pkipath: sequenceOf(token).toString('base64'),
    uri: party.uri,
    hoedanigheid: party.hoedanigheid ?? '',
    cbeNumber: party.cbeNumber,
    legalContext: party.legalContext ?? '',
  };
  return text.replace(/\{\{(\w+)([+-]\d+)?\}\}/g, (_, name: string, offset?: string) => {
    if (name === 'now') return new Date(clock.now().getTime() + Number(offset ?? 0) * 1000).toISOString();
    const value = values[name];
    if (value === undefined) throw new Error(`no placeholder is called {{${name}}}`);
    return value;
  });
}

/** A PKIPath of one certificate: an ASN.1 SEQUENCE around it. */
function sequenceOf(der: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(der.length);
  return Buffer.concat([Buffer.from([0x30, 0x82]), length, der]);
}

type SigningStyle = {
  readonly sign: 'strict' | 'magda-2.0' | 'header-signature';
  readonly soap: '1.1' | '1.2';
  readonly to: Recipient | null;
};

async function signAnew(
  text: string,
  { sign, soap, to }: SigningStyle,
  party: SigningParty,
  clock: Clock,
): Promise<string> {
  const tree = parseTree(Buffer.from(text.replace(/^<\?xml[^>]*\?>\s*/, '')));
  const material = {
    privateKey: party.keyPem,
    certificate: party.certificatePem,
    clock,
    randomId: randomUUID,
  };
  const payload = readPayload(readEnvelope(tree.root)).canonical();
  tree.dispose();
  const signed =
    to === null
      ? await createSignerAs(sign, material).sign(payload, soap)
      : await createSealer(material).seal(payload, soap, to);
  return Buffer.from(signed).toString('utf8');
}

function encode(text: string, encoding: Sample['send']['encoding']): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');
  return encoding === 'utf-16le' ? little : little.swap16();
}
