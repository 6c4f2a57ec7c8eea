import { EntitySchema } from 'typeorm';
import type { SubjectKind } from '../../exchange/party.ts';

/** `seq` keeps the order in which the message named them; by `hash` they are found, and `sealed` has the number. */
export type ExchangeSubjectRow = {
  exchangeId: string;
  seq: number;
  kind: SubjectKind;
  hash: string;
  sealed: string;
};

export const exchangeSubjectTable = new EntitySchema<ExchangeSubjectRow>({
  name: 'exchange_subject',
  columns: {
    exchangeId: { type: 'varchar', primary: true, name: 'exchange_id' },
    seq: { type: 'integer', primary: true },
    kind: { type: 'varchar', name: 'subject_kind' },
    hash: { type: 'varchar', name: 'subject_hash' },
    sealed: { type: 'varchar', name: 'subject_sealed' },
  },
});
