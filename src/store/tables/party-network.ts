import { EntitySchema } from 'typeorm';

/** From where alone a party's messages are taken; a party without any is let in from everywhere. */
export type PartyNetworkRow = { partyId: number; network: string };

export const partyNetworkTable = new EntitySchema<PartyNetworkRow>({
  name: 'party_network',
  columns: {
    partyId: { type: 'integer', name: 'party_id', primary: true },
    network: { type: 'varchar', primary: true },
  },
});
