import { EntitySchema } from 'typeorm';
import type { SubjectKind } from '../../exchange/party.ts';

/** One change of the repertory. It outlives the party, so nothing refers to that; `registration-history.ts` reads it. */
export type RegistrationHistoryRow = {
  id: number;
  changedAt: Date;
  what: string;
  byKind: 'exchange' | 'operator';
  byName: string;
  partyId: number;
  hoedanigheid: string;
  subjectKind: SubjectKind;
  subjectNumber: string;
  /** JSON: the periods that went, and those that took their place. */
  before: string;
  after: string;
};

export const registrationHistoryTable = new EntitySchema<RegistrationHistoryRow>({
  name: 'registration_history',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    changedAt: { type: 'datetime', precision: 3, name: 'changed_at' },
    what: { type: 'varchar' },
    byKind: { type: 'varchar', name: 'by_kind' },
    byName: { type: 'varchar', name: 'by_name' },
    partyId: { type: 'integer', name: 'party_id' },
    hoedanigheid: { type: 'varchar' },
    subjectKind: { type: 'varchar', name: 'subject_kind' },
    subjectNumber: { type: 'varchar', name: 'subject_number' },
    before: { type: 'text', name: 'periods_before' },
    after: { type: 'text', name: 'periods_after' },
  },
});
