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
  /** JSON: an array of schema paths; null in a grant from before there was a limit to what is written. */
  writable: string | null;
  /** JSON: those controls of which the grant says something; null when it says nothing. */
  controls: string | null;
  population: string | null;
  dataFrom: string | null;
  dataUntil: string | null;
  encrypted: boolean;
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
    writable: { type: 'text', name: 'writable_paths', nullable: true },
    controls: { type: 'text', nullable: true },
    population: { type: 'varchar', nullable: true },
    dataFrom: { type: 'varchar', name: 'data_from', nullable: true },
    dataUntil: { type: 'varchar', name: 'data_until', nullable: true },
    encrypted: { type: 'boolean' },
  },
});
