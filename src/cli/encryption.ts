import { X509Certificate } from 'node:crypto';
import type { Clock } from '../exchange/clock.ts';
import type { Recipient } from '../exchange/recipient.ts';
import { createOpener, type Opener } from '../wss/decrypt.ts';
import { recipientOf } from '../wss/recipient.ts';
import type { Trust } from '../wss/trust.ts';
import type { SigningParty } from './demo-party.ts';
import { FailedError } from './output.ts';

/**
 * To whom a question for the bus at this address is encrypted: the owner of the certificate that it offers.
 *
 * @throws FailedError when it offers none, or one that is not relied on here
 */
export async function recipientAt(
  url: string,
  { trust, clock }: { readonly trust: Trust; readonly clock: Clock },
): Promise<Recipient> {
  const response = await fetch(`${url}/certificaten/versleuteling`).catch((cause: unknown) => {
    throw new FailedError(`no bus answers at ${url}`, { cause });
  });
  if (!response.ok) throw new FailedError(`the bus at ${url} offers no certificate to encrypt to`);
  const { raw } = new X509Certificate(await response.text());
  const { recipient } = believed(() => trust.check([raw], clock.now()));
  if (recipient === null) throw new FailedError('the certificate that the bus offers is not for encryption');
  return recipient;
}

function believed<T>(check: () => T): T {
  try {
    return check();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FailedError(`the certificate that the bus offers is not relied on: ${why}`, { cause });
  }
}

/** Reads answers that were encrypted to a party. */
export const openAs = ({ keyPem, certificatePem, certificate }: SigningParty): Opener['open'] =>
  createOpener(recipientOf(certificate) === null ? [] : [{ privateKey: keyPem, certificate: certificatePem }])
    .open;
