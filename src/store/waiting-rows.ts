import type { EntityManager } from 'typeorm';
import { type Hand, nameOf, noteAs } from './changes.ts';
import type { GrantImage } from './configuration-image.ts';
import { partyTable } from './tables/party.ts';
import { grantRuleTable, type WaitingGrantRow, waitingGrantTable } from './tables/waiting-grant.ts';

/** A grant as it was when it was asked for, and as it is to be; `id` null: a new one. */
export type WaitingEdit = {
  readonly kind: 'grant';
  readonly id: number | null;
  readonly before: GrantImage | null;
  readonly after: GrantImage;
};

/** What waits for a second person. */
export type Waiting = {
  readonly number: number;
  readonly at: Date;
  /** Who asked for it, and so is not the second person. */
  readonly who: string;
  /** null: that grants need no second person any more. */
  readonly edit: WaitingEdit | null;
};

export const needsSecondPerson = async (manager: EntityManager): Promise<boolean> =>
  Boolean((await manager.findOneByOrFail(grantRuleTable, { id: 1 })).secondPerson);

const imageIn = (text: string, party: string): GrantImage => {
  const { validFrom, validUntil, ...rest } = JSON.parse(text);
  return {
    // What was asked for before answers could be encrypted says nothing of it.
    encrypted: false,
    ...rest,
    party,
    validFrom: new Date(validFrom),
    validUntil: validUntil === null ? null : new Date(validUntil),
  };
};

const waitingOf = async (manager: EntityManager, row: WaitingGrantRow): Promise<Waiting> => {
  const { id: number, at, who, grantId: id, partyId, before, after } = row;
  if (partyId === null || after === null) return { number, at, who, edit: null };
  // Under its name of today: a party may have got another since.
  const { name } = await manager.findOneByOrFail(partyTable, { id: partyId });
  const images = { before: before === null ? null : imageIn(before, name), after: imageIn(after, name) };
  return { number, at, who, edit: { kind: 'grant', id, ...images } };
};

/** In the order in which they were asked for. */
export const allWaiting = async (manager: EntityManager): Promise<readonly Waiting[]> => {
  const found: Waiting[] = [];
  for (const row of await manager.find(waitingGrantTable, { order: { id: 'ASC' } }))
    found.push(await waitingOf(manager, row));
  return found;
};

export const waitingNumbered = async (manager: EntityManager, number: number): Promise<Waiting | null> => {
  const row = await manager.findOneBy(waitingGrantTable, { id: number });
  return row && waitingOf(manager, row);
};

/** Writes down what became of something that waits. */
export const noteWaiting = (
  manager: EntityManager,
  { number, edit }: Pick<Waiting, 'number' | 'edit'>,
  { before, after }: { readonly before: object | null; readonly after: object | null },
  hand: Hand,
): Promise<void> => {
  const about = edit === null ? 'grants need no second person' : nameOf(edit);
  return noteAs(manager, { kind: 'waiting', name: `${number}: ${about}`, before, after }, hand);
};

export const insertWaiting = async (
  manager: EntityManager,
  edit: WaitingEdit | null,
  partyId: number | null,
  hand: Hand,
): Promise<number> => {
  const { identifiers } = await manager.insert(waitingGrantTable, {
    ...{ at: hand.at, who: hand.who.slice(0, 255), grantId: edit?.id ?? null, partyId },
    before: edit?.before ? JSON.stringify(edit.before) : null,
    after: edit ? JSON.stringify(edit.after) : null,
  });
  const number = Number(identifiers[0]?.id);
  await noteWaiting(manager, { number, edit }, { before: null, after: edit?.after ?? {} }, hand);
  return number;
};

/** Nothing waits under this number any more. */
export const removeWaiting = async (manager: EntityManager, number: number): Promise<void> =>
  void (await manager.delete(waitingGrantTable, { id: number }));

/** Of a grant that is taken away nothing waits any more. */
export const dropWaitingFor = async (manager: EntityManager, grantId: number, hand: Hand): Promise<void> => {
  for (const row of await manager.findBy(waitingGrantTable, { grantId })) {
    const waiting = await waitingOf(manager, row);
    await removeWaiting(manager, waiting.number);
    await noteWaiting(manager, waiting, { before: { asked: waiting.who }, after: null }, hand);
  }
};
