import { EntitySchema, type ValueTransformer } from 'typeorm';
import type { PublicationFile } from '../../exchange/subscription.ts';

/** `visible` is JSON. */
export type PublicationFileRow = {
  -readonly [field in Exclude<keyof PublicationFile, 'visible'>]: PublicationFile[field];
} & { visible: string };

/** A server hands out large integers as text. */
const count: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

export const publicationFileTable = new EntitySchema<PublicationFileRow>({
  name: 'publication_file',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    subscriptionId: { type: 'integer', name: 'subscription_id' },
    partyId: { type: 'integer', name: 'party_id' },
    uri: { type: 'varchar' },
    hoedanigheid: { type: 'varchar', nullable: true },
    publication: { type: 'varchar' },
    version: { type: 'varchar' },
    sequence: { type: 'integer' },
    state: { type: 'varchar' },
    kind: { type: 'varchar' },
    cutOff: { type: 'datetime', precision: 3, name: 'cut_off' },
    name: { type: 'varchar' },
    voucherId: { type: 'varchar', name: 'voucher_id' },
    format: { type: 'varchar' },
    visible: { type: 'text', name: 'visible_paths' },
    grantId: { type: 'integer', name: 'grant_id' },
    legalBasis: { type: 'text', name: 'legal_basis' },
    records: { type: 'integer', nullable: true },
    size: { type: 'bigint', nullable: true, transformer: count },
    sha256: { type: 'varchar', nullable: true },
    attempts: { type: 'integer' },
    lastError: { type: 'text', name: 'last_error', nullable: true },
    closedAt: { type: 'datetime', precision: 3, name: 'closed_at' },
    writtenAt: { type: 'datetime', precision: 3, name: 'written_at', nullable: true },
    collectedAt: { type: 'datetime', precision: 3, name: 'collected_at', nullable: true },
    acknowledgedAt: { type: 'datetime', precision: 3, name: 'acknowledged_at', nullable: true },
    expiresAt: { type: 'datetime', precision: 3, name: 'expires_at' },
  },
});

/** The number of the next file of a party's publication; taken in the transaction that makes the file. */
export type PublicationSequenceRow = {
  partyId: number;
  publication: string;
  version: string;
  next: number;
};

export const publicationSequenceTable = new EntitySchema<PublicationSequenceRow>({
  name: 'publication_sequence',
  columns: {
    partyId: { type: 'integer', primary: true, name: 'party_id' },
    publication: { type: 'varchar', primary: true },
    version: { type: 'varchar', primary: true },
    next: { type: 'integer', name: 'next_number' },
  },
});
