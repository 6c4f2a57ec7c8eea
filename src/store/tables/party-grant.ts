import { EntitySchema } from 'typeorm';

export type PartyGrantRow = {
  id: number;
  partyId: number;
  uri: string;
  hoedanigheid: string | null;
  service: string;
  version: string;
  legalBasis: string;
  validFrom: Date;
  validUntil: Date | null;
  /** JSON: an array of schema paths. */
  visible: string;
};

export const partyGrantTable = new EntitySchema<PartyGrantRow>({
  name: 'party_grant',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    partyId: { type: 'integer', name: 'party_id' },
    uri: { type: 'varchar' },
    hoedanigheid: { type: 'varchar', nullable: true },
    service: { type: 'varchar' },
    version: { type: 'varchar' },
    legalBasis: { type: 'text', name: 'legal_basis' },
    validFrom: { type: 'datetime', precision: 3, name: 'valid_from' },
    validUntil: { type: 'datetime', precision: 3, name: 'valid_until', nullable: true },
    visible: { type: 'text', name: 'visible_paths' },
  },
});
