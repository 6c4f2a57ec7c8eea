import type { EntityManager } from 'typeorm';
import type { KeptExchange } from '../exchange/audit.ts';
import type { Clock } from '../exchange/clock.ts';
import type { Subject } from '../exchange/party.ts';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { type ChangeFilter, type ChangeRecord, note, noteRegistration, readChanges } from './changes.ts';
import { exchangesAbout, type LookUp, lookUpsOf, noteLookUp } from './citizen.ts';
import { type ConfigurationImage, type Edit, type Registrations, readImage } from './configuration-image.ts';
import { carryOut, takeAllTurns } from './configuration-steps.ts';
import type { Engine } from './engine.ts';
import { keepWaiting, parted } from './grant-approvals.ts';
import { changeStampTable } from './tables/change-stamp.ts';

/** What operators do from the command line. `who` is written down with everything. */
export type Administration = {
  readonly image: (registrations: Registrations) => Promise<ConfigurationImage>;
  /**
   * Carries out all of it or nothing, writes each edit down, and resolves when it is durable and in this process's
   * snapshot. Throws ChangeRefused when something is no longer as an edit says it was, or is referred to.
   *
   * @returns numbers under which grants wait for a second person, where they must; all else is done
   */
  readonly apply: (edits: readonly Edit[], who: string) => Promise<readonly number[]>;
  /** Latest first. */
  readonly changes: (filter: ChangeFilter) => Promise<readonly ChangeRecord[]>;
  /** Every exchange about a subject, latest first. That it was looked at is durable before anything is read. */
  readonly lookUp: (subject: Subject, who: string) => Promise<readonly KeptExchange[]>;
  /** That somebody looks at what is kept about a subject elsewhere than in its exchanges. */
  readonly noteLook: (subject: Subject, who: string) => Promise<void>;
  readonly lookUps: (subject: Subject) => Promise<readonly LookUp[]>;
};

export const administer = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  changed: () => Promise<void>,
  clock: Clock,
  keys: SubjectKeys,
): Administration => ({
  image: (registrations) => read((manager) => readImage(manager, registrations)),
  apply: async (edits, who) => {
    if (edits.length === 0) return [];
    const hand = { who, at: clock.now() };
    const waiting = await write(async (manager: EntityManager) => {
      // First of all, so that changes queue up on this row instead of meeting each other halfway.
      await manager.increment(changeStampTable, { id: 1 }, 'counter', 1);
      await takeAllTurns(manager, edits);
      const { now, later } = await parted(manager, edits);
      await carryOut(manager, now, hand);
      for (const edit of now)
        await (edit.kind === 'registration'
          ? noteRegistration(manager, edit, hand, keys)
          : note(manager, edit, hand));
      return keepWaiting(manager, later, hand);
    });
    await changed();
    return waiting;
  },
  changes: (filter) => read((manager) => readChanges(manager, filter, keys)),
  noteLook: (subject, who) =>
    write((manager) => noteLookUp(manager, subject, { who, at: clock.now() }, keys)),
  lookUp: async (subject, who) => {
    await write((manager) => noteLookUp(manager, subject, { who, at: clock.now() }, keys));
    return read((manager) => exchangesAbout(manager, subject, keys));
  },
  lookUps: (subject) => read((manager) => lookUpsOf(manager, subject, keys)),
});
