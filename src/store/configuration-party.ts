import type { EntityManager } from 'typeorm';
import type { Identity } from '../exchange/party.ts';
import { isDuplicate } from './duplicate.ts';
import { partyCertificateTable } from './tables/party-certificate.ts';
import { partyIdentityTable } from './tables/party-identity.ts';

/** A rule of the configuration stands in the way of a change; the message says which, for an operator. */
export class ChangeRefused extends Error {
  override readonly name = 'ChangeRefused';
}

/** @throws ChangeRefused when the certificate proves somebody already */
export const insertCertificate = async (manager: EntityManager, partyId: number, subject: string) => {
  try {
    await manager.insert(partyCertificateTable, { subject, partyId });
  } catch (cause) {
    throw isDuplicate(cause)
      ? new ChangeRefused(`certificate "${subject}" is some party's already`, { cause })
      : cause;
  }
};

/** @throws ChangeRefused when the party has it already */
export const insertIdentity = async (
  manager: EntityManager,
  partyId: number,
  { uri, hoedanigheid }: Identity,
) => {
  try {
    await manager.insert(partyIdentityTable, { partyId, uri, hoedanigheid: hoedanigheid ?? '' });
  } catch (cause) {
    throw isDuplicate(cause)
      ? new ChangeRefused(`identity ${uri}:${hoedanigheid ?? ''} is there twice`, { cause })
      : cause;
  }
};
