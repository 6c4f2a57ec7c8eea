import { randomBytes } from 'node:crypto';
import type { Recipient } from '../exchange/recipient.ts';
import { type SoapVersion, soap, wsu } from '../xml/names.ts';
import { attribute, element, fragment, type Markup, writeBytes } from '../xml/write.ts';
import { encrypt } from './encrypt.ts';
import { createSigner, protection, type SigningMaterial } from './sign.ts';
import { readKey } from './signature-markup.ts';
import { contentOfBody } from './signed-body.ts';

/** Writes whole envelopes, signed with one key, and encrypted where there is somebody to encrypt to. */
export type Sealer = {
  /** @param body what the Body holds: markup, or its child as bytes in exclusive canonical form (no PrefixList) */
  readonly seal: (
    body: readonly Markup[] | Uint8Array,
    version: SoapVersion,
    to: Recipient | null,
  ) => Promise<Uint8Array>;
};

/**
 * Signs as `createSigner` does, and then encrypts the content of the Body: what is signed is what is read, and nobody can
 * put a signature of their own on what they cannot read.
 *
 * @throws Error when the key does not belong to the certificate or is of a kind that cannot sign
 */
export function createSealer(material: SigningMaterial): Sealer {
  const protect = protection(readKey(material), material);
  const { sign } = createSigner(material);
  return {
    seal: async (body, version, to) => {
      if (to === null) return sign(body, version);
      const id = material.randomId();
      const inside = body instanceof Uint8Array ? [fragment(body)] : body;
      const { signed, envelope } = protect([...inside, salt()], version, id);
      const { data, key: wrapped } = encrypt(contentOfBody(signed), to, id);
      const encrypted = element(soap(version)('Body'), [data], [attribute(wsu('Id'), `B-${id}`)]);
      // The key comes first: whoever reads Security in its order decrypts before verifying (WS-Security 1.1 §9.4).
      return envelope(writeBytes(encrypted).bytes, { first: writeBytes(wrapped).bytes });
    },
  };
}

const SALT_BITS = 128;

/**
 * The signature's digest of the Body stays readable. White space behind the Body's child, which no reader minds, keeps
 * anybody from guessing at what was answered until a guess has that digest.
 */
const salt = (): string =>
  Array.from(randomBytes(SALT_BITS / 8), (octet) =>
    octet.toString(2).padStart(8, '0').replaceAll('0', ' ').replaceAll('1', '\t'),
  ).join('');
