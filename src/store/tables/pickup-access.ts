import { EntitySchema } from 'typeorm';

/** `secret`: public keys, one a line, or a password as scrypt left it. */
export type PickupAccessRow = {
  id: number;
  partyId: number;
  userName: string;
  kind: string;
  secret: string;
  validUntil: Date | null;
};

export const pickupAccessTable = new EntitySchema<PickupAccessRow>({
  name: 'pickup_access',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    partyId: { type: 'integer', name: 'party_id' },
    userName: { type: 'varchar', name: 'user_name' },
    kind: { type: 'varchar' },
    secret: { type: 'text' },
    validUntil: { type: 'datetime', precision: 3, name: 'valid_until', nullable: true },
  },
});
