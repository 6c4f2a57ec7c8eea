import type { KeyObject } from 'node:crypto';

/** Somebody to encrypt to: the public key of a certificate, and by what a message names that certificate. */
export type Recipient = {
  /** RSA. */
  readonly key: KeyObject;
  /** SHA-1 over the DER, base64 (WS-Security 1.1 §7.3, ThumbprintSHA1): a name, on which nothing relies. */
  readonly thumbprint: string;
};
