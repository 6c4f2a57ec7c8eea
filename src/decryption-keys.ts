import { X509Certificate } from 'node:crypto';
import type { Config } from './config.ts';
import { StartError } from './start-error.ts';
import { readSetting } from './trust-files.ts';
import { createOpener, type Opener } from './wss/decrypt.ts';
import { recipientOf } from './wss/recipient.ts';
import type { SigningKey } from './wss/signature-markup.ts';

/**
 * What reads messages that come encrypted: with keys of its own, or else with the key that signs, where its certificate
 * says that it is for that too.
 *
 * @throws StartError that names the file
 */
export function openOpener({ decryptionKeys }: Pick<Config, 'decryptionKeys'>, signing: SigningKey): Opener {
  const pairs = decryptionKeys.map((file) => {
    const text = readSetting('KRUISPUNT_DECRYPTION_KEYS', file);
    const pair = { privateKey: text, certificate: text };
    try {
      createOpener([pair]);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new StartError(`KRUISPUNT_DECRYPTION_KEYS: ${file}: ${why}`, { cause });
    }
    return pair;
  });
  if (pairs.length > 0) return createOpener(pairs);
  const own = new X509Certificate(signing.certificate);
  return createOpener(recipientOf(own) === null ? [] : [signing]);
}
