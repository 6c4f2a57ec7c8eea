import { EntitySchema } from 'typeorm';
import type { SubjectKind } from '../../exchange/party.ts';

/** Days are text (yyyy-mm-dd): no time zone can move them, and they compare as they sort. */
export type RegistrationRow = {
  id: number;
  partyId: number;
  hoedanigheid: string;
  subjectKind: SubjectKind;
  subjectNumber: string;
  beginDay: string;
  endDay: string | null;
};

export const registrationTable = new EntitySchema<RegistrationRow>({
  name: 'registration',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    partyId: { type: 'integer', name: 'party_id' },
    hoedanigheid: { type: 'varchar' },
    subjectKind: { type: 'varchar', name: 'subject_kind' },
    subjectNumber: { type: 'varchar', name: 'subject_number' },
    beginDay: { type: 'varchar', name: 'begin_day' },
    endDay: { type: 'varchar', name: 'end_day', nullable: true },
  },
});
