import { type EntityManager, In, Not } from 'typeorm';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { ACT } from './acts.ts';
import type { Edit, GrantImage, RegistrationImage, SubscriptionImage } from './configuration-image.ts';
import { keptNames, openChange, sealChange } from './sealed-changes.ts';
import { type ChangeRow, changeLogTable } from './tables/change-log.ts';

/** What is changed, or taken out of the database, and is no part of the configuration file. */
type Other = 'population' | 'reference' | 'pickup' | 'audit' | 'publication' | 'batch' | 'waiting' | 'rule';

/** One change of the configuration. */
export type ChangeRecord = {
  readonly id: number;
  readonly at: Date;
  readonly who: string;
  readonly kind: Edit['kind'] | Other;
  readonly name: string;
  /** The thing itself as it was and as it became; null where it was not, or is no longer, there. */
  readonly before: unknown;
  readonly after: unknown;
};

/** What is left out or null does not narrow. */
export type ChangeFilter = {
  readonly kind?: string | null;
  readonly name?: string | null;
  readonly limit: number;
};

/** Who changes something, and when. */
export type Hand = { readonly who: string; readonly at: Date };

/** Whom the bus's own changes are by: the demo world, the addresses of its sources. */
export const THE_BUS = 'kruispunt';

const cut = (text: string, length: number) => (text.length > length ? text.slice(0, length) : text);

const grantName = ({ party, uri, hoedanigheid, service, version }: GrantImage) =>
  `${party}: ${service} ${version} as ${uri}${hoedanigheid === null ? '' : `:${hoedanigheid}`}`;
const subscriptionName = ({ party, uri, hoedanigheid, publication, version }: SubscriptionImage) =>
  `${party}: ${publication} ${version} as ${uri}${hoedanigheid === null ? '' : `:${hoedanigheid}`}`;
const registrationName = ({ party, hoedanigheid, subject }: RegistrationImage) =>
  `${party}:${hoedanigheid} on ${subject.kind} ${subject.number}`;

export const nameOf = (edit: Edit): string => {
  if (edit.kind === 'grant') {
    const image = edit.after ?? edit.before;
    return image ? grantName(image) : '';
  }
  if (edit.kind === 'registration') {
    const image = edit.after ?? edit.before;
    return image ? registrationName(image) : '';
  }
  if (edit.kind === 'subscription') {
    const image = edit.after ?? edit.before;
    return image ? subscriptionName(image) : '';
  }
  if (edit.kind === 'codes') {
    const image = edit.after ?? edit.before;
    return image ? `${image.name} of ${image.source}` : '';
  }
  return (edit.before ?? edit.after)?.name ?? '';
};

/** Writes down a change, in the transaction that makes it. */
export const note = async (
  manager: EntityManager,
  edit: Exclude<Edit, RegistrationEdit>,
  { who, at }: Hand,
): Promise<void> =>
  void (await manager.insert(changeLogTable, { at, who: cut(who, 255), kind: edit.kind, ...textsOf(edit) }));

/** In the same way one that says about whom a party has a file. */
export const noteRegistration = async (
  manager: EntityManager,
  edit: RegistrationEdit,
  { who, at }: Hand,
  keys: SubjectKeys,
): Promise<void> => {
  const texts = sealChange(textsOf(edit), keys);
  await manager.insert(changeLogTable, { at, who: cut(who, 255), kind: edit.kind, ...texts });
};

type RegistrationEdit = Extract<Edit, { readonly kind: 'registration' }>;

const textsOf = (edit: Edit) => ({
  name: cut(nameOf(edit), 1000),
  before: edit.before === null ? null : JSON.stringify(edit.before),
  after: edit.after === null ? null : JSON.stringify(edit.after),
});

/** A change of a target population: how many there were and are; one person who was put or taken by name. */
export const notePopulation = async (
  manager: EntityManager,
  name: string,
  { before, after }: { readonly before: object; readonly after: object },
  { who, at }: Hand,
  keys: SubjectKeys,
): Promise<void> => {
  const plain = { name, before: JSON.stringify(before), after: JSON.stringify(after) };
  const texts = sealChange(plain, keys);
  await manager.insert(changeLogTable, { at, who: cut(who, 255), kind: 'population', ...texts });
};

/** A change of something that is no part of the configuration file. */
export const noteAs = async (
  manager: EntityManager,
  {
    kind,
    name,
    before,
    after,
  }: { kind: Exclude<Other, 'population'>; name: string; before: object | null; after: object | null },
  { who, at }: Hand,
): Promise<void> => {
  const [was, is] = [before, after].map((image) => (image === null ? null : JSON.stringify(image)));
  await manager.insert(changeLogTable, {
    ...{ at, who: cut(who, 255), kind, name },
    before: was ?? null,
    after: is ?? null,
  });
};

/** That something which had failed is tried again. */
export const noteRetry = (
  manager: EntityManager,
  about: { kind: 'publication' | 'batch'; name: string },
  lastTime: boolean,
  hand: Hand,
): Promise<void> =>
  noteAs(manager, { ...about, before: { retried: false }, after: { retried: true, lastTime } }, hand);

const recordOf = ({ kind, ...row }: ChangeRow, keys: SubjectKeys): ChangeRecord => {
  const { name, before, after } = openChange(row, keys);
  return {
    ...row,
    name,
    // Only these functions and acts.ts write this column.
    kind: kind as ChangeRecord['kind'],
    before: before === null ? null : JSON.parse(before),
    after: after === null ? null : JSON.parse(after),
  };
};

/** The changes of the configuration, latest first. Acts have a view of their own. */
export const readChanges = async (
  manager: EntityManager,
  { kind, name, limit }: ChangeFilter,
  keys: SubjectKeys,
) => {
  const where = { kind: kind ?? Not(ACT), ...(name ? { name: In([...keptNames(name, keys)]) } : {}) };
  const rows = await manager.find(changeLogTable, { where, order: { id: 'DESC' }, take: limit });
  return rows.map((row) => recordOf(row, keys));
};
