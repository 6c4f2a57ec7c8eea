import type { EntityManager } from 'typeorm';
import { asTheServiceSays } from '../exchange/controls.ts';
import type { Grant, Party } from '../exchange/party.ts';
import type { Source } from '../exchange/source.ts';
import { partyTable } from './tables/party.ts';
import { type PartyGrantRow, partyGrantTable } from './tables/party-grant.ts';
import { partyIdentityTable } from './tables/party-identity.ts';
import { sourceTable } from './tables/source.ts';

export const allParties = async (manager: EntityManager): Promise<Party[]> => {
  const parties = await manager.find(partyTable, { order: { id: 'ASC' } });
  const identities = await manager.find(partyIdentityTable, { order: { id: 'ASC' } });
  const identitiesOf = Map.groupBy(identities, (identity) => identity.partyId);
  return parties.map((party) => ({
    ...party,
    identities: (identitiesOf.get(party.id) ?? []).map(({ uri, hoedanigheid }) => ({
      uri,
      hoedanigheid: hoedanigheid === '' ? null : hoedanigheid,
    })),
  }));
};

const WHOLE = ['**'];

export const grantOf = ({ visible, writable, controls, ...grant }: PartyGrantRow): Grant => ({
  ...grant,
  visible: JSON.parse(visible),
  writable: writable === null ? WHOLE : JSON.parse(writable),
  controls: { ...asTheServiceSays, ...(controls === null ? {} : JSON.parse(controls)) },
});

export const grantRow = <T extends Omit<Grant, 'id' | 'partyId'>>({
  visible,
  writable,
  controls,
  ...rest
}: T) => {
  const said = Object.entries(controls).filter(([, value]) => value !== null);
  return {
    ...rest,
    visible: JSON.stringify(visible),
    writable: JSON.stringify(writable),
    controls: said.length === 0 ? null : JSON.stringify(Object.fromEntries(said)),
  };
};

export const allGrants = async (manager: EntityManager): Promise<Grant[]> => {
  const grants = await manager.find(partyGrantTable, { order: { id: 'ASC' } });
  return grants.map(grantOf);
};

export const allSources = async (manager: EntityManager): Promise<Source[]> => {
  const sources = await manager.find(sourceTable, { order: { name: 'ASC' } });
  return sources.map((source) => ({ ...source }));
};
