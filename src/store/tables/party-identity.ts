import { EntitySchema } from 'typeorm';

/** `hoedanigheid` '' stands for none: in a unique index two nulls would not be the same. */
export type PartyIdentityRow = { id: number; partyId: number; uri: string; hoedanigheid: string };

export const partyIdentityTable = new EntitySchema<PartyIdentityRow>({
  name: 'party_identity',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    partyId: { type: 'integer', name: 'party_id' },
    uri: { type: 'varchar' },
    hoedanigheid: { type: 'varchar' },
  },
});
