import { EntitySchema } from 'typeorm';

/** A party has several while it rolls over from one certificate to the next. */
export type PartyCertificateRow = { subject: string; partyId: number };

export const partyCertificateTable = new EntitySchema<PartyCertificateRow>({
  name: 'party_certificate',
  columns: {
    subject: { type: 'varchar', primary: true },
    partyId: { type: 'integer', name: 'party_id' },
  },
});
