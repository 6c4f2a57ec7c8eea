import { EntitySchema } from 'typeorm';
import type { Source } from '../../exchange/source.ts';

export type SourceRow = { -readonly [field in keyof Source]: Source[field] };

export const sourceTable = new EntitySchema<SourceRow>({
  name: 'source',
  columns: {
    name: { type: 'varchar', primary: true },
    kind: { type: 'varchar' },
    url: { type: 'varchar', nullable: true },
    deadline: { type: 'integer' },
    maxBytes: { type: 'integer', name: 'max_bytes' },
    signature: { type: 'varchar' },
    retries: { type: 'integer' },
    breaker: { type: 'integer' },
    pause: { type: 'integer' },
  },
});
