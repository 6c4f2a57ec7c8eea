import type { Clock } from '../exchange/clock.ts';
import type { ProfileName } from '../exchange/party.ts';
import { ds, plain, type SoapVersion, soap, wsse, wsu } from '../xml/names.ts';
import { attribute, type Content, element, fragment, type Markup, writeBytes } from '../xml/write.ts';
import { algorithms, tokenTypes } from './algorithms.ts';
import { type Key, type Part, readKey, type SigningKey, signatureOf } from './signature-markup.ts';
import { canonicalBody } from './signed-body.ts';

/** Writes whole envelopes, signed with one key. */
export type MessageSigner = {
  /**
   * @param body what the Body holds: markup, or its child as bytes in exclusive canonical form (no PrefixList)
   * @param headerExtras further blocks in the Header, not signed
   * @returns the envelope in UTF-8
   */
  readonly sign: (
    body: readonly Markup[] | Uint8Array,
    version: SoapVersion,
    headerExtras?: readonly Markup[],
  ) => Promise<Uint8Array>;
};

export type SigningMaterial = SigningKey & {
  readonly clock: Clock;
  /** Letters, digits and hyphens, another each time: the ids in a message are made of it. */
  readonly randomId: () => string;
};

const LIFETIME = 5 * 60_000;

/**
 * Signs Body and Timestamp (WS-Security 1.1, X.509 token by direct reference, exclusive C14N, SHA-256).
 *
 * @throws Error when the key does not belong to the certificate or is of a kind that cannot sign
 */
export function createSigner(material: SigningMaterial): MessageSigner {
  return createSignerAs('strict', material);
}

/** The same, in the form of one of the profiles: what a client of that kind sends. */
export function createSignerAs(profile: ProfileName, material: SigningMaterial): MessageSigner {
  const key = readKey(material);
  const signParts = { strict: signStrictly, 'magda-2.0': signBody, 'header-signature': signBare }[profile];
  return {
    sign: async (body, version, headerExtras = []) => {
      const header = (blocks: readonly Markup[]) =>
        element(soap(version)('Header'), [...blocks, ...headerExtras]);
      const { signed, blocks } = await signParts({ key, body, version, material });
      const envelope = element(soap(version)('Envelope'), [header(blocks), fragment(signed)]);
      return writeBytes(envelope).bytes;
    },
  };
}

type Job = {
  readonly key: Key;
  readonly body: readonly Content[] | Uint8Array;
  readonly version: SoapVersion;
  readonly material: SigningMaterial;
};
type Result = { readonly signed: Buffer; readonly blocks: readonly Markup[] };

async function signStrictly(job: Job): Promise<Result> {
  const { signed, protection } = await signedParts(job, job.material.randomId());
  return { signed, blocks: [security(job.version, protection)] };
}

/** A Body that is signed as the strict profile demands, and what wsse:Security holds of that. */
export async function signedParts({ key, body, version, material }: Job, id: string) {
  const timestamp = timestampPart(`TS-${id}`, material.clock.now());
  const part = {
    id: `B-${id}`,
    bytes: canonicalBody(body, version, attribute(wsu('Id'), `B-${id}`)),
    transforms,
  };
  const token = binaryToken(`X-${id}`, tokenTypes.x509, key.chain[0]);
  const signature = await signatureOf(key, [part, timestamp], tokenReference(`X-${id}`, tokenTypes.x509));
  return { signed: part.bytes, protection: [fragment(timestamp.bytes), token, signature] };
}

async function signBody({ key, body, version, material }: Job): Promise<Result> {
  const id = material.randomId();
  const part = {
    id: `B-${id}`,
    bytes: canonicalBody(body, version, attribute(wsu('Id'), `B-${id}`)),
    transforms,
  };
  const token = binaryToken(`X-${id}`, tokenTypes.pkiPath, pkiPath(key.chain));
  const signature = await signatureOf(key, [part], tokenReference(`X-${id}`, tokenTypes.pkiPath));
  return { signed: part.bytes, blocks: [security(version, [token, signature])] };
}

// Nothing but the soap prefix is in scope around the Body, and that is written on it: its inclusive form is its
// exclusive one.
async function signBare({ key, body, version }: Job): Promise<Result> {
  const bytes = canonicalBody(body, version, attribute(plain('Id'), 'Body'));
  const part = { id: 'Body', bytes, transforms: [algorithms.enveloped, algorithms.inclusive] };
  const certificates = key.chain.map((der) => element(ds('X509Certificate'), der.toString('base64')));
  return { signed: bytes, blocks: [await signatureOf(key, [part], element(ds('X509Data'), certificates))] };
}

const transforms = [algorithms.exclusive];

function timestampPart(id: string, now: Date): Part {
  const moment = (time: number) => new Date(time).toISOString();
  const timestamp = element(
    wsu('Timestamp'),
    [
      element(wsu('Created'), moment(now.getTime())),
      element(wsu('Expires'), moment(now.getTime() + LIFETIME)),
    ],
    [attribute(wsu('Id'), id)],
  );
  return { id, bytes: writeBytes(timestamp).bytes, transforms };
}

export const security = (version: SoapVersion, content: readonly Content[]) =>
  element(wsse('Security'), content, [attribute(soap(version)('mustUnderstand'), '1')]);

const binaryToken = (id: string, type: string, der: Buffer | undefined) =>
  element(wsse('BinarySecurityToken'), der?.toString('base64') ?? '', [
    attribute(plain('EncodingType'), tokenTypes.base64),
    attribute(plain('ValueType'), type),
    attribute(wsu('Id'), id),
  ]);

const tokenReference = (id: string, type: string) =>
  element(wsse('SecurityTokenReference'), [
    element(wsse('Reference'), [], [attribute(plain('URI'), `#${id}`), attribute(plain('ValueType'), type)]),
  ]);

/** A SEQUENCE of certificates, the signer's last (X.509 §7). */
function pkiPath(chain: readonly Buffer[]): Buffer {
  const content = Buffer.concat([...chain].reverse());
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const significant = length.subarray(length.findIndex((octet) => octet !== 0));
  return Buffer.concat([Buffer.from([0x30, 0x80 | significant.length]), significant, content]);
}
