import { EntitySchema } from 'typeorm';
import type { SubjectKind } from '../../exchange/party.ts';

/** `seq` keeps the order in which the message named them. */
export type ExchangeSubjectRow = { exchangeId: string; seq: number; kind: SubjectKind; number: string };

export const exchangeSubjectTable = new EntitySchema<ExchangeSubjectRow>({
  name: 'exchange_subject',
  columns: {
    exchangeId: { type: 'varchar', primary: true, name: 'exchange_id' },
    seq: { type: 'integer', primary: true },
    kind: { type: 'varchar', name: 'subject_kind' },
    number: { type: 'varchar', name: 'subject_number' },
  },
});
