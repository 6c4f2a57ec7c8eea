import type { EntityManager } from 'typeorm';
import type { Grant, Party } from '../exchange/party.ts';
import type { Source } from '../exchange/source.ts';
import { partyTable } from './tables/party.ts';
import { partyGrantTable } from './tables/party-grant.ts';
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

export const allGrants = async (manager: EntityManager): Promise<Grant[]> => {
  const grants = await manager.find(partyGrantTable, { order: { id: 'ASC' } });
  return grants.map((grant) => ({ ...grant, visible: JSON.parse(grant.visible) }));
};

export const allSources = async (manager: EntityManager): Promise<Source[]> => {
  const sources = await manager.find(sourceTable, { order: { name: 'ASC' } });
  return sources.map((source) => ({ ...source }));
};
