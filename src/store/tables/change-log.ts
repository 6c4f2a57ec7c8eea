import { EntitySchema } from 'typeorm';

/** `before` and `after` are JSON; null where the thing was not, or is no longer, there. */
export type ChangeRow = {
  id: number;
  at: Date;
  who: string;
  kind: string;
  name: string;
  before: string | null;
  after: string | null;
};

export const changeLogTable = new EntitySchema<ChangeRow>({
  name: 'change_log',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    at: { type: 'datetime', precision: 3, name: 'changed_at' },
    who: { type: 'varchar' },
    kind: { type: 'varchar', name: 'object_kind' },
    name: { type: 'varchar', name: 'object_name' },
    before: { type: 'text', name: 'image_before', nullable: true },
    after: { type: 'text', name: 'image_after', nullable: true },
  },
});
