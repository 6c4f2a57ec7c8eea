import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Clock } from '../exchange/clock.ts';
import type { CodeTable } from '../exchange/code-table.ts';
import type { Grant, Party, Registration, Subject } from '../exchange/party.ts';
import { unlimited, WRITES_ALL } from '../exchange/party.ts';
import { kindOf, type Publication } from '../exchange/publication.ts';
import type { Reference } from '../exchange/reference.ts';
import type { Service } from '../exchange/service.ts';
import type { Subscription } from '../exchange/subscription.ts';
import type { Issued } from './certificates.ts';
import { demoCodeTables } from './code-tables.ts';
import { type DemoParty, demoParties } from './parties.ts';
import { demoEnterprises, demoPersons } from './people.ts';
import { type DemoPickup, givePickup, pickupOf } from './pickup.ts';
import { demoReferences } from './references.ts';

type Needs = {
  /** `$KRUISPUNT_VAR/demo` */
  readonly folder: string;
  readonly clock: Clock;
  /** RFC 4514 subject of a certificate in PEM, as parties register it. */
  readonly subjectOf: (certificatePem: string) => string;
  readonly services: readonly Service[];
  readonly publications: readonly Pick<Publication, 'name' | 'version' | 'asks'>[];
  readonly subscriptions: () => readonly Subscription[];
  readonly addSubscription: (subscription: Omit<Subscription, 'id'>, who: string) => Promise<Subscription>;
  readonly parties: () => Promise<readonly Party[]>;
  readonly grants: () => Promise<readonly Grant[]>;
  readonly registrations: (of: { readonly partyId: number }) => Promise<readonly Registration[]>;
  readonly addParty: (
    party: Omit<Party, 'id'> & { readonly certificates: readonly string[] },
  ) => Promise<Party>;
  readonly addGrant: (grant: Omit<Grant, 'id'>) => Promise<Grant>;
  readonly putCodes: (table: CodeTable) => Promise<void>;
  readonly addRegistration: (registration: Registration) => Promise<void>;
  readonly addReferences: (lines: readonly Reference[]) => Promise<void>;
  readonly pickup: DemoPickup;
};

/** What the bus itself needs of the demo world: its identity. */
export type DemoIdentity = {
  readonly privateKey: string;
  readonly certificate: string;
};

// Before anything in the demo world happened, so that its grants and registrations hold today and tomorrow.
const SINCE = new Date('2020-01-01T00:00:00Z');

/**
 * Makes the demo world on the first start: an authority, the bus's and the parties' certificates, the files that say
 * who and what there is, and in the database the parties with their grants and registrations. What exists is kept.
 */
export async function demoWorld(needs: Needs): Promise<DemoIdentity> {
  mkdirSync(needs.folder, { recursive: true });
  const files = await keepFiles(needs);
  // A start that was cut short left some of it out; what an operator took away later must stay away.
  const seeded = resolve(needs.folder, 'seeded');
  if (!existsSync(seeded) || (await needs.parties()).length === 0) {
    await seed(needs, files);
    await needs.addReferences(demoReferences());
    writeFileSync(seeded, `${needs.clock.now().toISOString()}\n`);
  }
  await givePickup(needs.folder, await needs.parties(), needs.pickup);
  return files.identity;
}

type Files = { readonly identity: DemoIdentity; readonly certificateOf: (name: string) => string };

async function keepFiles({ folder, clock }: Needs): Promise<Files> {
  const read = (name: string) => readFileSync(resolve(folder, name), 'utf8');
  // The list of parties is written last: where it is, everything is.
  if (!existsSync(resolve(folder, 'parties.json'))) await makeFiles(folder, clock);
  return {
    identity: {
      privateKey: read('bus.key.pem'),
      certificate: read('bus.crt.pem'),
    },
    certificateOf: (name) => read(`${name}.crt.pem`),
  };
}

async function makeFiles(folder: string, clock: Clock): Promise<void> {
  const write = (name: string, content: string, mode = 0o644) =>
    writeFileSync(resolve(folder, name), content, { mode });
  const writePair = (name: string, { certificate, privateKey }: Issued) => {
    write(`${name}.crt.pem`, certificate);
    write(`${name}.key.pem`, privateKey, 0o600);
  };
  // Heavy to load, and needed once in the life of a demo world.
  const { issueCertificate, makeAuthority } = await import('./certificates.ts');
  const authority = await makeAuthority('Kruispunt Demo CA', clock);
  writePair('ca', authority);
  writePair(
    'bus',
    await issueCertificate(authority, { commonName: 'bus', organisation: 'Kruispunt Demo' }, clock),
  );
  await Promise.all(
    demoParties.map(async (party) => {
      const subject = { commonName: party.name, organisation: `CBE ${party.cbeNumber}` };
      writePair(party.name, await issueCertificate(authority, subject, clock));
    }),
  );
  write('persons.json', json(demoPersons().map(({ insz, note }) => ({ insz, note }))));
  write('enterprises.json', json(demoEnterprises()));
  write('parties.json', json(demoParties.map(publicView)));
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const publicView = ({ name, cbeNumber, uri, hoedanigheid, legalContext, profile, may, note }: DemoParty) => ({
  name,
  cbeNumber,
  uri,
  hoedanigheid,
  legalContext,
  certificate: `${name}.crt.pem`,
  key: `${name}.key.pem`,
  profile,
  may: Object.keys(may),
  pickup: pickupOf(name),
  note,
});

async function seed(needs: Needs, { certificateOf }: Files): Promise<void> {
  for (const table of demoCodeTables) await needs.putCodes(table);
  const present = new Map((await needs.parties()).map((party) => [party.name, party.id]));
  const granted = new Set((await needs.grants()).map(({ partyId }) => partyId));
  for (const party of demoParties) {
    const id = present.get(party.name) ?? (await addParty(party, certificateOf(party.name), needs));
    if (!granted.has(id)) await grantTo(id, party, needs);
    await subscribe(id, party, needs);
    const registered = new Set((await needs.registrations({ partyId: id })).map(keyOf));
    for (const registration of registrationsOf(id, party)) {
      if (!registered.has(keyOf(registration))) await needs.addRegistration(registration);
    }
  }
}

const keyOf = ({ hoedanigheid, subject }: Registration) => `${hoedanigheid} ${subject.number}`;

async function addParty(party: DemoParty, certificate: string, needs: Needs): Promise<number> {
  const { name, cbeNumber, uri, hoedanigheid, legalContext, profile } = party;
  const { id } = await needs.addParty({
    name,
    cbeNumber,
    profile,
    profileUntil: profile === 'strict' ? null : yearsFrom(needs.clock.now(), 2),
    identities: [
      { uri, hoedanigheid },
      { uri, hoedanigheid: null },
      ...(legalContext === null ? [] : [{ uri: cbeNumber, hoedanigheid: legalContext }]),
    ],
    certificates: [needs.subjectOf(certificate)],
  });
  return id;
}

async function grantTo(
  partyId: number,
  party: DemoParty,
  { services, publications, addGrant }: Needs,
): Promise<void> {
  const offered = [
    ...services.map(({ rules }) => rules),
    ...publications.map((each) => ({ ...each, dialect: 'magda', kind: 'read' })),
  ];
  for (const { name, version, dialect, kind } of offered) {
    const visible = party.may[name];
    if (!visible) continue;
    await addGrant({
      partyId,
      ...(dialect === 'ksz'
        ? { uri: party.cbeNumber, hoedanigheid: party.legalContext }
        : { uri: party.uri, hoedanigheid: null }),
      service: name,
      version,
      legalBasis: party.legalBasis,
      validFrom: SINCE,
      validUntil: null,
      visible,
      ...unlimited,
      encrypted: party.encrypted ?? false,
      controls: { ...unlimited.controls, throttle: party.throttle ?? null },
      writable: kind === 'write' ? (party.writes?.[name] ?? [WRITES_ALL]) : [],
    });
  }
}

/** To every publication that it may get, in the capacity in which it has its files. */
async function subscribe(partyId: number, party: DemoParty, needs: Needs): Promise<void> {
  const { uri, hoedanigheid, legalBasis } = party;
  const present = needs.subscriptions().filter((each) => each.partyId === partyId);
  // A demo world that was made when there were fewer publications keeps the rights that it was given.
  const granted = (await needs.grants()).filter((each) => each.partyId === partyId);
  for (const { name, version, asks } of needs.publications) {
    const kind = kindOf({ asks });
    const schedule = { mutations: party.subscribed, snapshot: party.snapshots }[kind];
    if (schedule === undefined || present.some((each) => each.kind === kind)) continue;
    if (!granted.some(({ service }) => service === name)) continue;
    const subscription: Omit<Subscription, 'id'> = {
      ...{ partyId, uri, hoedanigheid, legalBasis, publication: name, version, kind },
      ...(schedule === 'pull' ? { schedule: '', channel: 'pull' } : { schedule, channel: 'files' }),
      ...{ timeZone: 'Europe/Brussels', format: 'xml', filter: [] },
      ...{ emptyFiles: false, retentionDays: 30, validFrom: SINCE, validUntil: null, stoppedAt: null },
    };
    await needs.addSubscription(subscription, 'kruispunt');
  }
}

function registrationsOf(
  partyId: number,
  { registered, hoedanigheid, legalContext }: DemoParty,
): readonly Registration[] {
  const persons = demoPersons().map(({ insz }): Subject => ({ kind: 'person', number: insz }));
  const enterprises = demoEnterprises().map(
    ({ ondernemingsnummer }): Subject => ({ kind: 'enterprise', number: ondernemingsnummer }),
  );
  const subjects = { all: [...persons, ...enterprises], first: persons.slice(0, 1), nobody: [] }[registered];
  const begin = SINCE.toISOString().slice(0, 10);
  // The KSZ dialect asks about persons only, in the legal context that it names.
  const inContext = legalContext === null ? [] : subjects.filter(({ kind }) => kind === 'person');
  return [
    ...subjects.map((subject) => ({ partyId, hoedanigheid, subject, begin, end: null })),
    ...inContext.map((subject) => ({ partyId, hoedanigheid: legalContext ?? '', subject, begin, end: null })),
  ];
}

function yearsFrom(date: Date, years: number): Date {
  const later = new Date(date);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}
