import type { Clock } from '../exchange/clock.ts';
import type { ProfileName } from '../exchange/party.ts';
import { ds, plain, type SoapVersion, soap, wsse, wsu } from '../xml/names.ts';
import { hole, stencil } from '../xml/stencil.ts';
import { attribute, type Content, element, fragment, type Markup, writeBytes } from '../xml/write.ts';
import { algorithms, tokenTypes } from './algorithms.ts';
import {
  digestOf,
  type Key,
  readKey,
  type SigningKey,
  signature,
  signatureOf,
  signatureValue,
  signedInfo,
} from './signature-markup.ts';
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
  if (profile === 'strict') return strictSigner(key, material);
  const signParts = { 'magda-2.0': signBody, 'header-signature': signBare }[profile];
  return {
    sign: async (body, version, headerExtras = []) => {
      const { signed, blocks } = signParts({ key, body, version, material });
      const header = element(soap(version)('Header'), [...blocks, ...headerExtras]);
      return writeBytes(element(soap(version)('Envelope'), [header, fragment(signed)])).bytes;
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

/** Most messages are signed so: only what differs from one to the next is written each time. */
function strictSigner(key: Key, material: SigningMaterial): MessageSigner {
  const protect = protection(key, material);
  return {
    sign: async (body, version, headerExtras = []) => {
      const { signed, envelope } = protect(body, version, material.randomId());
      return envelope(signed, {
        extras: Buffer.concat(headerExtras.map((extra) => writeBytes(extra).bytes)),
      });
    },
  };
}

/** A Body that is signed as the strict profile demands, and the envelope around it. */
export type Protected = {
  readonly signed: Buffer;
  /**
   * @param body what stands for the signed one
   * @param first before all else in wsse:Security
   * @param extras behind it in the Header
   */
  readonly envelope: (
    body: Uint8Array,
    around: { readonly first?: Uint8Array; readonly extras?: Uint8Array },
  ) => Buffer;
};

const NOTHING = Buffer.alloc(0);

/** Signs Body and Timestamp. The ids of the parts are made of the one that is given. */
export function protection(key: Key, { clock }: Pick<SigningMaterial, 'clock'>) {
  const id = hole('id');
  const timestamp = stencil<'id' | 'created' | 'expires'>(
    element(
      wsu('Timestamp'),
      [element(wsu('Created'), hole('created')), element(wsu('Expires'), hole('expires'))],
      [attribute(wsu('Id'), `TS-${id}`)],
    ),
  );
  const info = stencil<'id' | 'body' | 'timestamp'>(
    signedInfo(key, [
      { id: `B-${id}`, digest: hole('body'), transforms },
      { id: `TS-${id}`, digest: hole('timestamp'), transforms },
    ]),
  );
  const envelopeIn = (version: SoapVersion) => {
    const name = soap(version);
    const blocks = [
      hole('first'),
      hole('timestamp'),
      binaryToken(`X-${id}`, tokenTypes.x509, key.chain[0]),
      signature(hole('info'), hole('value'), tokenReference(`X-${id}`, tokenTypes.x509)),
    ];
    const header = element(name('Header'), [security(version, blocks), hole('extras')]);
    return stencil<'id' | 'first' | 'timestamp' | 'info' | 'value' | 'extras' | 'body'>(
      element(name('Envelope'), [header, hole('body')]),
    );
  };
  const envelopes = { '1.1': envelopeIn('1.1'), '1.2': envelopeIn('1.2') };
  return (content: readonly Content[] | Uint8Array, version: SoapVersion, id: string): Protected => {
    const now = clock.now().getTime();
    const signed = canonicalBody(content, version, attribute(wsu('Id'), `B-${id}`));
    const moment = timestamp({ id, created: instant(now), expires: instant(now + LIFETIME) });
    const said = info({ id, body: digestOf(signed), timestamp: digestOf(moment) });
    const parts = { id, timestamp: moment, info: said, value: signatureValue(key, said) };
    return {
      signed,
      envelope: (body, { first = NOTHING, extras = NOTHING }) =>
        envelopes[version]({ ...parts, body, first, extras }),
    };
  };
}

const instant = (time: number) => new Date(time).toISOString();

function signBody({ key, body, version, material }: Job): Result {
  const id = material.randomId();
  const part = {
    id: `B-${id}`,
    bytes: canonicalBody(body, version, attribute(wsu('Id'), `B-${id}`)),
    transforms,
  };
  const token = binaryToken(`X-${id}`, tokenTypes.pkiPath, pkiPath(key.chain));
  const signed = signatureOf(key, [part], tokenReference(`X-${id}`, tokenTypes.pkiPath));
  return { signed: part.bytes, blocks: [security(version, [token, signed])] };
}

// Nothing but the soap prefix is in scope around the Body, and that is written on it: its inclusive form is its
// exclusive one.
function signBare({ key, body, version }: Job): Result {
  const bytes = canonicalBody(body, version, attribute(plain('Id'), 'Body'));
  const part = { id: 'Body', bytes, transforms: [algorithms.enveloped, algorithms.inclusive] };
  const certificates = key.chain.map((der) => element(ds('X509Certificate'), der.toString('base64')));
  return { signed: bytes, blocks: [signatureOf(key, [part], element(ds('X509Data'), certificates))] };
}

const transforms = [algorithms.exclusive];

const security = (version: SoapVersion, content: readonly Content[]) =>
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
