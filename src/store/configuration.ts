import type { EntityManager, FindOptionsWhere } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type { CodeTable } from '../exchange/code-table.ts';
import type { Grant, Party, Registration, Subject } from '../exchange/party.ts';
import type { Source } from '../exchange/source.ts';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { type Hand, note, noteRegistration, THE_BUS } from './changes.ts';
import { codeTableNamed, insertCodeTable, removeCodeTable } from './code-tables.ts';
import { fingerprintOf, grantImage, partyImage } from './configuration-image.ts';
import { ChangeRefused, insertCertificate, insertIdentity } from './configuration-party.ts';
import { allGrants, allParties, allSources, grantOf, grantRow } from './configuration-rows.ts';
import type { Engine } from './engine.ts';
import { queuedChange } from './queued-change.ts';
import { partyTable } from './tables/party.ts';
import { partyCertificateTable } from './tables/party-certificate.ts';
import { partyGrantTable } from './tables/party-grant.ts';
import { partyNetworkTable } from './tables/party-network.ts';
import { type RegistrationRow, registrationTable } from './tables/registration.ts';
import { sourceTable } from './tables/source.ts';
import { dropWaitingFor, needsSecondPerson } from './waiting-rows.ts';

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
  /** Adds it, or replaces the one of that name and source. */
  readonly putCodes: (table: CodeTable) => Promise<void>;
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

const partyOf = async (manager: EntityManager, id: number): Promise<Party> => {
  const found = (await allParties(manager)).find((party) => party.id === id);
  if (!found) throw new Error(`there is no party ${id}`);
  return found;
};

const insertParty = async (manager: EntityManager, party: NewParty, hand: Hand): Promise<Party> => {
  const { identities, certificates, ...fields } = party;
  if ((fields.profile === 'strict') !== (fields.profileUntil === null)) {
    throw new Error('a profile other than strict needs an end date, and strict has none');
  }
  const row = { name: fields.name, cbeNumber: fields.cbeNumber, profile: fields.profile };
  const inserted = await manager.insert(partyTable, { ...row, profileUntil: fields.profileUntil });
  const id = Number(inserted.identifiers[0]?.id);
  for (const identity of identities) await insertIdentity(manager, id, identity);
  for (const subject of certificates) await insertCertificate(manager, id, subject);
  const made = { ...fields, id, identities };
  await note(manager, { kind: 'party', before: null, after: partyImage(made, certificates, []) }, hand);
  return made;
};

const addSubject = async (manager: EntityManager, partyId: number, subject: string, hand: Hand) => {
  const party = await partyOf(manager, partyId);
  const had = (await manager.findBy(partyCertificateTable, { partyId })).map((row) => row.subject);
  const networks = (await manager.findBy(partyNetworkTable, { partyId })).map((row) => row.network);
  await insertCertificate(manager, partyId, subject);
  const after = partyImage(party, [...had, subject], networks);
  await note(manager, { kind: 'party', before: partyImage(party, had, networks), after }, hand);
};

const insertGrant = async (manager: EntityManager, grant: Omit<Grant, 'id'>, hand: Hand): Promise<Grant> => {
  if (await needsSecondPerson(manager))
    throw new ChangeRefused('grants need a second person here: kruispunt grant add, and grant approve');
  const inserted = await manager.insert(partyGrantTable, grantRow(grant));
  const made = { ...grant, id: Number(inserted.identifiers[0]?.id) };
  const { name } = await manager.findOneByOrFail(partyTable, { id: grant.partyId });
  await note(manager, { kind: 'grant', id: made.id, before: null, after: grantImage(made, name) }, hand);
  return made;
};

const deleteGrant = async (manager: EntityManager, id: number, hand: Hand): Promise<boolean> => {
  const row = await manager.findOneBy(partyGrantTable, { id });
  if (!row) return false;
  await dropWaitingFor(manager, id, hand);
  await manager.delete(partyGrantTable, { id });
  const { name } = await manager.findOneByOrFail(partyTable, { id: row.partyId });
  const before = grantImage(grantOf(row), name);
  await note(manager, { kind: 'grant', id, before, after: null }, hand);
  return true;
};

const insertRegistration = async (
  manager: EntityManager,
  registration: Registration,
  hand: Hand,
  keys: SubjectKeys,
) => {
  const { partyId, hoedanigheid, subject, begin, end } = registration;
  const about = { subjectKind: subject.kind, subjectNumber: subject.number };
  await manager.insert(registrationTable, { partyId, hoedanigheid, ...about, beginDay: begin, endDay: end });
  const { name: party } = await manager.findOneByOrFail(partyTable, { id: partyId });
  const after = { party, hoedanigheid, subject, begin, end };
  await noteRegistration(manager, { kind: 'registration', id: null, before: null, after }, hand, keys);
};

const replaceSource = async (manager: EntityManager, source: Source, hand: Hand) => {
  const before = await manager.findOneBy(sourceTable, { name: source.name });
  if (fingerprintOf(before) === fingerprintOf(source)) return;
  await manager.delete(sourceTable, { name: source.name });
  await manager.insert(sourceTable, { ...source });
  await note(manager, { kind: 'source', before, after: source }, hand);
};

const replaceCodes = async (manager: EntityManager, table: CodeTable, hand: Hand) => {
  const before = await codeTableNamed(manager, table);
  if (fingerprintOf(before) === fingerprintOf(table)) return;
  await removeCodeTable(manager, table);
  await insertCodeTable(manager, table);
  await note(manager, { kind: 'codes', before, after: table }, hand);
};

/** What the bus itself changes and lists, in its own name. `changed` is awaited after every change. */
export const keepConfiguration = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  changed: () => Promise<void>,
  clock: Clock,
  keys: SubjectKeys,
): Configuration => {
  const queued = queuedChange({ write }, changed, clock);
  const change = <T>(work: (manager: EntityManager, hand: Hand) => Promise<T>) => queued(THE_BUS, work);

  return {
    addParty: (party) => change((manager, hand) => insertParty(manager, party, hand)),
    addCertificate: (partyId, subject) =>
      change((manager, hand) => addSubject(manager, partyId, subject, hand)),
    addGrant: (grant) => change((manager, hand) => insertGrant(manager, grant, hand)),
    removeGrant: (id) => change((manager, hand) => deleteGrant(manager, id, hand)),
    addRegistration: (registration) =>
      change((manager, hand) => insertRegistration(manager, registration, hand, keys)),
    putSource: (source) => change((manager, hand) => replaceSource(manager, source, hand)),
    putCodes: (table) => change((manager, hand) => replaceCodes(manager, table, hand)),
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
