import { EntitySchema } from 'typeorm';
import type { SubjectKind } from '../../exchange/party.ts';

/** Who looked up the audit of one subject. It changes nothing, but is accounted for as strictly. */
export type LookUpRow = {
  id: number;
  at: Date;
  who: string;
  kind: SubjectKind;
  hash: string;
  sealed: string;
};

export const lookUpTable = new EntitySchema<LookUpRow>({
  name: 'look_up',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    at: { type: 'datetime', precision: 3, name: 'looked_at' },
    who: { type: 'varchar' },
    kind: { type: 'varchar', name: 'subject_kind' },
    hash: { type: 'varchar', name: 'subject_hash' },
    sealed: { type: 'varchar', name: 'subject_sealed' },
  },
});
