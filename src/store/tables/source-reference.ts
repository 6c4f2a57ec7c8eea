import { EntitySchema } from 'typeorm';
import type { SubjectKind } from '../../exchange/party.ts';

/** Days are text (yyyy-mm-dd): they compare as they sort. */
export type SourceReferenceRow = {
  id: number;
  dataType: string;
  subjectKind: SubjectKind;
  subjectNumber: string;
  source: string;
  heldAs: string | null;
  beginDay: string;
  endDay: string | null;
};

export const sourceReferenceTable = new EntitySchema<SourceReferenceRow>({
  name: 'source_reference',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    dataType: { type: 'varchar', name: 'data_type' },
    subjectKind: { type: 'varchar', name: 'subject_kind' },
    subjectNumber: { type: 'varchar', name: 'subject_number' },
    source: { type: 'varchar' },
    heldAs: { type: 'varchar', name: 'held_as', nullable: true },
    beginDay: { type: 'varchar', name: 'begin_day' },
    endDay: { type: 'varchar', name: 'end_day', nullable: true },
  },
});
