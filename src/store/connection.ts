import { randomUUID } from 'node:crypto';
import type { ExchangeRecord } from '../exchange/audit.ts';
import type { AuditFigures } from '../exchange/audit-figures.ts';
import type { Clock } from '../exchange/clock.ts';
import { noKeys, type SubjectKeys } from '../exchange/subject-keys.ts';
import { type Acts, keepActs } from './acts.ts';
import { type AuditArchives, keepAuditArchives } from './audit-archives.ts';
import { type AuditChain, keepAuditChain } from './audit-chain.ts';
import { countAudit } from './audit-figures.ts';
import { KeysDoNotFit } from './audit-keys.ts';
import { type AuditTimestamps, keepAuditTimestamps } from './audit-timestamps.ts';
import { type ChainWriter, chainWriter } from './chain-writer.ts';
import { type Configuration, keepConfiguration } from './configuration.ts';
import { type Administration, administer } from './configuration-apply.ts';
import type { Engine } from './engine.ts';
import { utc } from './exchange-row.ts';
import { type Exchanges, readExchanges } from './exchanges.ts';
import { forgetMessages } from './forget-messages.ts';
import { type GrantApprovals, keepApprovals } from './grant-approvals.ts';
import { groupCommit } from './group-commit.ts';
import { type Intakes, keepIntakes } from './intakes.ts';
import { followConfiguration, type StoreLog } from './live-snapshot.ts';
import { openMysql } from './mysql-engine.ts';
import { keepPickupAccesses, type PickupAccesses } from './pickup.ts';
import { keepPopulations, type Populations } from './populations.ts';
import { keepSweep, type PublicationSweep } from './publication-sweep.ts';
import { keepPublications, type Publications } from './publications.ts';
import { keepPulls, type Pulls } from './pull-batches.ts';
import { keepQuestionReplies, type QuestionReplies } from './question-replies.ts';
import { keepQuestions, type Questions } from './questions.ts';
import { keepReferences, type References } from './references.ts';
import { keepRegistrations, type Registrations } from './registrations.ts';
import type { Snapshot } from './snapshot.ts';
import { openSqlite } from './sqlite-engine.ts';
import { keepSubscriptions, type Subscriptions } from './subscriptions.ts';

/** Rows of one audit commit; even with everything in them at its longest they fit a server's packet. */
const LARGEST_BATCH = 128;

export type Store = Configuration &
  Publications &
  PublicationSweep &
  Pulls &
  Intakes &
  Subscriptions &
  Questions &
  QuestionReplies &
  Administration &
  Acts &
  GrantApprovals &
  Exchanges &
  Registrations &
  Populations &
  References &
  PickupAccesses &
  AuditChain &
  AuditArchives &
  AuditTimestamps &
  Pick<
    Snapshot,
    'partyOf' | 'admits' | 'grantFor' | 'source' | 'codesOf' | 'subscriptions' | 'subscriptionsFor'
  > &
  Pick<Engine, 'isRegistered' | 'registeredDays' | 'isInPopulation' | 'ping'> & {
    /**
     * Resolves when the exchange would survive a power cut; rejects when it could not be written.
     *
     * @param underWay exchanges, this one included, that are to be recorded soon: they may share a commit
     */
    readonly record: (exchange: ExchangeRecord, underWay?: number) => Promise<void>;
    /**
     * Remembers a message for as long as somebody may send it again, and tells in which exchange it came before; null
     * when it is the first time. Rejects when that cannot be established.
     */
    readonly remember: (key: string, exchangeId: string, until: Date) => Promise<string | null>;
    /** Forgets the messages that nobody could send again, and tells how many that were. */
    readonly forgetMessages: (now: Date) => Promise<number>;
    /** HMAC-SHA-256 of bytes under a key of the audit. */
    readonly digestOf: SubjectKeys['digest'];
    readonly auditFigures: () => Promise<AuditFigures>;
    /** Ends what this process chained; to be called when nothing is recorded any more. */
    readonly endChain: ChainWriter['end'];
    /** False when changes made elsewhere may have gone unnoticed for over five seconds. */
    readonly isCurrent: () => boolean;
    /** Waits for what is being written, then lets go of everything. */
    readonly close: () => Promise<void>;
  };

export type StoreNeeds = {
  readonly clock: Clock;
  readonly log?: StoreLog;
  /** Without them nothing is written or read that names somebody in the audit. */
  readonly keys?: SubjectKeys;
};

const because = (cause: unknown) => {
  if (!(cause instanceof Error)) return String(cause);
  // A host with several addresses fails with one error for each and a message for none.
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message : String(first);
};

/** The advice is about reaching the database; our own refusals say themselves what to do. */
const cannotUse = (database: string, cause: unknown, advice: string) => {
  if (cause instanceof KeysDoNotFit) return cause;
  const foreign = cause instanceof Error && ('code' in cause || 'errcode' in cause);
  return new Error(`cannot use the database ${database}: ${because(cause)}${foreign ? `. ${advice}` : ''}`, {
    cause,
  });
};

const openEngine = async (url: string, keys: SubjectKeys): Promise<Engine> => {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length);
    if (path === '') throw new Error('the database URL names no file: write sqlite:<path>');
    try {
      return await openSqlite(path, keys);
    } catch (cause) {
      const advice = 'It must be an SQLite file in a folder, both writable by the user the bus runs as.';
      throw cannotUse(path, cause, advice);
    }
  }
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'mysql:' || parsed.pathname.length < 2) {
    throw new Error(
      'the database URL must be sqlite:<path> or mysql://<user>:<password>@<host>:<port>/<database>',
    );
  }
  try {
    return await openMysql(parsed, keys);
  } catch (cause) {
    const database = `${parsed.pathname.slice(1)} at ${parsed.host}`; // never the password
    const advice =
      'The server must run and be reached from here, and the user have all rights on the database.';
    throw cannotUse(database, cause, advice);
  }
};

/**
 * Opens the database a URL names (`sqlite:<path>` or `mysql://…`), brings its tables up to this version and loads the
 * configuration. Throws one Error that says what to do when it cannot be used.
 */
export const openStore = async (url: string, { clock, log, keys = noKeys }: StoreNeeds): Promise<Store> => {
  const engine = await openEngine(url, keys);
  const live = await followConfiguration(engine, clock, log ?? null).catch(async (cause: unknown) => {
    await engine.close();
    throw cause;
  });
  const chain = chainWriter(engine.insertExchanges, randomUUID, keys);
  const audit = groupCommit(chain.write, LARGEST_BATCH);
  return {
    ...keepConfiguration(engine, live.refresh, clock, keys),
    ...administer(engine, live.refresh, clock, keys),
    ...keepActs(engine, clock),
    ...keepApprovals(engine, live.refresh, clock),
    ...readExchanges(engine, keys),
    ...keepAuditChain(engine),
    ...keepAuditArchives(engine),
    auditFigures: countAudit(engine),
    ...keepAuditTimestamps(engine),
    endChain: chain.end,
    digestOf: keys.digest,
    ...keepRegistrations(engine, clock),
    ...keepPopulations(engine, clock, keys),
    ...keepPickupAccesses(engine, clock),
    ...keepPublications(engine, live.current, clock),
    ...keepSweep(engine),
    ...keepPulls(engine),
    ...keepIntakes(engine, live.current, clock),
    ...keepSubscriptions(engine, live.refresh, clock),
    ...keepQuestions(engine, clock),
    ...keepQuestionReplies(engine, clock),
    subscriptions: () => live.current().subscriptions(),
    subscriptionsFor: (publication, version) => live.current().subscriptionsFor(publication, version),
    ...keepReferences(engine, clock, keys),
    partyOf: (certificateSubject) => live.current().partyOf(certificateSubject),
    admits: (partyId, address) => live.current().admits(partyId, address),
    grantFor: (question) => live.current().grantFor(question),
    source: (name) => live.current().source(name),
    codesOf: (name, source) => live.current().codesOf(name, source),
    isRegistered: engine.isRegistered,
    registeredDays: engine.registeredDays,
    isInPopulation: engine.isInPopulation,
    ping: engine.ping,
    record: audit.add,
    remember: (key, exchangeId, until) => engine.remember({ key, exchangeId, until: utc(until) }),
    forgetMessages: forgetMessages(engine),
    isCurrent: live.isCurrent,
    close: async () => {
      await live.stop();
      await audit.close();
      await engine.close();
    },
  };
};
