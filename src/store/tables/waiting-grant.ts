import { EntitySchema } from 'typeorm';

/** One row: whether a grant that lets a party do more waits for a second person. */
export type GrantRuleRow = { id: number; secondPerson: boolean };

export const grantRuleTable = new EntitySchema<GrantRuleRow>({
  name: 'grant_rule',
  columns: {
    id: { type: 'integer', primary: true },
    secondPerson: { type: 'boolean', name: 'second_person' },
  },
});

/** A grant as somebody wants it to be; what is in force stands in `party_grant`. */
export type WaitingGrantRow = {
  id: number;
  at: Date;
  who: string;
  /** null: a new one. */
  grantId: number | null;
  /** null, as `after`: that the rule itself is to end. */
  partyId: number | null;
  /** JSON: how the grant was when this was asked for. */
  before: string | null;
  after: string | null;
};

export const waitingGrantTable = new EntitySchema<WaitingGrantRow>({
  name: 'waiting_grant',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    at: { type: 'datetime', precision: 3, name: 'asked_at' },
    who: { type: 'varchar' },
    grantId: { type: 'integer', name: 'grant_id', nullable: true },
    partyId: { type: 'integer', name: 'party_id', nullable: true },
    before: { type: 'text', name: 'image_before', nullable: true },
    after: { type: 'text', name: 'image_after', nullable: true },
  },
});
