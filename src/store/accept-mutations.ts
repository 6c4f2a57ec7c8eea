import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { NewMutation } from '../exchange/subscription.ts';
import { insertRows, selectIn, utc, type Value } from './bulk.ts';
import { type Line, type Match, matcher, type Rights } from './matching.ts';

/** How many were new, how many had been told before, and how many deliveries wait because of the new ones. */
export type Accepted = {
  readonly accepted: number;
  readonly duplicates: number;
  readonly deliveries: number;
};

/** A reference was used before for something else. Nothing of the batch was taken. */
export class ReferenceReused extends Error {
  override readonly name = 'ReferenceReused';
  readonly references: readonly string[];

  constructor(references: readonly string[]) {
    super(`a reference stands for one mutation only; used before for another: ${references.join(', ')}`);
    this.references = references;
  }
}

const COLUMNS = [
  ...['author_party_id', 'reference', 'publication', 'version', 'subject_kind', 'subject_number'],
  ...['occurred_on', 'mutation_type', 'content', 'digest', 'accepted_at'],
];

const digestOf = ({ publication, version, subject, occurredOn, type, content }: NewMutation) =>
  createHash('sha256')
    .update(JSON.stringify([publication, version, subject.kind, subject.number, occurredOn, type, content]))
    .digest('hex');

type Digested = { readonly mutation: NewMutation; readonly digest: string };

/**
 * Takes a source's mutations and lays ready what each subscriber gets of them. To be called in a transaction that sees
 * what is committed by then; whoever tells the same at the same time makes it fail on a unique key, and it is then to
 * be tried again.
 */
export const acceptMutations = async (
  manager: EntityManager,
  batch: readonly NewMutation[],
  author: number,
  rights: Rights,
  now: Date,
): Promise<Accepted> => {
  const fresh = await newOnes(manager, batch, author);
  await insertRows(
    manager,
    'mutation',
    COLUMNS,
    fresh.map(({ mutation, digest }): Value[] => [
      ...[author, mutation.reference, mutation.publication, mutation.version],
      ...[mutation.subject.kind, mutation.subject.number, mutation.occurredOn, mutation.type],
      ...[mutation.content, digest, utc(now)],
    ]),
  );
  const deliveries = await deliver(manager, fresh, author, matcher(rights, now));
  return { accepted: fresh.length, duplicates: batch.length - fresh.length, deliveries };
};

/** References of these that were used before for something else. */
export const reusedReferences = async (
  manager: EntityManager,
  batch: readonly NewMutation[],
  author: number,
): Promise<readonly string[]> => {
  try {
    await newOnes(manager, batch, author);
    return [];
  } catch (error) {
    if (error instanceof ReferenceReused) return error.references;
    throw error;
  }
};

/** Those that were not told before, by their author, in this batch or an earlier one. */
const newOnes = async (manager: EntityManager, batch: readonly NewMutation[], author: number) => {
  const references = [...new Set(batch.map(({ reference }) => reference))];
  const sql = 'SELECT reference, digest FROM mutation WHERE author_party_id = ? AND reference $';
  const rows = await selectIn<{ reference: string; digest: string }>(manager, sql, [author], references);
  const known = new Map(rows.map(({ reference, digest }) => [reference, digest]));
  const fresh: Digested[] = [];
  const reused = new Set<string>();
  for (const mutation of batch) {
    const digest = digestOf(mutation);
    const had = known.get(mutation.reference);
    if (had === undefined) {
      known.set(mutation.reference, digest);
      fresh.push({ mutation, digest });
    } else if (had !== digest) reused.add(mutation.reference);
  }
  if (reused.size > 0) throw new ReferenceReused([...reused]);
  return fresh;
};

const deliver = async (
  manager: EntityManager,
  fresh: readonly Digested[],
  author: number,
  match: ReturnType<typeof matcher>,
): Promise<number> => {
  const lines = await linesOn(manager, fresh);
  const matched = fresh.flatMap(({ mutation }) =>
    match({ ...mutation, author }, lines.get(keyOf(mutation.subject)) ?? []).map((each) => ({
      mutation,
      match: each,
    })),
  );
  const isMember = await membership(manager, matched);
  const entitled = matched.filter(({ mutation, match: { population } }) => isMember(population, mutation));
  if (entitled.length === 0) return 0;
  const sql = 'SELECT id, reference FROM mutation WHERE author_party_id = ? AND reference $';
  const references = [...new Set(entitled.map(({ mutation }) => mutation.reference))];
  const rows = await selectIn<{ id: number; reference: string }>(manager, sql, [author], references);
  const ids = new Map(rows.map(({ id, reference }) => [reference, Number(id)]));
  await insertRows(
    manager,
    'delivery',
    ['subscription_id', 'mutation_id'],
    entitled.map(({ mutation, match: { subscriptionId } }) => [
      subscriptionId,
      ids.get(mutation.reference) ?? null,
    ]),
  );
  return entitled.length;
};

const keyOf = ({ kind, number }: NewMutation['subject']) => `${kind} ${number}`;

const numbersByKind = (mutations: readonly NewMutation[]) => {
  const byKind = Map.groupBy(mutations, ({ subject }) => subject.kind);
  return [...byKind].map(
    ([kind, of]) => [kind, [...new Set(of.map(({ subject }) => subject.number))]] as const,
  );
};

const linesOn = async (manager: EntityManager, fresh: readonly Digested[]) => {
  const lines = new Map<string, Line[]>();
  const sql =
    'SELECT subject_number AS number, party_id AS partyId, hoedanigheid, begin_day AS beginDay, end_day AS endDay' +
    ' FROM registration WHERE subject_kind = ? AND subject_number $';
  for (const [kind, numbers] of numbersByKind(fresh.map(({ mutation }) => mutation))) {
    for (const line of await selectIn<Line & { number: string }>(manager, sql, [kind], numbers)) {
      const key = keyOf({ kind, number: line.number });
      const found = lines.get(key);
      if (found) found.push(line);
      else lines.set(key, [line]);
    }
  }
  return lines;
};

/** Whether a subject belongs to a population on the day of its mutation; there is nothing to ask when nobody cares. */
const membership = async (
  manager: EntityManager,
  matched: readonly { readonly mutation: NewMutation; readonly match: Match }[],
) => {
  const limited = matched.filter(({ match }) => match.population !== null);
  const members = new Map<string, { beginDay: string; endDay: string | null }[]>();
  const sql =
    'SELECT population, subject_number AS number, begin_day AS beginDay, end_day AS endDay' +
    ' FROM population_member WHERE population = ? AND subject_kind = ? AND subject_number $';
  type Member = { population: string; number: string; beginDay: string; endDay: string | null };
  for (const [population, of] of Map.groupBy(limited, ({ match }) => match.population)) {
    for (const [kind, numbers] of numbersByKind(of.map(({ mutation }) => mutation))) {
      for (const row of await selectIn<Member>(manager, sql, [population, kind], numbers)) {
        const key = `${population} ${keyOf({ kind, number: row.number })}`;
        members.set(key, [...(members.get(key) ?? []), row]);
      }
    }
  }
  return (population: string | null, { subject, occurredOn }: NewMutation): boolean =>
    population === null ||
    (members.get(`${population} ${keyOf(subject)}`) ?? []).some(
      ({ beginDay, endDay }) => beginDay <= occurredOn && (endDay === null || occurredOn <= endDay),
    );
};
