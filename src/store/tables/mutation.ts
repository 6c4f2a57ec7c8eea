import { EntitySchema } from 'typeorm';
import type { SubjectKind } from '../../exchange/party.ts';
import type { MutationType } from '../../exchange/publication.ts';

/** A change that a source told of. `accept-mutations.ts` writes it, `records.ts` reads it, both in SQL of their own. */
export type MutationRow = {
  id: number;
  authorPartyId: number;
  reference: string;
  publication: string;
  version: string;
  subjectKind: SubjectKind;
  subjectNumber: string;
  /** yyyy-mm-dd */
  occurredOn: string;
  type: MutationType;
  content: string;
  /** SHA-256 of all that the source said, hex. */
  digest: string;
  acceptedAt: Date;
};

export const mutationTable = new EntitySchema<MutationRow>({
  name: 'mutation',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    authorPartyId: { type: 'integer', name: 'author_party_id' },
    reference: { type: 'varchar' },
    publication: { type: 'varchar' },
    version: { type: 'varchar' },
    subjectKind: { type: 'varchar', name: 'subject_kind' },
    subjectNumber: { type: 'varchar', name: 'subject_number' },
    occurredOn: { type: 'varchar', name: 'occurred_on' },
    type: { type: 'varchar', name: 'mutation_type' },
    content: { type: 'text' },
    digest: { type: 'varchar' },
    acceptedAt: { type: 'datetime', precision: 3, name: 'accepted_at' },
  },
});
