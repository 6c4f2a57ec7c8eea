import type { EntityManager, FindOptionsWhere } from 'typeorm';
import type { Grant, Party, Registration, Subject } from '../exchange/party.ts';
import type { Source } from '../exchange/source.ts';
import { allGrants, allParties, allSources } from './configuration-rows.ts';
import { isDuplicate } from './duplicate.ts';
import type { Engine } from './engine.ts';
import { changeStampTable } from './tables/change-stamp.ts';
import { partyTable } from './tables/party.ts';
import { partyCertificateTable } from './tables/party-certificate.ts';
import { partyGrantTable } from './tables/party-grant.ts';
import { partyIdentityTable } from './tables/party-identity.ts';
import { type RegistrationRow, registrationTable } from './tables/registration.ts';
import { sourceTable } from './tables/source.ts';

export type NewParty = Omit<Party, 'id'> & {
  /** Subjects of its certificates, RFC 4514. */
  readonly certificates: readonly string[];
};
export type RegistrationFilter = { readonly partyId?: number | null; readonly subject?: Subject | null };

/** Each resolves when the change is durable and in this process's snapshot, and throws an Error that says why not. */
export type Configuration = {
  readonly addParty: (party: NewParty) => Promise<Party>;
  readonly addCertificate: (partyId: number, subject: string) => Promise<void>;
  readonly addGrant: (grant: Omit<Grant, 'id'>) => Promise<Grant>;
  /** false: there is no such grant. */
  readonly removeGrant: (id: number) => Promise<boolean>;
  readonly addRegistration: (registration: Registration) => Promise<void>;
  /** Adds it, or replaces the one of that name. */
  readonly putSource: (source: Source) => Promise<void>;
  readonly parties: () => Promise<readonly Party[]>;
  readonly grants: () => Promise<readonly Grant[]>;
  readonly sources: () => Promise<readonly Source[]>;
  readonly registrations: (filter: RegistrationFilter) => Promise<readonly Registration[]>;
};

const registrationOf = (row: RegistrationRow): Registration => ({
  partyId: row.partyId,
  hoedanigheid: row.hoedanigheid,
  subject: { kind: row.subjectKind, number: row.subjectNumber },
  begin: row.beginDay,
  end: row.endDay,
});

const insertCertificate = async (manager: EntityManager, partyId: number, subject: string) => {
  try {
    await manager.insert(partyCertificateTable, { subject, partyId });
  } catch (cause) {
    throw isDuplicate(cause)
      ? new Error(`certificate "${subject}" is some party's already`, { cause })
      : cause;
  }
};

const insertParty = async (manager: EntityManager, party: NewParty): Promise<Party> => {
  const { identities, certificates, ...fields } = party;
  if ((fields.profile === 'strict') !== (fields.profileUntil === null)) {
    throw new Error('a profile other than strict needs an end date, and strict has none');
  }
  const row = { name: fields.name, cbeNumber: fields.cbeNumber, profile: fields.profile };
  const inserted = await manager.insert(partyTable, { ...row, profileUntil: fields.profileUntil });
  const id = Number(inserted.identifiers[0]?.id);
  for (const { uri, hoedanigheid } of identities) {
    await manager.insert(partyIdentityTable, { partyId: id, uri, hoedanigheid: hoedanigheid ?? '' });
  }
  for (const subject of certificates) await insertCertificate(manager, id, subject);
  return { ...fields, id, identities };
};

const insertGrant = async (manager: EntityManager, grant: Omit<Grant, 'id'>): Promise<Grant> => {
  const inserted = await manager.insert(partyGrantTable, {
    ...grant,
    visible: JSON.stringify(grant.visible),
  });
  return { ...grant, id: Number(inserted.identifiers[0]?.id) };
};

const insertRegistration = async (manager: EntityManager, registration: Registration) => {
  const { partyId, hoedanigheid, subject, begin, end } = registration;
  const about = { subjectKind: subject.kind, subjectNumber: subject.number };
  await manager.insert(registrationTable, { partyId, hoedanigheid, ...about, beginDay: begin, endDay: end });
};

const replaceSource = async (manager: EntityManager, source: Source) => {
  await manager.delete(sourceTable, { name: source.name });
  await manager.insert(sourceTable, { ...source });
};

/** What operators change and list. `changed` is awaited after every change. */
export const keepConfiguration = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  changed: () => Promise<void>,
): Configuration => {
  const change = async <T>(work: (manager: EntityManager) => Promise<T>): Promise<T> => {
    const result = await write(async (manager) => {
      // First of all, so that changes queue up on this row instead of meeting each other halfway.
      await manager.increment(changeStampTable, { id: 1 }, 'counter', 1);
      return work(manager);
    });
    await changed();
    return result;
  };

  return {
    addParty: (party) => change((manager) => insertParty(manager, party)),
    addCertificate: (partyId, subject) => change((manager) => insertCertificate(manager, partyId, subject)),
    addGrant: (grant) => change((manager) => insertGrant(manager, grant)),
    removeGrant: (id) =>
      change(async (manager) => ((await manager.delete(partyGrantTable, { id })).affected ?? 0) > 0),
    addRegistration: (registration) => change((manager) => insertRegistration(manager, registration)),
    putSource: (source) => change((manager) => replaceSource(manager, source)),
    parties: () => read(allParties),
    grants: () => read(allGrants),
    sources: () => read(allSources),
    registrations: ({ partyId, subject }) =>
      read(async (manager) => {
        const where: FindOptionsWhere<RegistrationRow> = {
          ...(partyId ? { partyId } : {}),
          ...(subject ? { subjectKind: subject.kind, subjectNumber: subject.number } : {}),
        };
        return (await manager.find(registrationTable, { where, order: { id: 'ASC' } })).map(registrationOf);
      }),
  };
};
