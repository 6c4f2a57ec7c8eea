import { type EntityManager, In } from 'typeorm';
import type { CodeTable } from '../exchange/code-table.ts';
import type { Grant, Party, Registration } from '../exchange/party.ts';
import type { Source } from '../exchange/source.ts';
import type { Subscription } from '../exchange/subscription.ts';
import { allCodeTables } from './code-tables.ts';
import { allGrants, allParties, allSources } from './configuration-rows.ts';
import { allSubscriptions } from './subscription-rows.ts';
import { changeStampTable } from './tables/change-stamp.ts';
import { partyTable } from './tables/party.ts';
import { partyCertificateTable } from './tables/party-certificate.ts';
import { partyNetworkTable } from './tables/party-network.ts';
import { type RegistrationRow, registrationTable } from './tables/registration.ts';

/** Configuration as operators see it: parties go by their names, and only what has no name by a number. */

export type PartyImage = Omit<Party, 'id'> & {
  readonly certificates: readonly string[];
  /** From where alone its messages are taken; none: everywhere. */
  readonly networks: readonly string[];
};
export type GrantImage = Omit<Grant, 'id' | 'partyId'> & { readonly party: string };
export type RegistrationImage = Omit<Registration, 'partyId'> & { readonly party: string };
export type SubscriptionImage = Omit<Subscription, 'id' | 'partyId'> & { readonly party: string };
export type Numbered<T> = T & { readonly id: number };

export type ConfigurationImage = {
  readonly parties: readonly PartyImage[];
  readonly grants: readonly Numbered<GrantImage>[];
  readonly sources: readonly Source[];
  readonly codes: readonly CodeTable[];
  readonly subscriptions: readonly Numbered<SubscriptionImage>[];
  readonly registrations: readonly Numbered<RegistrationImage>[];
};

/** How one thing was and how it is to be; null where it was not, or is no longer to be, there. */
type Of<Kind extends string, Image> = {
  readonly kind: Kind;
  readonly before: Image | null;
  readonly after: Image | null;
};
export type Edit =
  | Of<'party', PartyImage>
  | Of<'source', Source>
  | Of<'codes', CodeTable>
  | (Of<'grant', GrantImage> & { readonly id: number | null })
  | (Of<'subscription', SubscriptionImage> & { readonly id: number | null })
  | (Of<'registration', RegistrationImage> & { readonly id: number | null });

/** Which registrations to read with the rest: there may be millions. */
export type Registrations = 'all' | 'none' | { readonly party: string } | { readonly number: string };

const byText = (a: string, b: string) => (a < b ? -1 : Number(a > b));

export const partyImage = (
  party: Omit<Party, 'id'>,
  certificates: readonly string[],
  networks: readonly string[],
): PartyImage => ({
  name: party.name,
  cbeNumber: party.cbeNumber,
  profile: party.profile,
  profileUntil: party.profileUntil,
  identities: party.identities.toSorted(
    (a, b) => byText(a.uri, b.uri) || byText(a.hoedanigheid ?? '', b.hoedanigheid ?? ''),
  ),
  certificates: certificates.toSorted(byText),
  networks: networks.toSorted(byText),
});

export const grantImage = ({ id: _, partyId: __, ...grant }: Grant, party: string): GrantImage => ({
  party,
  ...grant,
});

export const subscriptionImage = (
  { id: _, partyId: __, ...subscription }: Subscription,
  party: string,
): SubscriptionImage => ({ party, ...subscription });

export const registrationImage = (row: RegistrationRow, party: string): RegistrationImage => ({
  party,
  hoedanigheid: row.hoedanigheid,
  subject: { kind: row.subjectKind, number: row.subjectNumber },
  begin: row.beginDay,
  end: row.endDay,
});

const registrationRows = async (manager: EntityManager, which: Registrations): Promise<RegistrationRow[]> => {
  if (which === 'none') return [];
  const order = { id: 'ASC' } as const;
  if (which === 'all') return manager.find(registrationTable, { order });
  if ('number' in which) {
    const about = { subjectKind: In(['person', 'enterprise']), subjectNumber: which.number };
    return manager.find(registrationTable, { where: about, order });
  }
  const parties = await manager.find(partyTable, { where: { name: which.party } });
  return manager.find(registrationTable, { where: { partyId: In(parties.map(({ id }) => id)) }, order });
};

/** To be called inside a transaction; its first query fixes what the others see. */
export const readImage = async (
  manager: EntityManager,
  registrations: Registrations,
): Promise<ConfigurationImage> => {
  await manager.findOneByOrFail(changeStampTable, { id: 1 });
  const parties = await allParties(manager);
  const certificates = Map.groupBy(await manager.find(partyCertificateTable), ({ partyId }) => partyId);
  const networks = Map.groupBy(await manager.find(partyNetworkTable), ({ partyId }) => partyId);
  const nameOf = new Map(parties.map(({ id, name }) => [id, name]));
  const rows = await registrationRows(manager, registrations);
  return {
    parties: parties
      .map((party) =>
        partyImage(
          party,
          (certificates.get(party.id) ?? []).map(({ subject }) => subject),
          (networks.get(party.id) ?? []).map(({ network }) => network),
        ),
      )
      .toSorted((a, b) => byText(a.name, b.name)),
    grants: (await allGrants(manager)).map((grant) => ({
      id: grant.id,
      ...grantImage(grant, nameOf.get(grant.partyId) ?? ''),
    })),
    sources: await allSources(manager),
    codes: await allCodeTables(manager),
    subscriptions: (await allSubscriptions(manager)).map((each) => ({
      id: each.id,
      ...subscriptionImage(each, nameOf.get(each.partyId) ?? ''),
    })),
    registrations: rows.map((row) => ({
      id: row.id,
      ...registrationImage(row, nameOf.get(row.partyId) ?? ''),
    })),
  };
};

/** The same for the same content, in whatever order its fields were written. */
export const fingerprintOf = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => byText(a, b)))
      : each,
  );
