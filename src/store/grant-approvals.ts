import type { EntityManager } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import { isNarrower } from '../exchange/narrower-grant.ts';
import { type Hand, note, noteAs } from './changes.ts';
import { type Edit, fingerprintOf } from './configuration-image.ts';
import { ChangeRefused } from './configuration-party.ts';
import { assertUntouched, carryOut, neededPartyId } from './configuration-steps.ts';
import type { Engine } from './engine.ts';
import { queuedChange } from './queued-change.ts';
import { grantRuleTable } from './tables/waiting-grant.ts';
import {
  allWaiting,
  insertWaiting,
  needsSecondPerson,
  noteWaiting,
  removeWaiting,
  type Waiting,
  type WaitingEdit,
  waitingNumbered,
} from './waiting-rows.ts';

/** Grants that let a party do more, and wait until a second person has looked at them. */
export type GrantApprovals = {
  readonly grantsNeedSecondPerson: () => Promise<boolean>;
  /** From now on. */
  readonly demandSecondPerson: (who: string) => Promise<void>;
  /** Waits itself for a second person; the number under which. */
  readonly askEndOfSecondPerson: (who: string) => Promise<number>;
  /** In the order in which they were asked for. */
  readonly waitingGrants: () => Promise<readonly Waiting[]>;
  /** Each throws ChangeRefused when it may not be, or when nothing waits under that number any more. */
  readonly approveWaiting: (number: number, who: string) => Promise<Waiting>;
  readonly rejectWaiting: (number: number, who: string) => Promise<Waiting>;
};

/** Edits that are carried out at once, and those that wait. */
export const parted = async (
  manager: EntityManager,
  edits: readonly Edit[],
): Promise<{ readonly now: readonly Edit[]; readonly later: readonly WaitingEdit[] }> => {
  if (!(await needsSecondPerson(manager))) return { now: edits, later: [] };
  const [now, later]: [Edit[], WaitingEdit[]] = [[], []];
  for (const edit of edits) {
    if (edit.kind !== 'grant' || edit.after === null) now.push(edit);
    else if (edit.before !== null && isNarrower(edit.before, edit.after)) now.push(edit);
    else later.push({ ...edit, after: edit.after });
  }
  return { now, later };
};

/** Leaves the grants as they are, and writes down how they are to be; tells under which numbers. */
export const keepWaiting = async (
  manager: EntityManager,
  edits: readonly WaitingEdit[],
  hand: Hand,
): Promise<readonly number[]> => {
  const numbers: number[] = [];
  const known = edits.length === 0 ? [] : await allWaiting(manager);
  for (const edit of edits) {
    await assertUntouched(manager, edit);
    // A file that is imported twice asks once.
    const same = known.find((each) => fingerprintOf(each.edit) === fingerprintOf(edit));
    if (same) numbers.push(same.number);
    else
      numbers.push(await insertWaiting(manager, edit, await neededPartyId(manager, edit.after.party), hand));
  }
  return numbers;
};

export const keepApprovals = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  changed: () => Promise<void>,
  clock: Clock,
): GrantApprovals => {
  const change = queuedChange({ write }, changed, clock);
  return {
    grantsNeedSecondPerson: () => read(needsSecondPerson),
    demandSecondPerson: (who) =>
      change(who, async (manager, hand) => {
        if (!(await needsSecondPerson(manager))) await putRule(manager, true, hand);
      }),
    askEndOfSecondPerson: (who) =>
      change(who, async (manager, hand) => {
        if (!(await needsSecondPerson(manager))) throw new ChangeRefused('grants need no second person');
        const asked = (await allWaiting(manager)).find(({ edit }) => edit === null);
        return asked?.number ?? insertWaiting(manager, null, null, hand);
      }),
    waitingGrants: () => read(allWaiting),
    approveWaiting: (number, who) =>
      change(who, async (manager, hand) => {
        const waiting = await needed(manager, number);
        if (waiting.who === who.slice(0, 255))
          throw new ChangeRefused(`${who} asked for number ${number}: somebody else must approve it`);
        await removeWaiting(manager, number);
        await noteWaiting(
          manager,
          waiting,
          { before: { asked: waiting.who }, after: { approved: who } },
          hand,
        );
        await bringInForce(manager, waiting, hand);
        return waiting;
      }),
    rejectWaiting: (number, who) =>
      change(who, async (manager, hand) => {
        const waiting = await needed(manager, number);
        await removeWaiting(manager, number);
        await noteWaiting(manager, waiting, { before: { asked: waiting.who }, after: null }, hand);
        return waiting;
      }),
  };
};

const needed = async (manager: EntityManager, number: number): Promise<Waiting> => {
  const found = await waitingNumbered(manager, number);
  if (!found) throw new ChangeRefused(`nothing waits under number ${number} (kruispunt grant list)`);
  return found;
};

const bringInForce = async (manager: EntityManager, { number, edit }: Waiting, hand: Hand): Promise<void> => {
  if (edit === null) return putRule(manager, false, hand);
  const { validUntil } = edit.after;
  if (validUntil !== null && validUntil <= hand.at)
    throw new ChangeRefused(`number ${number} would end on ${validUntil.toISOString()}: that is past`);
  // What a second person saw is what comes in force: a grant that became another since is asked for anew.
  await carryOut(manager, [edit], hand);
  await note(manager, edit, hand);
};

const putRule = async (manager: EntityManager, secondPerson: boolean, hand: Hand): Promise<void> => {
  await manager.update(grantRuleTable, { id: 1 }, { secondPerson });
  const name = 'second person for grants';
  const images = { before: { demanded: !secondPerson }, after: { demanded: secondPerson } };
  await noteAs(manager, { kind: 'rule', name, ...images }, hand);
};
