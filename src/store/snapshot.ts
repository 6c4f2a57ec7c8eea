import type { EntityManager } from 'typeorm';
import { type CodesOf, codesIn, codeTableKey } from '../exchange/code-table.ts';
import { networks } from '../exchange/networks.ts';
import type { Admits, Grant, GrantFor, Party } from '../exchange/party.ts';
import type { Source } from '../exchange/source.ts';
import type { PublicationName, Subscription } from '../exchange/subscription.ts';
import { allCodeTables } from './code-tables.ts';
import { allGrants, allParties, allSources } from './configuration-rows.ts';
import { allSubscriptions } from './subscription-rows.ts';
import { changeStampTable } from './tables/change-stamp.ts';
import { partyCertificateTable } from './tables/party-certificate.ts';
import { partyNetworkTable } from './tables/party-network.ts';

/** The configuration as it stood at one change stamp, for questions that must not cost a query. */
export type Snapshot = {
  readonly stamp: number;
  readonly partyOf: (certificateSubject: string) => Party | null;
  readonly grantFor: GrantFor;
  /** Whether a party's messages are taken from this address. */
  readonly admits: Admits;
  readonly source: (name: string) => Source | null;
  readonly codesOf: CodesOf;
  /** In the order in which they were made. */
  readonly subscriptions: () => readonly Subscription[];
  readonly subscriptionsFor: (publication: string, version: string) => readonly Subscription[];
  readonly subscriptionsOf: (partyId: number, name: PublicationName) => readonly Subscription[];
};

const isValid = ({ validFrom, validUntil }: Grant, at: Date) =>
  validFrom <= at && (validUntil === null || at < validUntil);

const publicationKey = ({ publication, version }: PublicationName) => `${publication} ${version}`;

/** To be called inside a transaction, whose first query must be the stamp's: it fixes what the others see. */
export const takeSnapshot = async (manager: EntityManager): Promise<Snapshot> => {
  const { counter } = await manager.findOneByOrFail(changeStampTable, { id: 1 });
  const parties = new Map((await allParties(manager)).map((party) => [party.id, party]));
  const certificates = await manager.find(partyCertificateTable);
  const bySubject = new Map(
    certificates.map(({ subject, partyId }) => [subject, parties.get(partyId) ?? null]),
  );
  const networksOf = new Map(
    [...Map.groupBy(await manager.find(partyNetworkTable), ({ partyId }) => partyId)].map(
      ([partyId, rows]) => [partyId, networks(rows.map(({ network }) => network))],
    ),
  );
  const grantsOf = Map.groupBy(await allGrants(manager), (grant) => grant.partyId);
  const sources = new Map((await allSources(manager)).map((source) => [source.name, source]));
  const codes = new Map((await allCodeTables(manager)).map((table) => [codeTableKey(table), codesIn(table)]));
  const subscriptions = await allSubscriptions(manager);
  const subscriptionsFor = Map.groupBy(subscriptions, (each) => publicationKey(each));
  const subscriptionsOf = Map.groupBy(subscriptions, (each) => `${each.partyId} ${publicationKey(each)}`);
  return {
    stamp: counter,
    partyOf: (certificateSubject) => bySubject.get(certificateSubject) ?? null,
    admits: (partyId, address) => networksOf.get(partyId)?.hold(address) ?? true,
    grantFor: ({ partyId, uri, hoedanigheid, service, version, at }) => {
      let general: Grant | null = null;
      for (const grant of grantsOf.get(partyId) ?? []) {
        if (grant.uri !== uri || grant.service !== service || grant.version !== version) continue;
        if (!isValid(grant, at)) continue;
        if (grant.hoedanigheid === null) general ??= grant;
        else if (grant.hoedanigheid === hoedanigheid) return grant;
      }
      return general;
    },
    source: (name) => sources.get(name) ?? null,
    subscriptions: () => subscriptions,
    subscriptionsFor: (publication, version) =>
      subscriptionsFor.get(publicationKey({ publication, version })) ?? [],
    subscriptionsOf: (partyId, name) => subscriptionsOf.get(`${partyId} ${publicationKey(name)}`) ?? [],
    codesOf: (name, source) => codes.get(codeTableKey({ name, source })) ?? null,
  };
};
