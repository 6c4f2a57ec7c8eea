import type { Clock } from '../exchange/clock.ts';
import type { CodeTable } from '../exchange/code-table.ts';
import type { Grant, Party, Registration } from '../exchange/party.ts';
import type { Publication } from '../exchange/publication.ts';
import type { Service } from '../exchange/service.ts';
import type { Source } from '../exchange/source.ts';
import type { Subscription } from '../exchange/subscription.ts';
import { FailedError, type Terminal } from './output.ts';

/** Configuration as operators see it: parties go by their names, and only what has no name by a number. */

export type PartyImage = Omit<Party, 'id'> & {
  readonly certificates: readonly string[];
  /** From where alone its messages are taken; none: everywhere. */
  readonly networks: readonly string[];
};
export type GrantImage = Omit<Grant, 'id' | 'partyId'> & { readonly party: string };
export type RegistrationImage = Omit<Registration, 'partyId'> & { readonly party: string };
export type SubscriptionImage = Omit<Subscription, 'id' | 'partyId'> & { readonly party: string };
/** `id` null: it is not in the database yet. */
export type Numbered<T, Id = number | null> = T & { readonly id: Id };

export type ConfigurationImage<Id = number | null> = {
  readonly parties: readonly PartyImage[];
  readonly grants: readonly Numbered<GrantImage, Id>[];
  readonly sources: readonly Source[];
  readonly codes: readonly CodeTable[];
  readonly subscriptions: readonly Numbered<SubscriptionImage, Id>[];
  readonly registrations: readonly Numbered<RegistrationImage, Id>[];
};
export type Present = ConfigurationImage<number>;

type Of<Kind extends string, Image> = {
  readonly kind: Kind;
  readonly before: Image | null;
  readonly after: Image | null;
};
/** How one thing was and how it is to be; null where it was not, or is no longer to be, there. */
export type Edit =
  | Of<'party', PartyImage>
  | Of<'source', Source>
  | Of<'codes', CodeTable>
  | Numbered<Of<'grant', GrantImage>>
  | Numbered<Of<'subscription', SubscriptionImage>>
  | Numbered<Of<'registration', RegistrationImage>>;

/** What waits for a second person; `edit` null: that grants need none any more. */
export type Waiting = {
  readonly number: number;
  readonly at: Date;
  readonly who: string;
  readonly edit: (Extract<Edit, { readonly kind: 'grant' }> & { readonly after: GrantImage }) | null;
};

export type Approvals = {
  readonly grantsNeedSecondPerson: () => Promise<boolean>;
  readonly demandSecondPerson: (who: string) => Promise<void>;
  readonly askEndOfSecondPerson: (who: string) => Promise<number>;
  readonly waitingGrants: () => Promise<readonly Waiting[]>;
  readonly approveWaiting: (number: number, who: string) => Promise<Waiting>;
  readonly rejectWaiting: (number: number, who: string) => Promise<Waiting>;
};

/** Which registrations to read with the rest: there may be millions. */
export type Registrations = 'all' | 'none' | { readonly party: string } | { readonly number: string };

type Schedule = Pick<Subscription, 'schedule' | 'timeZone' | 'channel'>;

/** What the verbs that change the configuration work with. */
export type Desk = {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** The operator's name on this machine, for the audit. */
  readonly who: string;
  readonly services: readonly Service[];
  readonly publications: readonly Publication[];
  readonly image: (registrations: Registrations) => Promise<Present>;
  /** What is wrong with a schedule; null when it will come. */
  readonly scheduleProblem: (schedule: Schedule, now: Date) => string | null;
  /** Whether something can be encrypted to a certificate with this subject that was seen here; null: none was. */
  readonly canBeEncryptedTo: (subject: string) => boolean | null;
  /** The moment of each subscription's next batch, by its number; null: there will be none. */
  readonly nextBatches: () => Promise<ReadonlyMap<number, Date | null>>;
  /**
   * All or nothing; rejects with an error named ChangeRefused when a rule stands in the way. Tells under which numbers
   * grants wait for a second person.
   */
  readonly apply: (edits: readonly Edit[], who: string) => Promise<readonly number[]>;
  readonly approvals: Approvals;
};

export const grantLabel = ({ id, party, uri, hoedanigheid, service, version }: Numbered<GrantImage>) =>
  `grant ${id ?? '(new)'} (${party}: ${service} ${version} as ${identityText({ uri, hoedanigheid })})`;
export const subscriptionLabel = ({ id, party, publication, version, ...as }: Numbered<SubscriptionImage>) =>
  `subscription ${id ?? '(new)'} (${party}: ${publication} ${version} as ${identityText(as)})`;
export const registrationLabel = ({ id, party, hoedanigheid, subject }: Numbered<RegistrationImage>) =>
  `registration ${id ?? '(new)'} (${party}:${hoedanigheid} on ${subject.kind} ${subject.number})`;
export const codesLabel = ({ name, source }: Pick<CodeTable, 'name' | 'source'>) =>
  `codes ${name} of ${source}`;
export const identityText = ({ uri, hoedanigheid }: { uri: string; hoedanigheid: string | null }) =>
  hoedanigheid === null ? uri : `${uri}:${hoedanigheid}`;

export const apply = (desk: Desk, edits: readonly Edit[]): Promise<readonly number[]> =>
  toldRefusals(() => desk.apply(edits, desk.who));

/** Does what the store does, and tells its refusal as a verb's. */
export async function toldRefusals<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ChangeRefused')
      throw new FailedError(cause.message, { cause });
    throw cause;
  }
}

export function partyNamed({ parties }: ConfigurationImage, name: string): PartyImage {
  const found = parties.filter((party) => party.name === name);
  const [party] = found;
  if (party && found.length === 1) return party;
  if (party) throw new FailedError(`several parties are called ${name}: which one cannot be told`);
  const known = parties.map((each) => each.name).join(', ') || 'none';
  throw new FailedError(`there is no party ${name}; there are ${known}`);
}

export const withEdits = (image: ConfigurationImage, edits: readonly Edit[]): ConfigurationImage =>
  edits.reduce<ConfigurationImage>(withEdit, image);

function withEdit(image: ConfigurationImage, edit: Edit): ConfigurationImage {
  if (edit.kind === 'party') {
    const others = image.parties.filter(({ name }) => name !== edit.before?.name);
    if (edit.after === null) return { ...image, parties: others };
    const renamed = <T extends { readonly party: string }>(each: T): T =>
      edit.after && each.party === edit.before?.name ? { ...each, party: edit.after.name } : each;
    return {
      ...image,
      parties: [...others, edit.after],
      grants: image.grants.map(renamed),
      subscriptions: image.subscriptions.map(renamed),
      registrations: image.registrations.map(renamed),
    };
  }
  if (edit.kind === 'source') {
    const others = image.sources.filter(({ name }) => name !== edit.before?.name);
    return { ...image, sources: edit.after ? [...others, edit.after] : others };
  }
  if (edit.kind === 'codes') {
    const { before, after } = edit;
    const others = image.codes.filter(
      ({ name, source }) => name !== before?.name || source !== before.source,
    );
    return { ...image, codes: after ? [...others, after] : others };
  }
  const { id } = edit;
  const stays = (each: { readonly id: number | null }) => id === null || each.id !== id;
  if (edit.kind === 'grant') {
    const others = image.grants.filter(stays);
    return { ...image, grants: edit.after ? [...others, { ...edit.after, id }] : others };
  }
  if (edit.kind === 'subscription') {
    const others = image.subscriptions.filter(stays);
    return { ...image, subscriptions: edit.after ? [...others, { ...edit.after, id }] : others };
  }
  const others = image.registrations.filter(stays);
  return { ...image, registrations: edit.after ? [...others, { ...edit.after, id }] : others };
}
