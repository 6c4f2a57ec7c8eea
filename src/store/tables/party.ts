import { EntitySchema } from 'typeorm';
import type { ProfileName } from '../../exchange/party.ts';

export type PartyRow = {
  id: number;
  name: string;
  cbeNumber: string;
  profile: ProfileName;
  profileUntil: Date | null;
};

export const partyTable = new EntitySchema<PartyRow>({
  name: 'party',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    name: { type: 'varchar' },
    cbeNumber: { type: 'varchar', name: 'cbe_number' },
    profile: { type: 'varchar' },
    profileUntil: { type: 'datetime', precision: 3, name: 'profile_until', nullable: true },
  },
});
