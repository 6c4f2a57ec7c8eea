import type { ConfigurationFile } from './configuration-file.ts';
import {
  codesLabel,
  type Edit,
  type GrantImage,
  grantLabel,
  type Numbered,
  type PartyImage,
  type Present,
  type RegistrationImage,
  registrationLabel,
  type SubscriptionImage,
  subscriptionLabel,
} from './configuration-image.ts';
import {
  rawCodes,
  rawGrant,
  rawParty,
  rawRegistration,
  rawSource,
  rawSubscription,
} from './configuration-raw.ts';

/** What a file would change. `kept` are removals that were not asked for. */
export type Plan = { readonly edits: readonly Edit[]; readonly kept: readonly Edit[] };

/** Compares a file with what there is, section by section; a section that the file lacks is left alone. */
export function planOf(present: Present, file: ConfigurationFile, removing: boolean): Plan {
  const { image, sections } = file;
  const all = [
    ...(sections.has('parties') ? named('party', present.parties, image.parties, orderlyParty) : []),
    ...(sections.has('sources') ? named('source', present.sources, image.sources, rawSource) : []),
    ...(sections.has('codes') ? named('codes', present.codes, image.codes, rawCodes, codesLabel) : []),
    ...(sections.has('grants') ? grants(present, image.grants) : []),
    ...(sections.has('subscriptions') ? subscriptions(present, image.subscriptions) : []),
    ...(sections.has('registrations') ? registrations(present, image.registrations) : []),
  ];
  const isRemoval = ({ after }: Edit) => after === null;
  if (removing) return { edits: all, kept: [] };
  return { edits: all.filter((edit) => !isRemoval(edit)), kept: all.filter(isRemoval) };
}

const orderlyParty = (party: PartyImage) => {
  const raw = rawParty(party);
  return {
    ...raw,
    identities: raw.identities.map((each) => JSON.stringify(each)).toSorted(),
    certificates: raw.certificates.toSorted(),
    networks: raw.networks?.toSorted(),
  };
};

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function named<Kind extends 'party' | 'source' | 'codes', Image extends { readonly name: string }>(
  kind: Kind,
  before: readonly Image[],
  after: readonly Image[],
  raw: (image: Image) => unknown,
  about: (image: Image) => string = ({ name }) => name,
) {
  const old = new Map(before.map((each) => [about(each), each]));
  const wanted = new Set(after.map(about));
  return [
    ...after.flatMap((image) => {
      const was = old.get(about(image)) ?? null;
      return was !== null && same(raw(was), raw(image)) ? [] : [{ kind, before: was, after: image }];
    }),
    ...before
      .filter((each) => !wanted.has(about(each)))
      .map((image) => ({ kind, before: image, after: null })),
  ];
}

type Paired<T> = { readonly id: number | null; readonly before: T | null; readonly after: T | null };

/** Things without a name go by what they are about; of several about the same, the first goes with the first. */
function paired<T>(
  before: readonly Numbered<T, number>[],
  after: readonly T[],
  about: (image: T) => string,
  raw: (image: T) => unknown,
): readonly Paired<T>[] {
  const left = Map.groupBy(before, about);
  const found: Paired<T>[] = [];
  // Those that say just the same go first, or a change could be seen where two only stand in another order.
  const unmet = after.filter((image) => {
    const candidates = left.get(about(image)) ?? [];
    const twin = candidates.findIndex((each) => same(raw(each), raw(image)));
    if (twin >= 0) candidates.splice(twin, 1);
    return twin < 0;
  });
  for (const image of unmet) {
    const was = left.get(about(image))?.shift();
    found.push({ id: was?.id ?? null, before: was ? withoutId(was) : null, after: image });
  }
  const gone = [...left.values()].flat();
  return [...found, ...gone.map((each) => ({ id: each.id, before: withoutId(each), after: null }))];
}

function withoutId<T>(each: Numbered<T, number>): T {
  const { id: _, ...image } = each;
  // What is left of an image and its number is the image.
  return image as T;
}

const grants = (present: Present, after: readonly Numbered<GrantImage>[]): Edit[] =>
  paired<GrantImage>(
    present.grants,
    after.map(({ id: _, ...image }) => image),
    (image) => JSON.stringify([image.party, image.uri, image.hoedanigheid, image.service, image.version]),
    rawGrant,
  ).map((each) => ({ kind: 'grant', ...each }));

const subscriptions = (present: Present, after: readonly Numbered<SubscriptionImage>[]): Edit[] =>
  paired<SubscriptionImage>(
    present.subscriptions,
    after.map(({ id: _, ...image }) => image),
    ({ party, uri, hoedanigheid, publication, version, kind }) =>
      JSON.stringify([party, uri, hoedanigheid, publication, version, kind]),
    rawSubscription,
  ).map((each) => ({ kind: 'subscription', ...each }));

const registrations = (present: Present, after: readonly Numbered<RegistrationImage>[]): Edit[] =>
  paired<RegistrationImage>(
    present.registrations,
    after.map(({ id: _, ...image }) => image),
    ({ party, hoedanigheid, subject, begin }) =>
      JSON.stringify([party, hoedanigheid, subject.kind, subject.number, begin]),
    rawRegistration,
  ).map((each) => ({ kind: 'registration', ...each }));

export function editLabel(edit: Edit): string {
  const id = 'id' in edit ? edit.id : null;
  if (edit.kind === 'party' || edit.kind === 'source')
    return `${edit.kind} ${(edit.after ?? edit.before)?.name ?? ''}`;
  if (edit.kind === 'codes') {
    const image = edit.after ?? edit.before;
    return image ? codesLabel(image) : edit.kind;
  }
  if (edit.kind === 'grant') {
    const image = edit.after ?? edit.before;
    return image ? grantLabel({ ...image, id }) : edit.kind;
  }
  if (edit.kind === 'subscription') {
    const image = edit.after ?? edit.before;
    return image ? subscriptionLabel({ ...image, id }) : edit.kind;
  }
  const image = edit.after ?? edit.before;
  return image ? registrationLabel({ ...image, id }) : edit.kind;
}

const rawOf = (edit: Edit, which: 'before' | 'after'): Readonly<Record<string, unknown>> => {
  if (edit.kind === 'party') return edit[which] ? rawParty(edit[which]) : {};
  if (edit.kind === 'source') return edit[which] ? rawSource(edit[which]) : {};
  if (edit.kind === 'codes') return edit[which] ? rawCodes(edit[which]) : {};
  if (edit.kind === 'grant') return edit[which] ? rawGrant(edit[which]) : {};
  if (edit.kind === 'subscription') return edit[which] ? rawSubscription(edit[which]) : {};
  return edit[which] ? rawRegistration(edit[which]) : {};
};

/** An edit for people: what comes (+), goes (-) or becomes another (~), key by key. */
export function editLines(edit: Edit): readonly string[] {
  if (edit.before === null) return [`+ ${editLabel(edit)}`];
  if (edit.after === null) return [`- ${editLabel(edit)}`];
  const [before, after] = [rawOf(edit, 'before'), rawOf(edit, 'after')];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = keys.filter((key) => !same(before[key], after[key]));
  const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
  return [
    `~ ${editLabel(edit)}`,
    ...changed.map((key) => `    ${key}: ${shown(before[key])} → ${shown(after[key])}`),
  ];
}
