import type { EntityManager } from 'typeorm';
import { overlaps } from '../exchange/days.ts';
import { type Hand, nameOf } from './changes.ts';
import { codeTableNamed, insertCodeTable, removeCodeTable } from './code-tables.ts';
import {
  type Edit,
  fingerprintOf,
  type GrantImage,
  grantImage,
  type PartyImage,
  partyImage,
  type RegistrationImage,
  registrationImage,
  type SubscriptionImage,
  subscriptionImage,
} from './configuration-image.ts';
import { ChangeRefused, insertCertificate, insertIdentity } from './configuration-party.ts';
import { grantOf, grantRow } from './configuration-rows.ts';
import { insertChange } from './registration-history.ts';
import { subscriptionOf } from './subscription-rows.ts';
import { putSubscription, removeSubscription } from './subscriptions.ts';
import { partyTable } from './tables/party.ts';
import { partyCertificateTable } from './tables/party-certificate.ts';
import { partyGrantTable } from './tables/party-grant.ts';
import { partyIdentityTable } from './tables/party-identity.ts';
import { partyNetworkTable } from './tables/party-network.ts';
import { pickupAccessTable } from './tables/pickup-access.ts';
import { registrationTable } from './tables/registration.ts';
import { registrationLockTable } from './tables/registration-lock.ts';
import { sourceTable } from './tables/source.ts';
import { subscriptionTable } from './tables/subscription.ts';
import { waitingGrantTable } from './tables/waiting-grant.ts';
import { dropWaitingFor } from './waiting-rows.ts';

type EditOf<Kind extends Edit['kind']> = Extract<Edit, { readonly kind: Kind }>;
const only = <Kind extends Edit['kind']>(edits: readonly Edit[], kind: Kind) =>
  edits.filter((edit): edit is EditOf<Kind> => edit.kind === kind);

/**
 * Carries out edits in an order in which each finds what it needs: what refers goes before what it refers to, and
 * everything that is taken away goes first, so that a certificate can move from one party to another.
 */
export const carryOut = async (manager: EntityManager, edits: readonly Edit[], hand: Hand): Promise<void> => {
  for (const edit of edits) await assertUntouched(manager, edit);
  const grants = only(edits, 'grant');
  const registrations = only(edits, 'registration');
  const subscriptions = only(edits, 'subscription');
  const parties = only(edits, 'party');
  await takeGone(manager, edits, hand);
  for (const edit of parties) await takeAway(manager, edit);
  for (const edit of parties) await put(manager, edit);
  for (const { before, after } of only(edits, 'source')) {
    if (before) await manager.delete(sourceTable, { name: before.name });
    if (after) await manager.insert(sourceTable, { ...after });
  }
  for (const edit of only(edits, 'codes')) await putCodes(manager, edit);
  for (const { id, after } of grants) if (after) await putGrant(manager, id, after);
  for (const { id, after } of subscriptions) if (after) await putImage(manager, id, after, hand.at);
  for (const edit of registrations) {
    if (edit.after === null) continue;
    await putRegistration(manager, edit.id, edit.after);
    await noteLine(manager, edit, hand);
  }
};

/** What refers to parties, with the registrations' history. */
const takeGone = async (manager: EntityManager, edits: readonly Edit[], hand: Hand): Promise<void> => {
  for (const edit of only(edits, 'registration').filter(({ after }) => after === null)) {
    await noteLine(manager, edit, hand);
    await manager.delete(registrationTable, { id: edit.id ?? 0 });
  }
  for (const { id } of only(edits, 'subscription').filter(({ after }) => after === null))
    await removeSubscription(manager, id ?? 0);
  for (const { id } of only(edits, 'grant').filter(({ after }) => after === null)) {
    await dropWaitingFor(manager, id ?? 0, hand);
    await manager.delete(partyGrantTable, { id: id ?? 0 });
  }
};

/** @throws ChangeRefused when it is no longer as the edit says it was */
export const assertUntouched = async (manager: EntityManager, edit: Edit): Promise<void> => {
  const now = await present(manager, edit);
  if (fingerprintOf(now) === fingerprintOf(edit.before)) return;
  const name = `${edit.kind} ${nameOf(edit)}`;
  if (edit.before === null) throw new ChangeRefused(`${name} exists already`);
  throw new ChangeRefused(
    `${name} ${now === null ? 'is no longer there' : 'was changed by somebody else meanwhile'}: look again`,
  );
};

/**
 * Keeps everyone who registers or unregisters waiting until these edits are done. To come before anything is read: on
 * a server the first look at the tables fixes what all later ones see.
 */
export const takeAllTurns = async (manager: EntityManager, edits: readonly Edit[]): Promise<void> => {
  if (only(edits, 'registration').length === 0) return;
  await manager
    .createQueryBuilder()
    .update(registrationLockTable)
    .set({ turns: () => 'turns + 1' })
    .execute();
};

/** What is there now of what the edit speaks of. */
const present = async (manager: EntityManager, edit: Edit): Promise<unknown> => {
  const { kind } = edit;
  if (kind === 'source') return manager.findOneBy(sourceTable, { name: nameOf(edit) });
  if (kind === 'codes') {
    const image = edit.before ?? edit.after;
    return image && codeTableNamed(manager, image);
  }
  if (kind === 'party') {
    const id = await partyId(manager, nameOf(edit));
    return id === null ? null : readParty(manager, id);
  }
  if (edit.id === null) return null;
  if (kind === 'grant') {
    const row = await manager.findOneBy(partyGrantTable, { id: edit.id });
    return row && grantImage(grantOf(row), await partyName(manager, row.partyId));
  }
  if (kind === 'subscription') {
    const row = await manager.findOneBy(subscriptionTable, { id: edit.id });
    return row && subscriptionImage(subscriptionOf(row), await partyName(manager, row.partyId));
  }
  const row = await manager.findOneBy(registrationTable, { id: edit.id });
  return row && registrationImage(row, await partyName(manager, row.partyId));
};

const partyId = async (manager: EntityManager, name: string): Promise<number | null> => {
  const [first, second] = await manager.find(partyTable, { where: { name }, take: 2 });
  if (second) throw new ChangeRefused(`several parties are called ${name}: which one cannot be told`);
  return first?.id ?? null;
};

export const neededPartyId = async (manager: EntityManager, name: string): Promise<number> => {
  const id = await partyId(manager, name);
  if (id === null) throw new ChangeRefused(`there is no party ${name}`);
  return id;
};

const partyName = async (manager: EntityManager, id: number) =>
  (await manager.findOneByOrFail(partyTable, { id })).name;

const readParty = async (manager: EntityManager, id: number): Promise<PartyImage> => {
  const row = await manager.findOneByOrFail(partyTable, { id });
  const identities = await manager.findBy(partyIdentityTable, { partyId: id });
  const certificates = await manager.findBy(partyCertificateTable, { partyId: id });
  const networks = await manager.findBy(partyNetworkTable, { partyId: id });
  return partyImage(
    {
      ...row,
      identities: identities.map(({ uri, hoedanigheid }) => ({
        uri,
        hoedanigheid: hoedanigheid === '' ? null : hoedanigheid,
      })),
    },
    certificates.map(({ subject }) => subject),
    networks.map(({ network }) => network),
  );
};

const takeAway = async (manager: EntityManager, { before, after }: EditOf<'party'>): Promise<void> => {
  if (before === null) return;
  const id = await neededPartyId(manager, before.name);
  for (const subject of before.certificates) {
    if (!after?.certificates.includes(subject))
      await manager.delete(partyCertificateTable, { subject, partyId: id });
  }
  for (const { uri, hoedanigheid } of before.identities) {
    if (!after?.identities.some((each) => each.uri === uri && each.hoedanigheid === hoedanigheid))
      await manager.delete(partyIdentityTable, { partyId: id, uri, hoedanigheid: hoedanigheid ?? '' });
  }
  for (const network of before.networks) {
    if (!after?.networks.includes(network)) await manager.delete(partyNetworkTable, { partyId: id, network });
  }
  if (after !== null) return;
  const grants = await manager.find(partyGrantTable, { where: { partyId: id }, order: { id: 'ASC' } });
  const registrations = await manager.countBy(registrationTable, { partyId: id });
  const subscriptions = await manager.findBy(subscriptionTable, { partyId: id });
  const accesses = await manager.findBy(pickupAccessTable, { partyId: id });
  const waiting = await manager.findBy(waitingGrantTable, { partyId: id });
  const by = [
    ...(accesses.length > 0 ? [`pick-up access ${accesses.map((each) => each.userName).join(', ')}`] : []),
    ...(subscriptions.length > 0 ? [`subscription ${subscriptions.map((each) => each.id).join(', ')}`] : []),
    ...(waiting.length > 0 ? [`waiting grant ${waiting.map((each) => each.id).join(', ')}`] : []),
    ...(grants.length > 0 ? [`grant ${grants.map((grant) => grant.id).join(', ')}`] : []),
    ...(registrations > 0 ? [`${registrations} registration${registrations > 1 ? 's' : ''}`] : []),
  ];
  if (by.length > 0)
    throw new ChangeRefused(`party ${before.name} is referred to by ${by.join(' and ')}: remove these first`);
  await manager.delete(partyTable, { id });
};

const put = async (manager: EntityManager, { before, after }: EditOf<'party'>): Promise<void> => {
  if (after === null) return;
  const { identities, certificates, networks, ...fields } = after;
  if (after.name !== before?.name && (await partyId(manager, after.name)) !== null)
    throw new ChangeRefused(`party ${after.name} exists already`);
  let id: number;
  if (before === null) {
    const inserted = await manager.insert(partyTable, { ...fields });
    id = Number(inserted.identifiers[0]?.id);
  } else {
    id = await neededPartyId(manager, before.name);
    await manager.update(partyTable, { id }, { ...fields });
  }
  for (const identity of identities) {
    const had = before?.identities.some(
      ({ uri, hoedanigheid }) => uri === identity.uri && hoedanigheid === identity.hoedanigheid,
    );
    if (!had) await insertIdentity(manager, id, identity);
  }
  for (const subject of certificates) {
    if (!before?.certificates.includes(subject)) await insertCertificate(manager, id, subject);
  }
  for (const network of networks) {
    if (!before?.networks.includes(network))
      await manager.insert(partyNetworkTable, { partyId: id, network });
  }
};

const putCodes = async (manager: EntityManager, { before, after }: EditOf<'codes'>): Promise<void> => {
  if (before) await removeCodeTable(manager, before);
  if (after) await insertCodeTable(manager, after);
};

const putGrant = async (manager: EntityManager, id: number | null, { party, ...grant }: GrantImage) => {
  const partyId = await neededPartyId(manager, party);
  const row = { ...grantRow(grant), partyId };
  if (id === null) await manager.insert(partyGrantTable, row);
  else await manager.update(partyGrantTable, { id }, row);
};

const putImage = async (
  manager: EntityManager,
  id: number | null,
  { party, ...subscription }: SubscriptionImage,
  now: Date,
) => {
  const row = id === null ? null : await manager.findOneBy(subscriptionTable, { id });
  await putSubscription(manager, row, { ...subscription, partyId: await neededPartyId(manager, party) }, now);
};

/** Registrations have a history of their own, which their consumers may see. */
const noteLine = async (
  manager: EntityManager,
  { before, after }: EditOf<'registration'>,
  { who, at }: Hand,
): Promise<void> => {
  const image = after ?? before;
  if (image === null) return;
  const { party, hoedanigheid, subject } = image;
  await insertChange(manager, {
    ...{ at, by: { operator: who }, hoedanigheid, subject },
    ...{ what: after === null ? 'unregister' : 'register', partyId: await neededPartyId(manager, party) },
    ...{ before: before === null ? [] : [before], after: after === null ? [] : [after] },
  });
};

const putRegistration = async (manager: EntityManager, id: number | null, image: RegistrationImage) => {
  const row = {
    partyId: await neededPartyId(manager, image.party),
    hoedanigheid: image.hoedanigheid,
    subjectKind: image.subject.kind,
    subjectNumber: image.subject.number,
    beginDay: image.begin,
    endDay: image.end,
  };
  const { beginDay: _, endDay: __, ...line } = row;
  const others = (await manager.findBy(registrationTable, line)).filter((other) => other.id !== id);
  const overlapping = others.find(({ beginDay, endDay }) =>
    overlaps({ begin: beginDay, end: endDay }, image),
  );
  if (overlapping) {
    const { beginDay, endDay } = overlapping;
    const period = `${beginDay} to ${endDay ?? 'open'}`;
    throw new ChangeRefused(`registration ${overlapping.id} (${period}) overlaps it: remove that first`);
  }
  if (id === null) await manager.insert(registrationTable, row);
  else await manager.update(registrationTable, { id }, row);
};
