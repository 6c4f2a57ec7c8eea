import type { EntityManager } from 'typeorm';
import type { Days } from '../exchange/days.ts';
import type { Subject } from '../exchange/party.ts';
import type { ChainedBatch } from './chain-writer.ts';
import type { SeenMessage } from './seen-messages.ts';

export type Transaction = <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>;

/** What the two kinds of database do each in their own way. Everything else in this folder is common to both. */
export type Engine = {
  /** One consistent view over several queries. */
  readonly read: Transaction;
  /**
   * All or nothing. The work is done again from its start where the database undid it to let somebody else through, so
   * it must do nothing outside the database that may not be done twice.
   */
  readonly write: Transaction;
  /** As `write`, but each statement sees what is committed by then, and keeps nobody from inserting beside its rows. */
  readonly writeLive: Transaction;
  /** Counter that every change of the configuration moves. */
  readonly stamp: () => Promise<number>;
  /** One round trip that touches no table. */
  readonly ping: () => Promise<void>;
  readonly isRegistered: (
    partyId: number,
    hoedanigheid: string | null,
    subject: Subject,
    on: string,
  ) => Promise<boolean>;
  /** The days, each line's own, on which the party has or will have a file. */
  readonly registeredDays: (
    partyId: number,
    hoedanigheid: string | null,
    subject: Subject,
  ) => Promise<readonly Days[]>;
  readonly isInPopulation: (population: string, subject: Subject, on: string) => Promise<boolean>;
  /** One commit for all; when it rejects, none of them is there. */
  readonly insertExchanges: (batch: ChainedBatch) => Promise<void>;
  /**
   * Keeps a message that is not there yet, before anything else is done with it; of several at once one is first.
   * Resolves with the exchange in which it came before, null when this is the first one.
   */
  readonly remember: (message: SeenMessage) => Promise<string | null>;
  readonly close: () => Promise<void>;
};
